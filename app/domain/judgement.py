"""Holds one service level's window against its targets."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from app.domain.aggregation import Book, Missing, Part, Tally, tally
from app.domain.catalogue import Metric
from app.domain.clauses import ServiceLevel
from app.domain.exact import Exact, as_decimal, multiplied_out, plain, quotient
from app.domain.facts import ReportStatus, Standing
from app.domain.findings import Attainment, Comparison, Default, Difference, Disposition, Finding, Reason
from app.domain.periods import Month, Window

ONE = Decimal(1)
NOTHING = Decimal(0)
Needed = tuple[Month, str, str]


class Outcome(NamedTuple):
    """What is known of the value, and why it is not judged when it is not."""

    numerator: Exact | None = None
    denominator: Exact | None = None
    attainment: Attainment | None = None
    reason: Reason | None = None


def judge(book: Book, level: ServiceLevel, metric: Metric, window: Window, parts: Sequence[Part]) -> Finding:
    """Never raises for what was or was not reported: a gap is a finding with its reason."""
    needed = list(dict.fromkeys(_needed(level, metric, parts)))
    statuses = {report: book.facts.status(*report) for report in needed}
    counted = tally(book, metric, parts)
    stated = _stated(book, metric, parts)
    outcome = _outcome(book, level, metric, statuses, counted, stated)
    is_stated = level.source == "stated"
    raw, comparisons = _compared(outcome, level, ONE if is_stated else metric.scale)
    attainment = outcome.attainment or _attainment(comparisons)
    return Finding(
        level=level,
        metric=metric,
        window=window,
        raw=raw,
        contractual=raw,
        numerator=None if is_stated else _shown(outcome.numerator),
        denominator=None if is_stated else _shown(outcome.denominator),
        measures={measure: as_decimal(number) for measure, number in counted.measures.items()},
        attainment=attainment,
        default=_default(level, attainment),
        disposition=_disposition(level, window, statuses.values()),
        reason=outcome.reason or _reason(attainment, metric, raw, comparisons),
        comparisons=comparisons,
        lines=tuple(counted.lines.values()),
        days_reported=counted.days_reported,
        days_expected=counted.days_expected,
        stated=stated,
        differences=tuple(counted.differences),
    )


def _needed(level: ServiceLevel, metric: Metric, parts: Sequence[Part]) -> Iterator[Needed]:
    for part in parts:
        if level.source == "stated":
            yield part.month, metric.kind, "partner"
        else:
            for need in part.needs:
                for party in need.parties:
                    yield part.month, need.kind, party


def _outcome(
    book: Book,
    level: ServiceLevel,
    metric: Metric,
    statuses: Mapping[Needed, ReportStatus],
    counted: Tally,
    stated: Decimal | None,
) -> Outcome:
    standings = {status.standing: report for report, status in statuses.items()}
    if Standing.OVERDUE in standings:
        return _unjudged(Attainment.NOT_REPORTED, "overdue", _report(standings[Standing.OVERDUE]))
    if Standing.NOT_DUE in standings:
        return _unjudged(Attainment.NOT_MEASURED, "not_due", _report(standings[Standing.NOT_DUE]))
    if not counted.measures and not counted.missing:
        return _unjudged(Attainment.NOT_MEASURED, "nil_return", {})
    measured = _stated_outcome(stated) if level.source == "stated" else _computed(book, level, metric, counted)
    if Standing.AWAITING in standings:
        reason = Reason("awaiting_approval", _report(standings[Standing.AWAITING]))
        return Outcome(measured.numerator, measured.denominator, Attainment.PROVISIONAL, reason)
    return measured


def _computed(book: Book, level: ServiceLevel, metric: Metric, counted: Tally) -> Outcome:
    if counted.missing:
        return _unjudged(Attainment.NOT_MEASURED, "missing", _missing(book, counted.missing))
    for difference in counted.differences:
        if difference.source == "agreed" and not difference.is_within:
            return _unjudged(Attainment.NOT_MEASURED, "disagreed", _disagreement(book, difference))
    numerator, denominator = book.catalogue.parts(metric.key, counted.measures)
    if denominator <= 0:
        return _unjudged(Attainment.NOT_MEASURED, "zero_denominator", {"denominator": metric.denominator.text})
    if level.minimum_volume is not None and denominator < level.minimum_volume:
        figures = {"volume": plain(denominator), "minimum_volume": str(level.minimum_volume)}
        return Outcome(numerator, denominator, Attainment.LOW_VOLUME, Reason("low_volume", figures))
    return Outcome(numerator, denominator)


def _stated_outcome(stated: Decimal | None) -> Outcome:
    if stated is None:
        return _unjudged(Attainment.NOT_MEASURED, "no_stated_value", {})
    return Outcome(stated, ONE)


def _stated(book: Book, metric: Metric, parts: Sequence[Part]) -> Decimal | None:
    """The partner's own percentage. Several are never averaged, so only a single row's is taken."""
    found = [
        line.stated[metric.key]
        for part in parts
        for pair, row in book.report(part.month, metric.kind, "partner").items()
        for line in row.lines
        if pair in part.pairs and metric.key in line.stated
    ]
    return found[0] if len(found) == 1 else None


def _unjudged(attainment: Attainment, code: str, figures: Mapping[str, str]) -> Outcome:
    return Outcome(attainment=attainment, reason=Reason(code, figures))


def _compared(outcome: Outcome, level: ServiceLevel, scale: Decimal) -> tuple[Decimal | None, tuple[Comparison, ...]]:
    """The value and, unless there is too little of it to judge, each target's comparison."""
    if outcome.numerator is None or outcome.denominator is None:
        return None, ()
    upper, lower = multiplied_out(outcome.numerator, outcome.denominator)
    upper *= scale
    value = quotient(upper, lower)
    if outcome.attainment == Attainment.LOW_VOLUME:
        return value, ()
    return value, tuple(
        Comparison(name, target, target.is_met_by(upper, lower), target.headroom(value))
        for name, target in (("expected", level.expected), ("minimum", level.minimum))
        if target is not None
    )


