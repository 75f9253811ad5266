"""Whether a result is rounded before it is compared, and how.

Accord compares unrounded. Where a contract reports to one decimal and judges what it reports, 79.95 % is 80.0 % and
meets 80 %; where it cuts off instead, 79.99 % is 79.9 % and does not.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor

from app.domain.tables import Table

MODES = ("half_up", "down")
HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Rounding:
    """`places` are decimals in the metric's unit. Half is rounded away from zero; `down` cuts off."""

    places: int
    mode: str = "half_up"
    clause: str = ""

    def of(self, numerator: Decimal, denominator: Decimal) -> tuple[Decimal, Decimal]:
        """The rounded ratio, as one."""
        exact = Fraction(numerator) / Fraction(denominator) * 10**self.places
        whole = floor(abs(exact) + (HALF if self.mode == "half_up" else 0))
        return Decimal(whole if exact >= 0 else -whole), Decimal(10) ** self.places


def read_rounding(part: Table) -> Rounding | None:
    """`rounding: {places: "1"}`."""
    table = part.table("rounding")
    if table is None:
        return None
    table.known("places", "mode", "clause")
    places = table.whole("places", None, least=0, most=9)
    if places is None and table.content.get("places") is None:
        table.refuse("places", 'is missing: to how many decimals? "1" for 79.9')
    return Rounding(places or 0, table.text("mode", "half_up", MODES), table.text("clause", ""))
