"""Claims in tests: a judged August under terms that allow them, and what the people of the rig do about it."""

import re

from sqlalchemy import select

from app.extensions import db
from app.performance.judging.service import evaluate_contract
from app.performance.models import Evaluation, Finding
from app.relief.models import Claim
from tests.performance.history import cedar_document, story
from tests.rig.people import THE_DAY

CLAIMS = {"within": "120", "clause": "Schedule 3, 6.4"}
PROMOTION = {
    "figure_offered": "4900",
    "figure_answered_in_threshold": "2450",
    "cause": "volume",
    "reason": "Two promotion days brought 4,900 calls against a forecast of 3,600.",
    "evidence": "Forecast of 1 July, volume report of 31 August.",
    "clause": "Schedule 3, 6.2",
}


def told(code: str = "cedar", claims: dict | None = CLAIMS, **others):
    """July to September, judged; `claims` are the terms' words about them."""
    document = cedar_document(code, **({"claims": claims} if claims is not None else {}), **others)
    history = story(code, terms=document)
    evaluate_contract(history.contract, THE_DAY)
    return history


def finding(month: str = "2026-08", service_level: str = "voice-service-level", code_id: int | None = None) -> Finding:
    """The finding in force."""
    query = (
        select(Finding)
        .join(Finding.evaluation)
        .where(Finding.month == month, Finding.service_level == service_level, Evaluation.superseded_at.is_(None))
    )
    return db.session.scalars(query if code_id is None else query.where(Finding.partner_id == code_id)).one()


def the_claim() -> Claim:
    return db.session.scalars(select(Claim)).one()


def form_key(page: str) -> str:
    return re.search(r'name="form_key"[^>]*value="([^"]+)"', page)[1]
