"""Reminding people of reports: before they are due, then, when overdue and before a later lock; one mail a person."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey, ForeignKeyConstraint, UniqueConstraint, select
from sqlalchemy.orm import Mapped, contains_eager, joinedload, mapped_column

from app import clock, mail
from app.access import Role
from app.accounts.models import User
from app.contracts.models import Contract
from app.contracts.terms import histories_of
from app.domain.periods import Month, is_overdue
from app.domain.terms import terms_in_force
from app.extensions import Base, PartnerOwned, db, write
from app.jobs import Job, every_hour, job
from app.reports.due.deadlines import deadline_in_words, working_days
from app.reports.models import Report
from app.reports.permits import refusal_to_prepare

MORNING = time(8)  # on the partner's clock: nobody is woken
HORIZON = timedelta(days=45)  # further than any partner's setting reaches
STAGES = ("closing", "overdue", "today", "ahead")


class Reminder(PartnerOwned, Base):
    """That somebody was reminded of a report at a stage: the row is what keeps it from being told twice."""

    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint("partner_id", "id"),
        UniqueConstraint("report_id", "user_id", "stage"),
        ForeignKeyConstraint(["partner_id", "report_id"], ["report.partner_id", "report.id"]),
    )

    report_id: Mapped[int]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    stage: Mapped[str]
    mail_id: Mapped[int] = mapped_column(ForeignKey("mail.id"))


@dataclass(frozen=True)
class Due:
    """A report that somebody has to hear of now."""

    report: Report
    stage: str
    words: str

    @property
    def told_as(self) -> str:
        """What is told once; a later lock that is granted again is told again."""
        return f"closing {self.report.locks_at:%Y-%m-%d}" if self.stage == "closing" else self.stage


def stage_of(due_at: datetime, now: datetime, zone: str, holidays: Collection[date], ahead: int) -> str | None:
    """`overdue`, `today`, or `ahead` when at most so many working days are left; days are the partner's."""
    if is_overdue(due_at, now):
        return "overdue"
    due, today = (instant.astimezone(ZoneInfo(zone)).date() for instant in (due_at, now))
    if due == today:
        return "today"
    return "ahead" if ahead and working_days(today, due, holidays) <= ahead else None


def closes_soon(report: Report, now: datetime, zone: str, holidays: Collection[date], ahead: int) -> bool:
    """Whether the later lock that was granted for an overdue report is near; one that came back has no lock."""
    if report.deferred_until is None or report.state == "returned" or not is_overdue(report.due_at, now):
        return False
    return stage_of(report.deferred_until, now, zone, holidays, ahead) in {"today", "ahead"}


@job("reports.remind")
def remind(_row: Job) -> None:
    """Every hour; a partner's people from its morning on. What a worker that was down missed is told at its stage."""
    now = clock.now()
    found = _due(now)
    wanted: dict[int, dict[int, str]] = {}
    for user in _people():
        theirs = {each.report.id: each.stage for each in found if _can_do_something(user, each, now)}
        if theirs:
            wanted[user.id] = theirs
    words = {each.report.id: each.words for each in found}
    for user_id, stages in wanted.items():
        with write():
            _tell(user_id, stages, words)


every_hour("reports.remind")


def _due(now: datetime) -> list[Due]:
    owed = db.session.scalars(
        select(Report)
        .join(Report.contract)
        .where(Report.is_owed, Report.due_at < now + HORIZON)
        .options(contains_eager(Report.contract).joinedload(Contract.partner))
        .order_by(Report.due_at, Report.id)
    ).all()
    histories = histories_of({report.contract_id for report in owed})
    found = (_as_due(report, histories.get(report.contract_id, []), now) for report in owed)
    return [each for each in found if each]


def _as_due(report: Report, history, now: datetime) -> Due | None:
    partner = report.contract.partner
    if now.astimezone(ZoneInfo(partner.zone)).time() < MORNING:
        return None
    terms = terms_in_force(history, Month.parse(report.month)) if history else None
    holidays = terms.calendar.holidays if terms else ()
    near = now, partner.zone, holidays, partner.remind_days
    stage = "closing" if closes_soon(report, *near) else stage_of(report.due_at, *near)
    return Due(report, stage, deadline_in_words(report.due_at, now, report.contract.zone, holidays)) if stage else None


def _people() -> Iterable[User]:
    told = (Role.ANALYST, Role.LEAD, Role.MANAGER)
    joined = select(User).where(User.role.in_(told), User.disabled_at.is_(None), User.password_hash.is_not(None))
    return db.session.scalars(joined.options(joinedload(User.grants)).order_by(User.id)).unique().all()


def _can_do_something(user: User, due: Due, now: datetime) -> bool:
    """Whoever may send it; of a partner's report its managers hear when it is overdue."""
    if not user.scope.includes(due.report.partner_id) or refusal_to_prepare(due.report, user, now):
        return False
    return user.role.is_partner or due.report.party == "client" or due.stage == "overdue"


def _tell(user_id: int, stages: dict[int, str], words: dict[int, str]) -> None:
    """What was sent meanwhile counts as sent, and what another worker has told is told."""
    told = {
        (each.report_id, each.stage)
        for each in db.session.scalars(
            select(Reminder).where(Reminder.user_id == user_id, Reminder.report_id.in_(stages))
        )
    }
    reports = db.session.scalars(
        select(Report)
        .join(Report.contract)
        .where(Report.id.in_(stages), Report.is_owed)
        .options(contains_eager(Report.contract).joinedload(Contract.partner))
        .order_by(Report.due_at, Report.contract_id, Report.kind)
    )
    found = [Due(each, stages[each.id], words[each.id]) for each in reports]
    due = [each for each in found if (each.report.id, each.told_as) not in told]
    if not due:
        return
    user = db.session.scalars(select(User).where(User.id == user_id)).one()
    by_stage = {stage: [each for each in due if each.stage == stage] for stage in STAGES}
    letter = mail.send(user.email, "reminder", due=due, by_stage=by_stage, person=user)
    for each in due:
        owner = each.report.partner_id
        db.session.add(
            Reminder(partner_id=owner, report_id=each.report.id, user_id=user_id, stage=each.told_as, mail_id=letter.id)
        )
