"""Limits and bands that a result is held against."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Limit:
    """`>= 80`. The comparator is explicit: >= is not >."""

    comparator: str  # >= | > | <= | <
    value: Decimal

    def is_met_by(self, numerator: Decimal, denominator: Decimal = Decimal(1)) -> bool:
        """Compares numerator / denominator unrounded, by multiplying out. The denominator is above zero."""
        raise NotImplementedError

    def headroom(self, value: Decimal) -> Decimal:
        """How far on the good side of the limit; negative when short of it."""
        raise NotImplementedError

    def __str__(self) -> str:
        return f"{self.comparator} {self.value}"


@dataclass(frozen=True, slots=True)
class Band:
    """Both edges belong to the band; either side of it is a miss."""

    lower: Decimal
    upper: Decimal

    def is_met_by(self, numerator: Decimal, denominator: Decimal = Decimal(1)) -> bool:
        raise NotImplementedError

    def headroom(self, value: Decimal) -> Decimal:
        raise NotImplementedError

    def __str__(self) -> str:
        return f"{self.lower} to {self.upper}"


Target = Limit | Band
