"""Reads what a deck is made of, as it was known at the deck's instant, and sets it as slides."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from flask import render_template
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.decks import drawings, headlines, ordering, relief, rights, wording
from app.decks.agenda import Ask
from app.decks.content import Content, Source
from app.decks.missing import STATE_OF, Missing
from app.decks.models import Deck
from app.decks.readiness import reports_of
from app.domain.facts import Facts, Line, Party, ReportKey, Standing
from app.domain.judging.evaluation import ENGINE_VERSION
from app.domain.people.staffing import staffing_by_site
from app.domain.periods import Month, Quarter
from app.extensions import db
from app.partners.places import places_of
from app.performance.judging.known import known_at
from app.relief.models import Claim
from app.reports.facts import approved_at
from app.reports.models import Report, Review, Submission
from app.reports.sending.causes import Cause, causes_behind

TREND_MONTHS = 12


def slides_of(content: Content) -> str:
    """The slides as HTML: the same content gives the same text."""
    return render_template(
        "decks/slides/deck.html",
        content=content,
        deck=content.deck,
        say=headlines,
        order=ordering,
        word=wording,
        draw=drawings,
        relief=relief,
        right=rights,
    )


def gather(deck: Deck) -> Content:
    quarter = Quarter.parse(deck.quarter)
    last = quarter.months[-1]
    first = last.plus(1 - TREND_MONTHS)
    known = known_at(deck.contract, deck.as_known_at)
    history = [month for month in known.judge() if month.month <= last]
    judged = [month for month in history if month.month >= first]
    used = {submission for month in judged if month.month in quarter.months for submission in month.submissions}
    sources = tuple(_sources(used & _reported(known.facts), deck))
    lines = _approved_lines(known.facts, first, last)
    return Content(
        deck=deck,
        quarter=quarter,
        history=tuple(judged),
        staffing=staffing_by_site(lines),
        agenda=tuple(map(Ask.from_document, deck.agenda)),
        sources=sources,
        causes=_causes(sources),
        missing=tuple(_missing(known.facts, deck, quarter)),
        places=places_of(deck.partner),
        event_head=deck.sources["event_head"],
        claims=tuple(_claims(deck, quarter)),
        rights=rights.rights_known(deck, history, quarter),
    )


def rests_on(content: Content) -> dict:
    """What the figures came from, kept with the deck: enough to make them again and to see that nothing moved."""
    return {
        "engine": ENGINE_VERSION,
        "as_known_at": content.deck.as_known_at.isoformat(),
        "terms": sorted({month.terms.sha256 for month in content.months}),
        "fingerprints": {str(month.month): month.fingerprint for month in content.months},
        "submissions": {source.submission.key: source.submission.content_hash for source in content.sources},
        "event_head": content.event_head,
    }


def _reported(facts: Facts) -> set[str]:
    """The versions whose own figures count; the record of when reports came also tells of those that were returned."""
    return {line.submission for line in facts.lines if line.party != Party.RECORD}


def _approved_lines(facts: Facts, first: Month, last: Month) -> list[Line]:
    return [
        line
        for line in facts.lines
        if first <= line.month <= last
        and facts.reports[ReportKey(line.month, line.kind, line.party)].standing is Standing.APPROVED
    ]


def _missing(facts: Facts, deck: Deck, quarter: Quarter) -> Iterable[Missing]:
    zone = ZoneInfo(deck.contract.zone)
    for report in reports_of(deck.contract, quarter):
        key = ReportKey(Month.parse(report.month), report.kind, report.party)
        standing = facts.status(key.month, key.kind, key.party).standing
        if standing in STATE_OF:
            yield Missing(key.month, key.kind, key.party, standing, report.due_at.astimezone(zone).date())


def _causes(sources: Iterable[Source]) -> dict[tuple[str, str], str]:
    """What the senders said of each miss, by month and service level."""
    sent = {source.submission.report_id: source.submission for source in sources}
    told: dict[tuple[str, str], list[str]] = {}
    for cause in causes_behind(sent.values()):
        told.setdefault((sent[cause.report_id].report.month, cause.service_level), []).append(_in_words(cause))
    return {place: " ".join(words) for place, words in told.items()}


def _in_words(cause: Cause) -> str:
    return f"{'Partner' if cause.author.role.is_partner else 'Client'}: {cause.told}"


def _claims(deck: Deck, quarter: Quarter) -> Iterable[Claim]:
    """With who filed and who decided; what of it was known at the deck's instant, the findings say."""
    return db.session.scalars(
        select(Claim)
        .where(Claim.contract_id == deck.contract_id, Claim.month.in_([str(month) for month in quarter.months]))
        .options(joinedload(Claim.decided_by))
        .order_by(Claim.number)
    )


def _sources(keys: Iterable[str], deck: Deck) -> Iterable[Source]:
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
    for submission in db.session.scalars(query):
        approved = approved_at(submission)
        yield Source(submission, approved is not None and approved <= deck.as_known_at)
