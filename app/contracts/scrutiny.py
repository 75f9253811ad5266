"""Everything that is wrong with a terms document: its shape and meaning, and whether it fits its contract."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from app.contracts.catalogue import CATALOGUE
from app.contracts.grain import finer_than_reported
from app.contracts.models import Contract, TermsVersion
from app.domain.catalogue import Problem
from app.domain.terms import Terms, TermsInvalid, moved_years
from app.extensions import db
from app.formatting import day
from app.partners.models import Queue, Site
from app.web import Refusal


class TermsRefused(Refusal):
    """The terms have problems; each names its place in the document."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(" ".join(f"{problem}." for problem in self.problems))


def problems_of(
    contract: Contract, document: Mapping[str, Any], in_force: Sequence[TermsVersion]
) -> tuple[Problem, ...]:
    """All of them, in the order of the document; `in_force` are the contract's versions that stand."""
    try:
        read = Terms.from_document(document, CATALOGUE)
        own = (*finer_than_reported(read), *_cut_anew(read, in_force))
    except TermsInvalid as invalid:
        own = invalid.problems
    return (*_misdated(contract, document, in_force), *own, *misfits(contract.partner_id, document))


def _cut_anew(amendment: Terms, in_force: Sequence[TermsVersion]) -> Sequence[Problem]:
    if amendment.year_starts is None or not in_force:
        return ()
    return moved_years([Terms.from_document(version.document, CATALOGUE) for version in in_force], amendment)


def _misdated(contract: Contract, document: Mapping[str, Any], in_force: Sequence[TermsVersion]) -> Iterator[Problem]:
    try:
        effective_from = date.fromisoformat(str(document.get("effective_from")))
    except ValueError:
        return
    if effective_from < contract.starts_on:
        yield Problem("effective_from", f"is before the contract starts, {day(contract.starts_on)}")
    elif contract.ends_on and effective_from > contract.ends_on:
        yield Problem("effective_from", f"is after the contract ends, {day(contract.ends_on)}")
    latest = max((version.effective_from for version in in_force), default=None)
    if latest and effective_from == latest:
        yield Problem("effective_from", f"is taken: terms in force are effective from {day(latest)} already")
    elif latest and effective_from < latest:
        yield Problem("effective_from", f"is before the terms it amends, which are effective from {day(latest)}")


def misfits(partner_id: int, document: Mapping[str, Any]) -> Iterator[Problem]:
    """Coverage names sites and queues by code: each must be one of the partner's own."""
    coverage = document.get("coverage")
    if not isinstance(coverage, list):
        return
    for noun, model in (("site", Site), ("queue", Queue)):
        known = set(db.session.scalars(select(model.code).where(model.partner_id == partner_id)))
        for place, row in enumerate(coverage):
            code = row.get(noun) if isinstance(row, Mapping) else None
            if isinstance(code, str) and code.strip() and code not in known:
                yield Problem(f"coverage.{place}.{noun}", f'"{code}" is not a {noun} of this partner')
