"""What features further on add to a contract's page; they register with `@panel`, this package need not know them."""

from collections.abc import Callable
from typing import Any, NamedTuple

from app.contracts.models import Contract


class Panel(NamedTuple):
    """A template and what it shows; a contract that has nothing of the kind has no panel."""

    template: str
    shown: Any


Panelist = Callable[[Contract], Panel | None]
_panelists: list[Panelist] = []


def panel(function: Panelist) -> Panelist:
    """Register a function that adds to a contract's page, with a fixed number of statements."""
    _panelists.append(function)
    return function


def panels_of(contract: Contract) -> list[Panel]:
    return [found for function in _panelists if (found := function(contract))]
