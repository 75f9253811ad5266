"""The concessions of a contract as the arithmetic knows them at an instant: those that were decided by then."""

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.concessions.models import Concession
from app.contracts.models import Contract
from app.domain.events import Approval, Incident, Waiver
from app.domain.periods import Month
from app.extensions import db
from app.formatting import exponent


class Conceded(NamedTuple):
    """In the order of their numbers."""

    waivers: tuple[Waiver, ...] = ()
    incidents: tuple[Incident, ...] = ()
    approvals: tuple[Approval, ...] = ()

    def with_one(self, event: Waiver | Incident | Approval) -> "Conceded":
        """As if this had been decided too, after the others."""
        waivers, incidents, approvals = self
        if isinstance(event, Waiver):
            waivers = (*waivers, event)
        elif isinstance(event, Incident):
            incidents = (*incidents, event)
        else:
            approvals = (*approvals, event)
        return Conceded(waivers, incidents, approvals)


NOTHING_CONCEDED = Conceded()


def concessions_known(contract: Contract, instant: datetime) -> Conceded:
    """A refused waiver or incident changes nothing; a refused earn-back is lost."""
    decided = select(Concession).where(
        Concession.contract_id == contract.id,
        Concession.decided_at <= instant,
        Concession.decision.in_(("granted", "refused")),
    )
    known = Conceded()
    for concession in db.session.scalars(decided.order_by(Concession.decided_at, Concession.number)):
        if concession.decision == "granted" or concession.kind == "earn_back":
            decided_on = concession.decided_at.astimezone(ZoneInfo(contract.zone)).date()
            granted = concession.decision == "granted"
            known = known.with_one(as_event(concession, contract, decided_on, concession.chosen, granted))
    return known


def as_event(
    concession: Concession, contract: Contract, decided_on: date, chosen: str = "", granted: bool = True
) -> Waiver | Incident | Approval:
    """As the arithmetic reads it; names and free texts stay in its row, where they can be erased."""
    month, levels = Month.parse(concession.month), tuple(concession.service_levels)
    if concession.kind == "incident":
        key = ", ".join(filter(None, (f"Incident {concession.number}", concession.clause)))
        return Incident(key, month, levels, chosen, decided_on if chosen else None)
    if concession.kind == "earn_back":
        return Approval(levels[0], month, granted, decided_on)
    minor = concession.amount_minor
    return Waiver(
        month=month,
        service_level=levels[0] if levels else "",
        amount=None if minor is None else Decimal(minor) / 10 ** exponent(contract.currency),
        clause=concession.clause,
        key=str(concession.number),
    )
