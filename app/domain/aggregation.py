"""Adds up what was reported: rows are summed, days and months by the measure's own rule."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from app.domain.catalogue import Catalogue, Metric
from app.domain.clauses import MeasureTerms
from app.domain.exact import Exact, add, as_decimal, divide, quotient
from app.domain.facts import Facts, Line, Standing
from app.domain.findings import Difference
from app.domain.periods import Month

Pair = tuple[str, str]  # site, queue
Report = tuple[Month, str, str]  # month, kind, party

BOTH = ("partner", "client")
PARTNERS = MeasureTerms("partner")
NOTHING: dict[Pair, "Row"] = {}


class Missing(NamedTuple):
    """A measure that an approved report should hold and does not."""

    month: Month
    site: str
    queue: str
    measure: str
    party: str


class Row(NamedTuple):
    """What one site and queue reported in one month, its days folded into one."""

    lines: tuple[Line, ...]
    values: Mapping[str, Exact]
    days: int
    is_nil: bool


class Book:
    """A contract's facts, arranged by report and row."""

    def __init__(self, facts: Facts, catalogue: Catalogue) -> None:
        self.facts = facts
        self.catalogue = catalogue
        lines: dict[Report, dict[Pair, list[Line]]] = {}
        for line in facts.lines:
            rows = lines.setdefault((line.month, line.kind, line.party), {})
            rows.setdefault((line.site, line.queue), []).append(line)
        self.rows = {
            report: {pair: _row(of_pair, catalogue) for pair, of_pair in rows.items()} for report, rows in lines.items()
        }
        nil = {report: {pair for pair, row in rows.items() if row.is_nil} for report, rows in self.rows.items()}
        self.nil = {report: pairs for report, pairs in nil.items() if pairs}

    def report(self, month: Month, kind: str, party: str) -> Mapping[Pair, Row]:
        return self.rows.get((month, kind, party), NOTHING)


class Need(NamedTuple):
    """A measure that a metric needs, and whose reports it is read from: the first one's figure is judged."""

    measure: str
    kind: str
    parties: tuple[str, ...]
    terms: MeasureTerms


class Part(NamedTuple):
    """One month of a window: the rows in scope, and what is needed by the terms in force in that month."""

    month: Month
    pairs: Sequence[Pair]
    needs: tuple[Need, ...]


def needs(metric: Metric, measures: Mapping[str, MeasureTerms], catalogue: Catalogue) -> tuple[Need, ...]:
    def need(measure: str) -> Need:
        terms = measures.get(measure, PARTNERS)
        parties = BOTH if terms.source == "agreed" else (terms.source,)
        return Need(measure, catalogue.measures[measure].kind, parties, terms)

    return tuple(need(measure) for measure in metric.measures)


@dataclass(slots=True)
class Tally:
    """Everything that one metric's window came to."""

    measures: dict[str, Exact] = field(default_factory=dict)
    lines: dict[int, Line] = field(default_factory=dict)
    missing: list[Missing] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    days_reported: int = 0
    days_expected: int = 0


def tally(book: Book, metric: Metric, parts: Sequence[Part]) -> Tally:
    """Sums each measure over the rows of each month, then folds the months. Rows with a nil return stand aside."""
    result = Tally()
    by_month: dict[str, list[Exact]] = {measure: [] for measure in metric.measures}
    for part in parts:
        days = part.month.days
        result.days_expected += days
        pairs = _reporting(book, part)
        if not pairs:
            continue
        for need in part.needs:
            totals = [_total(book, part.month, need, party, pairs, result) for party in need.parties]
            if totals[0] is not None:
                by_month[need.measure].append(totals[0])
            _compare(book, part.month, need, pairs, result)
            days = min(days, *(_days(book.report(part.month, need.kind, party), pairs) for party in need.parties))
        result.days_reported += days
    for measure, totals_by_month in by_month.items():
        if totals_by_month:
            result.measures[measure] = _fold(totals_by_month, book.catalogue.measures[measure].over_months)
    return result


def _reporting(book: Book, part: Part) -> Sequence[Pair]:
    reports = {(part.month, need.kind, party) for need in part.needs for party in need.parties}
    if any(book.facts.status(*report).standing == Standing.NIL for report in reports):
        return ()
    silent = {pair for report in reports & book.nil.keys() for pair in book.nil[report]}
    return [pair for pair in part.pairs if pair not in silent] if silent else part.pairs


def _total(book: Book, month: Month, need: Need, party: str, pairs: Sequence[Pair], result: Tally) -> Exact | None:
    rows = book.report(month, need.kind, party)
    numbers: list[Exact] = []
    for pair in pairs:
        row = rows.get(pair)
        if row is None or need.measure not in row.values:
            result.missing.append(Missing(month, *pair, need.measure, party))
        else:
            numbers.append(row.values[need.measure])
        if row is not None:
            for line in row.lines:
                result.lines[id(line)] = line
    return add(numbers) if len(numbers) == len(pairs) else None


def _compare(book: Book, month: Month, need: Need, pairs: Sequence[Pair], result: Tally) -> None:
    """Notes how far partner and client are apart, where both reported every row."""
    reports = [book.report(month, need.kind, party) for party in BOTH]
    if not all(reports) or any(
        pair not in rows or need.measure not in rows[pair].values for rows in reports for pair in pairs
    ):
        return
    partner, client = (as_decimal(add(rows[pair].values[need.measure] for pair in pairs)) for rows in reports)
    apart = abs(partner - client)
    result.differences.append(
        Difference(
            month=month,
            measure=need.measure,
            partner=partner,
            client=client,
            percent=quotient(apart * 100, abs(client)) if client else None,
            tolerance=need.terms.tolerance,
            source=need.terms.source,
            is_within=apart * 100 <= abs(client) * (need.terms.tolerance or Decimal(0)),
        )
    )


def _days(rows: Mapping[Pair, Row], pairs: Iterable[Pair]) -> int:
    return min((rows[pair].days if pair in rows else 0 for pair in pairs), default=0)


def _row(lines: list[Line], catalogue: Catalogue) -> Row:
    first = lines[0]
    if len(lines) == 1 and first.day is None:
        days = first.month.days if first.days_reported is None else first.days_reported
        return Row((first,), first.values, days, first.nil)
    if len({line.day for line in lines}) < len(lines) or any(line.day is None for line in lines):
        raise ValueError(f"{first.month} {first.kind} {first.party}: {first.site} {first.queue} is reported twice")
    by_day = sorted(lines, key=lambda line: str(line.day))
    worked = [line for line in by_day if not line.nil]
    kept = [measure for measure in catalogue.measures if worked and all(measure in line.values for line in worked)]
    values = {
        measure: _fold([line.values[measure] for line in worked], catalogue.measures[measure].over_months)
        for measure in kept
    }
    return Row(tuple(by_day), values, len(by_day), not worked)


def _fold(numbers: Sequence[Exact], rule: str) -> Exact:
    if rule == "last":
        return numbers[-1]
    total = add(numbers)
    return divide(total, len(numbers)) if rule == "mean" else total
