"""Applies relief to a window: days that are dropped, figures that are taken off, volume above the forecast.

Each day is relieved once: claims that were granted take theirs first, in the order in which they stand, and what the
terms excuse comes after them. What the terms excuse rests on approved figures alone: while the report of volume or
forecast may yet be approved the result is provisional, and one that is overdue excuses nothing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from app.domain.attainment import Attainment
from app.domain.catalogue import Metric
from app.domain.clauses import ServiceLevel
from app.domain.events import Forecast
from app.domain.exact import Exact, add, plain
from app.domain.figures.aggregation import Tally
from app.domain.figures.book import Book, Part, Row
from app.domain.figures.obstacles import Outcome, unjudged
from app.domain.figures.volumes import Foreseen, awaited, daily, days_of, forecast_total, issued_for, total_of
from app.domain.findings import Reason
from app.domain.matter import Matter, Surroundings
from app.domain.periods import Month
from app.domain.rules.relief import Claim, Relief, ReliefRule, stand, without_excess

NOTHING = Decimal(0)
STATED = "nothing can be taken out of a stated value"
ELSEWHERE = "none of these figures is in this result"


class Taken(NamedTuple):
    """What relief takes out of a month's figures before they are divided."""

    claims: Sequence[Claim] = ()  # with figures to take off
    excess: Callable[[Matter, Outcome, Sequence[Claim]], Outcome] | None = None  # the volume above the forecast

    def of(self, month: Month) -> "Taken":
        """What is taken out of one month where months are worked out one by one."""
        return self._replace(claims=[claim for claim in self.claims if claim.month == str(month)])

    def off(self, summed: Tally) -> Tally:
        if not self.claims:
            return summed
        measures = dict(summed.measures)
        for claim in self.claims:
            for measure, number in claim.adjust.items():
                if measure in measures:
                    measures[measure] = add([measures[measure], -number])
        return replace(summed, measures=measures)

    def without_excess(self, matter: Matter, outcome: Outcome) -> Outcome:
        return outcome if self.excess is None else self.excess(matter, outcome, self.claims)


NONE_TAKEN = Taken()
Measure = Callable[[Matter, Taken], tuple[Outcome, Tally]]


def relieved(
    book: Book, matter: Matter, around: Surroundings, summed: Tally, raw: Outcome, measure: Measure
) -> tuple[Outcome, Tally, tuple[Relief, ...]]:
    """The contractual outcome, the figures it rests on, and what each rule and claim did to them."""
    rule = matter.level.relief
    granted, reliefs, days = _granted(matter, around)
    if rule and rule.kind == "day" and (busy := _busy_days(book, matter, rule, around.events.forecasts)):
        figures = {"over": plain(rule.over), **_taking(busy, "terms", days)}
        reliefs.append(Relief(rule.kind, "terms", "applied", rule.clause, figures))
    left = matter
    if days and not matter.is_stated:
        left = matter._replace(parts=[_without(book, part, days.keys()) for part in matter.parts])
    adjusting = [claim for claim in granted if claim.kind == "adjust"]
    excess = None
    if rule and rule.kind == "period":
        _above(book, left, rule, around.events.forecasts, adjusting, reliefs)
    elif rule and rule.kind == "excess":
        excess = partial(_without_excess, book, rule, around.events.forecasts, reliefs)
    outcome, kept = raw, summed
    if not matter.is_stated and (days or adjusting or excess):
        outcome, kept = measure(left, Taken(adjusting, excess))
        if days and outcome.obstacle is not None and outcome.obstacle.code == "nil_return":
            outcome = _nothing_left({})
    if rule and (reason := _still_open(book, left, rule, around.events.forecasts, outcome)):
        outcome = outcome._replace(attainment=Attainment.PROVISIONAL, obstacle=reason)
    return outcome, kept, tuple(reliefs)


def _still_open(
    book: Book, matter: Matter, rule: ReliefRule, forecasts: Sequence[Forecast], outcome: Outcome
) -> Reason | None:
    """The report that decides whether the terms excuse the result, while it may yet be approved. Where the rule has
    nothing to take out of, none does.
    """
    by_day, is_share = rule.kind == "day", rule.kind == "excess"
    if (matter.is_stated and rule.kind != "period") or (is_share and outcome.numerator is None):
        return None
    together = [[part] for part in matter.parts] if by_day or matter.is_year else [matter.parts]
    reasons = (awaited(book, parts, _foreseen(rule), forecasts, by_day) for parts in together)
    return next(filter(None, reasons), None)


def excused(reliefs: Iterable[Relief]) -> bool:
    """Whether the whole window stands aside."""
    return any(relief.is_applied and relief.kind == "period" for relief in reliefs)


