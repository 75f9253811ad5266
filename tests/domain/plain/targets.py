"""Results held against limits and bands."""

from fractions import Fraction
from typing import Any

from tests.domain.plain.draws import exactly, month_text


def wants_more(target: dict[str, Any]) -> bool:
    return "band" in target or target["comparator"] in (">=", ">")


def agreed_rounding(level: dict[str, Any], value: Fraction) -> Fraction:
    """What is compared: as many digits as the contract keeps, if it says so."""
    rule = level.get("rounding")
    if rule is None:
        return value
    units = 10 ** int(rule["places"])
    doubled = abs(value) * units * 2 + (1 if rule.get("mode", "half_up") == "half_up" else 0)
    size = Fraction(doubled.numerator // doubled.denominator // 2, units)
    return size if value >= 0 else -size


def meets(target: dict[str, Any], value: Fraction) -> bool:
    if "band" in target:
        return exactly(target["band"]["lower"]) <= value <= exactly(target["band"]["upper"])
    edge = exactly(target["value"])
    return {">=": value >= edge, ">": value > edge, "<=": value <= edge, "<": value < edge}[target["comparator"]]


def short_of(target: dict[str, Any], value: Fraction) -> Fraction:
    """How far short; negative on the good side."""
    if "band" in target:
        return max(exactly(target["band"]["lower"]) - value, value - exactly(target["band"]["upper"]))
    edge = exactly(target["value"])
    return edge - value if target["comparator"] in (">=", ">") else value - edge


def targets(level: dict[str, Any], month: int) -> tuple[dict[str, Any], dict[str, Any] | None]:
    expected, minimum = level["expected"], level.get("minimum")
    for step in sorted(level.get("ramp", ()), key=lambda step: step["from"]):
        if step["from"] <= month_text(month) + "-01":
            expected, minimum = step["expected"], step.get("minimum")
    return expected, minimum


def band_of(level: dict[str, Any], value: Fraction) -> dict[str, Any] | None:
    for band in level.get("bands", ()):
        edges = (
            value >= exactly(band["at_least"]) if "at_least" in band else True,
            value > exactly(band["above"]) if "above" in band else True,
            value < exactly(band["below"]) if "below" in band else True,
            value <= exactly(band["at_most"]) if "at_most" in band else True,
        )
        if all(edges):
            return dict(band)
    return None
