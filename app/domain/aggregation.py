"""Adds up what was reported: rows are summed, days and months by the measure's own rule."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from app.domain.catalogue import Catalogue, Metric
from app.domain.clauses import MeasureTerms
from app.domain.exact import Exact, add, as_decimal, divide, quotient
from app.domain.facts import NOT_DUE, Facts, Line, ReportStatus, Standing
from app.domain.findings import Difference
from app.domain.periods import Month

Pair = tuple[str, str]  # site, queue
Report = tuple[int, str, str]  # ordinal of the month, kind, party

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


class Need(NamedTuple):
    """A measure that a metric needs, and whose reports it is read from: the first one's figure is judged."""

    measure: str
    kind: str
    parties: tuple[str, ...]
    terms: MeasureTerms


class Needs(NamedTuple):
    """Everything a metric needs of one month, and the reports that carry it."""

    measures: tuple[Need, ...]
    reports: tuple[tuple[str, str], ...]  # kind, party
    sources: Mapping[str, MeasureTerms]

    def source(self, measure: str) -> str:
        """Whose figure is judged; of an agreed measure the partner's."""
        source = self.sources.get(measure, PARTNERS).source
        return "partner" if source == "agreed" else source


class Part(NamedTuple):
    """One month of a window: the rows in scope, and what is needed by the terms in force in that month."""

    month: Month
    pairs: Sequence[Pair]
    needs: Needs
    ordinal: int  # of the month
    length: int  # days
    days: frozenset[date] | None = None  # only these days of it; None is the whole month

    @classmethod
    def of(cls, month: Month, pairs: Sequence[Pair], needs: Needs, days: frozenset[date] | None = None) -> "Part":
        return cls(month, pairs, needs, month.ordinal, month.days if days is None else len(days), days)


class Book:
    """A contract's facts, arranged by report and row."""

    def __init__(self, facts: Facts, catalogue: Catalogue) -> None:
        self.facts = facts
        self.catalogue = catalogue
        lines: dict[Report, dict[Pair, list[Line]]] = {}
        for line in facts.lines:
            rows = lines.setdefault((line.month.ordinal, line.kind, line.party), {})
            rows.setdefault((line.site, line.queue), []).append(line)
        self.rows = {
            report: {pair: _row(of_pair, catalogue) for pair, of_pair in rows.items()} for report, rows in lines.items()
        }
        nil = {report: {pair for pair, row in rows.items() if row.is_nil} for report, rows in self.rows.items()}
        self.nil = {report: pairs for report, pairs in nil.items() if pairs}
        self.statuses = {(key.month.ordinal, key.kind, key.party): each for key, each in facts.reports.items()}
        self.has_both = {(month, kind) for month, kind, party in self.rows if party == "client"}
        self.stated = {metric for line in facts.lines for metric in line.stated}

    def status(self, part: Part, kind: str, party: str) -> ReportStatus:
        return self.statuses.get((part.ordinal, kind, party), NOT_DUE)

    def of(self, part: Part, kind: str, party: str) -> Mapping[Pair, Row]:
        """The rows of a part; where it holds only some days of its month, made of those."""
        rows = self.rows.get((part.ordinal, kind, party), NOTHING)
        if part.days is None:
            return rows
        within = {pair: [line for line in row.lines if line.day in part.days] for pair, row in rows.items()}
        return {pair: _row(lines, self.catalogue) for pair, lines in within.items() if lines}


def needs(metric: Metric, measures: Mapping[str, MeasureTerms], catalogue: Catalogue) -> Needs:
    found = []
    for measure in metric.measures:
        terms = measures.get(measure, PARTNERS)
        parties = BOTH if terms.source == "agreed" else (terms.source,)
        found.append(Need(measure, catalogue.measures[measure].kind, parties, terms))
    reports = dict.fromkeys((need.kind, party) for need in found for party in need.parties)
    return Needs(tuple(found), tuple(reports), measures)


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
                by_month[need.measure].append(total)
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
    for measure, totals_by_month in by_month.items():
        if totals_by_month:
            result.measures[measure] = _fold(totals_by_month, book.catalogue.measures[measure].over_months)
    return result


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
    if len(numbers) == 1 or rule == "last":
        return numbers[-1]
    total = add(numbers)
    return divide(total, len(numbers)) if rule == "mean" else total


def by_day(rows: Iterable[Row], measure: str) -> dict[date, Exact]:
    """A measure's sum over rows on each day of a daily report."""
    days: dict[date, Exact] = {}
    for row in rows:
        for line in row.lines:
            if line.day is not None and measure in line.values:
                days[line.day] = add([days.get(line.day, Decimal(0)), line.values[measure]])
    return days
