"""Amounts of money as people type them, in their own way of writing numbers."""

import re
from contextlib import suppress
from decimal import Decimal

from app.formatting import exponent, major_units, number

MARKS = {"1,234.5": (",", "."), "1.234,5": (".", ","), "1 234,5": (" ", ",")}
LONGEST = 15


class NotAnAmount(ValueError):
    """The message says what to type instead."""


def minor_units(text: str, currency: str, style: str) -> int:
    """`412,000.50` in USD is 41200050. A point that could mean either is refused, never guessed."""
    try:
        return _read(text, currency, style)
    except NotAnAmount as wrong:
        raise NotAnAmount(f"{wrong} {_advice(text, currency, style)}") from wrong


def _read(text: str, currency: str, style: str) -> int:
    group, point = MARKS[style]
    places = exponent(currency)
    plain = re.sub(r"[\u00a0\u202f ]", " ", text.strip())
    plain = re.sub(rf"^({re.escape(currency)}|[$€£¥₹₱])\s*|\s*({re.escape(currency)}|[$€£¥₹₱])$", "", plain).strip()
    whole, separator, part = plain.partition(point)
    if plain.startswith(("-", "−")):
        raise NotAnAmount(f"“{text.strip()}” is negative. Enter what the month was charged.")
    groups = rf"[0-9]+|[0-9]{{1,3}}({re.escape(group)}[0-9]{{3}})+"
    if not re.fullmatch(groups, whole) or (separator and not re.fullmatch(r"[0-9]+", part)):
        raise NotAnAmount(f"“{text.strip()[:30]}” is not an amount as this partner writes it.")
    if len(part) > places:
        raise NotAnAmount(
            f"“{text.strip()}” has {len(part)} decimal places, and {currency} has {places}; "
            f"the decimal mark here is “{point}”."
        )
    digits = whole.replace(group, "")
    if len(digits) > LONGEST:
        raise NotAnAmount(f"“{text.strip()[:30]}” is larger than any charge can be.")
    return int(Decimal(f"{digits}.{part or 0}").scaleb(places))


def _advice(text: str, currency: str, style: str) -> str:
    """The same number as it is written here, when another way of writing reads one in it; else any number."""
    meant = set()
    for other in MARKS.keys() - {style}:
        with suppress(NotAnAmount):
            meant.add(_read(text, currency, other))
    if len(meant) == 1:
        return f"If it means {written(meant.pop(), currency, style)}, write it like that."
    return f"Write it as {example(currency, style)}."


def written(minor: int, currency: str, style: str) -> str:
    """The amount for an input field: what minor_units reads back."""
    return _styled(number(major_units(minor, currency), exponent(currency)), style)


def example(currency: str, style: str) -> str:
    """How an amount of several thousand looks."""
    return _styled(number(412_000, exponent(currency)), style)


def _styled(english: str, style: str) -> str:
    group, point = MARKS[style]
    return english.replace(",", "\0").replace(".", point).replace("\0", group)
