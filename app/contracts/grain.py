"""Terms may not be finer than what is reported: a monthly row cannot be split at the 15th."""

from collections.abc import Iterator

from app.contracts.catalogue import CATALOGUE
from app.domain.catalogue import Problem
from app.domain.terms import ServiceLevel, Terms


def finer_than_reported(terms: Terms) -> Iterator[Problem]:
    """Dates within a month, of service levels that rest on a report with one row per month."""
    for place, level in enumerate(terms.service_levels):
        kind = _monthly_report(terms, level)
        for name in ("measured_from", "credits_from"):
            day = getattr(level, name)
            if kind and day and day.day != 1:
                message = f"{day} is within a month, and the {kind} report has one row per month: write the first"
                yield Problem(f"service_levels.{place}.{name}", f"{message} of a month")


def _monthly_report(terms: Terms, level: ServiceLevel) -> str | None:
    metric = CATALOGUE.metrics[level.metric]
    kinds = {CATALOGUE.measures[key].kind for key in metric.measures} if level.source == "computed" else {metric.kind}
    return next((kind for kind in sorted(kinds) if terms.reports[kind].grain == "month"), None)
