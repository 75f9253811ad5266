"""Whether what Accord's own record is to be the source of can come from it: whole reports of whole months."""

from collections.abc import Iterator

from app.domain.catalogue import Catalogue, Metric, Problem
from app.domain.clauses import ServiceLevel
from app.domain.facts import Party
from app.domain.reading.terms_reader import Draft

RECORD = Party.RECORD


def check_sources(draft: Draft, catalogue: Catalogue) -> Iterator[Problem]:
    for key, terms in draft.measures.items():
        known = catalogue.measures.get(key)
        if terms.source == RECORD and known is not None and not known.record:
            yield Problem(
                f"measures.{key}.source", "is not in Accord's own record: choose the partner, the client or agreed"
            )


def check_of_record(path: str, level: ServiceLevel, metric: Metric, draft: Draft) -> Iterator[Problem]:
    """The record counts reports, which are of all sites and queues, of a calendar month, and excused by no forecast."""
    if level.source != "computed" or not any(_is_of_record(draft, key) for key in metric.measures):
        return
    others = ", ".join(key for key in metric.measures if key in draft.measures and not _is_of_record(draft, key))
    if others:
        message = f"{metric.name} counts one record: name it as the source of {others} too, or of none"
        yield Problem(f"{path}.metric", message)
    if level.scope.sites or level.scope.queues or level.scope.markets:
        yield Problem(f"{path}.scope", "a report is of all its sites and queues: leave it empty")
    if level.window.kind == "fiscal_month":
        yield Problem(f"{path}.window", "a report is of a calendar month, and counts in that month")
    if level.relief is not None:
        yield Problem(f"{path}.relief", "no forecast excuses a report: claims for relief do")
    for name in ("measured_from", "credits_from"):
        day = getattr(level, name)
        if day is not None and day.day != 1:
            yield Problem(f"{path}.{name}", f"{day} is within a month, and reports count in months: write a first day")


def doubts_of_record(path: str, level: ServiceLevel, metric: Metric, draft: Draft) -> Iterator[Problem]:
    if level.source != "computed" or not any(_is_of_record(draft, key) for key in metric.measures):
        return
    asked = any(terms.source not in (RECORD, Party.CLIENT) for terms in draft.measures.values())
    if not asked and not any(each.source == "stated" for each in draft.service_levels.values()):
        yield Problem(f"{path}.metric", "counts the partner's reports, and the terms ask the partner for none")


def _is_of_record(draft: Draft, measure: str) -> bool:
    return measure in draft.measures and draft.measures[measure].source == RECORD
