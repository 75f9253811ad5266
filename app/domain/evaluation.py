"""Judges a contract's history by the terms in force in each month."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.domain.catalogue import Catalogue
from app.domain.credits import MonthCredits
from app.domain.facts import Facts
from app.domain.findings import Finding
from app.domain.periods import Month
from app.domain.terms import Terms

ENGINE_VERSION = "1"


@dataclass(frozen=True, slots=True)
class MonthEvaluation:
    """Every service level whose window ends in this month, and the month's credits."""

    month: Month
    terms: Terms
    findings: tuple[Finding, ...]  # in the order of the terms
    credits: MonthCredits
    submissions: tuple[str, ...]  # keys of the submissions it rests on, sorted
    fingerprint: str

    def finding(self, service_level: str) -> Finding | None:
        raise NotImplementedError


def evaluate(
    history: Sequence[Terms],
    facts: Facts,
    charges: Mapping[Month, int],
    catalogue: Catalogue,
    months: Iterable[Month],
) -> tuple[MonthEvaluation, ...]:
    """One evaluation per month that has terms in force. `charges` are minor units of the contract's currency."""
    raise NotImplementedError
