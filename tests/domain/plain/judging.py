"""How each service level comes out: attainment, default and disposition, each read off the words of its rule."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any, NamedTuple

from tests.domain.plain.draws import month_text
from tests.domain.plain.figures import FORMULAS, Part, folded, kind_of, last_of, parties
from tests.domain.plain.placing import Placing, Window, rule_of, step_of, volume_of
from tests.domain.plain.relief import Relieved, relieved

MISSES = ("below_expected", "below_minimum")
JUDGED = (*MISSES, "met", "exceeded")
WITHOUT = ("not_measured", "not_reported", "provisional")


class Result(NamedTuple):
    """Numerator and denominator are before scale; `value` is in the metric's unit."""

    value: Fraction | None = None
    numerator: Fraction | None = None
    denominator: Fraction | None = None
    verdict: str | None = None  # instead of the comparison's
    why: str = ""


class Found(NamedTuple):
    level: dict[str, Any]
    month: int
    window: Window
    result: Result
    attainment: str
    disposition: str
    why: str
    expected: dict[str, Any]

    @property
    def stands(self) -> bool:
        return self.disposition not in ("excused", "in_grace")

    @property
    def beats(self) -> bool:
        """Judged, and strictly better than the Expected, or beyond the target that the terms call exceeded."""
        if self.result.value is None or self.attainment not in ("met", "exceeded"):
            return False
        if "exceeded" in self.level:
            return self.attainment == "exceeded"
        return "band" not in self.expected and short_of(self.expected, self.result.value) < 0

    @property
    def failures(self) -> Fraction:
        """Units that failed; never fewer than none."""
        if self.result.numerator is None or self.result.denominator is None:
            return Fraction(0)
        failed = self.result.numerator
        if wants_more(self.expected):
            failed = self.result.denominator - self.result.numerator
        return max(failed, Fraction(0))


def wants_more(target: dict[str, Any]) -> bool:
    return "band" in target or target["comparator"] in (">=", ">")


def meets(target: dict[str, Any], value: Fraction) -> bool:
    if "band" in target:
        return Fraction(target["band"]["lower"]) <= value <= Fraction(target["band"]["upper"])
    edge = Fraction(target["value"])
    return {">=": value >= edge, ">": value > edge, "<=": value <= edge, "<": value < edge}[target["comparator"]]


def short_of(target: dict[str, Any], value: Fraction) -> Fraction:
    """How far short; negative on the good side."""
    if "band" in target:
        return max(Fraction(target["band"]["lower"]) - value, value - Fraction(target["band"]["upper"]))
    edge = Fraction(target["value"])
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
            value >= Fraction(band["at_least"]) if "at_least" in band else True,
            value > Fraction(band["above"]) if "above" in band else True,
            value < Fraction(band["below"]) if "below" in band else True,
            value <= Fraction(band["at_most"]) if "at_most" in band else True,
        )
        if all(edges):
            return dict(band)
    return None


