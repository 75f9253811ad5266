"""Service credits of one contract and invoice month, as they come out."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, NamedTuple

from app.domain.exact import plain
from app.domain.periods import Month
from app.domain.rules.bonus import Bonus
from app.domain.rules.caps import Capped
from app.domain.rules.earn_back import EarnBack


class Pricing(StrEnum):
    OFF = "off"  # the terms carry no credits
    PRICED = "priced"
    NOT_PRICED = "not_priced"  # a credit is due and the month's charges are not known


class CreditLine(NamedTuple):
    """What one finding costs. Amounts are minor units; only `payable` is rounded."""

    service_level: str
    name: str
    clause: str
    window: str
    default: str
    allocation: Decimal | None  # percent, where the credit is a share of the amount at risk
    uncapped: Decimal | None  # None while not priced
    payable: int | None
    category: str = ""
    formula: str = "allocation"
    figures: Mapping[str, str] = {}
    failures: int = 1  # which failure in a row or in rolling months this is, where repeats are counted
    factor: Decimal = Decimal(1)
    points: Decimal = Decimal(0)
    incident: str = ""  # another credit of this incident is paid instead
    replaced_by: str = ""  # key of the service level whose credit stands in the place of all others
    waived: Decimal = Decimal(0)
    outside_caps: bool = False

    def to_document(self) -> dict[str, Any]:
        """What is waived, replaced or outside the caps stands there only where something is."""
        document = {name: _json(value) for name, value in self._asdict().items()}
        for name in ("waived", "replaced_by", "outside_caps"):
            if not getattr(self, name):
                del document[name]
        return document


class Waived(NamedTuple):
    """What one waiver took off, in minor units; `service_level` is empty where it is about every line."""

    key: str
    service_level: str
    amount: Decimal
    clause: str

    def to_document(self) -> dict[str, Any]:
        return {name: _json(value) for name, value in self._asdict().items()}


@dataclass(frozen=True, slots=True)
class MonthCredits:
    """uncapped - cap_applied - waived - offset - earned_back = payable, in minor units; all None when off or not
    priced. `payable` is negative in a month in which more is earned back than is owed.
    """

    month: Month
    pricing: Pricing
    clause: str = ""
    invoice_month: Month | None = None
    base: str = "invoice"
    charges: int | None = None  # what the percentages are of
    at_risk: Decimal | None = None  # percent
    monthly_cap: Decimal | None = None  # percent
    cap: Decimal | None = None  # minor units
    uncapped: Decimal | None = None
    cap_applied: Decimal | None = None
    waived: Decimal | None = None
    offset: Decimal | None = None  # by what good months had put in the bank
    earned_back: Decimal | None = None  # of earlier credits
    payable: int | None = None
    points: Decimal = Decimal(0)
    points_price: Mapping[str, str] = field(default_factory=dict)
    lines: tuple[CreditLine, ...] = ()  # by service-level key
    waivers: tuple[Waived, ...] = ()
    caps: tuple[Capped, ...] = ()
    earn_backs: tuple[EarnBack, ...] = ()
    returns: Mapping[str, int] = field(default_factory=dict)  # rounded, by "service level/credit month"
    bonuses: tuple[Bonus, ...] = ()
    bonus: int | None = None  # paid to the partner; never netted
    bank: Mapping[str, Decimal] = field(default_factory=dict)  # balance by category after this month
    warnings: tuple[str, ...] = ()

    def line(self, service_level: str) -> CreditLine | None:
        return next((line for line in self.lines if line.service_level == service_level), None)

    def to_document(self) -> dict[str, Any]:
        """JSON of decimal strings; what is already whole minor units stays a number."""
        listed = ("lines", "caps", "earn_backs", "bonuses", "waivers")
        chain = {column.name: _json(getattr(self, column.name)) for column in fields(self) if column.name not in listed}
        parts = {name: [part.to_document() for part in getattr(self, name)] for name in listed}
        if not self.waivers:
            del parts["waivers"]  # so a chain of before they were kept comes out the same
        return chain | parts


def round_half_up(amount: Decimal) -> int:
    """Half a minor unit is rounded away from zero, also where a division before this ended just short of it."""
    return int(amount.quantize(Decimal("1e-9"), ROUND_HALF_UP).quantize(Decimal(1), ROUND_HALF_UP))


def largest_remainder(total: int, shares: Mapping[str, Decimal]) -> dict[str, int]:
    """Shares out `total` in proportion; what rounding leaves goes to the largest remainders, ties by key.

    Remainders are compared to twelve places: a division before this ends somewhere, and equal shares stay equal.
    """
    whole = sum(shares.values(), Decimal(0))
    if not whole:
        return dict.fromkeys(shares, 0)
    if whole == total and all(share == int(share) for share in shares.values()):
        return {key: int(share) for key, share in shares.items()}
    parts = {key: divmod(total * Fraction(share), Fraction(whole)) for key, share in shares.items()}
    result = {key: part for key, (part, _) in parts.items()}
    for key in sorted(parts, key=lambda key: (-round(parts[key][1], 12), key))[: total - sum(result.values())]:
        result[key] += 1
    return result


def _json(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _json(part) for key, part in value.items()}
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, tuple):
        return [_json(part) for part in value]
    return value if value is None or isinstance(value, int) else str(value)
