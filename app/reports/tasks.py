"""What somebody has to do next: one sentence and one way on for each open report."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from flask import url_for
from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.accounts.models import User
from app.contracts.models import Contract
from app.contracts.terms import histories_of
from app.domain.periods import Month
from app.domain.terms import Terms, terms_in_force
from app.extensions import db
from app.formatting import moment
from app.formatting import month as month_in_words
from app.reports.due.deadlines import deadline_in_words, month_runs
from app.reports.models import Draft, Report, Submission
from app.reports.permits import SecondPersonNeeded, refusal_to_certify, refusal_to_prepare
from app.reports.sending.requesting import with_requests
from app.reports.tables.cells import count
from app.web import Refusal


class Step(NamedTuple):
    """What to do next and the way to it; `is_mine`: this person can do it; `is_closed`: its side cannot send."""

    words: str
    action: str
    url: str
    is_mine: bool = True
    is_closed: bool = False


@dataclass(frozen=True)
class Task:
    """`status` is the report's state, overdue, locked, coming or correction; `is_coming` while its month still runs."""

    report: Report
    status: str
    when: str
    step: Step
    is_coming: bool


def tasks_of(user: User, now: datetime, most: int = 200) -> list[Task]:
    """Open reports that this person's side sends, overdue first, and corrections that were begun; those of a month
    still running are coming.
    """
    party = "partner" if user.role.is_partner else "client"
    reports = (
        db.session.scalars(
            select(Report)
            .join(Report.contract)
            .where(Report.party == party, Report.dropped_at.is_(None), or_(Report.is_owed, Report.draft.has()))
            .options(
                contains_eager(Report.contract).joinedload(Contract.partner),
                joinedload(Report.draft).options(selectinload(Draft.confirmations), with_requests()),
                selectinload(Report.submissions).joinedload(Submission.review),
            )
            .order_by(Report.due_at, Report.month, Report.id)
            .limit(most)
        )
        .unique()
        .all()
    )
    histories = histories_of({report.contract_id for report in reports})
    return [_task(report, user, now, histories.get(report.contract_id, ())) for report in reports]


def next_step(report: Report, user: User, now: datetime, certification: str) -> Step:
    """A report that waits for somebody else says for whom."""
    here = url_for("reports.show", key=report.key)
    if refusal := refusal_to_prepare(report, user, now):
        return Step(refusal.message, "Open", here, is_mine=False, is_closed=True)
    draft, checked = report.draft, url_for("reports.draft", key=report.key)
    if draft is None:
        if report.state == "returned":
            return Step(f"Returned: {_reason(report)}", "Put it right", here)
        return Step("Fill in the template and upload it.", "Start", here)
    if draft.problems:
        things = count(draft.problems)
        return Step(
            f"{things} {'thing is' if things == 1 else 'things are'} wrong in the file.", "Put it right", checked
        )
    if draft.personal:
        return Step("The file has columns with personal data.", "Leave them out", checked)
    if draft.awaits_confirmation:
        return Step("Checked: some figures look unusual. Confirm them with a comment.", "Look at them", checked)
    refusal = refusal_to_certify(report, draft, user, now, certification)
    return _certifying(draft, user, checked, refusal)


def _certifying(draft: Draft, user: User, url: str, refusal: Refusal | None) -> Step:
    """The last step: for whoever may certify, for whoever may ask for it, and for whoever waits."""
    if refusal is None:
        mine = draft.request_to(user)
        asked = f"{mine.asked_by.name} asks you to certify it, which sends it{_added(mine.remark)}" if mine else ""
        return Step(asked or "Checked and ready: certify it, which sends it.", "Certify and send", url)
    if draft.requests:
        names = " and ".join(each.lead.name for each in draft.requests)
        when = moment(draft.requests[-1].asked_at, draft.report.contract.zone)
        return Step(f"Checked and ready. Asked to certify it: {names}, {when}.", "Look at it", url, is_mine=False)
    may_ask = isinstance(refusal, SecondPersonNeeded)
    words = f"Checked and ready. {refusal.message}"
    return Step(words, "Ask to certify" if may_ask else "Look at it", f"{url}#certificate", is_mine=may_ask)


def _added(remark: str) -> str:
    return f": “{_shortened(remark)}”" if remark else "."


def _task(report: Report, user: User, now: datetime, history: Sequence[Terms]) -> Task:
    terms = terms_in_force(history, Month.parse(report.month)) if history else None
    asked = terms.reports.get(report.kind) if terms else None
    due = deadline_in_words(report.due_at, now, report.contract.zone, terms.calendar.holidays if terms else ())
    return Task(
        report=report,
        status=_status(report, now),
        when="When you are ready: what is approved counts until then."
        if report.is_approved
        else due + _later(report, now),
        step=next_step(report, user, now, asked.certification if asked else "second_person"),
        is_coming=month_runs(report, now) and report.draft is None and report.state != "returned",
    )


def _later(report: Report, now: datetime) -> str:
    """That a later lock was granted, while it helps."""
    if report.deferred_until is None or report.is_locked(now):
        return ""
    return f". You may still send it: a later lock was granted, {moment(report.locks_at, report.contract.zone)}"


def _status(report: Report, now: datetime) -> str:
    if report.is_approved:
        return "correction"
    if report.is_locked(now) and report.state != "returned":
        return "locked"
    if report.state == "due" and month_runs(report, now):
        return "coming"
    return "overdue" if report.is_overdue(now) else report.state


def _reason(report: Report) -> str:
    decided = [each.review for each in report.submissions if each.review]
    return _shortened(decided[-1].reason if decided else "")


def _shortened(text: str) -> str:
    return text if len(text) <= 160 else f"{text[:157]}…"


def title(report: Report) -> str:
    whose = ", client figures" if report.party == "client" else ""
    return f"{report.kind.capitalize()} report, {month_in_words(report.month, 'long')}{whose}"
