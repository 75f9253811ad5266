"""Adds up what was reported: rows are summed, days and months by the measure's own rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from app.domain.catalogue import Metric
from app.domain.exact import Exact, add, as_decimal, divide, quotient
from app.domain.facts import Line
from app.domain.figures.book import ABSENT, BOTH, Book, Need, Pair, Part, Row, folded
from app.domain.findings import Difference
from app.domain.periods import Month


class Missing(NamedTuple):
    """A measure that an approved report should hold and does not."""

    month: Month
    site: str
    queue: str
    measure: str
    party: str


@dataclass(slots=True)
class Tally:
    """Everything that one metric's window came to."""

    measures: dict[str, Exact] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    days_reported: int = 0
    days_expected: int = 0
    months: int = 0  # in which something was reported
    weights: dict[str, int] = field(default_factory=dict)  # days by month, where a mean weighs months by them

    @property
    def shown(self) -> dict[str, Decimal]:
        return {
            measure: number if isinstance(number, Decimal) else as_decimal(number)
            for measure, number in self.measures.items()
        }


def tally(book: Book, metric: Metric, parts: Sequence[Part]) -> Tally:
    """Sums each measure over the rows of each month, then folds the months. Rows with a nil return stand aside."""
    result = Tally()
    by_month: dict[str, list[Exact]] = {measure: [] for measure in metric.measures}
    weights: dict[str, dict[str, int]] = {}  # of a mean, the days told of each month
    for part in parts:
        result.days_expected += part.length
        pairs = _reporting(book, part)
        if not pairs:
            continue
        reports = {}
        for report in part.needs.reports:
            rows = book.of(part, *report)
            reports[report] = [rows.get(pair, ABSENT) for pair in pairs]
        for need in part.needs.measures:
            total: Exact | None = None
            for party in reversed(need.parties):
                total = _total(part, need, party, reports[need.kind, party], pairs, result)
            if total is not None:
                by_month[need.measure].append(total)
                if need.is_mean:
                    weighs = _days_told(reports[need.kind, need.parties[0]])
                    weights.setdefault(need.measure, {})[str(part.month)] = weighs
            if (part.ordinal, need.kind) in book.has_both:
                _compare(book, part, need, pairs, result)
        days = part.length
        for found in reports.values():
            days = min(days, *[row.days for row in found])
            result.lines += [line for row in found for line in row.lines]
        result.days_reported += days
        result.months += 1
    for measure, totals in by_month.items():
        if measure in weights and len(totals) > 1 and all(weights[measure].values()):
            result.weights = weights[measure]
            result.measures[measure] = _mean_of_days(totals, result.weights)
        elif totals:
            result.measures[measure] = folded(totals, book.catalogue.measures[measure].over_months)
    return result


def _mean_of_days(totals: Sequence[Exact], days: Mapping[str, int]) -> Exact:
    """Of months that were reported by the day; of reports by the month each counts once."""
    weighted = (total * weighs for total, weighs in zip(totals, days.values(), strict=True))
    return divide(add(weighted), sum(days.values()))


def _days_told(rows: Sequence[Row]) -> int:
    """On which something was reported; none where the report is by the month."""
    lines = [line for row in rows for line in row.lines if not line.nil]
    return 0 if any(line.day is None for line in lines) else len({line.day for line in lines})


def _reporting(book: Book, part: Part) -> Sequence[Pair]:
    for report in part.needs.reports:
        if (part.ordinal, *report) in book.nil_returns and not _told_otherwise(book, part, *report):
            return ()
    if not book.nil:
        return part.pairs
    silent: set[Pair] = set()
    for report in part.needs.reports:
        if nil := book.nil.get((part.ordinal, *report)):
            silent |= nil - _told_otherwise(book, part, *report)
    return [pair for pair in part.pairs if pair not in silent] if silent else part.pairs


def _told_otherwise(book: Book, part: Part, kind: str, party: str) -> set[Pair]:
    """Rows of which the other party reports a figure that both must agree on, 0 among them: nil from one is then a
    gap.
    """
    agreed = [need.measure for need in part.needs.measures if need.kind == kind and need.parties == BOTH]
    if not agreed:
        return set()
    rows = book.of(part, kind, BOTH[party == BOTH[0]])
    return {pair for pair in part.pairs if pair in rows and not rows[pair].values.keys().isdisjoint(agreed)}


def _total(
    part: Part, need: Need, party: str, rows: Sequence[Row], pairs: Sequence[Pair], result: Tally
) -> Exact | None:
    """The sum over all rows; None, with what is missing, when a row lacks the measure."""
    measure = need.measure
    numbers = [row.values[measure] for row in rows if measure in row.values]
    if len(numbers) == len(rows):
        return add(numbers)
    result.missing += [
        Missing(part.month, *pair, measure, party)
        for pair, row in zip(pairs, rows, strict=True)
        if measure not in row.values
    ]
    return None


def _compare(book: Book, part: Part, need: Need, pairs: Sequence[Pair], result: Tally) -> None:
    """Notes how far partner and client are apart, where both reported every row."""
    reports = [book.of(part, need.kind, party) for party in BOTH]
    if any(pair not in rows or need.measure not in rows[pair].values for rows in reports for pair in pairs):
        return
    partner, client = [add(rows[pair].values[need.measure] for pair in pairs) for rows in reports]
    apart, whole = abs(Fraction(partner) - Fraction(client)), abs(Fraction(client))
    result.differences.append(
        Difference(
            month=part.month,
            measure=need.measure,
            partner=as_decimal(partner),
            client=as_decimal(client),
            percent=quotient(apart * 100, whole) if whole else None,
            tolerance=need.terms.tolerance,
            source=need.terms.source,
            is_within=apart * 100 <= whole * Fraction(need.terms.tolerance or 0),
        )
    )