def _attainment(comparisons: Sequence[Comparison]) -> Attainment:
    expected, *minimum = comparisons
    if expected.is_met:
        return Attainment.MET
    return Attainment.BELOW_MINIMUM if minimum and not minimum[0].is_met else Attainment.BELOW_EXPECTED


def _default(level: ServiceLevel, attainment: Attainment) -> Default:
    if attainment == Attainment.BELOW_MINIMUM and level.credits_on != "none":
        return Default.MINIMUM
    if attainment == Attainment.BELOW_EXPECTED and level.credits_on == "expected":
        return Default.EXPECTED
    return Default.NONE


def _disposition(level: ServiceLevel, window: Window, statuses: Iterable[ReportStatus]) -> Disposition:
    if level.credits_from is not None and window.first < level.credits_from:
        return Disposition.IN_GRACE
    return Disposition.COUNTS if all(status.credited for status in statuses) else Disposition.NOT_CREDITED


def _reason(attainment: Attainment, metric: Metric, value: Decimal | None, comparisons: Sequence[Comparison]) -> Reason:
    decisive = comparisons[-1 if attainment == Attainment.BELOW_MINIMUM else 0]
    figures = {
        "value": plain(value or NOTHING),
        "target": str(decisive.target),
        "unit": metric.unit,
        "precision": str(metric.precision),
    }
    return Reason(attainment.value, figures)


def _report(report: Needed) -> dict[str, str]:
    month, kind, party = report
    return {"month": str(month), "kind": kind, "party": party}


def _missing(book: Book, missing: Sequence[Missing]) -> dict[str, str]:
    first = missing[0]
    return {
        "measure": book.catalogue.measures[first.measure].name,
        "month": str(first.month),
        "site": first.site,
        "queue": first.queue,
        "party": first.party,
        "others": str(len(missing) - 1),
    }


def _disagreement(book: Book, difference: Difference) -> dict[str, str]:
    return {
        "measure": book.catalogue.measures[difference.measure].name,
        "month": str(difference.month),
        "partner": plain(difference.partner),
        "client": plain(difference.client),
        "tolerance": str(difference.tolerance or 0),
    }


def _shown(number: Exact | None) -> Decimal | None:
    return None if number is None else as_decimal(number)
