"""People against what the work required."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from app.domain.exact import as_decimal, divide, quotient
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
        return fill_rate(self.actual, self.required)

    @property
    def shortage(self) -> Decimal:
        """FTE missing; never negative."""
        return shortage(self.actual, self.required)


def fill_rate(actual: Decimal, required: Decimal) -> Decimal | None:
    """Actual ÷ required FTE in percent; None when nobody was required."""
    return quotient(actual * 100, required) if required else None


def shortage(actual: Decimal, required: Decimal) -> Decimal:
    """FTE missing; never negative."""
    return max(required - actual, Decimal(0))


def staffing_by_site(lines: Iterable[Line]) -> tuple[Staffing, ...]:
    """The partner's lines that carry required_fte and actual_fte, queues summed, days averaged; by month, then site."""
    lines_of: dict[tuple[Month, str], list[Line]] = {}
    for line in lines:
        if line.party == "partner" and {"required_fte", "actual_fte"} <= line.values.keys():
            lines_of.setdefault((line.month, line.site), []).append(line)
    return tuple(
        Staffing(month, site, _fte("required_fte", of_site), _fte("actual_fte", of_site))
        for (month, site), of_site in sorted(lines_of.items())
    )


def _fte(measure: str, lines: list[Line]) -> Decimal:
    days = len({line.day for line in lines})
    return as_decimal(divide(sum((line.values[measure] for line in lines), Decimal(0)), days))
