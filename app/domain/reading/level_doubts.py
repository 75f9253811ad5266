"""What a service level says that it hardly means, or that has no effect: warnings, which refuse nothing."""

from collections.abc import Iterator

from app.domain.catalogue import Metric, Problem
from app.domain.clauses import ServiceLevel
from app.domain.periods import Month
from app.domain.rules.defaults import DefaultRule
from app.domain.rules.prices import Allocation, ByBand, ByPoints, PerBlock, PerOccurrence, TwoPrice
from app.domain.targets import Limit, Target

TURNED = {">=": "<=", ">": "<", "<=": ">=", "<": ">"}


def doubts_of(path: str, level: ServiceLevel, metric: Metric) -> Iterator[Problem]:
    yield from _directions(path, level, metric)
    yield from _sizes(path, level, metric)
    yield from _idle(path, level, metric)
    yield from _edges(path, level)
    yield from _units(path, level, metric)
    yield from _worse(path, level)
    yield from _within_a_month(path, level)
    yield from _within_a_window(path, level)
    if level.default.minimum is not None and level.minimum is not None:
        for step in level.ramp:
            if step.minimum is None:
                message = f"is missing: from {step.since} on a miss of the Minimum can be no default"
                yield Problem(f"{path}.ramp.{step.place}.minimum", message)


def _targets(level: ServiceLevel) -> Iterator[tuple[str, Target | None]]:
    yield from (("expected", level.expected), ("minimum", level.minimum))
    for step in level.ramp:
        yield from ((f"ramp.{step.place}.expected", step.expected), (f"ramp.{step.place}.minimum", step.minimum))


def _directions(path: str, level: ServiceLevel, metric: Metric) -> Iterator[Problem]:
    for name, target in (("expected", level.expected), ("minimum", level.minimum)):
        if (
            isinstance(target, Limit)
            and metric.direction != "band"
            and target.wants_more != (metric.direction == "higher")
        ):
            turned = f"{TURNED[target.comparator]} {target.value}"
            message = f"of {metric.name}, {metric.direction} is better: did you mean {turned} in the place of {target}?"
            yield Problem(f"{path}.{name}.comparator", message)


def _sizes(path: str, level: ServiceLevel, metric: Metric) -> Iterator[Problem]:
    """Percentages are in points; 0.95 is less than one of a hundred."""
    if metric.unit != "percent" or metric.direction != "higher":
        return
    for name, target in _targets(level):
        if isinstance(target, Limit) and (0 < target.value <= 1 or target.value > 100):
            yield Problem(f"{path}.{name}.value", f"is {target.value} %: percentages are in points, 95 for 95 %")


def _idle(path: str, level: ServiceLevel, metric: Metric) -> Iterator[Problem]:
    """Rules about a credit of a service level that gives none, or about failures where none are counted."""
    if level.price is None:
        if level.repeats is not None:
            yield Problem(f"{path}.repeats", "has no effect: this service level gives no credit")
        if level.earn_back is not None and level.earn_back.kind != "bank":
            yield Problem(f"{path}.earn_back", "has no effect: this service level gives no credit")
    elif level.default == DefaultRule():
        for name, stands in (("repeats", level.repeats), ("credit.replaces", level.replaces_others)):
            if stands:
                yield Problem(f"{path}.{name}", "has no effect: no miss of this service level is a default")
    if metric.unit == "seconds" and level.volume is not None and level.volume.rule == "one_miss":
        yield Problem(
            f"{path}.low_volume.rule", f"has no effect: of {metric.name} nothing fails that could be forgiven"
        )
    if level.score is not None and not isinstance(level.expected, Limit):
        yield Problem(f"{path}.score", "has no effect: a band has no better and no worse side")
    elif level.score is not None and level.score.bonus and level.score.upper is None:
        yield Problem(f"{path}.score.bonus", "has no effect: write upper, where it is full")


def _units(path: str, level: ServiceLevel, metric: Metric) -> Iterator[Problem]:
    """Seconds of handling are no units that failed."""
    if metric.unit == "seconds" and isinstance(level.price, PerOccurrence | PerBlock | TwoPrice):
        yield Problem(
            f"{path}.credit", f"counts each second as a unit that failed: {metric.name} is measured in seconds"
        )


def _worse(path: str, level: ServiceLevel) -> Iterator[Problem]:
    """The worse of two misses should not be the one that costs nothing."""
    rule = level.default
    waits = rule.minimum is None or not rule.minimum.is_at_once
    if rule.expected and rule.expected.is_at_once and rule.counted == "expected" and waits and level.minimum:
        message = "a miss of the Minimum may be no default where a smaller miss is one: is counted: any meant?"
        yield Problem(f"{path}.default.counted", message)


def _within_a_month(path: str, level: ServiceLevel) -> Iterator[Problem]:
    """A step holds from the month that begins on its day or later; of a fiscal month also from the day it begins on."""
    opens = {1, level.window.starts_on}
    for step in level.ramp:
        if step.since.day not in opens:
            first = Month.of(step.since).next().first
            message = f"{step.since} is within a month: the step holds from {first} on; write that day if it is meant"
            yield Problem(f"{path}.ramp.{step.place}.from", message)


def _within_a_window(path: str, level: ServiceLevel) -> Iterator[Problem]:
    """A share holds for the windows that begin on its day or later."""
    for since, _ in level.price.dated if isinstance(level.price, Allocation) else ():
        within_a_quarter = level.window.kind == "quarter" and since != Month.of(since).quarter.first
        if since.day != level.window.starts_on or within_a_quarter:
            message = f"{since} is within a window: the share holds from the next one on; write its first day"
            yield Problem(f"{path}.credit.dated", message)


def _edges(path: str, level: ServiceLevel) -> Iterator[Problem]:
    """Where bands decide about money, a result that meets the Expected and one that does not share none."""
    price, expected = level.price, level.expected
    goes_by_band = isinstance(price, ByBand) or (isinstance(price, ByPoints) and price.points is None)
    if not goes_by_band or not isinstance(expected, Limit) or level.ramp:
        return
    if expected.value not in {edge for band in level.bands for edge in (band.lower, band.upper)}:
        yield Problem(f"{path}.bands", f"have no edge at the Expected of {expected.value}: is that meant?")
