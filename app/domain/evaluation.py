"""Judges a contract's history by the terms in force in each month."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import localcontext
from typing import Any

from app.domain.aggregation import Book, Need, Pair, Part, needs
from app.domain.canonical import sha256
from app.domain.catalogue import Catalogue
from app.domain.clauses import ServiceLevel
from app.domain.credits import MonthCredits, price
from app.domain.definitions import definitions_of
from app.domain.exact import ARITHMETIC
from app.domain.facts import Facts, Line
from app.domain.findings import Finding
from app.domain.judgement import judge
from app.domain.periods import Month, Window
from app.domain.terms import Terms, terms_in_force

ENGINE_VERSION = "1"


@dataclass(frozen=True, slots=True)
class MonthEvaluation:
    """Every service level whose window ends in this month, and the month's credits."""

    month: Month
    terms: Terms
    findings: tuple[Finding, ...]  # in the order of the terms
    credits: MonthCredits
    inputs: Mapping[str, Any]  # JSON: engine, catalogue, terms, submissions and the hash of every line used
    fingerprint: str  # SHA-256 of `inputs`: equal inputs, equal evaluation

    @property
    def submissions(self) -> tuple[str, ...]:
        """Keys of the submissions it rests on, sorted."""
        return tuple(self.inputs["submissions"])

    def finding(self, service_level: str) -> Finding | None:
        return next((finding for finding in self.findings if finding.level.key == service_level), None)


def evaluate(
    history: Sequence[Terms],
    facts: Facts,
    charges: Mapping[Month, int],
    catalogue: Catalogue,
    months: Iterable[Month],
) -> tuple[MonthEvaluation, ...]:
    """One evaluation per month that has terms in force. `charges` are minor units of the contract's currency.

    A quarter is judged in its last month, by the terms in force then; which rows and sources of record count in its
    earlier months is read from the terms in force in those.
    """
    with localcontext(ARITHMETIC):
        engine = _Engine(history, facts, charges, catalogue)
        return tuple(engine.month(month) for month in months if engine.in_force(month))


class _Engine:
    def __init__(
        self, history: Sequence[Terms], facts: Facts, charges: Mapping[Month, int], catalogue: Catalogue
    ) -> None:
        self.history, self.charges, self.catalogue = history, charges, catalogue
        self.book = Book(facts, catalogue)
        self.terms: dict[Month, Terms | None] = {}
        self.hashes: dict[Month, tuple[str, tuple[str, ...]]] = {}
        self.rows: dict[Month, list[Pair]] = {}
        self.defined: dict[frozenset[str], str] = {}
        self.needed: dict[tuple[str, str], tuple[Need, ...]] = {}
        self.lines: dict[Month, list[Line]] = {}
        for line in facts.lines:
            self.lines.setdefault(line.month, []).append(line)
        self.reports: dict[Month, list[list[str]]] = {}
        for report, status in facts.reports.items():
            stands = [report.kind, report.party, status.standing.value, "credited" if status.credited else "imported"]
            self.reports.setdefault(report.month, []).append(stands)

    def in_force(self, month: Month) -> Terms | None:
        if month not in self.terms:
            self.terms[month] = terms_in_force(self.history, month)
        return self.terms[month]

    def month(self, month: Month) -> MonthEvaluation:
        terms = self.in_force(month)
        assert terms is not None  # noqa: S101 - evaluate() asks only for months with terms
        findings = tuple(self.findings(terms, month))
        used = sorted({part for finding in findings for part in finding.window.months} | {month})
        inputs = self.inputs(terms, month, used) | {"catalogue": self.definitions(findings)}
        priced = price(month, terms.credits, findings, self.charges.get(month))
        return MonthEvaluation(month, terms, findings, priced, inputs, sha256(inputs))

    def findings(self, terms: Terms, month: Month) -> Iterator[Finding]:
        for level in terms.service_levels:
            window: Window = month.quarter if level.window == "quarter" else month
            if window.months[-1] == month and (parts := self.parts(level, window)):
                yield judge(self.book, level, self.catalogue.metrics[level.metric], window, parts)

    def parts(self, level: ServiceLevel, window: Window) -> list[Part]:
        """The window's months in which the service level is measured and some site works its queues."""
        parts = []
        for month in window.months:
            terms = self.in_force(month)
            if terms is None or (level.measured_from is not None and month.first < level.measured_from):
                continue
            if pairs := [pair for pair in self.pairs(terms, month) if level.scope.covers(*pair)]:
                parts.append(Part(month, pairs, self.needs(terms, level.metric)))
        return parts

    def pairs(self, terms: Terms, month: Month) -> list[Pair]:
        if month not in self.rows:
            self.rows[month] = [(row.site, row.queue) for row in terms.rows(month)]
        return self.rows[month]

    def needs(self, terms: Terms, metric: str) -> tuple[Need, ...]:
        if (terms.sha, metric) not in self.needed:
            self.needed[terms.sha, metric] = needs(self.catalogue.metrics[metric], terms.measures, self.catalogue)
        return self.needed[terms.sha, metric]

    def inputs(self, terms: Terms, month: Month, used: Sequence[Month]) -> dict[str, Any]:
        hashed = [self.hashed(each) for each in used]
        return {
            "engine": ENGINE_VERSION,
            "month": str(month),
            "terms": terms.sha,
            "earlier_terms": sorted({each.sha for part in used if (each := self.in_force(part))} - {terms.sha}),
            "charges": self.charges.get(month),
            "submissions": sorted({submission for _, submissions in hashed for submission in submissions}),
            "lines": {str(part): digest for part, (digest, _) in zip(used, hashed, strict=True)},
        }

    def definitions(self, findings: Iterable[Finding]) -> str:
        """SHA-256 of the definitions of every metric that was judged."""
        metrics = frozenset(finding.metric.key for finding in findings)
        if metrics not in self.defined:
            self.defined[metrics] = sha256(definitions_of(self.catalogue, metrics))
        return self.defined[metrics]

    def hashed(self, month: Month) -> tuple[str, tuple[str, ...]]:
        """SHA-256 of everything known about a month, and the submissions it came from."""
        if month not in self.hashes:
            lines = self.lines.get(month, [])
            known = {"lines": sorted(map(_line, lines), key=repr), "reports": sorted(self.reports.get(month, ()))}
            self.hashes[month] = sha256(known), tuple({line.submission for line in lines})
        return self.hashes[month]


def _line(line: Line) -> list[Any]:
    values = {measure: str(value) for measure, value in line.values.items()}
    stated = {metric: str(value) for metric, value in line.stated.items()}
    place = [line.kind, line.party, line.site, line.queue, line.submission, line.row, line.nil]
    return [*place, line.day and str(line.day), line.days_reported, values, stated]
