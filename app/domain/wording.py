"""Figures as words, for sentences that the arithmetic writes."""

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from app.domain.periods import Month

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
UNITS = {"percent": " %", "seconds": " s", "ratio": "", "count": ""}
COMPARATORS = {">=": "at least", ">": "more than", "<=": "at most", "<": "less than"}
SHORT = re.compile(r"\b(csat|fte|nps|qa)\b")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
MOST_DECIMALS = 12


def grouped(number: str) -> str:
    """`1234567.5` as 1,234,567.5; a number that does not end is cut with an ellipsis."""
    value = Decimal(number)
    text = f"{value:,f}"
    whole, point, decimals = text.partition(".")
    if len(decimals) > MOST_DECIMALS:
        return f"{whole}.{decimals[:MOST_DECIMALS]}…"
    return f"{whole}{point}{decimals}".rstrip("0").rstrip(".") if point else whole


def telling(value: str, target: str, precision: int) -> str:
    """Rounded for reading, with as many decimals as it takes not to look like a target that it is not."""
    number = Decimal(value)
    edges = [Decimal(word) for word in target.split() if word[-1].isdigit()]
    for decimals in range(precision, MOST_DECIMALS):
        rounded = number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        if all(rounded != edge or number == edge for edge in edges):
            return f"{rounded:,f}"
    return grouped(value)


def decimals_of(value: Decimal) -> int:
    """How many decimals it is written with: 2 of 3.29."""
    return max(0, -int(value.as_tuple().exponent))


def in_unit(number: str, unit: str) -> str:
    return f"{number}{UNITS[unit]}"


def target_words(target: str, unit: str) -> str:
    """`>= 75` as at least 75 %; `75 to 88` as 75 to 88 %."""
    comparator, *rest = target.split(" ", 1)
    if comparator in COMPARATORS:
        return f"{COMPARATORS[comparator]} {in_unit(rest[0], unit)}"
    return in_unit(target, unit)


def bounded(band: str, unit: str) -> str:
    """`>= 90, < 96` as at least 90 %, less than 96 %."""
    return ", ".join(target_words(edge, unit) for edge in band.split(", ")) if band[:1] in ("<", ">") else band


def words(key: str) -> str:
    """`csat_responses` as CSAT responses."""
    return SHORT.sub(lambda short: short[0].upper(), key.replace("_", " ").replace("*", "×"))


def so_far(shown: str, amount: int, is_open: bool) -> str:
    """`$8,100 so far`, `not settled`: an amount as it is `shown`; while it is open, nothing is not yet none.

    `amount` is in minor units. `is_open`: results that may cost something have still to come.
    """
    if not is_open:
        return shown
    return f"{shown} so far" if amount else "not settled"


def many(number: str, noun: str, plural: str | None = None) -> str:
    """`1 point`, `1,200 points`, `0.3 points`."""
    return f"{grouped(number)} {noun if Decimal(number) == 1 else plural or f'{noun}s'}"


def month_name(month: Month) -> str:
    return f"{MONTHS[month.number - 1]} {month.year}"


def days(first: str, last: str) -> str:
    """`1 Jul 2026 to 30 Sep 2026`, or the month's name when it is one whole month."""
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    if Month.of(start) == Month.of(end):
        return month_name(Month.of(start))
    return f"{day_name(start)} to {day_name(end)}"


def day_name(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def listed_days(text: str) -> str:
    """Days as the engine writes them, read as people write them: `2026-08-12` as 12 Aug 2026."""
    return DAY.sub(lambda day: day_name(date.fromisoformat(day[0])), text)
