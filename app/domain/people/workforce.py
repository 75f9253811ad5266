"""What the arithmetic of people has in common: what it refuses, and how it says so."""

from decimal import Decimal
from fractions import Fraction

from app.domain.exact import Exact, plain


class Unworkable(ValueError):
    """No number answers the question; the message says why and what to do."""


def not_negative(**figures: Decimal | None) -> None:
    """Raises Unworkable for the first figure below zero, in its own words."""
    for name, figure in figures.items():
        if figure is not None and figure < 0:
            raise Unworkable(f"{said(name)} cannot be negative: {plain(figure)}")


def said(name: str) -> str:
    """`transfers_in` as Transfers in, `aht_seconds` as AHT."""
    words = name.removesuffix("_seconds").removesuffix("_pct").replace("_", " ")
    return "AHT" if words == "aht" else words.capitalize()


def share(percent: Decimal) -> Fraction:
    """Percent, 0 to 100, as an exact part of one."""
    return Fraction(percent) / 100


def percent(part: Exact) -> Fraction:
    return Fraction(part) * 100
