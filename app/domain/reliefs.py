"""Applies relief to a window: days that are dropped, figures that are taken off, volume above the forecast."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from app.domain.aggregation import Tally, tally
from app.domain.attainment import Attainment
from app.domain.book import Book, Part, Row, by_day
from app.domain.events import Forecast
from app.domain.exact import Exact, add, as_decimal, plain
from app.domain.facts import Standing
from app.domain.issues import standing_of
from app.domain.matter import Matter, Surroundings
from app.domain.obstacles import Outcome, unjudged
from app.domain.periods import Window
from app.domain.rules.relief import Claim, Relief, ReliefRule, stand, without_excess

NOTHING = Decimal(0)
Measure = Callable[[Tally], Outcome]


def relieved(
    book: Book, matter: Matter, around: Surroundings, counted: Tally, raw: Outcome, measure: Measure
) -> tuple[Outcome, Tally, tuple[Relief, ...]]:
    """The contractual outcome, the figures it rests on, and what each rule and claim did to them."""
    standing = stand(around.claims, around.claim_terms, matter.window)
    reliefs = [relief for _, relief in standing]
    granted = [claim for claim, relief in standing if relief.is_applied]
    dropped = {day for claim in granted if claim.kind == "days" for day in claim.days}
    rule = matter.level.relief
    if rule and rule.kind == "day" and (days := _busy_days(book, matter, rule, around.events.forecasts)):
        dropped |= days
        reliefs.append(_by_terms(rule, {"days": ", ".join(map(str, sorted(days)))}))
    outcome, kept, is_known = raw, counted, raw.numerator is not None
    if dropped and is_known:
        left = [_without(book, part, dropped) for part in matter.parts]
        kept = tally(book, matter.metric, left)
    adjusting = [claim for claim in granted if claim.kind == "adjust"]
    if adjusting and is_known:
        kept = _adjusted(kept, adjusting)
    if kept is not counted:
        outcome = measure(kept) if kept.measures or kept.missing else _nothing_left({})
    if rule and rule.kind != "day":
        outcome = _over_forecast(book, matter, rule, around.events.forecasts, outcome, reliefs)
    return outcome, kept, tuple(reliefs)


def excused(reliefs: Iterable[Relief]) -> bool:
    """Whether the whole window stands aside."""
    return any(relief.is_applied and relief.kind == "period" for relief in reliefs)


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


def forecast_total(
    book: Book, parts: Sequence[Part], measure: str, forecasts: Sequence[Forecast], locks: int | None
) -> Exact | None:
    """The forecast of a window: of the issue that counts where forecasts were issued, else as it was reported.

    None when one of its months has none.
    """
    numbers: list[Exact] = []
    for part in parts:
        issued = _issued(forecasts, measure, part, locks)
        forecast = total_of(book, [part], measure) if issued is None else _within(issued, part)
        if forecast is None:
            return None
        numbers.append(forecast)
    return add(numbers)


def _within(issued: Sequence[Forecast], part: Part) -> Exact | None:
    """What was forecast for a month, or for those days of it that the window holds; None without any issue."""
    month, days = str(part.month), None if part.days is None else set(map(str, part.days))
    found = [
        value
        for forecast in issued
        for when, value in forecast.values.items()
        if when.startswith(month) and (days is None or when == month or when in days)
    ]
    return add(found) if issued else None


def _issued(forecasts: Sequence[Forecast], measure: str, part: Part, locks: int | None) -> Sequence[Forecast] | None:
    """The issues that count for the part's sites and queues; None when none was issued in time for the month."""
    issues = standing_of(forecasts, measure, part.month, locks)
    counting = [issue.forecast for issue in issues if issue.state == "counts"]
    if not counting:
        return None
    return [forecast for forecast in counting if any(forecast.covers(*pair) for pair in part.pairs)]


def _busy_days(book: Book, matter: Matter, rule: ReliefRule, forecasts: Sequence[Forecast]) -> set[date]:
    """Days on which the volume exceeds the forecast by more than the rule allows."""
    busy = set()
    for part in matter.parts:
        actual = _days_of(book, part, rule.measure)
        issued = _issued(forecasts, rule.forecast, part, rule.locks)
        expected: dict[date, Exact] = {}
        if issued is None:
            expected = _days_of(book, part, rule.forecast)
        else:
            for forecast in issued:
                for when, value in forecast.values.items():
                    if len(when) == 10:
                        day = date.fromisoformat(when)
                        expected[day] = add([expected.get(day, NOTHING), value])
        busy |= {
            day
            for day, number in actual.items()
            if day in expected and rule.is_exceeded(as_decimal(number), as_decimal(expected[day]))
        }
    return busy


def _days_of(book: Book, part: Part, measure: str) -> dict[date, Exact]:
    if measure not in book.catalogue.measures:
        return {}
    rows = book.of(part, book.catalogue.measures[measure].kind, part.needs.source(measure))
    return by_day([rows[pair] for pair in part.pairs if pair in rows], measure)


def _without(book: Book, part: Part, dropped: set[date]) -> Part:
    """What is left of a part: of rows by month no day can be taken out, and a row that has none left stands aside."""
    rows = [book.of(part, *report) for report in part.needs.reports]
    in_scope = [each[pair] for each in rows for pair in part.pairs if pair in each]
    if any(line.day is None for row in in_scope for line in row.lines):
        return part
    left = (part.days if part.days is not None else frozenset(_days(part.month))) - dropped
    pairs = [pair for pair in part.pairs if all(pair not in each or _has_day(each[pair], left) for each in rows)]
    return Part.of(part.month, pairs, part.needs, left)


def _has_day(row: Row, days: frozenset[date]) -> bool:
    return any(line.day in days for line in row.lines)


def _nothing_left(figures: Mapping[str, str]) -> Outcome:
    return unjudged(Attainment.NOT_MEASURED, "all_excused", figures)


def _days(window: Window) -> Iterable[date]:
    return (window.first + timedelta(days=each) for each in range(window.days))


def _adjusted(counted: Tally, claims: Sequence[Claim]) -> Tally:
    measures = dict(counted.measures)
    for claim in claims:
        for measure, number in claim.adjust.items():
            if measure in measures:
                measures[measure] = add([measures[measure], -number])
    return replace(counted, measures=measures)


def _over_forecast(
    book: Book,
    matter: Matter,
    rule: ReliefRule,
    forecasts: Sequence[Forecast],
    outcome: Outcome,
    reliefs: list[Relief],
) -> Outcome:
    actual = total_of(book, matter.parts, rule.measure)
    forecast = forecast_total(book, matter.parts, rule.forecast, forecasts, rule.locks)
    if actual is None or forecast is None or not rule.is_exceeded(as_decimal(actual), as_decimal(forecast)):
        return outcome
    limit = rule.limit(as_decimal(forecast))
    excess = as_decimal(actual) - limit
    figures = {"actual": plain(actual), "forecast": plain(forecast), "limit": plain(limit), "excess": plain(excess)}
    reliefs.append(_by_terms(rule, figures))
    if rule.kind == "period" or outcome.numerator is None or outcome.denominator is None:
        return outcome
    expected, _ = matter.level.targets(matter.month)
    numerator, denominator = without_excess(
        as_decimal(outcome.numerator), as_decimal(outcome.denominator), excess, expected.wants_more
    )
    if denominator <= 0:
        return _nothing_left(figures)
    return outcome._replace(numerator=numerator, denominator=denominator)


def _by_terms(rule: ReliefRule, figures: dict[str, str]) -> Relief:
    return Relief(rule.kind, "terms", "applied", rule.clause, {"over": plain(rule.over), **figures})
