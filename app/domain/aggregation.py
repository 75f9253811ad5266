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
PARTNERS = MeasureTerms("partner")


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
        self.lines: dict[tuple[Month, str, str], dict[Pair, list[Line]]] = {}
        for line in facts.lines:
            rows = self.lines.setdefault((line.month, line.kind, line.party), {})
            rows.setdefault((line.site, line.queue), []).append(line)
        self.rows = {
            report: {pair: _row(lines, catalogue) for pair, lines in rows.items()}
            for report, rows in self.lines.items()
        }

    def report(self, month: Month, kind: str, party: str) -> Mapping[Pair, Row]:
        return self.rows.get((month, kind, party), {})


class Part(NamedTuple):
    """One month of a window: the rows in scope, and the measures' terms in force in that month."""

    month: Month
    pairs: Sequence[Pair]
    measures: Mapping[str, MeasureTerms]

    def source(self, measure: str) -> MeasureTerms:
        return self.measures.get(measure, PARTNERS)

    def parties(self, measure: str) -> tuple[str, ...]:
        source = self.source(measure).source
        return ("partner", "client") if source == "agreed" else (source,)


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
        result.days_expected += part.month.days
        pairs = _reporting(book, metric, part)
        if not pairs:
            continue
        days = part.month.days
        for measure in metric.measures:
            kind = book.catalogue.measures[measure].kind
            totals = {party: _total(book, part, measure, kind, party, pairs, result) for party in part.parties(measure)}
            total = totals[part.parties(measure)[0]]
            if total is not None:
                by_month[measure].append(total)
            _compare(book, part, measure, kind, pairs, result)
            days = min(days, *(_days(book, part.month, kind, party, pairs) for party in totals))
        result.days_reported += days
    for measure, totals_by_month in by_month.items():
        if totals_by_month:
            result.measures[measure] = _fold(totals_by_month, book.catalogue.measures[measure].over_months)
    return result


def _reporting(book: Book, metric: Metric, part: Part) -> list[Pair]:
    silent: set[Pair] = set()
    for measure in metric.measures:
        kind = book.catalogue.measures[measure].kind
        for party in part.parties(measure):
            if book.facts.status(part.month, kind, party).standing == Standing.NIL:
                return []
            silent |= {pair for pair, row in book.report(part.month, kind, party).items() if row.is_nil}
    return [pair for pair in part.pairs if pair not in silent] if silent else list(part.pairs)


def _total(
    book: Book, part: Part, measure: str, kind: str, party: str, pairs: Sequence[Pair], result: Tally
) -> Exact | None:
    rows = book.report(part.month, kind, party)
    numbers: list[Exact] = []
    for pair in pairs:
        row = rows.get(pair)
        if row is None or measure not in row.values:
            result.missing.append(Missing(part.month, *pair, measure, party))
        else:
            numbers.append(row.values[measure])
        if row is not None:
            result.lines.update((id(line), line) for line in row.lines)
    return add(numbers) if len(numbers) == len(pairs) else None


def _compare(book: Book, part: Part, measure: str, kind: str, pairs: Sequence[Pair], result: Tally) -> None:
    """Notes how far partner and client are apart, where both reported every row."""
    rows = {party: book.report(part.month, kind, party) for party in ("partner", "client")}
    if not all(pair in of and measure in of[pair].values for of in rows.values() for pair in pairs):
        return
    partner, client = (as_decimal(add(of[pair].values[measure] for pair in pairs)) for of in rows.values())
    terms = part.source(measure)
    apart = abs(partner - client)
    result.differences.append(
        Difference(
            month=part.month,
            measure=measure,
            partner=partner,
            client=client,
            percent=quotient(apart * 100, abs(client)) if client else None,
            tolerance=terms.tolerance,
            source=terms.source,
            is_within=apart * 100 <= abs(client) * (terms.tolerance or Decimal(0)),
        )
    )


def _days(book: Book, month: Month, kind: str, party: str, pairs: Iterable[Pair]) -> int:
    rows = book.report(month, kind, party)
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
