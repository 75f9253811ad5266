"""People over time: whether a headcount adds up, and who left."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction

from app.domain.exact import DIVISION, Exact, as_decimal, plain
from app.domain.people.workforce import Unworkable, not_negative, percent

ROOTS = Context(prec=60)
YEAR = 12


@dataclass(frozen=True, slots=True)
class Headcount:
    """Opening + joiners − leavers + transfers in − transfers out = closing. Raises Unworkable.

    `closing` is what somebody counted; None takes what the movements give. Who is on leave is part of it, but not
    available.
    """

    opening: Decimal
    joiners: Decimal = Decimal(0)
    leavers: Decimal = Decimal(0)
    transfers_in: Decimal = Decimal(0)
    transfers_out: Decimal = Decimal(0)
    closing_given: Decimal | None = None
    on_leave: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        not_negative(
            opening=self.opening,
            joiners=self.joiners,
            leavers=self.leavers,
            transfers_in=self.transfers_in,
            transfers_out=self.transfers_out,
            closing=self.closing_given,
            on_leave=self.on_leave,
        )
        if self.closing_given is None and self.from_movements < 0:
            raise Unworkable(f"More people leave than there are: closing would be {plain(self.from_movements)}")
        if self.on_leave > self.closing:
            raise Unworkable(
                f"{plain(self.on_leave)} on leave are more than the closing headcount of {plain(self.closing)}, "
                "which they are a part of"
            )

    @property
    def from_movements(self) -> Decimal:
        return self.opening + self.joiners - self.leavers + self.transfers_in - self.transfers_out

    @property
    def closing(self) -> Decimal:
        return self.from_movements if self.closing_given is None else self.closing_given

    @property
    def available(self) -> Decimal:
        return self.closing - self.on_leave

    @property
    def mismatch(self) -> Decimal:
        """Closing beyond what the movements explain; negative when people are missing."""
        return self.closing - self.from_movements

    @property
    def balances(self) -> bool:
        return not self.mismatch

    @property
    def sentence(self) -> str:
        sum_of = (
            f"{plain(self.opening)} opening + {plain(self.joiners)} joiners − {plain(self.leavers)} leavers "
            f"+ {plain(self.transfers_in)} transfers in − {plain(self.transfers_out)} transfers out "
            f"= {plain(self.from_movements)}"
        )
        if self.balances:
            return f"{sum_of}: the closing headcount"
        size = f"{plain(abs(self.mismatch))} {'more' if self.mismatch > 0 else 'fewer'}"
        return f"{sum_of}, but the closing headcount is {plain(self.closing)}: {size} than the movements explain"


@dataclass(frozen=True, slots=True)
class LeaversOfMonth:
    leavers: Decimal
    average_headcount: Exact

    def __post_init__(self) -> None:
        not_negative(leavers=self.leavers, average_headcount=as_decimal(self.average_headcount))

    @classmethod
    def between(cls, opening: Decimal, closing: Decimal, leavers: Decimal) -> "LeaversOfMonth":
        not_negative(opening=opening, closing=closing)
        return cls(leavers, average_headcount(opening, closing))


@dataclass(frozen=True, slots=True)
class Annualised:
    """A year's attrition by a named method; None where the method gives no number."""

    method: str
    formula: str
    pct: Decimal | None


@dataclass(frozen=True, slots=True)
class Attrition:
    """Leavers ÷ average headcount of a period, and what that would be over a year."""

    leavers: Decimal
    average_headcount: Decimal
    months: int
    period_pct: Decimal
    annualised: tuple[Annualised, ...]


def average_headcount(opening: Decimal, closing: Decimal) -> Fraction:
    """(Opening + closing) ÷ 2; 6,440 of 6,500 and 6,380 at https://www.callcentrehelper.com/attrition-89611.htm."""
    return Fraction(opening + closing) / 2


def attrition(months: Sequence[LeaversOfMonth]) -> Attrition:
    """Attrition over consecutive months: all leavers ÷ the mean of the monthly averages.

    Monthly rates are not summed: their denominators differ. Raises Unworkable without months or people.
    """
    if not months:
        raise Unworkable("Attrition needs at least one month")
    average = sum((Fraction(month.average_headcount) for month in months), Fraction(0)) / len(months)
    return attrition_over(sum((month.leavers for month in months), Decimal(0)), average, len(months))


def attrition_over(leavers: Decimal, average: Exact, months: int) -> Attrition:
    """The same where leavers and average headcount of the whole period are known already."""
    not_negative(leavers=leavers)
    if months < 1:
        raise Unworkable(f"A period has at least one month: {months}")
    if not average:
        raise Unworkable("The average headcount is 0: nobody was there who could have left")
    left = Fraction(leavers) / Fraction(average)
    return Attrition(leavers, as_decimal(average), months, as_decimal(percent(left)), _annualised(left, months))


def _annualised(left: Fraction, months: int) -> tuple[Annualised, ...]:
    """Proportional is ICMI's formula (https://www.citehr.com/showthread.php?t=97361).

    Compounding asks instead who of today's people is gone in a year when nobody is replaced: it never passes 100 %.
    """
    return (
        Annualised("icmi_proportional", "period × 12 ÷ months", as_decimal(percent(left * YEAR / months))),
        Annualised("compounding", "1 − (1 − period) ^ (12 ÷ months)", _compounded(left, months)),
    )


def _compounded(left: Fraction, months: int) -> Decimal | None:
    if left > 1:
        return None
    if YEAR % months == 0:
        return as_decimal(percent(1 - (1 - left) ** (YEAR // months)))
    staying = ROOTS.divide(Decimal((1 - left).numerator), Decimal((1 - left).denominator))
    kept = ROOTS.power(staying, ROOTS.divide(Decimal(YEAR), Decimal(months)))
    return DIVISION.plus(ROOTS.multiply(Decimal(100), ROOTS.subtract(Decimal(1), kept)))
