"""What a quarter's deck cannot know: months without one figure to judge, and the reports that are waited for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from app.domain.facts import Party, Standing
from app.domain.judging.evaluation import MonthEvaluation
from app.domain.money.unsettled import Unsettled, unsettled_in
from app.domain.periods import Month

WAITING = {"overdue", "not_due", "awaiting_approval", "relief_awaiting_approval", "relief_not_due"}
STATES = ("not reported", "not approved yet", "not due yet")
STATE_OF = dict(zip((Standing.OVERDUE, Standing.AWAITING, Standing.NOT_DUE), STATES, strict=True))


@dataclass(frozen=True)
class Missing:
    """A report of the quarter without approved figures; `due` is a day in the contract's zone."""

    month: Month
    kind: str
    party: str
    standing: Standing
    due: date | None = None

    @property
    def state(self) -> str:
        return STATE_OF[self.standing]


@dataclass(frozen=True)
class Wanted:
    """What one side owes for one month: the reports that stand alike."""

    first: Missing
    kinds: tuple[str, ...]

    def owed_by(self, partner: str) -> str:
        """Who must act, and how."""
        if self.first.standing is Standing.AWAITING:
            return "Client: decides on what was sent"
        sender = partner if self.first.party == Party.PARTNER else "Client"
        return f"{sender}: sends {'it' if len(self.kinds) == 1 else 'them'}"


def wanted(missing: Iterable[Missing]) -> list[Wanted]:
    """By month, what is overdue before what waits."""
    groups: dict[tuple, list[Missing]] = {}
    for each in sorted(missing, key=lambda each: (each.month, STATES.index(each.state), each.party)):
        groups.setdefault((each.month, each.state, each.party), []).append(each)
    return [Wanted(alike[0], tuple(each.kind for each in alike)) for alike in groups.values()]


def is_silent(month: MonthEvaluation) -> bool:
    """Whether every service level of the month still waits for a report or its approval, or its relief does."""
    return bool(month.findings) and all(finding.reason.code in WAITING for finding in month.findings)


def open_credits(months: Iterable[MonthEvaluation]) -> dict[Month, Unsettled]:
    """The months whose credit is not known whole: results that may cost something have still to come."""
    found = {month.month: unsettled_in(month.findings, month.terms.credits) for month in months}
    return {month: each for month, each in found.items() if each.may_cost}


def unasked(silent: Iterable[Month], missing: Iterable[Missing]) -> list[Month]:
    """The months of which nothing is known and no report was asked for yet."""
    asked = {each.month for each in missing}
    return [month for month in silent if month not in asked]


def state_of(month: Month, missing: Iterable[Missing], known_on: date) -> str:
    """Why nothing is known of a month: the gravest reason first."""
    states = {each.state for each in missing if each.month == month}
    return next((state for state in STATES if state in states), STATES[2] if month.last >= known_on else STATES[0])
