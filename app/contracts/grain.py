"""Terms may not be finer than what is reported: a monthly row cannot be split at the 15th."""

from collections.abc import Iterable, Iterator

from app.contracts.catalogue import CATALOGUE
from app.domain.catalogue import Problem
from app.domain.terms import ServiceLevel, Terms


def finer_than_reported(terms: Terms) -> Iterator[Problem]:
    """What service levels ask of the days of a month, where a report that they rest on has one row per month."""
    for place, level in enumerate(terms.service_levels):
        if terms.is_of_record(level, CATALOGUE):
            continue  # which is of whole months by itself
        path = f"service_levels.{place}"
        yield from _dates(path, level, _monthly_report(terms, _kinds(level)))
        if level.window.kind == "fiscal_month":
            yield from _daily(f"{path}.window", "a month that begins on another day than the first", terms, level)
        if level.relief is not None and level.relief.kind == "day":
            measures = (level.relief.measure, level.relief.forecast)
            yield from _daily(f"{path}.relief.kind", "relief by the day", terms, level, measures)


def _dates(path: str, level: ServiceLevel, kind: str | None) -> Iterator[Problem]:
    for name in ("measured_from", "credits_from"):
        day = getattr(level, name)
        if kind and day and day.day != 1:
            message = f"{day} is within a month, and the {kind} report has one row per month: write the first"
            yield Problem(f"{path}.{name}", f"{message} of a month")


def _daily(path: str, what: str, terms: Terms, level: ServiceLevel, measures: Iterable[str] = ()) -> Iterator[Problem]:
    """A stated value cannot be divided into days, whatever the report's grain."""
    if level.source == "stated":
        yield Problem(path, f"{what} needs counts by the day, and this service level is judged by a stated value")
        return
    kinds = _kinds(level) | {CATALOGUE.measures[key].kind for key in measures if key in terms.measures}
    if kind := _monthly_report(terms, kinds):
        message = f"{what} needs one row per day, and the {kind} report has one per month"
        yield Problem(path, f"{message}: write grain: day at reports.{kind}")


def _kinds(level: ServiceLevel) -> set[str]:
    """The reports that the service level rests on."""
    metric = CATALOGUE.metrics[level.metric]
    return {CATALOGUE.measures[key].kind for key in metric.measures} if level.source == "computed" else {metric.kind}


def _monthly_report(terms: Terms, kinds: Iterable[str]) -> str | None:
    return next((kind for kind in sorted(kinds) if terms.reports[kind].grain == "month"), None)
