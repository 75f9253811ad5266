"""What each failure costs, one formula after the other."""

from fractions import Fraction
from math import ceil, floor
from typing import Any

from tests.domain.plain.counting import Counting
from tests.domain.plain.draws import exactly, month_text
from tests.domain.plain.figures import FORMULAS, month_of
from tests.domain.plain.incidents import Incident, grouped, last_to_choose
from tests.domain.plain.judging import JUDGED, Found
from tests.domain.plain.placing import rule_of, step_of
from tests.domain.plain.targets import band_of, short_of

UNIT = 100
ALWAYS = ("band", "blocks", "two_price")


def share(rule: dict[str, Any], charges: Fraction | None) -> Fraction | None:
    if "amount" in rule:
        return exactly(rule["amount"]) * UNIT
    return times(exactly(rule.get("percent", 0)) / 100, charges)


def times(number: Fraction, amount: Fraction | None) -> Fraction | None:
    """Nothing of an unknown amount is nothing."""
    return Fraction(0) if not number else None if amount is None else number * amount


class Pricing(Counting):
    def charges(self, month: int) -> Fraction | None:
        """What percentages are of, in minor units."""
        if ("charges", month) not in self.kept:
            self.kept["charges", month] = self._charges(month)
        known: Fraction | None = self.kept["charges", month]
        return known

    def _charges(self, month: int) -> Fraction | None:
        document = self.in_force(month)
        if document is None:
            return None
        base = document.get("credits", {}).get("base", {})
        if base.get("kind") == "fixed_fee":
            return exactly(base["amount"]) * UNIT
        invoiced = month_text(month + (base.get("month") == "next"))
        bill = next((each for each in self.case["events"]["charges"] if each["month"] == invoiced), None)
        if bill is None or (base.get("kind") == "invoice_net" and "lines" not in bill):
            return None
        less = [bill["lines"].get(name, "0") for name in base.get("less", ())]
        return max(exactly(bill["total"]) - sum(map(Fraction, less), Fraction(0)), Fraction(0)) * UNIT

    def base_of(self, found: Found, agreed: dict[str, Any]) -> Fraction | None:
        """What the percentages of one level are of: its whole quarter or year, if the base says so."""
        if agreed.get("base", {}).get("over") != "window" or step_of(found.level) == 1:
            return self.charges(found.month)
        total = Fraction(0)
        anew = rule_of(found.level).get("amendment") == "restart"
        for month in range(month_of(found.window[0]), found.month + 1):
            if anew and self.in_force(month) is not self.in_force(found.month):
                continue
            charged = self.charges(month)
            if charged is None and self.in_force(month):
                return None
            total += charged or 0
        return total

    def lines(self, month: int) -> dict[str, tuple[Fraction | None, Fraction]]:
        """Amount and points of each level that costs something, before points are priced."""
        document = self.in_force(month) or {}
        lines = {}
        for level in document.get("service_levels", ()):
            found = self.found(level["key"], month)
            if found is None or found.disposition != "counts":
                continue
            price = found.level.get("credit") or (
                {"kind": "allocation", "percent": found.level["allocation"]} if "allocation" in found.level else None
            )
            default = self.default(level["key"], month)
            always = price is not None and price["kind"] in ALWAYS and found.attainment in JUDGED
            if price is None or (default == "none" and not always):
                continue
            if price["kind"] == "allocation" and not self.allocated(found, price):
                continue  # a share of nothing is no credit to choose from
            factor = self.factor(found, level["key"]) if default != "none" else Fraction(1)
            amount = self.price(found, price, document["credits"], self.base_of(found, document["credits"]))
            points = Fraction(0)
            if price["kind"] == "points":
                band = band_of(found.level, found.result.value) if found.result.value is not None else None
                if found.attainment == "low_volume":
                    band = None
                points = Fraction(price.get("points", (band or {}).get("points", 0)))
            lines[level["key"]] = (times(factor, amount), points * factor)
        return lines

    def price(
        self, found: Found, price: dict[str, Any], agreed: dict[str, Any], charges: Fraction | None
    ) -> Fraction | None:
        kind = price["kind"]
        if kind == "points":
            return Fraction(0)
        if kind == "fixed":
            return share(price, charges)
        if kind == "allocation":
            percent = self.allocated(found, price)
            pools = {each["name"]: each["pool"] for each in agreed.get("categories", ())}
            pool = Fraction(pools.get(found.level.get("category", ""), 100))
            return times(percent * pool * exactly(agreed["at_risk"]) / 10**6, charges)
        if kind == "under_target":
            short = Fraction(0)
            if found.result.value is not None:
                short = max(short_of(found.expected, found.result.value), Fraction(0))
            counted = short / exactly(price.get("step", 1))
            rounded = {"full": floor, "started": ceil}.get(price.get("points", "pro_rata"), Fraction)
            return times(Fraction(rounded(counted)), share(price, charges))
        if kind == "band":
            band = band_of(found.level, found.result.value) if found.result.value is not None else None
            return share(band, charges) if band and ("percent" in band or "amount" in band) else Fraction(0)
        if kind == "occurrences":
            counted = max(found.failures - exactly(price.get("free", 0)), Fraction(0))
            return times(counted, share(price, charges))
        if kind == "blocks":
            return times(Fraction(self.blocks(found, price)), share(price, charges))
        units = found.failures
        if price["units"] == "beyond":
            units = Fraction(0)
            numerator, total, value = found.result.numerator, found.result.denominator, found.result.value
            if numerator is not None and total and value is not None and short_of(found.expected, value) > 0:
                scale = FORMULAS[found.level["metric"]][3]
                units = max(short_of(found.expected, numerator / total * scale), Fraction(0)) * total / scale
        return units * (exactly(price["price"]) - exactly(price["lower_price"])) * UNIT

    def allocated(self, found: Found, price: dict[str, Any]) -> Fraction:
        """Percent, as of the day on which the window opens."""
        percent = price["percent"]
        for step in sorted(price.get("dated", ()), key=lambda step: step["from"]):
            percent = step["percent"] if step["from"] <= str(found.window[0]) else percent
        return Fraction(percent)

    def blocks(self, found: Found, price: dict[str, Any]) -> int:
        """Whole blocks of failures. Where a failure counts once, the oldest are used up by each block made."""
        size, within = int(price["failures"]), int(price["within"])
        history = [each for each in reversed(self.earlier(found.level["key"], found.month)) if each.stands]
        history = [each for each in history if each.attainment in JUDGED]
        if price["counted"] == "again":
            recent = [each.failures for each in history if each.month > found.month - within]
            return int(sum(recent, Fraction(0)) // size)
        left: dict[int, Fraction] = {}
        made = 0
        for each in history:
            left = {month: number for month, number in left.items() if month > each.month - within}
            left[each.month] = each.failures
            made = int(sum(left.values(), Fraction(0)) // size)
            used = Fraction(made * size)
            for month in sorted(left):
                taken = min(left[month], used)
                left[month] -= taken
                used -= taken
        return made if history and history[-1].month == found.month else 0

    def factor(self, found: Found, key: str) -> Fraction:
        """How many times a repeated failure counts."""
        rule = found.level.get("repeats")
        if rule is None:
            return Fraction(1)
        if "within" in rule:
            recent = [each for each in self.earlier(key, found.month) if each.month > found.month - int(rule["within"])]
            failures = sum(each.stands and self.default(key, each.month) != "none" for each in recent)
        else:
            failures = self.run(
                key, found.month, lambda each: self.default(key, each.month) != "none", rule.get("gaps") == "pass"
            )
        factor = Fraction(1)
        for step in rule["steps"]:
            factor = exactly(step["times"]) if failures >= int(step["failure"]) else factor
        return factor

    def priced(self, month: int) -> tuple[dict[str, Fraction | None], dict[str, Fraction]]:
        """Each line's amount once points cost money and one credit is paid of each incident; and its points."""
        agreed = (self.in_force(month) or {})["credits"]
        lines = self.lines(month)
        points = sum((each for _, each in lines.values()), Fraction(0))
        amounts = {key: amount for key, (amount, _) in lines.items()}
        if points and "points" in agreed:
            cost = points_cost(agreed["points"], points, self.charges(month))
            for key, (_, own) in lines.items():
                if own:
                    amounts[key] = None if cost is None else cost * own / points
        happened = [each for each in self.case["events"].get("incidents", ()) if each["month"] == month_text(month)]
        costly = {key for key, amount in amounts.items() if self._is_line(key, amount, month)}
        for group in grouped(happened, costly):
            self._one_of(group, amounts, agreed, month)
        standing = [key for key, amount in amounts.items() if amount and self._stands_alone(key, month)]
        if standing:
            amounts = {key: amount if key in standing else Fraction(0) for key, amount in amounts.items()}
        return amounts, {key: own for key, (_, own) in lines.items()}

    def _stands_alone(self, key: str, month: int) -> bool:
        found = self.found(key, month)
        replaces = found is not None and found.level.get("credit", {}).get("replaces") == "others"
        return replaces and self.default(key, month) != "none"

    def _one_of(
        self, group: list[Incident], amounts: dict[str, Fraction | None], agreed: dict[str, Any], month: int
    ) -> None:
        named = {key for incident in group for key in incident["service_levels"]}
        among = {key: amount for key, amount in amounts.items() if key in named and self._is_line(key, amount, month)}
        if len(among) < 2 or None in among.values():
            return
        ends = last_to_choose(agreed, month, (self.in_force(month) or {})["calendar"]["holidays"])
        chosen = [each["chosen"] for each in group if "chosen" in each and each["chosen_on"] <= ends]
        choices = [key for key in among if key in chosen] or list(among)
        paid = max(choices, key=lambda key: (among[key] or 0, key))
        for key in among:
            if key != paid:
                amounts[key] = Fraction(0)

    def _is_line(self, key: str, amount: Fraction | None, month: int) -> bool:
        return amount is None or bool(amount) or self.default(key, month) != "none"

    def bonuses(self, month: int) -> list[tuple[str, Fraction | None]]:
        document = self.in_force(month) or {}
        everything = [self.found(level["key"], month) for level in document["service_levels"]]
        findings = [found for found in everything if found is not None]
        under = [each for each in findings if each.attainment == "below_minimum" and each.stands]
        classes = {each.level.get("class", "key") for each in under}
        bonuses = []
        for found in findings:
            rule = found.level.get("bonus")
            if rule is None or found.disposition != "counts" or not found.beats or found.result.value is None:
                continue
            target, upper = exactly(found.expected["value"]), exactly(rule["upper"])
            way = min(max((found.result.value - target) / (upper - target), Fraction(0)), Fraction(1))
            whole = share(rule, self.base_of(found, document["credits"]))
            gate = rule.get("gate", "any")
            held = bool(classes) if gate == "any" else gate in classes
            bonuses.append((found.level["key"], Fraction(0) if held else times(way, whole)))
        return bonuses


def points_cost(rule: dict[str, Any], points: Fraction, charges: Fraction | None) -> Fraction | None:
    if rule["kind"] == "table":
        percent = Fraction(0)
        for step in rule["steps"]:
            percent = exactly(step["percent"]) if points >= exactly(step["points"]) else percent
        return times(percent / 100, charges)
    free = exactly(rule.get("free", 0))
    weight, lower = Fraction(0), free
    for band in rule.get("bands", [{"factor": "1"}]):
        upper = exactly(band["up_to"]) if "up_to" in band else points
        weight += max(min(points, upper) - lower, Fraction(0)) * exactly(band["factor"])
        lower = max(lower, upper)
    return times(weight, share(rule, charges))
