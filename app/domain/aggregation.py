"""Adds up what was reported: rows are summed, days and months by the measure's own rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from app.domain.book import BOTH, Book, Need, Pair, Part, Row, folded
from app.domain.catalogue import Metric
from app.domain.exact import Exact, add, as_decimal, divide, quotient
from app.domain.facts import Line, Standing
from app.domain.findings import Difference
from app.domain.periods import Month


class Missing(NamedTuple):
    """A measure that an approved report should hold and does not."""

    month: Month
    site: str
    queue: str
    measure: str
    party: str


class Total(NamedTuple):
    """One measure of one month, and on how many days it was reported where its mean weighs months by them."""

    number: Exact
    month: Month
    days: int


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
    by_month: dict[str, list[Total]] = {measure: [] for measure in metric.measures}
    for part in parts:
        result.days_expected += part.length
        pairs = _reporting(book, part)
        if not pairs:
            continue
        reports = {report: book.of(part, *report) for report in part.needs.reports}
        for need in part.needs.measures:
            total: Exact | None = None
            for party in reversed(need.parties):
                total = _total(part, need, party, reports[need.kind, party], pairs, result)
            if total is not None:
                days_counted = _days_counted(reports[need.kind, need.parties[0]], pairs) if need.is_mean else 0
                by_month[need.measure].append(Total(total, part.month, days_counted))
            if (part.ordinal, need.kind) in book.has_both:
                _compare(book, part, need, pairs, result)
        days = part.length
        for rows in reports.values():
            for pair in pairs:
                row = rows.get(pair)
                days = min(days, row.days) if row is not None else 0
                if row is not None:
                    result.lines.extend(row.lines)
        result.days_reported += days
        result.months += 1
    for measure, totals in by_month.items():
        if totals:
            result.measures[measure] = _over_months(totals, book.catalogue.measures[measure].over_months, result)
    return result


def _over_months(totals: Sequence[Total], rule: str, result: Tally) -> Exact:
    """A mean of months that were reported by the day is the mean of their days; of reports by the month each counts
    once.
    """
    if len(totals) == 1 or not all(total.days for total in totals):  # days are counted for a mean only
        return folded([total.number for total in totals], rule)
    result.weights = {str(total.month): total.days for total in totals}
    return divide(add(total.number * total.days for total in totals), sum(result.weights.values()))


def _days_counted(rows: Mapping[Pair, Row], pairs: Sequence[Pair]) -> int:
    """On which something was reported; none where the report is by the month."""
    lines = [line for pair in pairs if pair in rows for line in rows[pair].lines if not line.nil]
    return 0 if any(line.day is None for line in lines) else len({line.day for line in lines})


def _reporting(book: Book, part: Part) -> Sequence[Pair]:
    for report in part.needs.reports:
        if book.status(part, *report).standing is Standing.NIL:
            return ()
    if not book.nil:
        return part.pairs
    silent = {pair for report in part.needs.reports for pair in book.nil.get((part.ordinal, *report), ())}
    return [pair for pair in part.pairs if pair not in silent] if silent else part.pairs


def _total(
    part: Part, need: Need, party: str, rows: Mapping[Pair, Row], pairs: Sequence[Pair], result: Tally
) -> Exact | None:
    numbers: list[Exact] = []
    measure = need.measure
    for pair in pairs:
        row = rows.get(pair)
        number = row.values.get(measure) if row is not None else None
        if number is None:
            result.missing.append(Missing(part.month, *pair, measure, party))
        else:
            numbers.append(number)
    if len(numbers) != len(pairs):
        return None
    return numbers[0] if len(numbers) == 1 else add(numbers)


def _compare(book: Book, part: Part, need: Need, pairs: Sequence[Pair], result: Tally) -> None:
    """Notes how far partner and client are apart, where both reported every row."""
    reports = [book.of(part, need.kind, party) for party in BOTH]
    if any(pair not in rows or need.measure not in rows[pair].values for rows in reports for pair in pairs):
        return
    partner, client = (as_decimal(add(rows[pair].values[need.measure] for pair in pairs)) for rows in reports)
    apart = abs(partner - client)
    result.differences.append(
        Difference(
            month=part.month,
            measure=need.measure,
            partner=partner,
            client=client,
            percent=quotient(apart * 100, abs(client)) if client else None,
            tolerance=need.terms.tolerance,
            source=need.terms.source,
            is_within=apart * 100 <= abs(client) * (need.terms.tolerance or Decimal(0)),
        )
    )
