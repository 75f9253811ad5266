"""The template of a report, from the terms in force in its month and the partner's sites and queues."""

import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import select

from app.contracts.catalogue import CATALOGUE
from app.contracts.terms import terms_history
from app.domain.periods import Month
from app.domain.terms import Terms, terms_in_force
from app.extensions import db
from app.partners.models import Queue, Site
from app.reports.models import Report
from app.reports.template import Template, template_for
from app.web import Refusal


class NothingAsked(Refusal):
    """The contract has no terms in force for the report's month."""


def terms_of(report: Report, history: Sequence[Terms] | None = None) -> Terms:
    """Of the contract's history, where it is at hand. Raises NothingAsked."""
    terms = terms_in_force(history or terms_history(report.contract), Month.parse(report.month))
    if terms is None or report.kind not in terms.reports:
        raise NothingAsked("No terms in force ask for this report. Ask your partner manager to look at the contract.")
    return terms


def is_asked_for(report: Report, history: Sequence[Terms]) -> bool:
    """Whether the terms of its month ask for it still: what an amendment dropped nobody can send, and nobody owes."""
    terms = terms_in_force(history, Month.parse(report.month))
    return terms is not None and (report.kind, report.party) in terms.reports_due(CATALOGUE)


def template_of(report: Report, terms: Terms | None = None) -> Template:
    """What this report asks for. Raises NothingAsked."""
    terms = terms or terms_of(report)
    partner = report.contract.partner
    month = Month.parse(report.month)
    reasons = dict(nil_reasons(partner.sites, partner.queues, month))
    starts_on = report.contract.starts_on
    template = template_for(report.key, month, report.kind, report.party, terms, CATALOGUE, reasons, starts_on)
    return replace(
        template,
        site_names=names_of(partner.sites, template.sites),
        queue_names=names_of(partner.queues, template.queues),
    )


def names_of(places: Sequence[Site] | Sequence[Queue], asked: Collection[str]) -> dict[str, str]:
    """The code that a place's own name stands for, without capitals and with its accents or without; none of a name
    that two places share, or that is another's code.
    """
    written = Counter(word for place in places for word in _as_typed(place.name) | _as_typed(place.code))
    names = {word: place.code for place in places if place.code in asked for word in _as_typed(place.name)}
    return {name: code for name, code in names.items() if written[name] == 1}


def _as_typed(name: str) -> set[str]:
    letters = unicodedata.normalize("NFKD", name.casefold())
    return {name.casefold(), "".join(letter for letter in letters if not unicodedata.combining(letter))}


def places_of(partner_id: int) -> tuple[Sequence[Site], Sequence[Queue]]:
    sites = db.session.scalars(select(Site).where(Site.partner_id == partner_id)).all()
    return sites, db.session.scalars(select(Queue).where(Queue.partner_id == partner_id)).all()


def nil_reasons(sites: Sequence[Site], queues: Sequence[Queue], month: Month) -> Iterator[tuple[tuple[str, str], str]]:
    """(site, queue) pairs that had nothing to report in the month, by the partner's own records."""
    for site in sites:
        for queue in queues:
            if _is_before(site.closed_on, month):
                yield (site.code, queue.code), "Site closed"
            elif _is_before(queue.closed_on, month):
                yield (site.code, queue.code), "Queue closed"
            elif queue.live_on is not None and queue.live_on > month.last:
                yield (site.code, queue.code), "Queue not yet live"


def _is_before(closed_on: date | None, month: Month) -> bool:
    return closed_on is not None and closed_on < month.first
