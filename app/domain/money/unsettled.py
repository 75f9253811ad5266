"""Which results of a month have still to come: while one of them can cost something, its credit is not known."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from app.domain.attainment import Default, Disposition
from app.domain.clauses import CreditTerms, ServiceLevel
from app.domain.facts import Party
from app.domain.findings import Finding, Reason
from app.domain.periods import Month
from app.domain.prose.explain import sentence
from app.domain.wording import month_name

WAITS = frozenset(  # codes of reasons
    {
        *("overdue", "not_due", "awaiting_approval", "maturing", "running", "disagreed"),
        *("relief_awaiting_approval", "relief_not_due"),
    }
)

REPORTS = {
    "overdue": ("is overdue", "are overdue"),
    "not_due": ("has not come in", "have not come in"),
    "awaiting_approval": ("awaits approval", "await approval"),
}


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
        """`2 of 5 results not settled yet. The partner's service report for Sep 2026 awaits approval.`"""
        return " ".join([f"{self.share} not settled yet.", *sentences(self.waits_for)]) if self.waiting else ""


def sentences(reasons: Iterable[Reason]) -> Iterator[str]:
    """Each reason once; what one side owes for a month, or has sent, is one sentence."""
    kinds: dict[tuple[str, str, str], list[str]] = {}
    for reason in once(reasons):
        if reason.code in REPORTS and reason.figures["party"] != Party.RECORD:
            place = reason.code, reason.figures["party"], reason.figures["month"]
            kinds.setdefault(place, []).append(reason.figures["kind"])
        else:
            yield sentence(reason)
    for (code, party, month), of_side in kinds.items():
        *most, last = of_side
        named = f"{', '.join(most)} and {last} reports" if most else f"{last} report"
        yield f"The {party}'s {named} for {month_name(Month.parse(month))} {REPORTS[code][bool(most)]}."


def unsettled(results: Iterable[Result]) -> Unsettled:
    """Of one month, or of several together."""
    found = list(results)
    waiting = [result for result in found if result.is_unsettled]
    reasons = once(result.reason for result in waiting if result.reason)
    costs = any(result.may_yet_cost for result in waiting)
    return Unsettled(len(found), len(waiting), reasons, costs)


def once(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Those that say the same are one; the order is kept."""
    return tuple({(each.code, *sorted(each.figures.items())): each for each in reasons}.values())


def unsettled_in(findings: Iterable[Finding], agreed: CreditTerms | None) -> Unsettled:
    """Of a month as it was judged; without credits in its terms nothing can cost anything."""
    found = unsettled(map(result_of, findings))
    return found if agreed else replace(found, may_cost=False)


def result_of(finding: Finding) -> Result:
    return Result(finding.level, finding.window.first, finding.obstacle, finding.default, finding.disposition)