def _granted(matter: Matter, around: Surroundings) -> tuple[list[Claim], list[Relief], dict[date, str]]:
    """The claims that take effect, what each claim does, and the days that are out with who took them."""
    days: dict[date, str] = {}
    granted, reliefs = [], []
    for claim, relief in stand(around.claims, around.claim_terms, matter.window):
        if relief.is_applied:
            granted.append(claim)
            if claim.kind == "days":
                relief = relief._replace(figures={**relief.figures, **_taking(claim.days, claim.key, days)})
            if idle := _without_effect(matter, claim):
                relief = relief._replace(figures={**relief.figures, "without_effect": idle})
        reliefs.append(relief)
    return granted, reliefs, days


def _without_effect(matter: Matter, claim: Claim) -> str:
    """Why a granted claim changes nothing; empty where it may."""
    if claim.kind != "period" and matter.is_stated:
        return STATED
    read = measures_read(matter.level, matter.metric)
    return ELSEWHERE if claim.kind == "adjust" and not read & claim.adjust.keys() else ""


def measures_read(level: ServiceLevel, metric: Metric) -> set[str]:
    """What a result rests on: the metric's measures, and the one that its relief holds against a forecast."""
    return {*metric.measures, *([level.relief.measure] if level.relief else ())}


def _taking(wanted: Iterable[date], source: str, days: dict[date, str]) -> dict[str, str]:
    """Takes the days that nothing took before, and says of the others who did."""
    figures = {"days": ", ".join(str(day) for day in sorted(wanted) if day not in days)}
    if already := [f"{day} by {_taker(days[day])}" for day in sorted(wanted) if day in days]:
        figures["already_out"] = ", ".join(already)
    for day in wanted:
        days.setdefault(day, source)
    return figures


def _taker(source: str) -> str:
    return "the terms" if source == "terms" else f"claim {source}"


def _busy_days(book: Book, matter: Matter, rule: ReliefRule, forecasts: Sequence[Forecast]) -> set[date]:
    """Days on which the volume exceeds the forecast by more than the rule allows."""
    busy = set()
    for part in matter.parts:
        actual = days_of(book, part, rule.measure)
        issued = issued_for(book, forecasts, _foreseen(rule), part)
        expected = days_of(book, part, rule.forecast) if issued is None else daily(issued)
        busy |= {day for day, number in actual.items() if day in expected and rule.is_exceeded(number, expected[day])}
    return busy


def _foreseen(rule: ReliefRule) -> Foreseen:
    return Foreseen(rule.measure, rule.forecast, rule.locks)


def _without(book: Book, part: Part, dropped: Iterable[date]) -> Part:
    """What is left of a part: of rows by month no day can be taken out, and a row that has none left stands aside."""
    rows = [book.of(part, *report) for report in part.needs.reports]
    in_scope = [each[pair] for each in rows for pair in part.pairs if pair in each]
    if any(line.day is None for row in in_scope for line in row.lines):
        return part
    left = part.every_day.difference(dropped)
    if left == part.every_day:
        return part
    pairs = [pair for pair in part.pairs if all(pair not in each or _has_day(each[pair], left) for each in rows)]
    return part._replace(pairs=pairs, days=left)


def _has_day(row: Row, days: frozenset[date]) -> bool:
    return any(line.day in days for line in row.lines)


def _nothing_left(figures: Mapping[str, str]) -> Outcome:
    return unjudged(Attainment.NOT_MEASURED, "all_excused", figures)


def _above(
    book: Book,
    matter: Matter,
    rule: ReliefRule,
    forecasts: Sequence[Forecast],
    adjusting: Sequence[Claim],
    reliefs: list[Relief],
) -> Exact | None:
    """The volume above what the forecast allows, of what claims have left; None where it holds or is not known."""
    actual = total_of(book, matter.parts, rule.measure)
    forecast = forecast_total(book, matter.parts, _foreseen(rule), forecasts)
    if actual is None or forecast is None:
        return None
    actual = add([actual, *(-claim.adjust.get(rule.measure, NOTHING) for claim in adjusting)])
    if not rule.is_exceeded(actual, forecast):
        return None
    limit = rule.limit(forecast)
    excess = add([actual, -limit])
    told = {"actual": actual, "forecast": forecast, "limit": limit, "excess": excess}
    figures = {name: plain(number) for name, number in told.items()}
    reliefs.append(Relief(rule.kind, "terms", "applied", rule.clause, {"over": plain(rule.over), **figures}))
    return excess


def _without_excess(
    book: Book,
    rule: ReliefRule,
    forecasts: Sequence[Forecast],
    reliefs: list[Relief],
    matter: Matter,
    outcome: Outcome,
    adjusting: Sequence[Claim],
) -> Outcome:
    if outcome.numerator is None or outcome.denominator is None:
        return outcome
    excess = _above(book, matter, rule, forecasts, adjusting, reliefs)
    if excess is None:
        return outcome
    expected, _ = matter.level.targets(matter.month)
    numerator, denominator = without_excess(outcome.numerator, outcome.denominator, excess, expected.wants_more)
    if denominator <= 0:
        return _nothing_left(reliefs[-1].figures)
    return outcome._replace(numerator=numerator, denominator=denominator)
