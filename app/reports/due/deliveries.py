"""How each report of a partner came: when, whole, and right the first time, as it was known at an instant."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Text, and_, cast, exists, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from app.contracts.models import Contract
from app.domain.periods import is_overdue
from app.extensions import db
from app.reports.due.deferrals import Deferral
from app.reports.facts import is_approved, was_decided
from app.reports.models import Line, Report, Submission

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Delivery:
    """One report as it was first sent. An answer is None while it cannot be told."""

    report: Report
    first: Submission | None
    is_due: bool
    is_locked: bool
    locks_at: datetime
    complete: bool | None
    right: bool | None

    @property
    def is_recorded(self) -> bool:
        """Not what was loaded as history, nor what was opened when it was due already: nobody could send it in time."""
        imported = self.first is not None and self.first.batch_id is not None
        return not imported and self.report.opened_at <= self.report.due_at

    @property
    def counts(self) -> bool:
        """From its due instant on, or from when it was sent."""
        return self.is_recorded and (self.is_due or self.first is not None)

    @property
    def timely(self) -> bool:
        return self.first is not None and not self.first.was_late

    @property
    def has_come(self) -> bool:
        """Also what cannot come any more: nobody may send it after its lock."""
        return self.first is not None or self.is_locked

    @property
    def is_settled(self) -> bool:
        """Whether it is told if it was right the first time, or never will be."""
        return self.right is not None or (self.first is None and self.is_locked)

    @property
    def days_late(self) -> int:
        """Days begun since the due instant, by the contract's clock; of what never came, up to its lock."""
        if self.timely:
            return 0
        zone = ZoneInfo(self.report.contract.zone)
        due, until = (
            instant.astimezone(zone).replace(tzinfo=None)
            for instant in (self.report.due_at, self.first.sent_at if self.first else self.locks_at)
        )
        return max(0, -((due - until) // DAY))


def deliveries(wanted: ColumnElement[bool], known_at: datetime, now: datetime) -> Iterator[Delivery]:
    """The partner's own reports that are wanted, each with what was sent and decided by `known_at`; one statement.

    What is due or locked is asked of `now`.
    """
    has_gap = exists().where(
        Line.submission_id == Submission.id,
        or_(Line.note != "", cast(Line.unavailable, Text) != "{}"),
        ~Line.nil,
    )
    deferred_until = (
        select(Deferral.until)
        .where(Deferral.report_id == Report.id, Deferral.granted_at <= known_at)
        .order_by(Deferral.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Report, Submission, has_gap, deferred_until)
        .join(Report.contract)
        .join(Contract.partner)
        .outerjoin(Submission, and_(Submission.report_id == Report.id, Submission.sent_at <= known_at))
        .where(Report.party == "partner", Report.opened_at <= known_at, wanted)
        .options(
            contains_eager(Report.contract).contains_eager(Contract.partner),
            joinedload(Submission.review),
            joinedload(Submission.batch),
        )
        .order_by(Report.month.desc(), Report.contract_id, Report.kind, Submission.number)
    )
    for report, versions in groupby(rows, key=lambda row: row[0]):
        yield _delivery(report, list(versions), known_at, now)


def _delivery(report: Report, versions: Sequence[Row[Any]], known_at: datetime, now: datetime) -> Delivery:
    """`versions` are the statement's rows: one for each version, or one without any."""
    _, _, has_gap, deferred_until = versions[0]
    sent = [each for _, each, _, _ in versions if each is not None]
    locks_at = deferred_until or report.lock_at
    return Delivery(
        report=report,
        first=sent[0] if sent else None,
        is_due=is_overdue(report.due_at, now),
        is_locked=now > locks_at,
        locks_at=locks_at,
        complete=not has_gap if sent else None,
        right=_right(sent, known_at),
    )


def _right(sent: Sequence[Submission], known_at: datetime) -> bool | None:
    """Approved as first sent, and no correction was approved since."""
    if not sent or not was_decided(sent[0], known_at):
        return None
    approved = [each for each in sent if is_approved(each, known_at)]
    return bool(approved) and approved[-1] is sent[0]
