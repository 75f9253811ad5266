"""Everything a deck says, gathered once as it was known at the deck's instant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from app.clock import today
from app.contracts.catalogue import CATALOGUE
from app.decks.agenda import Ask
from app.decks.missing import Missing, Wanted, is_silent, open_credits, state_of, unasked, wanted
from app.decks.models import Deck
from app.decks.results import Miss, met_throughout, misses_of, score_of
from app.decks.rights import KnownRight
from app.domain.catalogue import Metric
from app.domain.clauses import ServiceLevel
from app.domain.credits import MonthCredits, Pricing
from app.domain.findings import Finding
from app.domain.judging.evaluation import MonthEvaluation
from app.domain.judging.scorecard import Scorecard
from app.domain.money.unsettled import Unsettled
from app.domain.people.staffing import Staffing
from app.domain.periods import Month, Quarter
from app.partners.places import Places
from app.relief.models import Claim
from app.reports.models import Submission


@dataclass(frozen=True)
class Source:
    """A submission that figures rest on; `is_approved` at the deck's instant."""

    submission: Submission
    is_approved: bool


@dataclass(frozen=True)
class Content:
    """One quarter of one contract. `history` ends with the quarter: a third-quarter deck knows no October."""

    deck: Deck
    quarter: Quarter
    history: tuple[MonthEvaluation, ...]
    staffing: tuple[Staffing, ...]
    agenda: tuple[Ask, ...]
    sources: tuple[Source, ...]
    missing: tuple[Missing, ...]
    places: Places
    event_head: str
    claims: tuple[Claim, ...] = ()
    rights: tuple[KnownRight, ...] = ()
    causes: Mapping[tuple[str, str], str] = field(default_factory=dict)  # the senders' words by month and service level

    @cached_property
    def months(self) -> tuple[MonthEvaluation, ...]:
        return tuple(each for each in self.history if each.month in self.quarter.months)

    @cached_property
    def months_before(self) -> tuple[MonthEvaluation, ...]:
        """Of the quarter before; none where nothing is known of one of them, for there is nothing to compare with."""
        before = tuple(each for each in self.history if each.month in self.quarter.previous().months)
        return () if any(map(is_silent, before)) else before

    @cached_property
    def known(self) -> tuple[MonthEvaluation, ...]:
        """The months of which something could be judged."""
        return tuple(month for month in self.months if not is_silent(month))

    @cached_property
    def agreed_months(self) -> tuple[Month, ...]:
        """The months of the quarter that the contract covers."""
        return tuple(filter(self.deck.contract.covers, self.quarter.months))

    @cached_property
    def silent(self) -> tuple[Month, ...]:
        """The months of which nothing is known."""
        told = {month.month for month in self.known}
        return tuple(month for month in self.agreed_months if month not in told)

    @cached_property
    def unsettled(self) -> Mapping[Month, Unsettled]:
        """The months of which something is known, and whose credit is not."""
        return open_credits(self.known)

    @property
    def is_open(self) -> bool:
        """Whether what is payable is payable so far."""
        return bool(self.silent or self.unsettled)

    def is_unknown(self, priced: MonthCredits) -> bool:
        """There is no amount yet: not even that it is zero."""
        return (priced.month in self.silent or priced.month in self.unsettled) and not priced.payable

    @property
    def wanted(self) -> list[Wanted]:
        return wanted(self.missing)

    @property
    def unasked(self) -> list[Month]:
        return unasked(self.silent, self.missing)

    def state_of(self, month: Month) -> str:
        if month in self.unsettled:
            return f"{self.unsettled[month].share} not settled"
        return state_of(month, self.missing, self.known_on)

    @property
    def known_on(self) -> date:
        """The day of the deck's instant where the contract is."""
        return today(self.deck.contract.zone, self.deck.as_known_at)

    @property
    def has_trend(self) -> bool:
        return sum(not is_silent(month) for month in self.history) > 1 and bool(self.told)

    @cached_property
    def told(self) -> tuple[ServiceLevel, ...]:
        """The service levels that were judged in the quarter, at least once."""
        judged = {finding.level.key for month in self.months for finding in month.findings if finding.is_judged}
        return tuple(level for level in self.levels if level.key in judged)

    @cached_property
    def levels(self) -> tuple[ServiceLevel, ...]:
        """The service levels of the quarter, by the newest terms that name them."""
        named = {finding.level.key: finding.level for month in self.months for finding in month.findings}
        return tuple(named.values())

    @cached_property
    def metrics(self) -> tuple[Metric, ...]:
        used = {level.metric for level in self.levels}
        return tuple(metric for key, metric in CATALOGUE.metrics.items() if key in used)

    @property
    def stated_metrics(self) -> list[Metric]:
        """Those of which the terms judge only what the partner states."""
        computed = {level.metric for level in self.levels if level.source != "stated"}
        return [metric for metric in self.metrics if metric.key not in computed]

    def metric_of(self, level: ServiceLevel) -> Metric:
        return CATALOGUE.metrics[level.metric]

    @cached_property
    def misses(self) -> tuple[Miss, ...]:
        return misses_of(self.months)

    def cause_of(self, miss: Miss) -> str:
        return self.causes.get((str(miss.month), miss.finding.level.key), "")

    @cached_property
    def gaps(self) -> tuple[tuple[Month, Finding], ...]:
        """Service levels that could not be judged in a month of which something is known, and why."""
        return tuple(
            (month.month, finding) for month in self.known for finding in month.findings if not finding.is_judged
        )

    @property
    def has_relief(self) -> bool:
        return any(finding.relief for month in self.months for finding in month.findings)

    @property
    def credits(self) -> tuple[MonthCredits, ...]:
        return tuple(month.credits for month in self.months)

    @property
    def has_credits(self) -> bool:
        return any(month.terms.credits is not None for month in self.months)

    @cached_property
    def payable(self) -> int | None:
        """Minor units over the months that carry credits; None when one is not priced, or none carries any."""
        return _total(self.months, "payable")

    @property
    def returned(self) -> Mapping[str, Decimal]:
        """What is waived, offset by the bank or earned back over the quarter, where there is any; minor units."""
        parts = {"Waived": "waived", "Offset by the bank": "offset", "Earned back": "earned_back"}
        sums = {
            words: sum((getattr(priced, part) or Decimal(0) for priced in self.credits), Decimal(0))
            for words, part in parts.items()
        }
        return {words: amount for words, amount in sums.items() if amount}

    @cached_property
    def charges(self) -> int | None:
        return _total(self.months, "charges")

    @property
    def payable_before(self) -> int | None:
        """None also where a part of it has still to come."""
        if open_credits(self.months_before):
            return None
        return _total(self.months_before, "payable")

    @property
    def share_of_charges(self) -> Decimal | None:
        return Decimal(self.payable) * 100 / self.charges if self.payable is not None and self.charges else None

    def findings_of(self, level: ServiceLevel, months: Sequence[MonthEvaluation] | None = None) -> list[Finding | None]:
        return [month.finding(level.key) for month in (self.months if months is None else months)]

    def missed_months(self, level: ServiceLevel) -> list[Month]:
        return [miss.month for miss in self.misses if miss.finding.level.key == level.key]

    @cached_property
    def levels_met(self) -> tuple[ServiceLevel, ...]:
        return met_throughout(self.known)

    @cached_property
    def score(self) -> Scorecard:
        return score_of(self.months)

    @cached_property
    def score_before(self) -> Scorecard:
        return score_of(self.months_before)

    @property
    def open_asks(self) -> list[Ask]:
        return [ask for ask in self.agenda if ask.is_open]

    def asked(self, *kinds: str) -> list[Ask]:
        return [ask for ask in self.open_asks if ask.kind in kinds]

    @property
    def closed(self) -> list[Ask]:
        return [ask for ask in self.agenda if not ask.is_open]

    def sites(self) -> list[str]:
        """The sites of the quarter, the one with the largest shortage in its last month first."""
        of_quarter = [each for each in self.staffing if each.month in self.quarter.months]
        newest = {each.site: each for each in of_quarter}
        return sorted(newest, key=lambda site: (-newest[site].shortage, self.site_name(site)))

    def staffing_of(self, site: str, month: Month) -> Staffing | None:
        return next((each for each in self.staffing if (each.site, each.month) == (site, month)), None)

    def site_name(self, site: str) -> str:
        return self.places.site(site)


def _total(months: Sequence[MonthEvaluation], figure: str) -> int | None:
    """Of the months whose terms carry credits: where these begin or end within a quarter, the others owe nothing."""
    amounts = [getattr(month.credits, figure) for month in months if month.credits.pricing is not Pricing.OFF]
    return None if not amounts or None in amounts else sum(amounts)
