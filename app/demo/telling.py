"""Tells the story month by month: reports fall due, are filled in, certified, approved and judged."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import count
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app import clock, jobs, tenancy
from app.contracts.charges import enter_charge, judge_anew
from app.contracts.models import Contract
from app.contracts.sheets import read_sheet
from app.contracts.terms import activate, new_contract, new_draft
from app.demo.agreements import forecast, waive_half
from app.demo.cast import BEGIN, STORY, TODAY, Cast, assemble, settle
from app.demo.correction import correct_august, correct_june
from app.demo.months import charges_of, rows_of, workbook_for
from app.demo.outcome import exercise_plan, issue_second_quarter, issue_third_quarter, write_items
from app.demo.relief import claim_promotion
from app.domain.periods import Month
from app.extensions import db, write
from app.formatting import exponent
from app.partners.models import Partner
from app.reports.due.opening import open_reports
from app.reports.models import Report
from app.reports.sending.certifying import certify
from app.reports.sending.confirming import confirm
from app.reports.sending.reviewing import approve
from app.reports.uploads.intake import save_draft

FIRST, LAST = Month(2025, 11), Month(2026, 10)
AFTERWARDS: dict[str, tuple[Callable[[Cast], None], ...]] = {
    "2026-05": (waive_half, partial(forecast, number=0)),
    "2026-06": (issue_second_quarter,),
    "2026-07": (correct_june, partial(forecast, number=1)),
    "2026-08": (claim_promotion,),
    "2026-09": (correct_august, write_items, exercise_plan, partial(forecast, number=2)),
    "2026-10": (issue_third_quarter,),
}
LEFT_WAITING = ("northgate", "2026-10", "quality")
CONFIRMED = "Held against the telephone system and the staff list: the figures are as they were counted."


def tell(progress: Callable[[str], None] = lambda _step: None) -> None:
    """The whole story, from an empty database to the demo's day."""
    with tenancy.unscoped("demo"):
        with clock.at(BEGIN), write():
            cast = assemble()
        for code in cast.partners:
            with clock.at(BEGIN):
                _sign(cast, code)
                settle()
        for month in FIRST.through(LAST):
            _live(cast, month)
            for happens in AFTERWARDS.get(str(month), ()):
                happens(cast)
            progress(str(month))
        with clock.at(TODAY):
            jobs.plan_recurring()
            settle()


def steps() -> int:
    """How many times `tell` reports progress."""
    return sum(1 for _ in FIRST.through(LAST))


def _sign(cast: Cast, code: str) -> None:
    sheet = read_sheet((STORY / f"{code}.yaml").read_text())
    with write() as session:
        partner = session.scalars(select(Partner).where(Partner.code == code)).one()
        head = {key: value for key, value in sheet.head.items() if key != "partner"}
        head["starts_on"] = date.fromisoformat(head["starts_on"])
        contract = new_contract(partner, **head, actor=cast.person("mia"))
        session.flush()
        version = new_draft(contract, sheet.document, cast.person("mia"))
        session.flush()
        activate(version, cast.person("mia"))


def _live(cast: Cast, month: Month) -> None:
    """One month: everything that is sent for it, decided, and charged, in the weeks after it ended."""
    for contract_id, code, zone in _contracts():
        if not any(rows_of(report) for report in _reports(contract_id, month)):
            continue
        for number, report in enumerate(_reports(contract_id, month)):
            with _on(month, 4, 10 + number, zone):
                _send(cast, report.id, code)
            if (code, str(month), report.kind) != LEFT_WAITING:
                with _on(month, 6, 11 + number, zone):
                    _approve(cast, report.id)
        with _on(month, 11, 15, zone):
            _charge(cast, contract_id, code, month)
            settle()


def _send(cast: Cast, report_id: int, code: str) -> None:
    report = _report(report_id)
    client = report.party == "client"
    preparer, certifier = (cast.person("mia"),) * 2 if client else (cast.analyst(code), cast.lead(code))
    name = f"{code}-{report.kind}-{report.month}.xlsx"
    draft = save_draft(report, name, workbook_for(report), preparer)
    if draft.problems:
        raise RuntimeError(f"the story's own file {name} has problems: {draft.problems}")
    with clock.at(clock.now() + timedelta(hours=1)), write():
        confirm(report, seen_hash=draft.seen_hash, comment=CONFIRMED, actor=preparer)
    with clock.at(clock.now() + timedelta(hours=2)), write():
        certify(report, seen_hash=draft.content_hash, form_key=f"demo-{next(_forms)}", actor=certifier)


_forms = count(1)


def _approve(cast: Cast, report_id: int) -> None:
    report = _report(report_id)
    reviewer = cast.person("tom" if report.party == "client" else "mia")
    with write():
        submission = report.submissions[-1]
        approve(submission, seen_hash=submission.content_hash, reviewer=reviewer)


def _charge(cast: Cast, contract_id: int, code: str, month: Month) -> None:
    amount = charges_of(code).get(str(month))
    if amount is None:
        return
    with write():
        contract = db.session.scalars(select(Contract).where(Contract.id == contract_id)).one()
        enter_charge(contract, month, amount * 10 ** exponent(contract.currency), cast.person("felix"))
        judge_anew(contract)


def _contracts() -> list[tuple[int, str, str]]:
    query = select(Contract.id, Partner.code, Contract.zone).join(Contract.partner).order_by(Contract.id)
    return [tuple(row) for row in db.session.execute(query)]


def _reports(contract_id: int, month: Month) -> list[Report]:
    contract = db.session.scalars(select(Contract).where(Contract.id == contract_id)).one()
    if month.last < contract.starts_on:
        return []
    with _on(month, 1, 0, contract.zone), write():
        open_reports(contract, clock.now())
    query = select(Report).where(Report.contract_id == contract_id, Report.month == str(month))
    return list(db.session.scalars(query.order_by(Report.id)))


def _report(report_id: int) -> Report:
    with_partner = joinedload(Report.contract).joinedload(Contract.partner)
    return db.session.scalars(select(Report).where(Report.id == report_id).options(with_partner)).one()


@contextmanager
def _on(month: Month, day: int, hour: int, zone: str) -> Iterator[None]:
    """On a day of the month after, at an hour of the contract's zone."""
    instant = datetime.combine(month.next().first + timedelta(days=day - 1), time(hour), ZoneInfo(zone))
    with clock.at(min(instant, TODAY)):
        yield
