"""The claims of a contract as the arithmetic knows them at an instant."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.contracts.models import Contract
from app.domain.rules import relief as domain
from app.extensions import db
from app.relief.models import CAUSES, Claim


def claims_known(contract: Contract, instant: datetime) -> tuple[domain.Claim, ...]:
    """In the order of their numbers; one that was withdrawn by then is no claim any more."""
    filed = select(Claim).where(Claim.contract_id == contract.id, Claim.filed_at <= instant).order_by(Claim.number)
    return tuple(as_known(claim, contract, instant) for claim in db.session.scalars(filed) if _stands(claim, instant))


def as_known(claim: Claim, contract: Contract, instant: datetime) -> domain.Claim:
    """Open with what is asked until it was decided; granted with what was granted."""
    if not _is_decided(claim, instant):
        return claimed(claim, "open", claim.days, claim.adjust)
    decided_on = claim.decided_at.astimezone(ZoneInfo(contract.zone)).date()
    if claim.decision == "granted":
        return claimed(claim, "granted", claim.granted_days, claim.granted_adjust, decided_on)
    return claimed(claim, claim.decision, claim.days, claim.adjust, decided_on)


def claimed(
    claim: Claim, decision: str, days: Sequence[str], adjust: Mapping[str, str], decided_on: date | None = None
) -> domain.Claim:
    """The claim as the arithmetic reads it; its free texts stay in its row, where they can be erased."""
    return domain.Claim(
        key=str(claim.number),
        month=claim.month,
        kind=claim.kind,
        decision=decision,
        service_levels=tuple(claim.service_levels),
        days=frozenset(map(date.fromisoformat, days)),
        adjust={measure: Decimal(number) for measure, number in adjust.items()},
        filed_on=claim.filed_on,
        decided_on=decided_on,
        reason=CAUSES[claim.cause],
        clause=claim.clause,
    )


def _stands(claim: Claim, instant: datetime) -> bool:
    return not (claim.decision == "withdrawn" and _is_decided(claim, instant))


def _is_decided(claim: Claim, instant: datetime) -> bool:
    return claim.decided_at is not None and claim.decided_at <= instant
