"""What happens when there was too little to judge.

Small volumes make percentages jump, so agreements either do not measure them, allow one failure, or look further back.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from app.domain.catalogue import Problem
from app.domain.exact import Exact
from app.domain.tables import Table

RULES = ("not_measured", "one_miss", "extend")


@dataclass(frozen=True, slots=True)
class LowVolume:
    """Under `minimum` (of the metric's denominator) the rule holds; at exactly `minimum` the result is judged. Without
    one, which only one_miss may be, it always holds.
    """

    minimum: Decimal | None
    rule: str = "not_measured"
    months: int = 12  # extend: the longest window
    forgives: Decimal = Decimal(1)  # one_miss: units that may fail

    def is_enough(self, denominator: Exact) -> bool:
        return self.minimum is not None and denominator >= self.minimum

    def allows(self, failures: Exact) -> bool:
        return Fraction(failures) <= Fraction(self.forgives)


def read_volume(level: Table) -> LowVolume | None:
    """`minimum_volume: "100"`, or `low_volume: {minimum: "100", rule: extend}`."""
    simple = level.number("minimum_volume")
    table = level.table("low_volume")
    if table is None:
        return None if simple is None else LowVolume(simple)
    if simple is not None:
        level.refuse("minimum_volume", "and low_volume both say when there is too little: keep one of them")
    table.known("minimum", "rule", "months", "forgives")
    months = table.whole("months", 12, least=2, most=36) or 12
    rule = table.text("rule", "not_measured", RULES)
    minimum, forgives = table.number("minimum"), table.number("forgives")
    if minimum is None and rule != "one_miss":
        table.refuse("minimum", "is missing: how many are enough to judge?")
    if table.content.get("months") is not None and rule != "extend":
        table.refuse("months", f"has a meaning for extend only, and the rule is {rule}")
    if forgives is not None and rule != "one_miss":
        table.refuse("forgives", f"has a meaning for one_miss only, and the rule is {rule}")
    return LowVolume(minimum, rule, months, Decimal(1) if forgives is None else forgives)


def check_volume(path: str, rule: LowVolume | None, window: str) -> list[Problem]:
    if rule and rule.rule == "extend" and window != "month":
        return [Problem(f"{path}.low_volume.rule", "only a monthly window can be extended")]
    if rule and rule.rule == "one_miss" and window == "average":
        return [Problem(f"{path}.low_volume.rule", "forgives nothing of an average of months: no contract says how")]
    return []
