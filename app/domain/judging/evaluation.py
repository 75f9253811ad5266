"""Judges a contract's history, month after month, by the terms in force in each."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import localcontext
from fractions import Fraction
from typing import Any

from app.domain.catalogue import Catalogue
from app.domain.credits import MonthCredits
from app.domain.events import NO_EVENTS, Events
from app.domain.exact import ARITHMETIC, as_decimal
from app.domain.facts import Facts
from app.domain.figures.book import Book
from app.domain.figures.inputs import ENGINE_VERSION, Foundation, Inputs
from app.domain.figures.volumes import Foreseen, forecast_total, total_of
from app.domain.figures.windowing import Windows
from app.domain.findings import Finding
from app.domain.judging.judgement import judge
from app.domain.judging.scorecard import Scorecard, scorecard
from app.domain.judging.vigil import Vigil
from app.domain.judging.years import Year
from app.domain.matter import Matter, Surroundings
from app.domain.money.account import Account
from app.domain.money.charges import Charges, invoice_month
from app.domain.money.pricing import Desk
from app.domain.money.returning import Years
from app.domain.money.unsettled import unsettled_in
from app.domain.periods import Month
from app.domain.rules.corridor import Corridor, corridor
from app.domain.rules.improvement import Proposal, propose
from app.domain.rules.rights import Right
from app.domain.rules.trail import Trail
from app.domain.terms import Terms

__all__ = ("ENGINE_VERSION", "MonthEvaluation", "evaluate")


@dataclass(frozen=True, slots=True)
class MonthEvaluation:
    """Every service level whose window ends in this month, and the month's credits."""

    month: Month
    terms: Terms
    findings: tuple[Finding, ...]  # in the order of the terms
    credits: MonthCredits
    foundation: Foundation
    earlier_scores: tuple[Fraction | None, ...] = ()  # of the months before, where the terms let them fade
    rights: tuple[Right, ...] = ()  # that opened in this month
    proposals: tuple[Proposal, ...] = ()  # targets that continuous improvement would tighten
    corridor: Corridor | None = None

    @property
    def inputs(self) -> Mapping[str, Any]:
        """JSON: engine, terms, submissions and the hash of every line used."""
        return self.foundation.inputs

    @property
    def fingerprint(self) -> str:
        """SHA-256 of `inputs`: equal inputs, equal evaluation."""
        return self.foundation.fingerprint

    @property
    def submissions(self) -> tuple[str, ...]:
        """Keys of the submissions it rests on, sorted."""
        return tuple(self.inputs["submissions"])

    @property
    def scorecard(self) -> Scorecard:
        """Worked out when asked for."""
        return scorecard(self.findings, self.terms.scorecard, self.earlier_scores)

    @property
    def is_open(self) -> bool:
        """Results that may cost something have still to come: what is payable is payable so far."""
        return unsettled_in(self.findings, self.terms.credits).may_cost

    def finding(self, service_level: str) -> Finding | None:
        return next((finding for finding in self.findings if finding.level.key == service_level), None)


def evaluate(
    history: Sequence[Terms],
    facts: Facts,
    charges: Mapping[Month, int],
    catalogue: Catalogue,
    months: Iterable[Month],
    events: Events = NO_EVENTS,
    unit: int = 100,
) -> tuple[MonthEvaluation, ...]:
    """One evaluation per month that has terms in force. `charges` are minor units of the contract's currency, `unit`
    how many of them make one unit.

    Everything from the first fact on is judged in order, since rules look back; the months asked for are returned. A
    window that ends in a month is judged by the terms in force in that month, unless its rule says otherwise; which
    rows and sources of record count in its earlier months is read from the terms in force in those.
    """
    wanted = set(months)
    if not wanted or not history:
        return ()
    reported = {key.month for key in facts.reports} | {line.month for line in facts.lines}
    first = min(wanted | {month for month in reported if month <= max(wanted)})
    with localcontext(ARITHMETIC):
        engine = _Engine(history, facts, charges, catalogue, events, unit)
        evaluated = (engine.month(month) for month in first.through(max(wanted)) if engine.windows.in_force(month))
        return tuple(each for each in evaluated if each.month in wanted)


