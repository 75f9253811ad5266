"""What is made of a right: exercised on a day, or declined, once and with a reason. Inside write()."""

from datetime import date

from app import clock, events, jobs
from app.accounts.models import User
from app.extensions import db
from app.formatting import day
from app.partners.moments import moment_of_change
from app.performance.models import OpenedRight
from app.performance.rights.occurrences import StandingRight
from app.web import Conflict, Refusal


class RightRefused(Refusal):
    """The right cannot be exercised on that day, or stands no more."""


class AlreadyDecided(Conflict):
    """Somebody was faster; the message names them."""


def problem_of_day(right: StandingRight, on: date) -> str | None:
    """What is wrong with a day as that of the notice, in words; None when it is right."""
    if right.is_ahead:
        return _still_ahead(right)
    if on < right.opened_on:
        return f"The right opened on {day(right.opened_on)}. Write that day or a later one."
    if right.lapses_on and on > right.lapses_on:
        return f"The right lapsed on {day(right.lapses_on)}. Write that day or an earlier one."
    if on > clock.today(right.row.contract.zone):
        return "This day is yet to come. Record it when the notice is given."
    return None


def exercise(right: StandingRight, on: date, reason: str, actor: User) -> None:
    """Raises RightRefused, AlreadyDecided."""
    if not right.may_be_recorded:
        _refuse(right)
    if problem := problem_of_day(right, on):
        raise RightRefused(problem)
    _decide(right.row, "exercised", on, reason, actor)


def decline(right: StandingRight, reason: str, actor: User) -> None:
    """It stands no more, and may open anew. Raises RightRefused, AlreadyDecided."""
    if not right.is_open:
        _refuse(right)
    _decide(right.row, "declined", clock.today(right.row.contract.zone), reason, actor)


def _refuse(right: StandingRight) -> None:
    _refuse_decided(right.row)
    if right.is_ahead:
        raise RightRefused(_still_ahead(right))
    said = "lapsed" if right.state == "lapsed" else "was taken back by a later judgement"
    raise RightRefused(f"This right {said}: there is nothing to record.")


def _still_ahead(right: StandingRight) -> str:
    return f"The right opens on {day(right.opened_on)}. Nothing can be recorded of it before."


def _decide(row: OpenedRight, decision: str, on: date, reason: str, actor: User) -> None:
    at = moment_of_change(row.partner_id)
    db.session.refresh(row, with_for_update={"of": OpenedRight})
    _refuse_decided(row)
    row.decision, row.decided_on, row.decided_at, row.decided_by, row.reason = decision, on, at, actor, reason
    figures = {"right": row.right_key, "month": row.month, "on": on, "reason": events.digest_of(reason)}
    events.record(f"right.{decision}", subject=row, actor=actor, **figures)
    jobs.enqueue("contract.evaluate", row.contract_id, partner_id=row.partner_id)


def _refuse_decided(row: OpenedRight) -> None:
    if row.decision:
        raise AlreadyDecided(
            f"{row.decided_by.name} recorded this right as {row.decision} already. Open it again and look."
        )
