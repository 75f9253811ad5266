"""Two corrections: critical errors that were overturned after the month was approved, and what they restated."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app import clock
from app.contracts.models import Contract
from app.demo.cast import Cast, settle
from app.demo.months import workbook_for
from app.extensions import db, write
from app.partners.models import Partner
from app.reports.models import Report
from app.reports.sending.certifying import certify
from app.reports.sending.confirming import confirm
from app.reports.sending.reviewing import approve
from app.reports.uploads.intake import save_draft

BOGOTA, WARSAW = ZoneInfo("America/Bogota"), ZoneInfo("Europe/Warsaw")


@dataclass(frozen=True)
class Correction:
    """A quality report that is sent again; `figures` by site and queue are those that were wrong."""

    partner: str
    month: str
    figures: Mapping[tuple[str, str], dict[str, str]]
    reason: str
    prepared_at: datetime
    certified_at: datetime
    approved_at: datetime


AUGUST = Correction(
    "cordillera",
    "2026-08",
    {("MDE", "EN-VOICE"): {"qa_critical_errors": "6"}},
    "Calibration on 9 October overturned three of Medellín's nine critical errors: the calls had been scored against "
    "the August script, which came into force a week later. 24 of 400 remain.",
    datetime(2026, 10, 13, 9, 30, tzinfo=BOGOTA),
    datetime(2026, 10, 13, 16, 10, tzinfo=BOGOTA),
    datetime(2026, 10, 15, 11, 45, tzinfo=BOGOTA),
)
JUNE = Correction(
    "northgate",
    "2026-06",
    {("KRK", "MAIL-DE"): {"qa_critical_errors": "3"}, ("KRK", "MAIL-FR"): {"qa_critical_errors": "4"}},
    "Four of the eleven critical errors were scored against a refund rule that had ended on 31 May. "
    "The July calibration took them back: 7 of 180 remain.",
    datetime(2026, 8, 18, 10, 0, tzinfo=WARSAW),
    datetime(2026, 8, 18, 15, 20, tzinfo=WARSAW),
    datetime(2026, 8, 20, 11, 5, tzinfo=WARSAW),
)


def correct_august(cast: Cast) -> None:
    """Cordillera sends August's quality report again; Mia sees what it changes and approves it two days later."""
    _correct(cast, AUGUST)


def correct_june(cast: Cast) -> None:
    """Northgate does the same for June, of which a deck is issued already: that edition is restated."""
    _correct(cast, JUNE)


def _correct(cast: Cast, wrong: Correction) -> None:
    with clock.at(wrong.prepared_at):
        report = _report(wrong)
        body = workbook_for(report, wrong.figures)
        name = f"{wrong.partner}-quality-{wrong.month}-corrected.xlsx"
        draft = save_draft(report, name, body, cast.analyst(wrong.partner))
        if draft.problems:
            raise RuntimeError(f"the story's correction has problems: {draft.problems}")
        seen = draft.content_hash
        with write():
            confirm(report, seen_hash=draft.seen_hash, comment=wrong.reason, actor=cast.analyst(wrong.partner))
    with clock.at(wrong.certified_at), write():
        key = f"demo-correction-{wrong.partner}"
        certify(_report(wrong), seen_hash=seen, form_key=key, actor=cast.lead(wrong.partner), reason=wrong.reason)
    with clock.at(wrong.approved_at):
        with write():
            submission = _report(wrong).submissions[-1]
            approve(submission, seen_hash=submission.content_hash, reviewer=cast.person("mia"))
        settle()


def _report(wrong: Correction) -> Report:
    return db.session.scalars(
        select(Report)
        .join(Report.contract)
        .join(Contract.partner)
        .where(Partner.code == wrong.partner, Report.month == wrong.month, Report.kind == "quality")
        .options(joinedload(Report.contract).joinedload(Contract.partner))
    ).one()
