"""What the figures of a window come to, whatever they are held against."""

from fractions import Fraction
from typing import Any, NamedTuple

from tests.domain.plain.draws import exactly, month_text
from tests.domain.plain.figures import FORMULAS, Part, folded, kind_of, parties, report_of
from tests.domain.plain.placing import Placing, rule_of, volume_of
from tests.domain.plain.relief import Relieved, above
from tests.domain.plain.targets import agreed_rounding, meets, targets, wants_more


class Result(NamedTuple):
    """Numerator and denominator are before scale; `value` is in the metric's unit."""

    value: Fraction | None = None
    numerator: Fraction | None = None
    denominator: Fraction | None = None
    verdict: str | None = None  # instead of the comparison's
    why: str = ""


class Measuring(Placing):
    def measured(
        self, level: dict[str, Any], month: int, parts: list[Part], relief: Relieved, by_month: bool
    ) -> Result:
        metric, measures = level["metric"], FORMULAS[level["metric"]][0]
        if level.get("source") == "stated":
            stated = self.figures.stated(parts, metric, kind_of(measures[0]))
            return Result(stated) if stated is not None else Result(verdict="not_measured", why="unstated")
        told = sum(bool(self.figures.reporting(part, measures)) for part in parts)
        if told < int(rule_of(level).get("at_least", 1)):
            known = self._ratio(level, month, parts, relief)
            return Result(
                verdict="not_measured", why=known.why if known.why in ("missing", "client", "disagreed") else "short"
            )
        if rule_of(level)["kind"] == "average":
            return self._mean(level, month, parts, relief)
        if by_month and relief.rule is not None:
            return self._month_by_month(level, month, parts, relief)
        return self._ratio(level, month, parts, relief)

    def _month_by_month(self, level: dict[str, Any], month: int, parts: list[Part], relief: Relieved) -> Result:
        """A year's result without what each of its months had above its forecast."""
        whole = self._ratio(level, month, parts, relief._replace(rule=None))
        if whole.numerator is None or whole.denominator is None:
            return whole
        numerator, denominator = whole.numerator, whole.denominator
        for part in parts:
            of_month = relief.of(part.month)
            before = self._ratio(level, month, [part], of_month._replace(rule=None))
            after = self._ratio(level, month, [part], of_month)
            numerator += (after.numerator or 0) - (before.numerator or 0)
            denominator += (after.denominator or 0) - (before.denominator or 0)
        if not denominator:
            return Result(verdict="not_measured", why="all_excused")
        value = numerator / denominator * FORMULAS[level["metric"]][3]
        return whole._replace(value=value, numerator=numerator, denominator=denominator)

    def _mean(self, level: dict[str, Any], month: int, parts: list[Part], relief: Relieved) -> Result:
        """Of this month and the one before, where both have a result of their own."""
        alone = [self._ratio(level, month, [part], relief.of(part.month)) for part in parts]
        this = alone[-1]
        for each in alone:
            if each.why in ("missing", "client", "disagreed", "unstated"):
                return each
        if this.value is None or this.verdict == "low_volume":
            return this
        values = [each.value for each in alone if each.value is not None and each.verdict != "low_volume"]
        if len(values) == 1:
            return this
        return Result(sum(values, Fraction(0)) / len(values), None, None, this.verdict, this.why)

    def _ratio(self, level: dict[str, Any], month: int, parts: list[Part], relief: Relieved) -> Result:
        measures, numerator_of, denominator_of, scale, _ = FORMULAS[level["metric"]]
        by_month: dict[str, list[Fraction]] = {measure: [] for measure in measures}
        days: dict[str, list[int]] = {measure: [] for measure in measures}
        kept = [self.without(part, relief, measures) for part in parts]
        agreed, gaps = True, list[str]()
        for part in kept:
            pairs = self.figures.reporting(part, measures)
            for measure in measures if pairs else ():
                total = self.figures.month_total(part, measure, pairs)
                if total is None:
                    gaps += [
                        party
                        for party in parties(part, measure)
                        if self.figures.party_total(part, measure, party, pairs) is None
                    ]
                    continue
                agreed = agreed and self.figures.agree(part, measure, pairs)
                by_month[measure].append(total)
                days[measure].append(self.figures.days(part, measure, pairs))
        if gaps:
            return Result(verdict="not_measured", why="missing" if "partner" in gaps else "client")
        if not all(by_month.values()):
            return Result(verdict="not_measured", why="all_excused" if relief.dropped else "nil")
        if not agreed:
            return Result(verdict="not_measured", why="disagreed")
        total_of = {measure: folded(measure, numbers, days[measure]) for measure, numbers in by_month.items()}
        for measure in total_of:
            total_of[measure] -= relief.off(measure)
        numerator, denominator = Fraction(numerator_of(total_of)), Fraction(denominator_of(total_of))
        if denominator <= 0:
            return Result(verdict="not_measured", why="zero")
        result = self._enough(level, month, Result(numerator / denominator * scale, numerator, denominator))
        excess = above(self, relief.rule, kept, relief) if relief.rule else None
        if excess is None:
            return result
        left = denominator - excess
        if left <= 0:
            return Result(verdict="not_measured", why="all_excused")
        more = wants_more(targets(level, month)[0])
        numerator = min(numerator, left) if more else max(numerator - excess, Fraction(0))
        return result._replace(value=numerator / left * scale, numerator=numerator, denominator=left)

    def _enough(self, level: dict[str, Any], month: int, result: Result) -> Result:
        low = volume_of(level)
        if low is None or result.value is None or result.numerator is None or result.denominator is None:
            return result
        if "minimum" in low and result.denominator >= exactly(low["minimum"]):
            return result
        if low["rule"] != "one_miss":
            return result._replace(verdict="low_volume", why="low_volume")
        expected, _ = targets(level, month)
        failed = result.denominator - result.numerator if wants_more(expected) else result.numerator
        is_met = meets(expected, agreed_rounding(level, result.value))
        return result._replace(verdict="met") if failed <= exactly(low.get("forgives", 1)) and not is_met else result

    def without(self, part: Part, relief: Relieved, measures: tuple[str, ...]) -> Part:
        """Of monthly rows no day can be taken out; a row that has none left stands aside."""
        if not any(day[:7] == month_text(part.month) for day in relief.dropped):
            return part
        reports = {(report_of(part, measure), party) for measure in measures for party in parties(part, measure)}
        days = {
            (report, pair): {line["day"] for line in self.figures.rows(part, *report, pair)}
            for report in reports
            for pair in part.pairs
        }
        if any(None in of_row for of_row in days.values()):
            return part
        gone = {pair for (_, pair), of_row in days.items() if of_row and of_row <= relief.dropped}
        part = part._replace(pairs=tuple(pair for pair in part.pairs if pair not in gone))
        every = self.figures.days_of(part.month) if part.days is None else part.days
        return part._replace(days=frozenset(every) - relief.dropped)
