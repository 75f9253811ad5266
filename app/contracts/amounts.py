"""Amounts of money as people type them, in their own way of writing numbers."""

import re
from decimal import Decimal

from app.formatting import exponent, number

MARKS = {"1,234.5": (",", "."), "1.234,5": (".", ","), "1 234,5": (" ", ",")}
LONGEST = 15


class NotAnAmount(ValueError):
    """The message says what to type instead."""


def minor_units(text: str, currency: str, style: str) -> int:
    """`412,000.50` in USD is 41200050. A point that could mean either is refused, never guessed."""
    group, point = MARKS[style]
    places = exponent(currency)
    plain = re.sub(r"[\u00a0\u202f ]", " ", text.strip())
    plain = re.sub(rf"^({re.escape(currency)}|[$€£¥₹₱])\s*|\s*({re.escape(currency)}|[$€£¥₹₱])$", "", plain).strip()
    whole, separator, part = plain.partition(point)
    if plain.startswith(("-", "−")):
        raise NotAnAmount(f"“{text.strip()}” is negative. Enter what the month was charged, {_example(style, places)}.")
    groups = rf"[0-9]+|[0-9]{{1,3}}({re.escape(group)}[0-9]{{3}})+"
    if not re.fullmatch(groups, whole) or (separator and not re.fullmatch(r"[0-9]+", part)):
        raise NotAnAmount(f"“{text.strip()[:30]}” is not an amount. Write it as {_example(style, places)}.")
    if len(part) > places:
        raise NotAnAmount(
            f"“{text.strip()}” has {len(part)} decimal places, and {currency} has {places}. "
            f"Write it as {_example(style, places)}; the decimal mark here is “{point}”."
        )
    digits = whole.replace(group, "")
    if len(digits) > LONGEST:
        raise NotAnAmount(f"“{text.strip()[:30]}” is larger than any charge can be.")
    return int(Decimal(f"{digits}.{part or 0}").scaleb(places))


def written(minor: int, currency: str, style: str) -> str:
    """The amount for an input field: what minor_units reads back."""
    places = exponent(currency)
    return _styled(number(Decimal(minor).scaleb(-places), places), style)


def _example(style: str, places: int) -> str:
    return _styled("412,000.00" if places == 2 else number(412000, places), style)


def _styled(english: str, style: str) -> str:
    group, point = MARKS[style]
    return english.replace(",", "\0").replace(".", point).replace("\0", group)
