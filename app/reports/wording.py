"""Figures and targets of reports as people read them."""

from decimal import Decimal

from app.domain.targets import Target
from app.domain.wording import grouped, target_words
from app.formatting import DASH


def figure(value: Decimal | str | None) -> str:
    """With all of its digits, in groups of three."""
    return DASH if value in (None, "") else grouped(str(value))


def target(value: Target | None, unit: str) -> str:
    """“at least 80 %”."""
    return DASH if value is None else target_words(str(value), unit)
