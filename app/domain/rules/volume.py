"""What happens when there was too little to judge.

Small volumes make percentages jump, so agreements either do not measure them, allow one failure, or look further back.
"""

from dataclasses import dataclass
from decimal import Decimal

from app.domain.catalogue import Problem
from app.domain.tables import Table

RULES = ("not_measured", "one_miss", "extend")


@dataclass(frozen=True, slots=True)
class LowVolume:
    """Under `minimum` (of the metric's denominator) the rule holds; at exactly `minimum` the result is judged."""

    minimum: Decimal
    rule: str = "not_measured"
    months: int = 12  # extend: the longest window

    def allows(self, numerator: Decimal, denominator: Decimal, wants_more: bool) -> bool:
        """one_miss: whether no more than one of the few failed."""
        failures = denominator - numerator if wants_more else numerator
        return failures <= 1


def read_volume(level: Table) -> LowVolume | None:
    """`minimum_volume: "100"`, or `low_volume: {minimum: "100", rule: extend}`."""
    simple = level.number("minimum_volume")
    table = level.table("low_volume")
    if table is None:
        return None if simple is None else LowVolume(simple)
    if simple is not None:
        level.refuse("minimum_volume", "and low_volume both say when there is too little: keep one of them")
    table.known("minimum", "rule", "months")
    months = table.whole("months", 12, least=2, most=36) or 12
    return LowVolume(table.required_number("minimum"), table.text("rule", "not_measured", RULES), months)


def check_volume(path: str, rule: LowVolume | None, window: str) -> list[Problem]:
    if rule and rule.rule == "extend" and window != "month":
        return [Problem(f"{path}.low_volume.rule", "only a monthly window can be extended")]
    return []
