"""What a price is worked out from: the failure, and what its credit is a share of."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from app.domain.exact import as_decimal, plain
from app.domain.rules.bands import SeverityBand
from app.domain.rules.trail import Trail
from app.domain.targets import Target

HUNDRED = Decimal(100)
NOTHING = Decimal(0)


class Basis(NamedTuple):
    """What a credit is a share of. Amounts are minor units."""

    charges: Decimal | None  # None while they are not known
    at_risk: Decimal | None  # percent
    pool: Decimal  # percent of the amount at risk that the category shares out
    unit: int  # minor units in one unit of the currency


class Case(NamedTuple):
    """The failure to be priced."""

    numerator: Decimal | None  # contractual, before scale; None when nothing was measured
    denominator: Decimal | None
    exact: tuple[Decimal, Decimal] | None  # the value as a ratio, in the metric's unit
    scale: Decimal
    expected: Target
    band: SeverityBand | None
    first: date  # of the window
    trail: Trail[Any]
    ordinal: int

    @property
    def value(self) -> Fraction | None:
        return None if self.exact is None else Fraction(self.exact[0]) / Fraction(self.exact[1])

    @property
    def failures(self) -> Decimal:
        return failures_of(self)


class Priced(NamedTuple):
    """Minor units, unrounded, and the figures that they come from. `amount` is None while charges are not known."""

    amount: Decimal | None
    formula: str
    figures: dict[str, str]


def failures_of(finding: Any) -> Decimal:
    """How many units failed: those not in the numerator where more is better, those in it where less is. Never fewer
    than none: more people than required are no failure with a minus sign.
    """
    if finding.numerator is None or finding.denominator is None:
        return NOTHING
    numerator, denominator = Decimal(finding.numerator), Decimal(finding.denominator)
    return max(denominator - numerator if finding.expected.wants_more else numerator, NOTHING)


@dataclass(frozen=True, slots=True)
class Share:
    """A fixed share of the charges, or a fixed amount in the currency's units."""

    percent: Decimal | None = None
    amount: Decimal | None = None

    def of(self, basis: Basis) -> Decimal | None:
        """Minor units; None while the charges are not known. Nothing of unknown charges is nothing."""
        if self.amount is not None:
            return self.amount * basis.unit
        if not self.percent:
            return NOTHING
        return None if basis.charges is None else basis.charges * self.percent / HUNDRED

    @property
    def figures(self) -> dict[str, str]:
        return (
            {"amount": plain(self.amount)} if self.amount is not None else {"percent": plain(self.percent or NOTHING)}
        )


def times(number: Fraction, amount: Decimal | None) -> Decimal | None:
    if not number:
        return NOTHING  # of unknown charges too
    return None if amount is None else as_decimal(number * Fraction(amount))
