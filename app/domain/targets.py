"""Limits and bands that a result is held against."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from operator import ge, gt, le, lt

COMPARATORS: dict[str, Callable[[Decimal, Decimal], bool]] = {">=": ge, ">": gt, "<=": le, "<": lt}
ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Limit:
    """`>= 80`. The comparator is explicit: >= is not >."""

    comparator: str  # >= | > | <= | <
    value: Decimal

    @property
    def wants_more(self) -> bool:
        return self.comparator in (">=", ">")

    def is_met_by(self, numerator: Decimal, denominator: Decimal = ONE) -> bool:
        """Compares numerator / denominator unrounded, by multiplying out. The denominator is above zero."""
        return COMPARATORS[self.comparator](numerator, self.value * denominator)

    def headroom(self, value: Decimal) -> Decimal:
        """How far on the good side of the limit; negative when short of it."""
        return value - self.value if self.wants_more else self.value - value

    def is_exceeded_by(self, numerator: Decimal, denominator: Decimal = ONE) -> bool:
        """Strictly better than the limit's value."""
        edge = self.value * denominator
        return numerator > edge if self.wants_more else numerator < edge

    def shortfall(self, value: Fraction) -> Fraction:
        """How far short of the limit; negative on its good side."""
        distance = Fraction(self.value) - value
        return distance if self.wants_more else -distance

    def contains(self, stricter: "Target") -> bool:
        """Whether everything that meets `stricter` meets this limit too."""
        if not isinstance(stricter, Limit) or stricter.wants_more != self.wants_more:
            return False
        if stricter.value == self.value:
            return stricter.comparator in (">", "<") or self.comparator in (">=", "<=")
        return (stricter.value > self.value) == self.wants_more

    def __str__(self) -> str:
        return f"{self.comparator} {self.value}"


@dataclass(frozen=True, slots=True)
class Band:
    """Both edges belong to the band; either side of it is a miss."""

    lower: Decimal
    upper: Decimal

    def is_met_by(self, numerator: Decimal, denominator: Decimal = ONE) -> bool:
        """Compares numerator / denominator unrounded, by multiplying out. The denominator is above zero."""
        return self.lower * denominator <= numerator <= self.upper * denominator

    def headroom(self, value: Decimal) -> Decimal:
        """How far from the nearer edge; negative outside the band."""
        return min(value - self.lower, self.upper - value)

    @property
    def wants_more(self) -> bool:
        """Of a band neither is; failures are counted as what is not in the numerator."""
        return True

    def is_exceeded_by(self, _numerator: Decimal, _denominator: Decimal = ONE) -> bool:
        """Inside a band nothing is better than anything else."""
        return False

    def shortfall(self, value: Fraction) -> Fraction:
        """How far outside the band; negative inside it."""
        return max(Fraction(self.lower) - value, value - Fraction(self.upper))

    def contains(self, stricter: "Target") -> bool:
        """Whether everything that meets `stricter` meets this band too."""
        return isinstance(stricter, Band) and self.lower <= stricter.lower and stricter.upper <= self.upper

    def __str__(self) -> str:
        return f"{self.lower} to {self.upper}"


Target = Limit | Band
