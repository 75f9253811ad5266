"""Whether terms that can be read make sense together."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from difflib import get_close_matches

from app.domain.catalogue import Catalogue, Metric, Problem
from app.domain.clauses import ServiceLevel
from app.domain.periods import Month
from app.domain.targets import Band, Limit, Target
from app.domain.terms_reader import Draft


def check(draft: Draft, catalogue: Catalogue) -> tuple[list[Problem], list[Problem]]:
    """Problems that refuse the terms, and warnings that do not."""
    faults = [
        *_calendar(draft),
        *_coverage(draft),
        *_reports(draft),
        *_measures(draft, catalogue),
        *_keys(draft),
        *_allocations(draft),
    ]
    warnings = [*_tolerances(draft), *_unused_allocations(draft)]
    for path, level in draft.service_levels.items():
        metric = catalogue.metrics.get(level.metric)
        if metric is None:
            faults.append(
                Problem(
                    f"{path}.metric", f'there is no metric "{level.metric}"{_meant(level.metric, catalogue.metrics)}'
                )
            )
        else:
            faults += _needed_measures(path, level, metric, draft)
            warnings += _directions(path, level, metric)
        faults += [*_scope(path, level, draft), *_targets(path, level), *_credit_rule(path, level, draft)]
        warnings += _stated(path, level, draft)
    return faults, warnings


def _calendar(draft: Draft) -> Iterator[Problem]:
    if draft.calendar:
        due, lock = draft.calendar.due, draft.calendar.lock
        if (lock.working_day, lock.at) < (due.working_day, due.at):
            yield Problem("calendar.lock", "reports would lock before they are due")


def _coverage(draft: Draft) -> Iterator[Problem]:
    pairs = list(draft.coverage.items())
    for place, (path, pair) in enumerate(pairs):
        if pair.since and pair.until and pair.since > pair.until:
            yield Problem(f"{path}.until", f"{pair.until} is before {pair.since}")
        for _, other in pairs[:place]:
            apart = (pair.since and other.until and other.until < pair.since) or (
                other.since and pair.until and pair.until < other.since
            )
            if (pair.site, pair.queue) == (other.site, other.queue) and not apart:
                yield Problem(path, f"{pair.site} and {pair.queue} stand here twice for the same days")


def _reports(draft: Draft) -> Iterator[Problem]:
    if not draft.reports:
        yield Problem("reports", "name at least one of staffing, service, quality")


def _measures(draft: Draft, catalogue: Catalogue) -> Iterator[Problem]:
    for key, terms in draft.measures.items():
        measure = catalogue.measures.get(key)
        if measure is None:
            yield Problem(f"measures.{key}", f'there is no measure "{key}"{_meant(key, catalogue.measures)}')
        elif measure.kind not in draft.reports:
            yield Problem(f"measures.{key}", f"travels in the {measure.kind} report, which is not among the reports")
        if terms.source == "agreed" and terms.tolerance is None:
            yield Problem(
                f"measures.{key}.tolerance", 'is missing: how many percent may partner and client differ? "0" for none'
            )


def _tolerances(draft: Draft) -> Iterator[Problem]:
    for key, terms in draft.measures.items():
        if terms.source != "agreed" and terms.tolerance is not None:
            yield Problem(f"measures.{key}.tolerance", f"has no effect while the source is the {terms.source}")


def _keys(draft: Draft) -> Iterator[Problem]:
    seen: set[str] = set()
    for path, level in draft.service_levels.items():
        if level.key in seen:
            yield Problem(f"{path}.key", f'"{level.key}" is another service level\'s key already')
        seen.add(level.key)


def _allocations(draft: Draft) -> Iterator[Problem]:
    if draft.credits:
        allocated = sum((level.allocation or Decimal(0) for level in draft.service_levels.values()), Decimal(0))
        if allocated > draft.credits.pool:
            yield Problem(
                "credits.pool", f"the allocations come to {allocated} %, above the pool of {draft.credits.pool} %"
            )


def _unused_allocations(draft: Draft) -> Iterator[Problem]:
    for path, level in draft.service_levels.items():
        if level.allocation is not None and draft.credits is None:
            yield Problem(f"{path}.allocation", "has no effect: these terms carry no credits")
        elif level.allocation is not None and level.credits_on == "none":
            yield Problem(f"{path}.allocation", "has no effect: no miss of this service level gives a credit")


def _needed_measures(path: str, level: ServiceLevel, metric: Metric, draft: Draft) -> Iterator[Problem]:
    missing = [key for key in metric.measures if key not in draft.measures]
    if level.source == "computed" and missing:
        yield Problem(
            f"{path}.metric", f"{metric.name} needs {', '.join(missing)}, which the terms' measures do not list"
        )
    if level.source == "stated" and metric.kind not in draft.reports:
        yield Problem(f"{path}.metric", f"is stated in the {metric.kind} report, which is not among the reports")


def _directions(path: str, level: ServiceLevel, metric: Metric) -> Iterator[Problem]:
    for name, target in (("expected", level.expected), ("minimum", level.minimum)):
        if (
            isinstance(target, Limit)
            and metric.direction != "band"
            and target.wants_more != (metric.direction == "higher")
        ):
            yield Problem(
                f"{path}.{name}.comparator", f"of {metric.name}, {metric.direction} is better: is {target} meant?"
            )


def _scope(path: str, level: ServiceLevel, draft: Draft) -> Iterator[Problem]:
    pairs = draft.coverage.values()
    for name, codes, covered in (
        ("sites", level.scope.sites, {pair.site for pair in pairs}),
        ("queues", level.scope.queues, {pair.queue for pair in pairs}),
    ):
        for code in codes:
            if code not in covered:
                yield Problem(
                    f"{path}.scope.{name}", f'"{code}" is not in the coverage{_meant(code, dict.fromkeys(covered))}'
                )
                return
    if pairs and not any(level.scope.covers(pair.site, pair.queue) for pair in pairs):
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


def _mismatch(expected: Target, minimum: Target) -> str:
    if type(expected) is not type(minimum):
        return f"{minimum} and the Expected {expected} must both be limits or both be bands"
    if isinstance(expected, Limit) and isinstance(minimum, Limit) and expected.wants_more != minimum.wants_more:
        return f"{minimum} points the other way than the Expected {expected}"
    return f"{minimum} is stricter than the Expected {expected}"


def _credit_rule(path: str, level: ServiceLevel, draft: Draft) -> Iterator[Problem]:
    if level.credits_on == "minimum" and level.minimum is None:
        yield Problem(f"{path}.minimum", "is missing: credits are given on a miss of the Minimum")
    if draft.credits and level.credits_on != "none" and level.allocation is None:
        yield Problem(f"{path}.allocation", "is missing: a miss of this service level gives a credit")


def _stated(path: str, level: ServiceLevel, draft: Draft) -> Iterator[Problem]:
    if level.source != "stated":
        return
    if level.window != "month":
        yield Problem(f"{path}.window", "stated values are never added up: this service level will not be measured")
    month = Month.of(draft.effective_from) if draft.effective_from else None
    rows = [pair for pair in draft.coverage.values() if level.scope.covers(pair.site, pair.queue)]
    if month and len([pair for pair in rows if pair.works_in(month)]) > 1:
        yield Problem(
            f"{path}.scope", "several rows state a value, and they are never averaged: name one site and queue"
        )


def _meant(key: str, known: Mapping[str, object]) -> str:
    close = get_close_matches(key, list(known), 1)
    return f': did you mean "{close[0]}"?' if close else ""
