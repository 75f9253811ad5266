"""How much came in and how much was forecast, of the approved reports and the issues that count."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

from app.domain.events import Forecast
from app.domain.exact import Exact, add, divide
from app.domain.facts import Standing
from app.domain.figures.book import Book, Pair, Part, by_day
from app.domain.figures.issues import standing_of
from app.domain.findings import Reason

STILL_TO_COME = {Standing.AWAITING: "relief_awaiting_approval", Standing.NOT_DUE: "relief_not_due"}


def total_of(book: Book, parts: Sequence[Part], measure: str) -> Exact | None:
    """A measure of its source of record, summed over rows and months; a nil return is nothing. None when some row lacks
    it, or its report is not approved.
    """
    if measure not in book.catalogue.measures:  # a forecast that is only ever issued
        return None
    kind, numbers = book.catalogue.measures[measure].kind, list[Exact]()
    for part in parts:
        party, standing = part.needs.source(measure), _standing(book, part, measure)
        if standing is Standing.NIL or not part.pairs:
            continue
        if standing is not Standing.APPROVED:
            return None
        rows = book.of(part, kind, party)
        for pair in part.pairs:
            row = rows.get(pair)
            if row is None or (measure not in row.values and not row.is_nil):
                return None
            numbers += [] if row.is_nil else [row.values[measure]]
    return add(numbers)


def _standing(book: Book, part: Part, measure: str) -> Standing:
    """Of the report that the measure is read from."""
    return book.status(part, book.catalogue.measures[measure].kind, part.needs.source(measure)).standing


class Foreseen(NamedTuple):
    """Of which measure a forecast speaks, its own name, and how many days before a month it is locked."""

    measure: str
    forecast: str
    locks: int | None = None


def forecast_total(book: Book, parts: Sequence[Part], about: Foreseen, forecasts: Sequence[Forecast]) -> Exact | None:
    """The forecast of a window: of the issue that counts where forecasts were issued, else as it was reported.

    None when one of its months has none.
    """
    numbers: list[Exact] = []
    for part in parts:
        issued = issued_for(book, forecasts, about, part)
        forecast = total_of(book, [part], about.forecast) if issued is None else _within(issued, part)
        if forecast is None:
            return None
        numbers.append(forecast)
    return add(numbers)


def _within(issued: Sequence[Forecast], part: Part) -> Exact | None:
    """What was forecast for a month, or for those days of it that are judged; None without any issue. A forecast by the
    month is taken to be spread evenly over its days.
    """
    month, days = str(part.month), None if part.days is None else set(map(str, part.days))
    found: list[Exact] = []
    for forecast in issued:
        for when, value in forecast.values.items():
            if when == month:
                found.append(value if days is None else divide(value * part.length, part.month_days))
            elif when.startswith(month) and (days is None or when in days):
                found.append(value)
    return add(found) if issued else None


def issued_for(book: Book, forecasts: Sequence[Forecast], about: Foreseen, part: Part) -> Sequence[Forecast] | None:
    """The issues that count for the part's sites and queues; None when none was issued in time for the month. None of
    them where one that reported the measure has no forecast, or where a forecast holds others too, such as that of the
    whole contract where one site is judged: what it says of these alone is not known.
    """
    issues = standing_of(forecasts, about.forecast, part.month, about.locks)
    counting = [issue.forecast for issue in issues if issue.state == "counts"]
    if not counting:
        return None
    nil = _without_any(book, part, about.measure)
    for pair in part.pairs:
        if pair not in nil and not any(forecast.covers(*pair) for forecast in counting):
            return []
    about_these = [forecast for forecast in counting if any(forecast.covers(*pair) for pair in part.pairs)]
    is_wider = any(forecast.covers(*pair) for forecast in about_these for pair in part.elsewhere)
    return [] if is_wider else about_these


def _without_any(book: Book, part: Part, measure: str) -> Collection[Pair]:
    """Sites and queues that had nothing of the measure to report: what was not there needs no forecast. Of a report
    that has still to come or to be approved any of them may be.
    """
    if measure not in book.catalogue.measures:
        return ()
    if _standing(book, part, measure) in STILL_TO_COME:
        return part.pairs
    report = part.ordinal, book.catalogue.measures[measure].kind, part.needs.source(measure)
    return part.pairs if report in book.nil_returns else book.nil.get(report, ())


def daily(issued: Sequence[Forecast]) -> dict[date, Exact]:
    """What was forecast for each day that every issue names."""
    by_issue = [
        {date.fromisoformat(when): value for when, value in forecast.values.items() if len(when) == 10}
        for forecast in issued
    ]
    named = set.intersection(*map(set, by_issue)) if by_issue else set[date]()
    return {day: add(days[day] for days in by_issue) for day in named}


def days_of(book: Book, part: Part, measure: str) -> dict[date, Exact]:
    """A measure on each day of an approved daily report."""
    if measure not in book.catalogue.measures or _standing(book, part, measure) is not Standing.APPROVED:
        return {}
    rows = book.of(part, book.catalogue.measures[measure].kind, part.needs.source(measure))
    return by_day([rows[pair] for pair in part.pairs if pair in rows], measure)


def awaited(
    book: Book, parts: Sequence[Part], about: Foreseen, forecasts: Sequence[Forecast], by_day: bool
) -> Reason | None:
    """The report without whose approval nobody knows how volume and forecast of these months compare; None where it is
    known already, or never will be: a report that is overdue did not come, and there is no relief of what it left out.
    """
    waits: list[Reason] = []
    for part in parts:
        issued = issued_for(book, forecasts, about, part)
        volume = _awaited(book, part, about.measure)
        forecast = _awaited(book, part, about.forecast) if issued is None else None
        if volume is None and not _is_known(book, part, about.measure, by_day):
            return None
        if forecast is None and not _is_foreseen(book, part, about.forecast, issued, by_day):
            return None
        waits += [each for each in (volume, forecast) if each is not None]
    return waits[0] if waits else None


def _awaited(book: Book, part: Part, measure: str) -> Reason | None:
    """The report of a measure that the terms of the month ask for, while it may yet be approved."""
    if measure not in part.needs.sources or not part.pairs:
        return None
    code = STILL_TO_COME.get(_standing(book, part, measure))
    known = book.catalogue.measures[measure]
    figures = {"month": str(part.month), "kind": known.kind, "party": part.needs.source(measure), "measure": known.name}
    return Reason(code, figures) if code else None


def _is_known(book: Book, part: Part, measure: str, by_day: bool) -> bool:
    return bool(days_of(book, part, measure)) if by_day else total_of(book, [part], measure) is not None


def _is_foreseen(book: Book, part: Part, measure: str, issued: Sequence[Forecast] | None, by_day: bool) -> bool:
    if issued is None:
        return _is_known(book, part, measure, by_day)
    return not daily(issued).keys().isdisjoint(part.every_day) if by_day else bool(issued)