class _Engine:
    def __init__(
        self,
        history: Sequence[Terms],
        facts: Facts,
        charges: Mapping[Month, int],
        catalogue: Catalogue,
        events: Events,
        unit: int,
    ) -> None:
        self.catalogue, self.events, self.unit = catalogue, events, unit
        self.book = Book(facts, catalogue, min(terms.effective_from for terms in history))
        self.windows = Windows(self.book, history)
        billed = Charges(self.windows, charges, events.charge_lines, unit)
        self.account = Account(events, self.windows.year_starts, billed)
        self.vigil = Vigil(self.account, unit)
        self.inputs = Inputs(facts, charges, events, self.windows)
        self.trails: dict[str, Trail[Finding]] = {}
        self.scores: dict[int, Fraction | None] = {}
        self.fades = any(terms.scorecard.decay is not None for terms in history)  # also what came before the rule

    def month(self, month: Month) -> MonthEvaluation:
        terms = self.windows.in_force(month)
        if terms is None:
            raise ValueError(f"no terms are in force in {month}")
        findings = tuple(self.findings(terms, month))
        invoiced = invoice_month(terms.credits.base, month) if terms.credits else month
        years = self.years(terms, month, findings)
        desk = Desk(
            account=self.account,
            terms=terms,
            month=month,
            findings=findings,
            trails=self.trails,
            unit=self.unit,
            years=years,
        )
        priced = desk.month_credits()
        year = self.windows.contract_year(month).months if years else ()
        return MonthEvaluation(
            month=month,
            terms=terms,
            findings=findings,
            credits=priced,
            foundation=self.inputs.of(terms, month, invoiced, findings, year),
            earlier_scores=self.earlier_scores(terms, month, findings),
            rights=tuple(self.vigil.rights(terms, month, priced, self.trails)),
            proposals=tuple(self.proposals(terms, month)),
            corridor=self.corridor(terms, month),
        )

    def findings(self, terms: Terms, month: Month) -> Iterator[Finding]:
        claimed = bool(self.events.claims)
        for level in terms.service_levels:
            judged = self.windows.definition(level, month)
            placed = self.windows.place(judged, month)
            if placed is None:
                continue
            trail = self.trails.get(level.key) or self.trails.setdefault(level.key, Trail())
            trail.step = judged.window.step
            claims = [claim for claim in self.events.claims if claim.is_about(level.key, str(month))] if claimed else ()
            matter = Matter(judged, self.catalogue.metrics[judged.metric], month, *placed, self.windows.opens)
            finding = judge(self.book, matter, Surroundings(self.events, claims, terms.claims, trail))
            trail.findings[finding.ordinal] = finding
            yield finding

    def years(self, terms: Terms, month: Month, findings: Iterable[Finding]) -> Years:
        """What the levels whose credits are earned back by the year's average came to; None unless a year ends."""
        if not self.windows.ends_year(month) or self.events.are_within(month):
            return None
        common = terms.credits.earn_back if terms.credits else None
        open_credits = [credit for credit in self.account.open if credit.rule.kind == "annual_average"]
        keys = {(credit.service_level, credit.rule.passes) for credit in open_credits}
        for finding in findings:
            rule = finding.level.earn_back or common
            if rule is not None and rule.kind == "annual_average":
                keys.add((finding.level.key, rule.passes))
        year = Year(self.windows, self.events, month)
        return {(key, passes): year.finding(key, self.trails.get(key, Trail()), passes) for key, passes in keys}

    def earlier_scores(self, terms: Terms, month: Month, findings: Sequence[Finding]) -> tuple[Fraction | None, ...]:
        rule = terms.scorecard
        if self.fades:
            self.scores[month.ordinal] = scorecard(findings, rule).exact
        if rule.decay is None:
            return ()
        return tuple(self.scores.get(each) for each in range(month.ordinal - rule.months + 1, month.ordinal))

    def proposals(self, terms: Terms, month: Month) -> Iterator[Proposal]:
        for level in terms.service_levels:
            rule, trail = level.improvement, self.trails.get(level.key)
            if rule is None or trail is None or month.ordinal not in trail.findings:
                continue
            ordinals = range(month.ordinal - (rule.months - 1) * trail.step, month.ordinal + 1, trail.step)
            found = [trail.findings.get(each) for each in ordinals]
            values = [each.value if each is not None and each.is_judged else None for each in found]
            if self.vigil.may_propose(rule, level.key, month.ordinal, trail):
                expected, _ = level.targets(month)
                if proposal := propose(rule, level.key, expected, values):
                    self.vigil.proposed[level.key] = month.ordinal
                    yield proposal

    def corridor(self, terms: Terms, month: Month) -> Corridor | None:
        rule = terms.corridor
        if rule is None or self.events.are_within(month):
            return None
        parts = [self.windows.whole_month(terms, month)]
        actual = total_of(self.book, parts, rule.measure)
        about = Foreseen(rule.measure, rule.forecast)
        forecast = forecast_total(self.book, parts, about, self.events.forecasts)
        if actual is None or forecast is None:
            return None
        return corridor(rule, as_decimal(actual), as_decimal(forecast))
