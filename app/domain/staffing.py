"""People against what the work required."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from app.domain.facts import Line
from app.domain.periods import Month


@dataclass(frozen=True, slots=True)
class Staffing:
    """One site in one month, in FTE."""

    month: Month
    site: str
    required: Decimal
    actual: Decimal

    @property
    def fill(self) -> Decimal | None:
        """Percent; None when nobody was required."""
        return self.actual * 100 / self.required if self.required else None

    @property
    def shortage(self) -> Decimal:
        """FTE missing; never negative."""
        return max(self.required - self.actual, Decimal(0))


def staffing_by_site(lines: Iterable[Line]) -> tuple[Staffing, ...]:
    """From the partner's staffing lines that carry required_fte and actual_fte; by month, then site."""
    raise NotImplementedError
