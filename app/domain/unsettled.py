"""Which results of a month have still to come: while one of them can cost something, its credit is not known."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from app.domain.attainment import Default, Disposition
from app.domain.clauses import ServiceLevel
from app.domain.explain import sentence
from app.domain.findings import Finding, Reason

WAITS = frozenset({"overdue", "not_due", "awaiting_approval", "maturing", "running", "disagreed"})  # codes of reasons


class Result(NamedTuple):
    """How a service level came out in a window that begins on `first`; `reason` is None where it was judged."""

    level: ServiceLevel
    first: date
    reason: Reason | None
    default: Default
    disposition: Disposition

    @property
    def is_unsettled(self) -> bool:
        """A gap that the terms make a default is settled by them."""
        return self.reason is not None and self.reason.code in WAITS and self.default is Default.NONE

    @property
    def may_yet_cost(self) -> bool:
        return self.is_unsettled and self.disposition is Disposition.COUNTS and self.level.may_cost(self.first)


@dataclass(frozen=True, slots=True)
class Unsettled:
    """`waits_for` has each reason once; `may_cost` is False where what is still to come can cause no credit."""

    results: int
    waiting: int
    waits_for: tuple[Reason, ...]
    may_cost: bool

    @property
    def share(self) -> str:
        """`2 of 5 results`."""
        return f"{self.waiting} of {self.results} result{'' if self.results == 1 else 's'}"

    def __str__(self) -> str:
        """`2 of 5 results not settled yet. The partner's service report for Sep 2026 is not approved yet.`"""
        return " ".join([f"{self.share} not settled yet.", *map(sentence, self.waits_for)]) if self.waiting else ""


def unsettled(results: Iterable[Result]) -> Unsettled:
    """Of one month, or of several together."""
    found = list(results)
    waiting = [result for result in found if result.is_unsettled]
    reasons = {(each.reason.code, *sorted(each.reason.figures.items())): each.reason for each in waiting if each.reason}
    costs = any(result.may_yet_cost for result in waiting)
    return Unsettled(len(found), len(waiting), tuple(reasons.values()), costs)


def result_of(finding: Finding) -> Result:
    return Result(finding.level, finding.window.first, finding.obstacle, finding.default, finding.disposition)
