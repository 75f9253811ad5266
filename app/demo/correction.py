"""August's correction: three critical errors were overturned in calibration, so quality was exactly at its Minimum."""

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
from app.reports.confirming import confirm
from app.reports.intake import save_draft
from app.reports.models import Report
from app.reports.reviewing import approve
from app.reports.sending import certify

BOGOTA = ZoneInfo("America/Bogota")
PREPARED = datetime(2026, 10, 13, 9, 30, tzinfo=BOGOTA)
CERTIFIED = datetime(2026, 10, 13, 16, 10, tzinfo=BOGOTA)
APPROVED = datetime(2026, 10, 15, 11, 45, tzinfo=BOGOTA)
OVERTURNED = {("MDE", "EN-VOICE"): {"qa_critical_errors": "6"}}
REASON = (
    "Calibration on 9 October overturned three of Medellín's nine critical errors: the calls had been scored against "
    "the August script, which came into force a week later. 24 of 400 remain."
)


def correct_quality(cast: Cast) -> None:
    """Cordillera sends August's quality report again; Mia sees what it changes and approves it two days later."""
    with clock.at(PREPARED):
        report = _report()
        body = workbook_for(report, OVERTURNED)
        draft = save_draft(report, "cordillera-quality-2026-08-corrected.xlsx", body, cast.analyst("cordillera"))
        if draft.problems:
            raise RuntimeError(f"the story's correction has problems: {draft.problems}")
        seen = draft.content_hash
        with write():
            confirm(report, seen_hash=draft.seen_hash, comment=REASON, actor=cast.analyst("cordillera"))
    with clock.at(CERTIFIED), write():
        lead = cast.lead("cordillera")
        certify(_report(), seen_hash=seen, form_key="demo-correction", actor=lead, reason=REASON)
    with clock.at(APPROVED):
        with write():
            submission = _report().submissions[-1]
            approve(submission, seen_hash=submission.content_hash, reviewer=cast.person("mia"))
        settle()


def _report() -> Report:
    return db.session.scalars(
        select(Report)
        .join(Report.contract)
        .join(Contract.partner)
        .where(Partner.code == "cordillera", Report.month == "2026-08", Report.kind == "quality")
        .options(joinedload(Report.contract).joinedload(Contract.partner))
    ).one()
