"""Everything a deck says, gathered once as it was known at the deck's instant."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from flask import render_template
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.contracts.catalogue import CATALOGUE
from app.decks import slides
from app.decks.models import Deck
from app.domain.catalogue import Metric
from app.domain.clauses import ServiceLevel
from app.domain.credits import CreditLine, MonthCredits
from app.domain.evaluation import ENGINE_VERSION, MonthEvaluation
from app.domain.findings import Attainment, Finding
from app.domain.periods import Month, Quarter
from app.domain.staffing import Staffing, staffing_by_site
from app.events import ChainHead
from app.extensions import db
from app.governance.models import Item
from app.partners.models import Site
from app.performance.service import judge
from app.reports.facts import facts_of
from app.reports.models import Report, Review, Submission

TREND_MONTHS = 12


@dataclass(frozen=True)
class Miss:
    """A finding that missed, in its month, with the credit it caused (None where it causes none)."""

    month: Month
    finding: Finding
    line: CreditLine | None


@dataclass(frozen=True)
class Content:
    """One quarter of one contract. `history` ends with the quarter: a third-quarter deck knows no October."""

    deck: Deck
    quarter: Quarter
    history: tuple[MonthEvaluation, ...]
    staffing: tuple[Staffing, ...]
    items: tuple[Item, ...]
    sources: tuple[Submission, ...]
    site_names: dict[str, str]
    head: ChainHead | None

    @cached_property
    def months(self) -> tuple[MonthEvaluation, ...]:
        return tuple(each for each in self.history if each.month in self.quarter.months)

    @cached_property
    def levels(self) -> tuple[ServiceLevel, ...]:
        """The service levels of the quarter, by the newest terms that name them."""
        named = {finding.level.key: finding.level for month in self.months for finding in month.findings}
        return tuple(named.values())

    @cached_property
    def misses(self) -> tuple[Miss, ...]:
        return tuple(
            Miss(month.month, finding, month.credits.line(finding.level.key))
            for month in self.months
            for finding in month.findings
            if finding.is_miss
        )

    @cached_property
    def gaps(self) -> tuple[tuple[Month, Finding], ...]:
        """Service levels that could not be judged, and why."""
        return tuple(
            (month.month, finding) for month in self.months for finding in month.findings if not finding.is_judged
        )

    @property
    def credits(self) -> tuple[MonthCredits, ...]:
        return tuple(month.credits for month in self.months)

    @cached_property
    def payable(self) -> int | None:
        """Minor units over the quarter; None when a month is not priced."""
        amounts = [priced.payable for priced in self.credits]
        return None if not amounts or None in amounts else sum(amounts)

    @cached_property
    def charges(self) -> int | None:
        amounts = [priced.charges for priced in self.credits]
        return None if not amounts or None in amounts else sum(amounts)

    @property
    def has_credits(self) -> bool:
        return any(month.terms.credits is not None for month in self.months)

    @property
    def share_of_charges(self) -> Decimal | None:
        return Decimal(self.payable) * 100 / self.charges if self.payable is not None and self.charges else None

    def findings_of(self, level: ServiceLevel, months: Iterable[MonthEvaluation] | None = None) -> list[Finding | None]:
        return [month.finding(level.key) for month in (self.months if months is None else months)]

    def is_met_throughout(self, level: ServiceLevel) -> bool:
        judged = [finding for finding in self.findings_of(level) if finding is not None]
        return bool(judged) and all(finding.attainment in (Attainment.MET, Attainment.EXCEEDED) for finding in judged)

    @cached_property
    def levels_met(self) -> tuple[ServiceLevel, ...]:
        return tuple(level for level in self.levels if self.is_met_throughout(level))

    @cached_property
    def metrics(self) -> tuple[Metric, ...]:
        used = {level.metric for level in self.levels}
        return tuple(metric for key, metric in CATALOGUE.metrics.items() if key in used)

    def asks(self, kind: str) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.kind == kind and item.state == "open")


def assemble(deck: Deck) -> tuple[str, dict]:
    """The slides as HTML, and what they rest on: submissions, terms, engine and the head of the event chain."""
    content = gather(deck)
    html = render_template("decks/slides/deck.html", content=content, slides=slides, deck=deck)
    return html, sources_of(content)


def gather(deck: Deck) -> Content:
    quarter = Quarter.parse(deck.quarter)
    last = quarter.months[-1]
    judged = [month for month in judge(deck.contract, deck.as_known_at) if month.month <= last]
    facts = facts_of(deck.contract, deck.as_known_at)
    first = last.plus(1 - TREND_MONTHS)
    lines = [line for line in facts.lines if first <= line.month <= last]
    used = {submission for month in judged if month.month in quarter.months for submission in month.submissions}
    return Content(
        deck=deck,
        quarter=quarter,
        history=tuple(month for month in judged if month.month >= first),
        staffing=staffing_by_site(lines),
        items=_items(deck),
        sources=_submissions(used),
        site_names={
            site.code: site.name for site in db.session.scalars(select(Site).where(Site.partner_id == deck.partner_id))
        },
        head=db.session.scalars(select(ChainHead)).one_or_none(),
    )


def sources_of(content: Content) -> dict:
    return {
        "engine": ENGINE_VERSION,
        "as_known_at": content.deck.as_known_at.isoformat(),
        "terms": sorted({month.terms.sha for month in content.months}),
        "fingerprints": {str(month.month): month.fingerprint for month in content.months},
        "submissions": {submission.key: submission.content_hash for submission in content.sources},
        "event_head": content.head.hash if content.head else "",
    }


def _items(deck: Deck) -> tuple[Item, ...]:
    query = (
        select(Item)
        .where(Item.contract_id == deck.contract_id, Item.opened_at <= deck.as_known_at)
        .order_by(Item.due_on, Item.id)
    )
    return tuple(db.session.scalars(query))


def _submissions(keys: Iterable[str]) -> tuple[Submission, ...]:
    query = (
        select(Submission)
        .join(Report, Submission.report_id == Report.id)
        .where(Submission.key.in_(keys))
        .options(
            joinedload(Submission.report),
            joinedload(Submission.certified_by),
            joinedload(Submission.batch),
            joinedload(Submission.review).joinedload(Review.reviewer),
        )
        .order_by(Report.month, Report.kind, Report.party)
    )
    return tuple(db.session.scalars(query))
