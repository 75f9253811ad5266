"""How much came in and how much was forecast, of the reports and issues that count."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

from app.domain.events import Forecast
from app.domain.exact import Exact, add, divide
from app.domain.facts import Standing
from app.domain.figures.book import Book, Pair, Part, by_day
from app.domain.figures.issues import standing_of


def total_of(book: Book, parts: Sequence[Part], measure: str) -> Exact | None:
    """A measure of its source of record, summed over rows and months; a nil return is nothing. None when some row lacks
    it.
    """
    if measure not in book.catalogue.measures:  # a forecast that is only ever issued
        return None
    kind, numbers = book.catalogue.measures[measure].kind, list[Exact]()
    for part in parts:
        party = part.needs.source(measure)
        if book.facts.status(part.month, kind, party).standing is Standing.NIL:
            continue
        rows = book.of(part, kind, party)
        for pair in part.pairs:
            row = rows.get(pair)
            if row is None or (measure not in row.values and not row.is_nil):
                return None
            numbers += [] if row.is_nil else [row.values[measure]]
    return add(numbers)


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
                found.append(value if days is None else divide(value * part.length, part.month.days))
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
    """Sites and queues that had nothing of the measure to report: what was not there needs no forecast."""
    if measure not in book.catalogue.measures:
        return ()
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
    if measure not in book.catalogue.measures:
        return {}
    rows = book.of(part, book.catalogue.measures[measure].kind, part.needs.source(measure))
    return by_day([rows[pair] for pair in part.pairs if pair in rows], measure)
