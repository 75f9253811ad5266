"""The most that credits may come to, and what each cap takes off.

Per service level, month, quarter, contract year or rolling twelve months; by percent of the charges of that time, by
percent of its amount at risk, or by a fixed amount. Longer caps count what the earlier months of their time used up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from app.domain.exact import plain
from app.domain.periods import Month, contract_year
from app.domain.tables import Table

HUNDRED = Decimal(100)
NOTHING = Decimal(0)
OVER = ("service_level", "month", "quarter", "contract_year", "rolling_12")


@dataclass(frozen=True, slots=True)
class Cap:
    """`of`: charges or at_risk; with an `amount` in the currency's units neither matters."""

    over: str
    percent: Decimal | None
    amount: Decimal | None = None
    of: str = "charges"
    after_earn_back: bool = False
    clause: str = ""

    @property
    def is_long(self) -> bool:
        """Whether earlier months count against it."""
        return self.over in ("quarter", "contract_year", "rolling_12")

    def first(self, month: Month, year_starts: Month) -> Month:
        """The month from which on credits count against the cap."""
        if self.over == "quarter":
            return month.quarter.months[0]
        if self.over == "contract_year":
            return contract_year(month, year_starts).months[0]
        return month.plus(-11) if self.over == "rolling_12" else month

    def limit(self, base: Decimal, unit: int) -> Decimal:
        """Minor units; `base` is what the percentage is of: the charges, or the amount at risk, of the cap's whole time
        up to now.
        """
        if self.amount is not None:
            return self.amount * unit
        return base * (self.percent or NOTHING) / HUNDRED


class Capped(NamedTuple):
    """One cap at work on one month, in minor units."""

    over: str
    limit: Decimal
    used: Decimal  # by the earlier months of its time
    before: Decimal
    taken_off: Decimal
    clause: str
    service_level: str = ""

    def to_document(self) -> dict[str, str]:
        amounts = {name: plain(getattr(self, name)) for name in ("limit", "used", "before", "taken_off")}
        return {"over": self.over, "service_level": self.service_level, "clause": self.clause} | amounts


def apply_cap(
    cap: Cap, amounts: Mapping[str, Decimal], limit: Decimal, used: Decimal
) -> tuple[dict[str, Decimal], list[Capped]]:
    """The amounts under the cap; a shared cap reduces every line by the same part."""
    if cap.over == "service_level":
        lines = [
            Capped(cap.over, limit, used, each, max(each - limit, NOTHING), cap.clause, key)
            for key, each in amounts.items()
        ]
        return {key: min(each, limit) for key, each in amounts.items()}, [line for line in lines if line.taken_off]
    total = sum(amounts.values(), NOTHING)
    room = max(limit - used, NOTHING)
    kept = min(total, room)
    capped = Capped(cap.over, limit, used, total, total - kept, cap.clause)
    if kept == total:
        return dict(amounts), [capped]
    return scaled(amounts, kept, total), [capped]


def scaled(amounts: Mapping[str, Decimal], kept: Decimal, total: Decimal) -> dict[str, Decimal]:
    """Each amount × kept ÷ total; the last takes what the division leaves, so that the sum is exactly `kept`."""
    parts = {key: each * kept / total for key, each in amounts.items()}
    last = next(reversed(parts))
    parts[last] = kept - sum((part for key, part in parts.items() if key != last), NOTHING)
    return parts


def read_caps(agreed: Table) -> tuple[Cap, ...]:
    """`monthly_cap: "10"` is the short form of `caps: [{over: month, percent: "10"}]`."""
    short = agreed.number("monthly_cap", most=100)
    if agreed.content.get("caps") is None:
        return () if short is None else (Cap("month", short, clause=agreed.text("clause", "")),)
    if short is not None:
        agreed.refuse("monthly_cap", "and caps both limit the credits: keep one of them")
    return tuple(_cap(table) for table in agreed.tables("caps"))


def _cap(table: Table) -> Cap:
    table.known("over", "percent", "amount", "of", "after_earn_back", "clause")
    percent, amount = table.number("percent", most=1000), table.number("amount")
    table.one_of("percent", "amount")
    of = table.text("of", "charges", ("charges", "at_risk"))
    if of == "at_risk" and amount is not None:
        table.refuse("of", "has no meaning beside an amount: leave it out")
    return Cap(
        over=table.text("over", choices=OVER),
        percent=percent,
        amount=amount,
        of=of,
        after_earn_back=table.flag("after_earn_back"),
        clause=table.text("clause", ""),
    )


def in_order(caps: Sequence[Cap]) -> tuple[tuple[Cap, ...], tuple[Cap, ...]]:
    """Those before the earn-back, and those after it, as the contract lists them."""
    before = tuple(cap for cap in caps if not cap.after_earn_back)
    return before, tuple(cap for cap in caps if cap.after_earn_back)
