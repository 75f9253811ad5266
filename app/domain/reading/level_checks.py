"""Whether a service level that can be read makes sense, by itself and beside the rest of its terms."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from app.domain.catalogue import Catalogue, Metric, Problem
from app.domain.clauses import ServiceLevel
from app.domain.periods import Month
from app.domain.reading.level_doubts import doubts_of
from app.domain.reading.record_checks import check_of_record, doubts_of_record
from app.domain.reading.terms_reader import Draft
from app.domain.rules.bands import check_bands
from app.domain.rules.bonus import check_bonus
from app.domain.rules.defaults import check_defaults
from app.domain.rules.earn_back import check_earn_back
from app.domain.rules.improvement import check_improvement
from app.domain.rules.price_reader import check_price
from app.domain.rules.relief import check_relief, doubts_of_forecast
from app.domain.rules.scoring import check_score
from app.domain.rules.volume import check_volume
from app.domain.rules.windows import check_window
from app.domain.targets import Band, Limit, Target


def check_level(
    path: str, level: ServiceLevel, draft: Draft, catalogue: Catalogue
) -> tuple[list[Problem], list[Problem]]:
    """Problems that refuse the terms, and warnings that do not."""
    faults: list[Problem] = []
    warnings: list[Problem] = []
    metric = catalogue.metrics.get(level.metric)
    if metric is None:
        message = f'there is no metric "{level.metric}"{_meant(level.metric, catalogue)} docs/metrics.md lists all'
        faults.append(Problem(f"{path}.metric", message))
    else:
        faults += _needed_measures(path, level, metric, draft)
        faults += check_relief(path, level.relief, metric, tuple(draft.measures))
        faults += check_of_record(path, level, metric, draft)
        warnings += doubts_of(path, level, metric)
        if level.relief:
            rule = level.relief
            warnings += doubts_of_forecast(f"{path}.relief", rule.forecast, draft.measures, rule.locks)
        warnings += doubts_of_record(path, level, metric, draft)
    faults += [
        *_scope(path, level, draft),
        *_targets(path, level),
        *check_defaults(path, level.default, has_minimum(level), level.window.step),
        *check_window(path, level.window),
        *check_bands(path, level.bands),
        *check_volume(path, level.volume, level.window.kind),
        *check_price(path, level.price, level.bands),
        *check_earn_back(path, level.earn_back),
        *(problem for expected in _over_time(level) for problem in check_bonus(path, level.bonus, expected)),
        *check_improvement(path, level.improvement, level.expected),
        *(problem for expected in _over_time(level) for problem in check_score(path, level.score, expected)),
        *_averaged(path, level),
    ]
    return faults, [*warnings, *_stated(path, level, metric, draft)]


def has_minimum(level: ServiceLevel) -> bool:
    return level.minimum is not None or any(step.minimum for step in level.ramp)


def _meant(metric: str, catalogue: Catalogue) -> str:
    """The nearest, by its key or by what it is called."""
    keys = {key.replace("_", " "): key for key in catalogue.metrics}
    keys |= {each.name.lower(): key for key, each in catalogue.metrics.items()}
    close = get_close_matches(metric.replace("_", " ").lower(), keys, 1)
    return f': did you mean "{keys[close[0]]}"?' if close else "."


def _needed_measures(path: str, level: ServiceLevel, metric: Metric, draft: Draft) -> Iterator[Problem]:
    missing = [key for key in metric.measures if key not in draft.measures]
    if level.source == "computed" and missing:
        yield Problem(
            f"{path}.metric", f"{metric.name} needs {', '.join(missing)}, which the terms' measures do not list"
        )
    if level.source == "stated" and metric.kind not in draft.reports:
        yield Problem(f"{path}.metric", f"is stated in the {metric.kind} report, which is not among the reports")


def _averaged(path: str, level: ServiceLevel) -> Iterator[Problem]:
    if level.relief is not None and level.window.kind == "average":
        yield Problem(f"{path}.relief", "is not given on an average of months: no contract says how")


def _scope(path: str, level: ServiceLevel, draft: Draft) -> Iterator[Problem]:
    pairs = draft.coverage.values()
    for name, codes, covered in (
        ("sites", level.scope.sites, {pair.site for pair in pairs}),
        ("queues", level.scope.queues, {pair.queue for pair in pairs}),
        ("markets", level.scope.markets, {pair.market for pair in pairs}),
    ):
        for code in codes:
            if code not in covered:
                yield Problem(
                    f"{path}.scope.{name}", f'"{code}" is not in the coverage{meant(code, dict.fromkeys(covered))}'
                )
                return
    if pairs and not any(level.scope.covers(pair.site, pair.queue, pair.market) for pair in pairs):
        yield Problem(f"{path}.scope", "no site in it works any queue in it")


def _targets(path: str, level: ServiceLevel) -> Iterator[Problem]:
    for name, target in (("expected", level.expected), ("minimum", level.minimum)):
        if isinstance(target, Band) and target.lower > target.upper:
            yield Problem(
                f"{path}.{name}.band", f"the lower edge {target.lower} is above the upper edge {target.upper}"
            )
            return
    if level.minimum is not None and not level.minimum.contains(level.expected):
        yield Problem(f"{path}.minimum", _mismatch(level.expected, level.minimum))
    yield from _steps(path, level)
    for step in level.ramp:
        if step.minimum is not None and not step.minimum.contains(step.expected):
            yield Problem(f"{path}.ramp.{step.place}.minimum", _mismatch(step.expected, step.minimum))
    for expected in _over_time(level):
        if level.exceeded is not None and not expected.contains(level.exceeded):
            yield Problem(f"{path}.exceeded", f"{level.exceeded} is not beyond the Expected {expected}")
            return


def _steps(path: str, level: ServiceLevel) -> Iterator[Problem]:
    """Each step of a ramp points the way of the Expected, from a day of its own."""
    days = [step.since for step in level.ramp]
    for day in sorted({day for day in days if days.count(day) > 1}):
        yield Problem(f"{path}.ramp", f"two steps begin on {day}: keep one of them")
    for step in level.ramp:
        if isinstance(step.expected, Band) and step.expected.lower > step.expected.upper:
            message = f"the lower edge {step.expected.lower} is above the upper edge {step.expected.upper}"
            yield Problem(f"{path}.ramp.{step.place}.expected.band", message)
        elif type(step.expected) is not type(level.expected) or step.expected.wants_more != level.expected.wants_more:
            message = f"{step.expected} points another way than {level.expected}"
            yield Problem(f"{path}.ramp.{step.place}.expected", message)


def _over_time(level: ServiceLevel) -> tuple[Target, ...]:
    """Every Expected that holds at some time: what is measured from it must fit each of them."""
    return (level.expected, *(step.expected for step in level.ramp))


def _mismatch(expected: Target, minimum: Target) -> str:
    if type(expected) is not type(minimum):
        return f"{minimum} and the Expected {expected} must both be limits or both be bands"
    if isinstance(expected, Limit) and isinstance(minimum, Limit) and expected.wants_more != minimum.wants_more:
        return f"{minimum} points the other way than the Expected {expected}"
    return f"{minimum} is stricter than the Expected {expected}"


def _stated(path: str, level: ServiceLevel, metric: Metric | None, draft: Draft) -> Iterator[Problem]:
    if level.source != "stated":
        return
    if level.window.kind not in ("month", "average"):
        yield Problem(f"{path}.window", "stated values are never added up: this service level will not be measured")
    if metric and metric.kind in draft.reports and draft.reports[metric.kind].grain == "day":
        message = f"one value is stated a month, and the {metric.kind} report has one row per day"
        yield Problem(f"{path}.source", f"{message}: this service level will not be measured")
    if level.volume is not None:
        yield Problem(f"{path}.source", "a stated value comes without its volume: low volume has no effect")
    month = Month.of(draft.effective_from) if draft.effective_from else None
    rows = [pair for pair in draft.coverage.values() if level.scope.covers(pair.site, pair.queue, pair.market)]
    if month and len([pair for pair in rows if pair.works_in(month)]) > 1:
        yield Problem(
            f"{path}.scope", "several rows state a value, and they are never averaged: name one site and queue"
        )


def meant(key: str, known: Mapping[str, object]) -> str:
    close = get_close_matches(key, list(known), 1)
    return f': did you mean "{close[0]}"?' if close else ""
