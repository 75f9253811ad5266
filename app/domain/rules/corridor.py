"""The forecast corridor: a shortfall is paid for, a surplus stands outside the service levels.

Volume clauses of outsourcing agreements (acceptable forecast variance, shortfall and surplus transactions).
"""

from dataclasses import dataclass
from decimal import Decimal

from app.domain.exact import plain
from app.domain.tables import Table

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class CorridorRule:
    """Within `variance` percent of the forecast the actual volume is billed."""

    measure: str
    forecast: str
    variance: Decimal
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Corridor:
    """One month against its corridor, in units of the measure."""

    actual: Decimal
    forecast: Decimal
    floor: Decimal
    ceiling: Decimal
    clause: str

    @property
    def billable(self) -> Decimal:
        return max(self.actual, self.floor)

    @property
    def shortfall(self) -> Decimal:
        return max(self.floor - self.actual, Decimal(0))

    @property
    def surplus(self) -> Decimal:
        return max(self.actual - self.ceiling, Decimal(0))

    def to_document(self) -> dict[str, str]:
        names = ("actual", "forecast", "floor", "ceiling", "billable", "shortfall", "surplus")
        return {name: plain(getattr(self, name)) for name in names} | {"clause": self.clause}


def corridor(rule: CorridorRule, actual: Decimal, forecast: Decimal) -> Corridor:
    floor, ceiling = (forecast * (HUNDRED + sign * rule.variance) / HUNDRED for sign in (-1, 1))
    return Corridor(actual, forecast, floor, ceiling, rule.clause)


def read_corridor(whole: Table) -> CorridorRule | None:
    """`corridor: {measure: offered, forecast: forecast_offered, variance: "10"}`."""
    table = whole.table("corridor")
    if table is None:
        return None
    table.known("measure", "forecast", "variance", "clause")
    variance = table.required_number("variance", most=100)
    return CorridorRule(table.text("measure"), table.text("forecast"), variance, table.text("clause", ""))
