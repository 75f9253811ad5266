"""A contract's monthly charges: entered by finance, replaced by a later entry, never changed; callers hold write()."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from app import jobs
from app.accounts.models import User
from app.contracts.models import Charge, Contract
from app.contracts.terms import terms_history
from app.domain.periods import Month
from app.domain.terms import Terms
from app.events import record
from app.extensions import db
from app.formatting import day
from app.formatting import month as month_name
from app.partners.moments import moment_of_change
from app.web import Conflict, Refusal


class ChargeRefused(Refusal):
    """The entry does not fit the contract, or replaces another without saying why."""


def charges_of(contract: Contract, as_known_at: datetime | None = None) -> dict[Month, int]:
    """Minor units of the contract's currency by month, as the latest entries known at an instant have it."""
    return amounts_of(latest_charges(contract, as_known_at))


def amounts_of(charges: Mapping[Month, Charge]) -> dict[Month, int]:
    return {month: charge.amount_minor for month, charge in charges.items()}


def charge_lines_of(charges: Mapping[Month, Charge]) -> dict[Month, dict[str, int]]:
    """The named parts of each month's charges, where they were entered with them."""
    return {month: charge.lines for month, charge in charges.items() if charge.lines is not None}


def left_out(contract: Contract) -> tuple[str, ...]:
    """Names of the lines of an invoice that credits are no share of, by any of the contract's terms."""
    bases = (terms.credits.base for terms in terms_history(contract) if terms.credits)
    return tuple(dict.fromkeys(name for base in bases for name in base.less))


def bills_later(contract: Contract) -> bool:
    """Whether credits come off the next month's invoice: then the last one comes after the contract."""
    return any(terms.credits.base.next_month for terms in terms_history(contract) if terms.credits)


def price_nothing(history: Sequence[Terms]) -> bool:
    """Whether charges are of no use: by none of the contract's terms do they give credits."""
    return bool(history) and not any(terms.credits for terms in history)


def latest_charges(contract: Contract, as_known_at: datetime | None = None) -> dict[Month, Charge]:
    query = select(Charge).where(Charge.contract_id == contract.id)
    if as_known_at is not None:
        query = query.where(Charge.entered_at <= as_known_at)
    return latest(db.session.scalars(query.order_by(Charge.number)))


def latest(charges: Iterable[Charge]) -> dict[Month, Charge]:
    """Of charges in the order of their numbers, the one that stands for each month."""
    return {Month.parse(charge.month): charge for charge in charges}


def enter_charge(
    contract: Contract,
    month: Month,
    amount_minor: int,
    actor: User,
    note: str = "",
    seen: int | None = None,
    lines: Mapping[str, int] | None = None,
) -> Charge | None:
    """Add an entry; None when it says what stands already. `seen` is the number of the entry it replaces, 0 for none;
    `lines` are the parts that credits are no share of, which a contract that leaves some out needs.

    Raises ChargeRefused, or Conflict when another entry came in between.
    """
    entered_at = moment_of_change(contract.partner_id)
    known = _newest(contract, month)
    number = known.number if known else 0
    if known and known.amount_minor == amount_minor and (lines is None or known.lines == lines):
        return None
    if seen is not None and seen != number:
        raise Conflict(f"Somebody entered charges for {month_name(month)} since you opened the page. Look at it again.")
    _refuse_outside(contract, month)
    _refuse_unless_whole(contract, month, amount_minor, lines)
    if known and not note.strip():
        raise ChargeRefused(f"Charges for {month_name(month)} stand already. Say in the note why they are replaced.")
    charge = Charge(
        partner_id=contract.partner_id,
        contract_id=contract.id,
        month=str(month),
        number=number + 1,
        amount_minor=amount_minor,
        lines=None if lines is None else dict(lines),
        note=note.strip(),
        entered_at=entered_at,
        entered_by_id=actor.id,
    )
    db.session.add(charge)
    _record(contract, charge, actor)
    return charge


def _record(contract: Contract, charge: Charge, actor: User) -> None:
    figures = {"month": charge.month, "number": charge.number, "amount_minor": charge.amount_minor}
    if charge.lines:
        figures["lines"] = charge.lines
    record("charge.entered", subject=charge, actor=actor, currency=contract.currency, **figures)


def _newest(contract: Contract, month: Month) -> Charge | None:
    entries = select(Charge).where(Charge.contract_id == contract.id, Charge.month == str(month))
    return db.session.scalars(entries.order_by(Charge.number.desc())).first()


def judge_anew(contract: Contract) -> None:
    """After the last entry: have the worker price the contract's credits again."""
    jobs.enqueue("contract.evaluate", contract.id, partner_id=contract.partner_id)


def _refuse_unless_whole(contract: Contract, month: Month, amount_minor: int, lines: Mapping[str, int] | None) -> None:
    missing = [name for name in left_out(contract) if lines is None or name not in lines]
    if missing:
        raise ChargeRefused(
            f"The credits of {contract.name} are no share of {', '.join(missing)}. Enter {month_name(month)} on the "
            "page of its charges, with how much of them those were."
        )
    if lines and sum(lines.values()) > amount_minor:
        raise ChargeRefused(f"The parts that do not count come to more than the charges of {month_name(month)}.")


def _refuse_outside(contract: Contract, month: Month) -> None:
    if not (contract.covers(month) or (bills_later(contract) and contract.covers(month.previous()))):
        until = f" and ends on {day(contract.ends_on)}" if contract.ends_on else ""
        raise ChargeRefused(
            f"{month_name(month)} is outside the contract, which starts on {day(contract.starts_on)}{until}. "
            "Choose a month within."
        )
