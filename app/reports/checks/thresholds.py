"""From where on a figure is asked about: the defaults of every check that warns, explained in docs/checks.md."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Thresholds:
    """Shares are of 1: 0.05 is five percent."""

    months_back: int = 12  # how many months before are a figure's own past
    least_months: int = 6  # with fewer, nothing is said about what is usual
    deviations: Decimal = Decimal("3.5")  # of the robust deviation, from the median
    spread_share: Decimal = Decimal("0.05")  # the robust deviation is at least this share of the median …
    spread_units: Decimal = Decimal(3)  # … and at least so many units
    jump_share: Decimal = Decimal("0.5")  # of last month's figure
    jump_units: Decimal = Decimal(10)  # a smaller change is none, whatever its share
    stated_points: Decimal = Decimal("0.1")  # or half of the last digit that was stated, if that is more
    round_figures: int = 12  # with fewer, a run of round figures is chance
    round_from: int = 100  # smaller figures are round by nature
    round_share: Decimal = Decimal("0.9")  # of the figures
    copied_figures: int = 3  # with fewer, the same figures are chance
    invoice_share: Decimal = Decimal("0.02")  # of the invoice


DEFAULTS = Thresholds()
ROBUST = Decimal("1.4826")  # makes the median absolute deviation comparable to a standard deviation
