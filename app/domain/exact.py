"""Numbers that nothing rounds on the way: decimals, and fractions where a mean does not come out even."""

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Context, Decimal, Inexact
from fractions import Fraction

Exact = Decimal | Fraction

ZERO = Decimal(0)
DUST = Decimal("1e-9")  # what a division without end leaves of nothing
ARITHMETIC = Context(prec=200, rounding=ROUND_HALF_EVEN)  # sums and products of reported figures never reach it
DIVISION = Context(prec=28, rounding=ROUND_HALF_EVEN, traps=[])


def add(numbers: Iterable[Exact]) -> Exact:
    listed = list(numbers)
    try:
        return sum(listed, ZERO)
    except TypeError:  # decimals and fractions do not add up by themselves
        return sum((Fraction(number) for number in listed), Fraction(0))


def divide(number: Exact, by: int) -> Exact:
    """A Decimal when it comes out even, else a Fraction: a third of a percent decides contracts."""
    if isinstance(number, Decimal):
        context = DIVISION.copy()
        context.clear_flags()  # a copy carries the flags of every division before it
        quotient = context.divide(number, Decimal(by))
        if not context.flags[Inexact]:
            return quotient
    return Fraction(number) / by


def quotient(numerator: Exact, denominator: Exact) -> Decimal:
    """For showing and storing: 28 digits, without zeros at the end, so that equal values have equal bytes.

    Comparisons use `multiplied_out`.
    """
    upper, lower = multiplied_out(numerator, denominator)
    return ARITHMETIC.add(DIVISION.normalize(DIVISION.divide(upper, lower)), ZERO)  # adding zero writes 1E+2 as 100


def multiplied_out(numerator: Exact, denominator: Exact) -> tuple[Decimal, Decimal]:
    """The same ratio as two decimals."""
    if isinstance(numerator, Decimal) and isinstance(denominator, Decimal):
        return numerator, denominator
    ratio = Fraction(numerator) / Fraction(denominator)
    return Decimal(ratio.numerator), Decimal(ratio.denominator)


def as_decimal(number: Exact) -> Decimal:
    """28 digits of a fraction; a decimal as it is."""
    if isinstance(number, Decimal):
        return number
    return DIVISION.divide(Decimal(number.numerator), Decimal(number.denominator))


def plain(number: Exact) -> str:
    """Digits without an exponent: `100`, never 1E+2."""
    return format(as_decimal(number), "f")
