"""The contracts that a history may be about, with what their rows are checked against."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app import clock
from app.contracts.catalogue import CATALOGUE
from app.contracts.models import Contract, TermsVersion
from app.contracts.terms import terms_of
from app.domain.periods import Month
from app.domain.terms import Terms, terms_in_force
from app.extensions import db
from app.formatting import month as month_name
from app.partners.models import Queue, Site
from app.reports.asking import nil_reasons
from app.reports.mapping.column_map import CONTRACT, QUEUE, SITE
from app.reports.template import Asked, Column, Template, template_for

HISTORY = "history"


def unlikely_days(text: str, month: Month) -> str:
    """Why this is no number of days that were reported in a month; empty where it is one."""
    if text.isascii() and text.isdigit() and 0 < int(text) <= month.days:
        return ""
    unlikely = f"“{text[:20]}” days cannot have been reported in {month_name(month)}."
    return f"{unlikely} Type 1 to {month.days}, or leave it empty."


@dataclass(frozen=True)
class Book:
    """A contract with what its rows are checked against."""

    contract: Contract
    history: tuple[Terms, ...]
    sites: Sequence[Site]
    queues: Sequence[Queue]

    @property
    def code(self) -> str:
        """How the contract is named where several partners' are."""
        return f"{self.contract.partner.code} {self.contract.reference}"

    def terms(self, month: Month) -> Terms | None:
        return terms_in_force(self.history, month)

    def templates(self, month: Month, party: str) -> Iterator[Template]:
        if (terms := self.terms(month)) is None:
            return
        reasons = dict(nil_reasons(self.sites, self.queues, month))
        for kind, whose in terms.reports_due(CATALOGUE):
            if whose == party:
                yield template_for(HISTORY, month, kind, party, terms, CATALOGUE, reasons, self.contract.starts_on)

    def names(self, role: str) -> dict[str, str]:
        """What its own sites or queues are called, without capitals, for their codes."""
        places = {SITE: self.sites, QUEUE: self.queues}[role]
        return {
            **{place.name.casefold(): place.code for place in places},
            **{place.code.casefold(): place.code for place in places},
        }


def books_in_sight() -> dict[int, Book]:
    """By id; as many statements for many contracts as for one."""
    contracts = db.session.scalars(select(Contract).options(joinedload(Contract.partner)).order_by(Contract.id)).all()
    in_force = select(TermsVersion).where(TermsVersion.state == "in_force").order_by(TermsVersion.effective_from)
    terms, sites, queues = defaultdict(list), defaultdict(list), defaultdict(list)
    for version in db.session.scalars(in_force):
        terms[version.contract_id].append(terms_of(version))
    for found, model in ((sites, Site), (queues, Queue)):
        for place in db.session.scalars(select(model).order_by(model.id)):
            found[place.partner_id].append(place)
    return {
        each.id: Book(each, tuple(terms[each.id]), sites[each.partner_id], queues[each.partner_id])
        for each in contracts
    }


def template_of_all(books: Iterable[Book]) -> Template:
    """Everything that any of the contracts asks its partner for, in any month: what a mapping is about."""
    columns: dict[tuple[str, bool], Column] = {}
    rows: dict[tuple[str, str], Asked] = {}
    codes = []
    for book in books:
        codes.append(book.code)
        for terms in book.history:
            month = Month.of(terms.effective_from)
            for kind, whose in terms.reports_due(CATALOGUE):
                if whose == "partner":
                    for column in template_for(HISTORY, month, kind, whose, terms, CATALOGUE, {}).columns:
                        same = columns.setdefault((column.key, column.is_stated), replace(column, kind=kind))
                        columns[column.key, column.is_stated] = replace(
                            same, is_optional=same.is_optional and column.is_optional
                        )
            rows |= {(pair.site, pair.queue): Asked(pair.site, pair.queue) for pair in terms.coverage}
    month = Month.of(clock.now().date())
    return Template(
        HISTORY,
        month,
        HISTORY,
        "partner",
        "month",
        tuple(columns.values()),
        tuple(rows.values()),
        contracts=tuple(codes),
    )


def codes_in_sight(books: Sequence[Book]) -> Mapping[str, Mapping[str, str]]:
    """By role, what may be written and the code; a name that two have stands for neither."""
    known = {role: _unambiguous(pair for book in books for pair in book.names(role).items()) for role in (SITE, QUEUE)}
    partners = Counter(book.contract.partner_id for book in books)
    named = [pair for book in books for pair in _names_of(book, partners[book.contract.partner_id] == 1)]
    return {CONTRACT: _unambiguous(named), **known}


def _names_of(book: Book, is_only: bool) -> Iterator[tuple[str, str]]:
    contract, partner = book.contract, book.contract.partner
    names = [book.code, contract.reference, contract.name, f"{partner.name} {contract.name}"]
    if is_only:
        names += [partner.code, partner.name]
    yield from ((name.casefold(), book.code) for name in names)


def _unambiguous(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, set[str]] = {}
    for name, code in pairs:
        found.setdefault(name, set()).add(code)
    return {name: codes.pop() for name, codes in found.items() if len(codes) == 1}
