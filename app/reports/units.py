"""From the unit that a partner writes to the unit that Accord asks for: said in the mapping, or refused."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

AS_ASKED = ""
CLOCK = "clock"
LABELS = {
    "seconds": "seconds",
    "minutes": "minutes",
    "hours": "hours",
    CLOCK: "h:mm:ss",
    "thousands": "thousands",
    "millions": "millions",
    "lakhs": "lakhs",
    "crores": "crores",
    "share": "shares of 1",
}
SCALES = {
    "thousands": Fraction(1000),
    "lakhs": Fraction(100_000),
    "millions": Fraction(1_000_000),
    "crores": Fraction(10_000_000),
}
TIMES = {"seconds": Fraction(1), "minutes": Fraction(60), "hours": Fraction(3600), CLOCK: Fraction(1)}
PLACES = 6  # after the point, where a conversion does not come out even: 50 minutes are 0.833333 hours
NOT_COUNTS = {"seconds", "minutes", "hours", "days", "weeks", CLOCK, "percent"}


@dataclass(frozen=True)
class Conversion:
    """What a column is written in, and what its figures are multiplied by."""

    written: str
    factor: Fraction

    @property
    def takes_clock(self) -> bool:
        return self.written == CLOCK

    def of(self, value: Decimal) -> Decimal:
        exact = Fraction(value) * self.factor
        return round(Decimal(exact.numerator) / Decimal(exact.denominator), PLACES)


def choices(asked: str) -> list[tuple[str, str]]:
    """What figures asked in this unit may be written in, as a person chooses it."""
    others = [unit for unit in LABELS if unit != asked and factor(asked, unit) is not None]
    return [(AS_ASKED, asked.upper() if asked == "fte" else asked), *((unit, LABELS[unit]) for unit in others)]


def factor(asked: str, written: str) -> Fraction | None:
    """What a written figure is multiplied by; None when it cannot be converted."""
    if written in (AS_ASKED, asked):
        return Fraction(1)
    if asked in ("seconds", "hours") and written in TIMES:
        return TIMES[written] / TIMES[asked]
    if asked == "percent":
        return Fraction(100) if written == "share" else None
    return SCALES.get(written)


def conversion(asked: str, written: str) -> Conversion | None:
    """None when figures are to be taken as they stand."""
    multiplied = factor(asked, written)
    return None if written in (AS_ASKED, asked) or multiplied is None else Conversion(written, multiplied)


def named(asked: str, unit: str) -> str:
    """The choice that a unit named in a heading comes to; as asked when it says nothing that could be converted."""
    return unit if unit and unit != asked and factor(asked, unit) is not None else AS_ASKED


def contradicts(asked: str, unit: str, written: str) -> bool:
    """Whether a heading names a unit that is neither what is asked nor what was chosen for it."""
    return unit in NOT_COUNTS and unit not in (asked, written) and not (asked == "percent" and written == "share")
