"""Whether events speak of what the terms hold: a name that no sheet knows would have no effect, unseen."""

from collections.abc import Iterable, Iterator, Sequence

from app.domain.catalogue import Catalogue, Problem
from app.domain.clauses import ServiceLevel
from app.domain.events import Events, Forecast
from app.domain.periods import Month
from app.domain.reading.level_checks import meant
from app.domain.rules.relief import Claim
from app.domain.terms import Terms, year_starts


def check_events(events: Events, history: Sequence[Terms], catalogue: Catalogue) -> list[Problem]:
    """Paths are those of the events document. A name is known when any of the contract's terms has it."""
    levels = {level.key: None for terms in history for level in terms.service_levels}
    forecasts = {name: None for terms in history for name in _forecast(terms)}
    rights = {right.key: None for terms in history for right in terms.rights}
    measures = {key: None for terms in history for key in terms.measures}
    issued = enumerate(events.forecasts)
    return [
        *_unknown("service level", levels, _of_levels(events)),
        *_unknown("right", rights, ((f"exercises.{n}.right", each.right) for n, each in enumerate(events.exercises))),
        *_unknown("measure", measures, _of_measures(events)),
        *_unknown("forecast", forecasts, ((f"forecasts.{n}.measure", each.measure) for n, each in issued)),
        *(each for n, claim in enumerate(events.claims) for each in _about(f"claims.{n}", claim, history, catalogue)),
        *_places(events.forecasts),
    ]


def _unknown(what: str, known: dict[str, None], named: Iterable[tuple[str, str]]) -> Iterator[Problem]:
    for path, name in named:
        if name and name not in known:
            yield Problem(path, f'there is no {what} "{name}" in the terms{meant(name, known)}')


def _of_levels(events: Events) -> Iterator[tuple[str, str]]:
    for n, claim in enumerate(events.claims):
        yield from ((f"claims.{n}.service_levels", key) for key in claim.service_levels)
    for n, incident in enumerate(events.incidents):
        yield from ((f"incidents.{n}.service_levels", key) for key in incident.service_levels)
    for name in ("waivers", "approvals", "exercises"):
        yield from ((f"{name}.{n}.service_level", each.service_level) for n, each in enumerate(getattr(events, name)))


def _of_measures(events: Events) -> Iterator[tuple[str, str]]:
    for n, claim in enumerate(events.claims):
        yield from ((f"claims.{n}.adjust.{measure}", measure) for measure in claim.adjust)


def _forecast(terms: Terms) -> Iterator[str]:
    """What holds a forecast: a measure, or a name that a rule of relief or the corridor gives it."""
    yield from terms.measures
    yield from (level.relief.forecast for level in terms.service_levels if level.relief)
    if terms.corridor:
        yield terms.corridor.forecast


def _places(forecasts: Sequence[Forecast]) -> Iterator[Problem]:
    """Of one month either all places have a forecast, or each has its own."""
    is_whole: dict[tuple[str, str], bool] = {}
    for n, forecast in enumerate(forecasts):
        whole = not (forecast.site or forecast.queue)
        for month in dict.fromkeys(when[:7] for when in forecast.values):
            if is_whole.setdefault((forecast.measure, month), whole) is not whole:
                message = f"for {month} one forecast names all places and another names some: the two would be added"
                yield Problem(f"forecasts.{n}.site", message)
                break


def _about(path: str, claim: Claim, history: Sequence[Terms], catalogue: Catalogue) -> Iterator[Problem]:
    """A claim is about a window that ends in its month; a day can be taken out of rows by the day only."""
    about = [
        (terms, level)
        for terms in history
        for level in terms.service_levels
        if level.key in (claim.service_levels or (level.key,))
    ]
    month, opens = Month.parse(claim.month), year_starts(history)
    if about and not any(level.window.ends_in(month, opens) for _, level in about):
        yield Problem(
            f"{path}.month", f"no window of what it is about ends in {month}: write the month in which it ends"
        )
    if claim.kind == "days" and about and not any(_is_daily(terms, level, catalogue) for terms, level in about):
        yield Problem(f"{path}.days", "cannot be taken out: the reports have one row per month; claim adjust or period")


def _is_daily(terms: Terms, level: ServiceLevel, catalogue: Catalogue) -> bool:
    if level.source != "computed" or terms.is_of_record(level, catalogue):
        return False
    kinds = {catalogue.measures[key].kind for key in catalogue.metrics[level.metric].measures}
    return all(terms.reports[kind].grain == "day" for kind in kinds)