class Judging(Placing):
    def found(self, key: str, month: int) -> Found | None:
        if (key, month) not in self.kept:
            self.kept[key, month] = self._found(key, month)
        found: Found | None = self.kept[key, month]
        return found

    def _found(self, key: str, month: int) -> Found | None:
        level = self.reading(key, month)
        window = self.window(level, month) if level else None
        if level is None or window is None:
            return None
        parts = self.parts(level, window, month)
        if not parts or (rule_of(level)["kind"] == "average" and parts[-1].month != month):
            return None
        claims = [
            claim
            for claim in self.case["events"].get("claims", ())
            if claim["month"] == month_text(month) and key in claim.get("service_levels", [key])
        ]
        return self.judged(level, month, window, parts, claims)

    def judged(
        self, level: dict[str, Any], month: int, window: Window, parts: list[Part], claims: list[dict[str, Any]]
    ) -> Found:
        standings = self._standings(level, parts)
        relief = Relieved(frozenset(), {}, None, excused=False)
        if "overdue" in standings:
            result = Result(verdict="not_reported", why="overdue")
        elif "not_due" in standings:
            result = Result(verdict="not_measured", why="not_due")
        elif not any(self.figures.reporting(part, FORMULAS[level["metric"]][0]) for part in parts):
            result = Result(verdict="not_measured", why="nil")
        else:
            result = self._measured(level, month, parts, relief)
            document = self.in_force(month) or {}
            relief = relieved(self, level, document, window, parts, claims)
            if result.value is not None and (relief.dropped or relief.adjust or relief.excess is not None):
                result = self._measured(level, month, parts, relief)
            if "awaiting" in standings:
                result = result._replace(verdict="provisional", why="awaiting")
        expected, minimum = targets(level, month)
        attainment = _attainment(level, result, expected, minimum)
        days, as_of = int(level.get("matures_after", 0)), self.case["events"].get("as_of")
        if attainment in JUDGED and days and as_of and as_of < str(window[1] + timedelta(days=days)):
            attainment = "provisional"
        disposition = "counts"
        if str(window[0]) < level.get("credits_from", ""):
            disposition = "in_grace"
        elif relief.excused:
            disposition = "excused"
        elif "imported" in standings:
            disposition = "not_credited"
        return Found(level, month, window, result, attainment, disposition, result.why, expected)

    def _standings(self, level: dict[str, Any], parts: list[Part]) -> set[str]:
        measures = FORMULAS[level["metric"]][0]
        if level.get("source") == "stated":
            return {self.figures.standing(part.month, kind_of(measures[0]), "partner") for part in parts}
        return {
            self.figures.standing(part.month, kind_of(measure), party)
            for part in parts
            for measure in measures
            for party in parties(part, measure)
        }

    def _measured(self, level: dict[str, Any], month: int, parts: list[Part], relief: Relieved) -> Result:
        metric, measures = level["metric"], FORMULAS[level["metric"]][0]
        if level.get("source") == "stated":
            stated = self.figures.stated(parts, metric, kind_of(measures[0]))
            return Result(stated) if stated is not None else Result(verdict="not_measured", why="unstated")
        if len(parts) < int(rule_of(level).get("at_least", 1)):
            known = self._ratio(level, month, parts, relief)
            return Result(verdict="not_measured", why=known.why if known.why in ("missing", "disagreed") else "short")
        if rule_of(level)["kind"] == "average":
            return self._mean(level, month, parts, relief)
        return self._ratio(level, month, parts, relief)

    def _mean(self, level: dict[str, Any], month: int, parts: list[Part], relief: Relieved) -> Result:
        """Of this month and the one before, where both have a result of their own."""
        alone = [self._ratio(level, month, [part], relief) for part in parts]
        this = alone[-1]
        if this.value is None or this.verdict == "low_volume":
            return this
        values = [each.value for each in alone if each.value is not None and each.verdict != "low_volume"]
        if len(values) == 1:
            return this
        return Result(sum(values, Fraction(0)) / len(values), None, None, this.verdict, this.why)

    def _ratio(self, level: dict[str, Any], month: int, parts: list[Part], relief: Relieved) -> Result:
        measures, numerator_of, denominator_of, scale, _ = FORMULAS[level["metric"]]
        by_month: dict[str, list[Fraction]] = {measure: [] for measure in measures}
        kept = [self._without(part, relief) for part in parts]
        agreed = True
        for part in kept:
            pairs = self.figures.reporting(part, measures)
            for measure in measures if pairs else ():
                total = self.figures.month_total(part, measure, pairs)
                if total is None:
                    return Result(verdict="not_measured", why="missing")
                agreed = agreed and self.figures.agree(part, measure, pairs)
                by_month[measure].append(total)
        if not all(by_month.values()):
            return Result(verdict="not_measured", why="nil")
        if not agreed:
            return Result(verdict="not_measured", why="disagreed")
        total_of = {measure: folded(measure, numbers) for measure, numbers in by_month.items()}
        for measure, number in relief.adjust.items():
            if measure in total_of:
                total_of[measure] -= number
        numerator, denominator = Fraction(numerator_of(total_of)), Fraction(denominator_of(total_of))
        if denominator <= 0:
            return Result(verdict="not_measured", why="zero")
        result = self._enough(level, month, Result(numerator / denominator * scale, numerator, denominator))
        if relief.excess is None:
            return result
        left = denominator - relief.excess
        if left <= 0:
            return Result(verdict="not_measured", why="all_excused")
        more = wants_more(targets(level, month)[0])
        numerator = min(numerator, left) if more else max(numerator - relief.excess, Fraction(0))
        return result._replace(value=numerator / left * scale, numerator=numerator, denominator=left)

    def _enough(self, level: dict[str, Any], month: int, result: Result) -> Result:
        low = volume_of(level)
        if low is None or result.value is None or result.numerator is None or result.denominator is None:
            return result
        if result.denominator >= Fraction(low["minimum"]):
            return result
        if low["rule"] != "one_miss":
            return result._replace(verdict="low_volume", why="low_volume")
        expected, _ = targets(level, month)
        failed = result.denominator - result.numerator if wants_more(expected) else result.numerator
        return result._replace(verdict="met") if failed <= 1 and not meets(expected, result.value) else result

    def _without(self, part: Part, relief: Relieved) -> Part:
        if not relief.dropped:
            return part
        first, last = month_text(part.month) + "-01", str(last_of(part.month))
        every = {day for day in _every(first, last) if part.days is None or day in part.days}
        return part._replace(days=frozenset(every - relief.dropped))

    def earlier(self, key: str, month: int) -> list[Found]:
        """Every window of a level that ended by this month, newest first."""
        windows = (self.found(key, each) for each in range(month, self.case["months"][0] - 1, -1))
        return [found for found in windows if found is not None]

    def run(self, key: str, month: int, hit: Any, passes_gaps: bool) -> int:
        """Hits in a row, going back; what is set aside is passed over."""
        count, due = 0, month
        step = step_of(self.kept[key, month].level)
        while due >= self.case["months"][0] and (found := self.found(key, due)) is not None:
            if not set_aside(found, passes_gaps):
                if not hit(found):
                    break
                count += 1
            due -= step
        return count

    def default(self, key: str, month: int) -> str:
        if ("default", key, month) not in self.kept:
            self.kept["default", key, month] = self._default(key, month)
        return str(self.kept["default", key, month])

    def _default(self, key: str, month: int) -> str:
        found = self.found(key, month)
        if found is None:
            return "none"
        rule = _default_rule(found.level)
        if found.attainment == "not_reported":
            return "reporting" if rule.get("not_reported") == "yes" else "none"
        if found.attainment == "not_measured":
            fails = rule.get("not_measured") == "yes" and found.why in ("missing", "disagreed", "unstated")
            return "reporting" if fails else "none"
        if found.attainment not in MISSES:
            return "none"
        is_below = found.attainment == "below_minimum" and "minimum" in rule
        if is_below and self._triggered(key, month, rule, "minimum", ("below_minimum",)):
            return "minimum"
        counted = MISSES if rule.get("counted") == "any" else ("below_expected",)
        if (
            "expected" in rule
            and found.attainment in counted
            and self._triggered(key, month, rule, "expected", counted)
        ):
            return "expected"
        return "none"

    def _triggered(self, key: str, month: int, rule: dict[str, Any], name: str, kinds: tuple[str, ...]) -> bool:
        trigger = rule[name]
        needed = int(trigger.get("misses", 1))
        if needed == 1:
            return True
        if trigger.get("consecutive") == "yes":
            return self.run(key, month, lambda each: each.attainment in kinds, rule.get("gaps") == "pass") >= needed
        since = month - int(trigger["within"]) + 1
        recent = [each for each in self.earlier(key, month) if each.month >= since]
        return sum(each.attainment in kinds and each.stands for each in recent) >= needed

    def severity(self, key: str, month: int) -> str | None:
        found = self.found(key, month)
        if found is None or found.result.value is None or found.attainment == "low_volume":
            return None
        band = band_of(found.level, found.result.value)
        return band["label"] if band else None

    def escalated(self, key: str, month: int) -> int:
        found = self.found(key, month)
        at = _default_rule(found.level).get("escalates_at") if found else None
        if found is None or at is None or found.attainment != "below_minimum" or not found.stands:
            return 0
        passes = _default_rule(found.level).get("gaps") == "pass"
        run = self.run(key, month, lambda each: each.attainment == "below_minimum", passes)
        return run if run >= int(at) else 0


def set_aside(found: Found, passes_gaps: bool) -> bool:
    """Neither counts nor breaks a run."""
    return not found.stands or found.attainment == "low_volume" or (passes_gaps and found.attainment in WITHOUT)


def _default_rule(level: dict[str, Any]) -> dict[str, Any]:
    short = {"minimum": {"minimum": {}}, "expected": {"minimum": {}, "expected": {}}}
    return level.get("default") or short.get(level.get("credits_on", "none"), {})


def _attainment(level: dict[str, Any], result: Result, expected: dict[str, Any], minimum: dict[str, Any] | None) -> str:
    if result.verdict is not None or result.value is None:
        return result.verdict or "not_measured"
    if meets(expected, result.value):
        beyond = "exceeded" in level and meets(level["exceeded"], result.value)
        return "exceeded" if beyond else "met"
    return "below_minimum" if minimum is not None and not meets(minimum, result.value) else "below_expected"


def _every(first: str, last: str) -> list[str]:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return [str(start + timedelta(days=each)) for each in range((end - start).days + 1)]
