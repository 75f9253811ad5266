"""Figures as words, for sentences that the arithmetic writes."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from app.domain.periods import Month

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
UNITS = {"percent": " %", "seconds": " s", "ratio": "", "count": ""}
COMPARATORS = {">=": "at least", ">": "more than", "<=": "at most", "<": "less than"}
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


def in_unit(number: str, unit: str) -> str:
    return f"{number}{UNITS[unit]}"


def target_words(target: str, unit: str) -> str:
    """`>= 75` as at least 75 %; `75 to 88` as 75 to 88 %."""
    comparator, *rest = target.split(" ", 1)
    if comparator in COMPARATORS:
        return f"{COMPARATORS[comparator]} {in_unit(rest[0], unit)}"
    return in_unit(target, unit)


def words(key: str) -> str:
    return key.replace("_", " ").replace("*", "×")


def month_name(month: Month) -> str:
    return f"{MONTHS[month.number - 1]} {month.year}"


def days(first: str, last: str) -> str:
    """`1 Jul 2026 to 30 Sep 2026`, or the month's name when it is one whole month."""
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    if Month.of(start) == Month.of(end):
        return month_name(Month.of(start))
    return f"{start.day} {MONTHS[start.month - 1]} {start.year} to {end.day} {MONTHS[end.month - 1]} {end.year}"
