"""Rights, proposals of better targets, the scorecard and the forecast corridor."""

from datetime import timedelta
from fractions import Fraction
from typing import Any

from tests.domain.plain.counting import set_aside
from tests.domain.plain.draws import exactly
from tests.domain.plain.earning import Paid
from tests.domain.plain.figures import Part, first_of, last_of
from tests.domain.plain.judging import JUDGED, MISSES, Found
from tests.domain.plain.paying import Paying, half_up
from tests.domain.plain.placing import step_of, working
from tests.domain.plain.pricing import UNIT
from tests.domain.plain.relief import forecast_of
from tests.domain.plain.targets import short_of, targets

NOTHING = Fraction(0)
HOUSE = [("strong", 90), ("steady", 75), ("watch", 60), ("at risk", 0)]


class Watching(Paying):
    def watch(self) -> None:
        self.paid: dict[int, Paid] = self.pay()
        self.standing: dict[tuple[str, str], dict[str, Any]] = {}
        self.proposed: dict[str, int] = {}

    def rights(self, month: int) -> list[tuple[str, str, Fraction]]:
        """Key, service level, what was reached. To be asked month after month."""
        document = self.in_force(month) or {}
        opened = []
        for rule in document.get("rights", ()):
            for key, levels in self._subjects(rule, document, month):
                reached, needed = self._reached(rule, levels, month)
                if reached < needed or not self._brought(rule, levels, month) or self._stands(rule, key, month):
                    continue
                lapses = last_of(month) + timedelta(days=int(rule["lapses_after"])) if "lapses_after" in rule else None
                self.standing[rule["key"], key] = {"opened": last_of(month), "lapses": lapses}
                opened.append((rule["key"], key, reached))
        return opened

    def _subjects(self, rule: dict[str, Any], document: dict[str, Any], month: int) -> list[tuple[str, list[str]]]:
        levels = [level for level in document["service_levels"] if self.earlier(level["key"], month)]
        if "class" in rule:
            levels = [level for level in levels if level.get("class", "key") == rule["class"]]
        keys = [level["key"] for level in levels]
        keys = [key for key in keys if key in (rule.get("service_levels") or keys)]
        usual = "contract" if rule["of"] in ("points", "credits") else "service_level"
        if rule.get("per", usual) == "contract":
            return [("", keys)]
        return [(key, [key]) for key in keys]

    def _brought(self, rule: dict[str, Any], levels: list[str], month: int) -> Fraction:
        """What one month brought of what the right counts."""
        paid = self.paid.get(month)
        if rule["of"] in ("points", "credits"):
            if paid is None:
                return NOTHING
            brought = {key: Fraction(share, UNIT) for key, share in paid.shares.items()}
            brought = paid.own_points if rule["of"] == "points" else brought
            is_narrow = rule.get("per") == "service_level" or rule.get("service_levels") or "class" in rule
            return sum((each for key, each in brought.items() if key in levels or not is_narrow), NOTHING)
        return Fraction(sum(self._held(rule, key, month) for key in levels))

    def _held(self, rule: dict[str, Any], key: str, month: int) -> bool:
        found = self.found(key, month) if self.in_case(month) else None
        if found is None or not found.stands:
            return False
        if rule["of"] == "minimum_misses":
            return found.attainment == "below_minimum"
        return self.default(key, month) != "none" if rule["of"] == "defaults" else found.attainment in MISSES

    def _reached(self, rule: dict[str, Any], levels: list[str], month: int) -> tuple[Fraction, Fraction]:
        least = exactly(rule.get("at_least", 1))
        if "consecutive" in rule:
            return self._row(rule, levels, month, least), exactly(rule["consecutive"])
        months = range(month - int(rule["within"]) + 1, month + 1)
        brought = [self._brought(rule, levels, each) for each in months]
        if "months_of" in rule:
            return Fraction(sum(each >= least for each in brought)), exactly(rule["months_of"])
        return sum(brought, NOTHING), least

    def _row(self, rule: dict[str, Any], levels: list[str], month: int, least: Fraction) -> Fraction:
        """In a row, up to what is needed; a month in which all there was is set aside is passed over."""
        run, each = 0, month
        by_level = rule["of"] not in ("points", "credits")
        step = 1
        per = rule.get("per", "service_level" if by_level else "contract")
        if len(levels) == 1 and per == "service_level" and (found := self.found(levels[0], month)) is not None:
            step = step_of(found.level)
        while run < int(rule["consecutive"]) and self.in_case(each):
            if self._brought(rule, levels, each) >= least:
                run += 1
            else:
                found_all = [self.found(key, each) for key in levels]
                ended = [found for found in found_all if found is not None]
                if not ended or not all(set_aside(found, False) for found in ended):
                    break
            each -= step
        return Fraction(run)

    def _stands(self, rule: dict[str, Any], key: str, month: int) -> bool:
        right = self.standing.get((rule["key"], key))
        if right is None or (right["lapses"] is not None and right["lapses"] < last_of(month)):
            return False
        return not any(
            each["right"] == rule["key"]
            and each.get("service_level", key) == key
            and str(right["opened"]) <= each["on"] <= str(last_of(month))
            for each in self.case["events"].get("exercises", ())
        )

    def proposals(self, month: int) -> list[tuple[str, Fraction]]:
        proposals = []
        for level in (self.in_force(month) or {})["service_levels"]:
            rule, found = level.get("improvement"), self.found(level["key"], month)
            if rule is None or found is None:
                continue
            target = self._better(level, rule, found)
            if target is not None:
                self.proposed[level["key"]] = month
                proposals.append((level["key"], target))
        return proposals

    def _better(self, level: dict[str, Any], rule: dict[str, Any], found: Found) -> Fraction | None:
        key, months, step = level["key"], int(rule.get("months", 12)), step_of(found.level)
        last = self.proposed.get(key)
        if rule["kind"] == "presumptive":
            first = self.earlier(key, found.month)[-1].month
            if last is not None or found.month != first + (months - 1) * step:
                return None
        elif last is not None and found.month - last < months * step:
            return None
        due = [found.month - place * step for place in range(months)]
        windows = [self.found(key, each) if self.in_case(each) else None for each in due]
        values = [
            each.result.value
            for each in windows
            if each is not None and each.attainment in JUDGED and each.result.value is not None
        ]
        expected, _ = targets(level, found.month)
        if len(values) < months:
            return None
        if rule["kind"] == "halfway" and any(short_of(expected, value) >= 0 for value in values):
            return None
        values.sort(key=lambda value: short_of(expected, value))
        values = values[: int(rule.get("best", months))]
        mean = sum(values, NOTHING) / len(values)
        if short_of(expected, mean) >= 0:
            return None
        old = exactly(expected["value"])
        new = mean if rule["kind"] == "average" else (old + mean) / 2
        if "cap_share" in rule:
            up = new > old
            most = (100 - old if up else old) * exactly(rule["cap_share"]) / 100
            new = min(new, old + most) if up else max(new, old - most)
        digits = 10 ** int(rule.get("places", 4))
        return Fraction(half_up(new * digits), digits)

    def score(self, month: int) -> tuple[Fraction | None, str | None]:
        rule = (self.in_force(month) or {}).get("scorecard", {})
        value = self._alone(month)
        if "decay" in rule:
            weights = weighted = NOTHING
            for age in range(int(rule.get("months", 1))):
                score = self._alone(month - age) if self.in_case(month - age) else None
                if score is not None:
                    weight = exactly(rule["decay"]) ** age
                    weights, weighted = weights + weight, weighted + weight * score
            value = weighted / weights if weights else None
        if value is None:
            return None, None
        house = [{"standing": name, "at_least": least} for name, least in HOUSE]
        bands = sorted(rule.get("standings", house), key=lambda band: exactly(band["at_least"]))
        return value, [str(band["standing"]) for band in bands if value >= exactly(band["at_least"])][-1]

    def _alone(self, month: int) -> Fraction | None:
        weights = earned = NOTHING
        for level in (self.in_force(month) or {}).get("service_levels", ()):
            found = self.found(level["key"], month)
            if found is not None and found.attainment in JUDGED and found.disposition != "excused":
                weight = exactly(found.level.get("weight", 0))
                weights, earned = weights + weight, earned + weight * _part(found)
        return earned * 100 / weights if weights else None

    def corridor(self, month: int) -> tuple[Fraction, Fraction] | None:
        """What is billed, and the surplus."""
        document = self.in_force(month) or {}
        rule = document.get("corridor")
        if rule is None:
            return None
        part = Part(month, None, tuple(working(document, first_of(month), last_of(month))), document["measures"])
        actual = self.figures.volume([part], rule["measure"])
        forecast = forecast_of(self, [part], rule)
        if actual is None or forecast is None:
            return None
        away = forecast * exactly(rule["variance"]) / 100
        return max(actual, forecast - away), max(actual - forecast - away, NOTHING)


def _part(found: Found) -> Fraction:
    """Share of the weight."""
    met = found.attainment in ("met", "exceeded")
    part = Fraction(1) if met else Fraction(1, 2) if found.attainment == "below_expected" else NOTHING
    rule, value = found.level.get("score"), found.result.value
    if rule is None or value is None or "band" in found.expected:
        return part
    target = exactly(found.expected["value"])
    if met and "upper" in rule:
        return part + exactly(rule.get("bonus", 0)) / 100 * _way(value, target, exactly(rule["upper"]))
    if not met and "zero" in rule:
        return _way(value, exactly(rule["zero"]), target)
    return part


def _way(value: Fraction, since: Fraction, until: Fraction) -> Fraction:
    return min(max((value - since) / (until - since), NOTHING), Fraction(1))
