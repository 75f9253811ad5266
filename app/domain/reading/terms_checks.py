"""Whether terms that can be read make sense together."""

from collections.abc import Iterator

from app.domain.catalogue import Catalogue, Problem
from app.domain.reading.credit_checks import credit_problems, credit_warnings
from app.domain.reading.level_checks import check_level, meant
from app.domain.reading.record_checks import RECORD, check_sources
from app.domain.reading.right_checks import right_problems, right_warnings
from app.domain.reading.terms_reader import Draft
from app.domain.rules.relief import doubts_of_forecast
from app.domain.rules.scoring import HOUSE, check_scorecard


def check(draft: Draft, catalogue: Catalogue) -> tuple[list[Problem], list[Problem]]:
    """Problems that refuse the terms, and warnings that do not."""
    faults = [
        *_calendar(draft),
        *_coverage(draft),
        *_reports(draft),
        *_measures(draft, catalogue),
        *check_sources(draft, catalogue),
        *_keys(draft),
        *credit_problems(draft),
        *right_problems(draft),
        *check_scorecard(draft.scorecard),
        *_corridor(draft),
    ]
    warnings = [*_tolerances(draft), *_checks(draft), *credit_warnings(draft), *right_warnings(draft)]
    if draft.scorecard is not HOUSE and not any(level.weight for level in draft.service_levels.values()):
        warnings.append(Problem("scorecard", "no service level has a weight: nothing is scored"))
    if draft.corridor:
        warnings += doubts_of_forecast("corridor", draft.corridor.forecast, draft.measures)
    for path, level in draft.service_levels.items():
        found, doubts = check_level(path, level, draft, catalogue)
        faults += found
        warnings += doubts
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
            yield Problem(f"measures.{key}", f'there is no measure "{key}"{meant(key, catalogue.measures)}')
        elif measure.kind not in draft.reports and terms.source != RECORD:
            yield Problem(f"measures.{key}", f"travels in the {measure.kind} report, which is not among the reports")
        if terms.source == "agreed" and terms.tolerance is None:
            yield Problem(
                f"measures.{key}.tolerance", 'is missing: how many percent may partner and client differ? "0" for none'
            )


def _tolerances(draft: Draft) -> Iterator[Problem]:
    for key, terms in draft.measures.items():
        if terms.source != "agreed" and terms.tolerance is not None:
            yield Problem(f"measures.{key}.tolerance", f"has no effect while the source is the {terms.source}")


def _checks(draft: Draft) -> Iterator[Problem]:
    """What is only held against the figures of one measure, when a report is checked."""
    for key, terms in draft.measures.items():
        for name, value, whose in (
            ("per_head", terms.per_head, "qa_samples"),
            ("rate", terms.rate, "productive_hours"),
        ):
            if value is not None and key != whose:
                yield Problem(f"measures.{key}.{name}", f"has no effect except at {whose}")


def _keys(draft: Draft) -> Iterator[Problem]:
    seen: set[str] = set()
    for path, level in draft.service_levels.items():
        if level.key in seen:
            yield Problem(f"{path}.key", f'"{level.key}" is another service level\'s key already')
        seen.add(level.key)


def _corridor(draft: Draft) -> Iterator[Problem]:
    if draft.corridor:
        key = draft.corridor.measure
        if key and key not in draft.measures:
            yield Problem(
                "corridor.measure", f'"{key}" is not among the terms\' measures{meant(key, dict(draft.measures))}'
            )
