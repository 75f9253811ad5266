"""What earlier windows make of a miss: defaults, runs and escalation."""

from typing import Any

from tests.domain.plain.judging import MISSES, WITHOUT, Found, Judging
from tests.domain.plain.placing import step_of
from tests.domain.plain.targets import band_of


class Counting(Judging):
    def earlier(self, key: str, month: int) -> list[Found]:
        """Every window of a level that ended by this month, newest first."""
        windows = (self.found(key, each) for each in range(month, self.case["months"][0] - 1, -1))
        return [found for found in windows if found is not None]

    def run(self, key: str, month: int, hit: Any, passes_gaps: bool) -> int:
        """Hits in a row, going back; what is set aside is passed over."""
        count, due = 0, month
        step = step_of(self.kept[key, month].level)
        while due >= self.case["months"][0]:
            found = self.found(key, due)
            if found is None and not passes_gaps:
                break
            if found is not None and not set_aside(found, passes_gaps=False):
                if hit(found):
                    count += 1
                elif not set_aside(found, passes_gaps):
                    break
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
            return "reporting" if rule.get("not_reported") == "yes" and found.why != "client" else "none"
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
