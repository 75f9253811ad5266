"""Partners at a glance: what each has, what falls due next, and what is still missing before it can work.

Every feature adds its part to the survey of some partners at once, so that a list costs the same for one partner as
for fifty. Features further on register with `@surveyor`; this package need not know them.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from flask import current_app, url_for

from app.access import may
from app.accounts.models import User
from app.partners.models import Partner


class Point(NamedTuple):
    """One point of readiness. `advice` says what is missing, `url` leads to the page that mends it.

    Somebody who may not open that page is told whom to ask.
    """

    name: str
    is_ready: bool
    advice: str
    url: str | None = None
    action: str = ""
    ask: str = "an administrator"


class Entry(NamedTuple):
    """A thing that a partner has, with the page that shows it."""

    label: str
    url: str | None
    note: str = ""
    status: str = ""
    file_url: str | None = None
    is_ours: bool = False  # the client sends it, not the partner


def _lists() -> defaultdict[int, list]:
    return defaultdict(list)


@dataclass
class Survey:
    """Lists by partner id; `points` are complete only for those who may mend them."""

    points: defaultdict[int, list[Point]] = field(default_factory=_lists)
    people: defaultdict[int, list[User]] = field(default_factory=_lists)
    contracts: defaultdict[int, list[Entry]] = field(default_factory=_lists)
    due: defaultdict[int, list[Entry]] = field(default_factory=_lists)
    standings: list[Any] = field(default_factory=list)  # running contracts with their terms, for features further on

    def missing(self, partner: Partner) -> list[Point]:
        return [point for point in self.points[partner.id] if not point.is_ready]


Surveyor = Callable[[Sequence[Partner], Survey], None]
_surveyors: list[Surveyor] = []


def surveyor(function: Surveyor) -> Surveyor:
    """Register a function that adds to the survey of some partners, with a fixed number of statements."""
    _surveyors.append(function)
    return function


def survey(partners: Sequence[Partner]) -> Survey:
    """Ask every feature about these partners."""
    found = Survey()
    if partners:
        for function in _surveyors:
            function(partners, found)
    return found


def way_to(endpoint: str, **values) -> str | None:
    """The address of a page that exists and that this person may open, or None."""
    view = current_app.view_functions.get(endpoint)
    if view is None or (view.permission is not None and not may(view.permission)):
        return None
    return url_for(endpoint, **values)
