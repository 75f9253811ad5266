"""Chance, by seed: the few ways in which the generators choose."""

from fractions import Fraction
from functools import cache
from random import Random
from typing import Any, TypeVar

T = TypeVar("T")


class Draws(Random):
    def chance(self, percent: float) -> bool:
        return self.random() * 100 < percent

    def one(self, *choices: T) -> T:
        return self.choice(choices)

    def whole(self, least: int, most: int) -> int:
        return self.randint(least, most)

    def text(self, *numbers: Any) -> str:
        return str(self.choice(numbers))


@cache
def exactly(text: str) -> Fraction:
    """Read once, however often it is asked for."""
    return Fraction(text)


@cache
def month_text(ordinal: int) -> str:
    return f"{ordinal // 12:04d}-{ordinal % 12 + 1:02d}"


def days_in(ordinal: int) -> int:
    year, month = ordinal // 12, ordinal % 12 + 1
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31
