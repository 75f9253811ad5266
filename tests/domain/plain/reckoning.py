"""The rules once more, from their wording and in fractions, without a line of the engine.

Each month is worked out by looking at the whole history anew.
"""

from fractions import Fraction
from math import floor
from typing import Any

BAD = ("below_expected", "below_minimum")


def reckon(case: dict[str, Any]) -> dict[int, dict[str, Any]]:
    months = sorted(case["figures"])
    keys = [level["key"] for level in case["terms"][0]["service_levels"]]
    found = {key: {month: attainment(case, key, month) for month in months} for key in keys}
    results: dict[int, dict[str, Any]] = {}
    for month in months:
        defaults = {key: default(case, key, found[key], month) for key in keys}
        shown = {key: found[key][month].replace("exceeded", "met") for key in keys}  # no terms here name it
        results[month] = {"found": {key: (shown[key], defaults[key]) for key in keys}}
        lines = {key: price(case, key, results, month) for key in keys if defaults[key] != "none"}
        kept = capped(case, dict(lines), results, month)
        back = sum(
            (earned(case, key, found[key], results, at, month) for key in keys for at in months if at < month),
            Fraction(0),
        )
        owed = sum(kept.values(), Fraction(0))
        results[month] |= {
            **{"kept": kept, "uncapped": sum(lines.values(), Fraction(0)), "owed": owed, "back": back},
            **{"payable": rounded(owed - back), "lines": shared(rounded(owed), kept)},
        }
    return results


def rounded(amount: Fraction) -> int:
    return floor(amount + Fraction(1, 2)) if amount >= 0 else -floor(-amount + Fraction(1, 2))


def shared(total: int, amounts: dict[str, Fraction]) -> dict[str, int]:
    whole = sum(amounts.values(), Fraction(0))
    exact = {key: total * amount / whole if whole else Fraction(0) for key, amount in amounts.items()}
    down = {key: floor(part) for key, part in exact.items()}
    by_rest = sorted(exact, key=lambda key: (down[key] - exact[key], key))
    lucky = by_rest[: (total if whole else 0) - sum(down.values())]
    return {key: down[key] + (key in lucky) for key in down}


def terms(case: dict[str, Any], month: int) -> Any:
    return [
        each
        for each in case["terms"]
        if int(each["effective_from"][:4]) * 12 + int(each["effective_from"][5:7]) - 1 <= month
    ][-1]


def level(case: dict[str, Any], key: str, month: int) -> Any:
    return next(each for each in terms(case, month)["service_levels"] if each["key"] == key)


def reaches(value: Fraction, target: dict[str, str]) -> bool:
    edge = Fraction(target["value"])
    return value > edge or (value == edge and target["comparator"] == ">=")


def result(case: dict[str, Any], month: int) -> Fraction | None:
    figures = case["figures"][month]
    return Fraction(100 * figures[1], figures[0]) if isinstance(figures, tuple) else None


def attainment(case: dict[str, Any], key: str, month: int) -> str:
    value, agreed = result(case, month), level(case, key, month)
    if value is None:
        return "not_reported" if case["figures"][month] == "overdue" else "not_measured"
    if not reaches(value, agreed["minimum"]):
        return "below_minimum"
    if not reaches(value, agreed["expected"]):
        return "below_expected"
    return "met" if value == Fraction(agreed["expected"]["value"]) else "exceeded"


def in_a_row(hits: dict[int, bool | None], month: int, passes: bool) -> int:
    """Hits up to this month without another result between them; None is a month without a result."""
    row = 0
    for at in sorted((each for each in hits if each <= month), reverse=True):
        if hits[at] is None and passes:
            continue
        if not hits[at]:
            break
        row += 1
    return row


def default(case: dict[str, Any], key: str, found: dict[int, str], month: int) -> str:
    rule, now = level(case, key, month)["default"], found[month]
    if now == "below_minimum" and "minimum" in rule:
        return "minimum"
    counted = BAD if rule["counted"] == "any" else ("below_expected",)
    if now not in counted or "expected" not in rule:
        return "none"
    trigger = rule["expected"]
    if trigger.get("consecutive"):
        hits = {at: None if each.startswith("not_") else each in counted for at, each in found.items()}
        count = in_a_row(hits, month, rule["gaps"] == "pass")
    else:
        count = sum(month - int(trigger["within"]) < at <= month and each in counted for at, each in found.items())
    return "expected" if count >= int(trigger["misses"]) else "none"


def price(case: dict[str, Any], key: str, results: dict[int, Any], month: int) -> Fraction:
    agreed, charges = level(case, key, month), Fraction(case["charges"][month])
    credit = agreed["credit"]
    amount = Fraction(credit["amount"]) * 100 if "amount" in credit else charges * Fraction(credit["percent"]) / 100
    if credit["kind"] == "allocation":
        amount *= Fraction(terms(case, month)["credits"]["at_risk"]) / 100
    return amount * factor(agreed.get("repeats"), key, results, month)


def factor(rule: dict[str, Any] | None, key: str, results: dict[int, Any], month: int) -> Fraction:
    if rule is None:
        return Fraction(1)
    states = {at: each["found"][key] for at, each in results.items()}
    hits = {at: None if state.startswith("not_") else kind != "none" for at, (state, kind) in states.items()}
    if "within" in rule:
        failures = sum(bool(hit) for at, hit in hits.items() if month - int(rule["within"]) < at <= month)
    else:
        failures = in_a_row(hits, month, rule["gaps"] == "pass")
    return Fraction(([step["times"] for step in rule["steps"] if failures >= int(step["failure"])] or ["1"])[-1])


def capped(
    case: dict[str, Any], lines: dict[str, Fraction], results: dict[int, Any], month: int
) -> dict[str, Fraction]:
    start = min(case["figures"])
    for cap in terms(case, month)["credits"]["caps"]:
        back = {"quarter": month % 3, "contract_year": (month - start) % 12, "rolling_12": 11}.get(cap["over"], 0)
        charges = sum(case["charges"].get(at, 0) for at in range(month - back, month + 1))
        limit = Fraction(cap["amount"]) * 100 if "amount" in cap else charges * Fraction(cap["percent"]) / 100
        if cap["over"] == "service_level":
            lines = {key: min(amount, limit) for key, amount in lines.items()}
            continue
        used = sum((results[at]["owed"] for at in range(month - back, month) if at in results), Fraction(0))
        total = sum(lines.values(), Fraction(0))
        kept = min(total, max(limit - used, Fraction(0)))
        lines = {key: amount * kept / total if total else amount for key, amount in lines.items()}
    return lines


def earned(
    case: dict[str, Any], key: str, found: dict[int, str], results: dict[int, Any], at: int, month: int
) -> Fraction:
    """What the credit of month `at` gives back in `month`: something only where its last condition holds."""
    rule = terms(case, at)["credits"].get("earn_back")
    amount = results[at]["kept"].get(key, Fraction(0))
    if rule is None or not amount:
        return Fraction(0)
    good = ("exceeded",) if rule["comparison"] == "exceeded" else ("met", "exceeded")
    count = 0
    for later in range(at + 1, month + 1):
        if found[later].startswith("not_") and rule["gaps"] == "pass":
            continue
        if found[later] not in good:
            return Fraction(0)
        count += 1
        if count == int(rule["months"]):
            return amount * Fraction(rule["fraction"]) / 100 if later == month else Fraction(0)
    return Fraction(0)
