"""Figures and months in the words of a warning."""

from collections.abc import Sequence
from decimal import Decimal

from app.domain.periods import Month
from app.domain.wording import grouped
from app.formatting import month as month_in_words
from app.reports.checks.context import Place

MANY_TIMES = 3


def number(value: Decimal | str) -> str:
    return grouped(f"{Decimal(value).normalize():f}")


def rounded(value: Decimal) -> str:
    """Without digits that nobody needs to compare two figures."""
    return number(round(value, 0 if abs(value) >= 100 else 1))


def percent(share: Decimal) -> str:
    return f"{abs(share) * 100:.0f} %"


def compared(now: Decimal, then: Decimal) -> str:
    """How one figure is to another, in words that go before it."""
    if now >= MANY_TIMES * then:
        return f"{rounded(now / then)} times"
    return f"{percent(now / then - 1)} {'more' if now > then else 'less'} than"


def named(place: Place) -> str:
    return ", ".join(place)


def month(when: Month) -> str:
    return month_in_words(when, "long")


def span(months: Sequence[Month]) -> str:
    return f"{month(months[0])} to {month(months[-1])}"
