"""What readers of a contract may see of it, and what stands around its terms."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload

from app import clock, formatting
from app.access import Permission, may, sees_money
from app.contracts.models import Charge, Contract, TermsVersion
from app.domain.periods import Month, deadline
from app.domain.terms import Terms, terms_in_force
from app.events import Event
from app.extensions import db
from app.narrative import Told, narrated

OPEN_KINDS = ("contract.created", "contract.changed", "terms.activated", "charge.entered")


class Deadlines(NamedTuple):
    """When the reports about a month are due, and when they lock."""

    month: Month
    due_at: datetime
    lock_at: datetime


def sees_drafts() -> bool:
    """Drafts are the client's own until they are put in force."""
    return may(Permission.PORTFOLIO_READ) or may(Permission.CONTRACT_EDIT)


def sees_credit_terms() -> bool:
    """What a miss costs: for those who see money, and for whoever writes the terms."""
    return sees_money() or may(Permission.CONTRACT_EDIT)


def readable(versions: Iterable[TermsVersion]) -> list[TermsVersion]:
    return [version for version in versions if version.state == "in_force" or sees_drafts()]


def standing(versions: Sequence[TermsVersion], today) -> TermsVersion | None:
    """Of a contract's versions, the one whose terms hold on a day; before the first day, the first to come."""
    in_force = sorted(
        (version for version in versions if version.state == "in_force"), key=lambda version: version.effective_from
    )
    begun = [version for version in in_force if version.effective_from <= today]
    return begun[-1] if begun else in_force[0] if in_force else None


def next_deadlines(contract: Contract, history: Sequence[Terms], now: datetime, count: int = 2) -> Iterator[Deadlines]:
    """The next reports to fall due, soonest first, as the terms of their month have it."""
    first = max(Month.of(clock.today(contract.zone, now)).plus(-2), Month.of(contract.starts_on))
    last = Month.of(contract.ends_on) if contract.ends_on else first.plus(6)
    for month in first.through(last):
        terms = terms_in_force(history, month)
        if terms is None:
            continue
        due_at, lock_at = (
            deadline(month, limit.working_day, limit.at, contract.zone, terms.calendar.holidays)
            for limit in (terms.calendar.due, terms.calendar.lock)
        )
        if due_at >= now and count:
            count -= 1
            yield Deadlines(month, due_at, lock_at)


def told(contract: Contract, versions: Sequence[TermsVersion]) -> list[Told]:
    """The contract's story, newest first: what partner people may read is what binds them."""
    terms_ids = [version.id for version in versions]
    about = [
        and_(Event.subject == "contract", Event.subject_id == contract.id),
        and_(Event.subject == "terms", Event.subject_id.in_(terms_ids)),
    ]
    if sees_money():
        charge_ids = select(Charge.id).where(Charge.contract_id == contract.id).scalar_subquery()
        about.append(and_(Event.subject == "charge", Event.subject_id.in_(charge_ids)))
    query = select(Event).where(or_(*about)).order_by(Event.id.desc()).limit(40).options(joinedload(Event.actor))
    if not sees_drafts():
        query = query.where(Event.kind.in_(OPEN_KINDS))
    return narrated(db.session.scalars(query), contract.zone)


def head_of(contract: Contract) -> dict[str, Any]:
    """The contract head of a term sheet."""
    head = {
        "partner": contract.partner.name,
        "name": contract.name,
        "reference": contract.reference,
        "currency": contract.currency,
        "zone": contract.zone,
        "starts_on": contract.starts_on.isoformat(),
    }
    return {**head, "ends_on": contract.ends_on.isoformat()} if contract.ends_on else head


def about(deadlines: Deadlines, zone: str, now: datetime) -> str:
    """`Reports about November 2026 are due on 7 Dec 2026, 17:00 COT, in 15 days, and lock on ...`."""
    due, lock = (formatting.moment(instant, zone) for instant in (deadlines.due_at, deadlines.lock_at))
    distance = formatting.distance_in_words(deadlines.due_at, now)
    return (
        f"Reports about {formatting.month(deadlines.month, 'long')} are due on {due}, {distance}, and lock on {lock}."
    )
