"""Figures and targets of reports as people read them."""

from collections.abc import Sequence
from decimal import Decimal

from app.domain.targets import Target
from app.domain.wording import grouped, target_words
from app.formatting import DASH

MOST_NAMED = 5  # more in one sentence nobody reads, and each stands marked in its place


def first_named(names: Sequence[str], most: int = MOST_NAMED) -> str:
    """“D4, D7, D9 …”: the first of many."""
    return f"{', '.join(names[:most])}{' …' if len(names) > most else ''}"


def figure(value: Decimal | str | None) -> str:
    """With all of its digits, in groups of three."""
    return DASH if value in (None, "") else grouped(str(value))


def target(value: Target | None, unit: str) -> str:
    """“at least 80 %”."""
    return DASH if value is None else target_words(str(value), unit)
