"""A contract's facts, arranged by report, month and row."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from app.domain.catalogue import Catalogue, Metric
from app.domain.clauses import MeasureTerms
from app.domain.exact import Exact, add, divide
from app.domain.facts import NOT_DUE, Facts, Line, Party, ReportStatus, Standing
from app.domain.periods import Month, each_day

Pair = tuple[str, str]  # site, queue
Report = tuple[int, str, str]  # ordinal of the month, kind, party

BOTH = ("partner", "client")
RECORD = Party.RECORD
NO_REPORT: Pair = ("", "")
PARTNERS = MeasureTerms("partner")
NOTHING: dict[Pair, "Row"] = {}


class Row(NamedTuple):
    """What one site and queue reported in one month, its days folded into one."""

    lines: tuple[Line, ...]
    values: Mapping[str, Exact]
    days: int
    is_nil: bool


ABSENT = Row((), {}, 0, False)


class Need(NamedTuple):
    """A measure that a metric needs, and whose reports it is read from: the first one's figure is judged."""

    measure: str
    kind: str
    parties: tuple[str, ...]
    terms: MeasureTerms
    is_mean: bool  # over days and months, such as a headcount


class Needs(NamedTuple):
    """Everything a metric needs of one month, and the reports that carry it."""

    measures: tuple[Need, ...]
    reports: tuple[tuple[str, str], ...]  # kind, party
    sources: Mapping[str, MeasureTerms]
    is_asked: bool = True  # the terms ask for every one of the measures
    is_of_record: bool = False  # Accord's own record is the source: it counts reports, not what sites and queues did

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
    month_days: int  # of the month since the contract began
    days: frozenset[date] | None = None  # only these days of it; None is the whole month
    elsewhere: Sequence[Pair] = ()  # rows that work then and are not in scope

    @classmethod
    def of(
        cls,
        month: Month,
        pairs: Sequence[Pair],
        needs: Needs,
        opens: date,
        days: frozenset[date] | None = None,
        elsewhere: Sequence[Pair] = (),
    ) -> "Part":
        """`opens` is the contract's first day: of the month in which it begins only the days since count."""
        before = opens.day - 1 if (month.year, month.number) == (opens.year, opens.month) else 0
        return cls(month, pairs, needs, month.ordinal, month.days - before, days, elsewhere)

    @property
    def length(self) -> int:
        return self.month_days if self.days is None else len(self.days)

    @property
    def every_day(self) -> frozenset[date]:
        return frozenset(list(each_day(self.month))[-self.month_days :]) if self.days is None else self.days


class Book:
    """A contract's facts, arranged by report and row."""

    def __init__(self, facts: Facts, catalogue: Catalogue, opens: date = date.min) -> None:
        """Rows of days before the contract `opens` are none of its figures."""
        self.facts = facts
        self.catalogue = catalogue
        lines: dict[Report, dict[Pair, list[Line]]] = {}
        for line in facts.lines:
            if line.day is not None and line.day < opens:
                continue
            rows = lines.setdefault((line.month.ordinal, line.kind, line.party), {})
            rows.setdefault((line.site, line.queue), []).append(line)
        self.rows = {
            report: {pair: _row(of_pair, catalogue) for pair, of_pair in rows.items()} for report, rows in lines.items()
        }
        self.within: dict[tuple[Report, frozenset[date]], dict[Pair, Row]] = {}
        nil = {report: {pair for pair, row in rows.items() if row.is_nil} for report, rows in self.rows.items()}
        self.nil = {report: pairs for report, pairs in nil.items() if pairs}
        self.statuses = {(key.month.ordinal, key.kind, key.party): each for key, each in facts.reports.items()}
        self.nil_returns = {report for report, each in self.statuses.items() if each.standing is Standing.NIL}
        self.has_both = {(month, kind) for month, kind, party in self.rows if party == "client"}
        self.stated = {metric for line in facts.lines for metric in line.stated}

    def status(self, part: Part, kind: str, party: str) -> ReportStatus:
        return self.statuses.get((part.ordinal, kind, party), NOT_DUE)

    def recorded(self, month: Month) -> list[Pair]:
        """The reports of a month that Accord's record tells of; one that stands for none where it tells of none."""
        of_month = [rows for report, rows in self.rows.items() if report[0] == month.ordinal and report[2] == RECORD]
        return sorted({pair for rows in of_month for pair in rows}) or [NO_REPORT]

    def of(self, part: Part, kind: str, party: str) -> Mapping[Pair, Row]:
        """The rows of a part; where it holds only some days of its month, made of those."""
        report = part.ordinal, kind, party
        rows = self.rows.get(report, NOTHING)
        if part.days is None:
            return rows
        if (report, part.days) not in self.within:
            within = {pair: [line for line in row.lines if line.day in part.days] for pair, row in rows.items()}
            kept = {pair: _row(lines, self.catalogue) for pair, lines in within.items() if lines}
            self.within[report, part.days] = kept
        return self.within[report, part.days]


def needs(metric: Metric, measures: Mapping[str, MeasureTerms], catalogue: Catalogue) -> Needs:
    found = []
    for measure in metric.measures:
        terms = measures.get(measure, PARTNERS)
        parties = BOTH if terms.source == "agreed" else (terms.source,)
        known = catalogue.measures[measure]
        kind = known.record if terms.source == RECORD else known.kind
        found.append(Need(measure, kind, parties, terms, known.over_months == "mean"))
    reports = dict.fromkeys((need.kind, party) for need in found for party in need.parties)
    is_of_record = all(need.terms.source == RECORD for need in found)
    return Needs(tuple(found), tuple(reports), measures, measures.keys() >= set(metric.measures), is_of_record)


def _row(lines: list[Line], catalogue: Catalogue) -> Row:
    first = lines[0]
    if len(lines) == 1 and first.day is None:
        days = first.month.days if first.days_reported is None else first.days_reported
        return Row((first,), first.values, days, first.nil)
    dates = {line.day for line in lines}
    if len(dates) < len(lines) or None in dates:
        raise ValueError(f"{first.month} {first.kind} {first.party}: {first.site} {first.queue} is reported twice")
    by_day = sorted(lines, key=lambda line: line.day or date.min)
    worked = [line for line in by_day if not line.nil]
    first_worked = worked[0].values if worked else {}
    given = set(first_worked).intersection(*(line.values for line in worked))
    kept = [key for key in first_worked if key in given and key in catalogue.measures]
    values = {
        measure: folded([line.values[measure] for line in worked], catalogue.measures[measure].over_months)
        for measure in kept
    }
    return Row(tuple(by_day), values, len(by_day), not worked)


def folded(numbers: Sequence[Exact], rule: str) -> Exact:
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
