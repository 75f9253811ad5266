"""How each service level comes out: attainment, default and disposition, each read off the words of its rule."""

from datetime import timedelta
from fractions import Fraction
from typing import Any, NamedTuple

from tests.domain.plain.draws import month_text
from tests.domain.plain.figures import FORMULAS, Part, kind_of, parties, report_of
from tests.domain.plain.measuring import Measuring, Result
from tests.domain.plain.placing import Window, rule_of
from tests.domain.plain.relief import Relieved, effective, relieved, waits
from tests.domain.plain.targets import agreed_rounding, meets, short_of, targets, wants_more

MISSES = ("below_expected", "below_minimum")
JUDGED = (*MISSES, "met", "exceeded")
WITHOUT = ("not_measured", "not_reported", "provisional")


class Found(NamedTuple):
    level: dict[str, Any]
    month: int
    window: Window
    result: Result
    attainment: str
    disposition: str
    why: str
    expected: dict[str, Any]
    claims: list[dict[str, Any]]  # that take effect
    excused: bool
    days: int  # that are judged, before relief

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


class Judging(Measuring):
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
        return self.judged(level, month, window, parts, effective(self.in_force(month) or {}, window, claims))

    def judged(
        self,
        level: dict[str, Any],
        month: int,
        window: Window,
        parts: list[Part],
        claims: list[dict[str, Any]],
        by_month: bool = False,
    ) -> Found:
        """`claims` take effect; `by_month` takes out what is above the forecast month by month."""
        standings = self._standings(level, parts)
        relief = Relieved()
        if "overdue" in standings:
            result = Result(verdict="not_reported", why="overdue" if self._is_late(level, parts) else "client")
        elif "not_due" in standings:
            result = Result(verdict="not_measured", why="not_due")
        elif not any(self.figures.reporting(part, FORMULAS[level["metric"]][0]) for part in parts):
            result = Result(verdict="not_measured", why="nil")
        else:
            result = self.measured(level, month, parts, relief, by_month)
            relief = relieved(self, level, parts, claims, FORMULAS[level["metric"]][0])
            takes = relief.dropped or relief.adjust or relief.rule is not None
            if takes and level.get("source") != "stated":
                result = self.measured(level, month, parts, relief, by_month)
            if rule := level.get("relief"):
                result = self._undecided(level, rule, parts, relief, result, by_month)
            if "awaiting" in standings:
                result = result._replace(verdict="provisional", why="awaiting")
        if result.value is not None:
            result = result._replace(value=agreed_rounding(level, result.value))
        expected, minimum = targets(level, month)
        attainment = _attainment(level, result, expected, minimum)
        days, as_of = int(level.get("matures_after", 0)), self.case["events"].get("as_of")
        if attainment in JUDGED and days and as_of and as_of < str(window[1] + timedelta(days=days)):
            attainment = "provisional"
        disposition = "counts"
        begins = max(str(window[0]), self.figures.opens, level.get("measured_from", ""))
        if begins < level.get("credits_from", ""):
            disposition = "in_grace"
        elif relief.excused:
            disposition = "excused"
        elif "imported" in standings:
            disposition = "not_credited"
        return Found(
            *(level, month, window, result, attainment, disposition, result.why, expected, claims, relief.excused),
            sum(len(part.days or self.figures.days_of(part.month)) for part in parts),
        )

    def _undecided(
        self,
        level: dict[str, Any],
        rule: dict[str, Any],
        parts: list[Part],
        relief: Relieved,
        result: Result,
        by_month: bool,
    ) -> Result:
        """Provisional while it may turn out that the terms excuse it, or part of it."""
        if rule["kind"] != "period" and level.get("source") == "stated":
            return result  # of which nothing is taken out
        if rule["kind"] == "excess" and result.numerator is None:
            return result
        left = [self.without(part, relief, FORMULAS[level["metric"]][0]) for part in parts]
        waiting = waits(self, rule, left, by_month or rule["kind"] == "day")
        return result._replace(verdict="provisional", why="relief") if waiting else result

    def _is_late(self, level: dict[str, Any], parts: list[Part]) -> bool:
        """Whether the partner's own report did not come."""
        measures = FORMULAS[level["metric"]][0]
        asked = [(part, each) for part in parts for each in measures if "partner" in parties(part, each)]
        if level.get("source") == "stated":
            return True
        return any(self.figures.standing(part.month, kind_of(each), "partner") == "overdue" for part, each in asked)

    def _standings(self, level: dict[str, Any], parts: list[Part]) -> set[str]:
        measures = FORMULAS[level["metric"]][0]
        if level.get("source") == "stated":
            return {self.figures.standing(part.month, kind_of(measures[0]), "partner") for part in parts}
        return {
            self.figures.standing(part.month, report_of(part, measure), party)
            for part in parts
            for measure in measures
            for party in parties(part, measure)
        }


def _attainment(level: dict[str, Any], result: Result, expected: dict[str, Any], minimum: dict[str, Any] | None) -> str:
    if result.verdict is not None or result.value is None:
        return result.verdict or "not_measured"
    if meets(expected, result.value):
        beyond = "exceeded" in level and meets(level["exceeded"], result.value)
        return "exceeded" if beyond else "met"
    return "below_minimum" if minimum is not None and not meets(minimum, result.value) else "below_expected"
