"""How the sentences of a contract write numbers, amounts, days and lists."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from app import formatting
from app.contracts.catalogue import CATALOGUE
from app.contracts.wording import MONTHS, NO_NAMES
from app.domain.wording import many as of_number

GAP = "…"
NUMBER = re.compile(r"\d+(\.\d+)?")
COMPARATORS = {">=": "at least", ">": "more than", "<=": "at most", "<": "less than"}
SUFFIXES = {"percent": "\u00a0%", "seconds": "\u00a0seconds", "days": "\u00a0days", "hours": "\u00a0hours"}
POINTS = {"percent": "percentage point", "seconds": "second", "days": "day", "hours": "hour"}
ENDINGS = {"1": "st", "2": "nd", "3": "rd"}
ORDINALS = {"1": "first", "2": "second", "3": "third", "4": "fourth", "5": "fifth", "6": "sixth"}


class Rule(NamedTuple):
    """A part of the terms, and the unit of the metric that it is about."""

    part: Any
    unit: str = ""
    sees_money: bool = True
    levels: Mapping[str, str] = NO_NAMES  # names of service levels by key

    def get(self, name: str, usual: str = GAP) -> str:
        return text_of(self.part.get(name), usual)

    def is_yes(self, name: str) -> bool:
        return self.get(name).lower() in ("yes", "true")

    def within(self, name: str) -> "Rule":
        """A part of it; without any, one that says nothing."""
        part = self.part.get(name)
        return self._replace(part=part if isinstance(part, Mapping) else {})

    def rows(self, name: str = "") -> "Iterator[Rule]":
        listed = self.part.get(name) if name else self.part
        yield from (self._replace(part=row) for row in listed or () if isinstance(row, Mapping))

    def has(self, name: str) -> bool:
        return self.part.get(name) is not None

    def number(self, name: str, usual: str = GAP) -> str:
        return number(self.get(name, usual))

    def share(self, of: str = "the charges") -> str:
        """`3 % of the charges`, `500 in the contract's currency`."""
        if self.has("amount"):
            return money(self.get("amount"))
        return f"{self.number('percent')}\u00a0% of {of}"

    def clause(self) -> str:
        return f"; {self.get('clause')}" if self.has("clause") else ""


def text_of(value: Any, usual: str = GAP) -> str:
    if value is None or value == "":
        return usual
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def number(text: str) -> str:
    try:
        return f"{Decimal(text):,f}".replace("-", formatting.MINUS)
    except InvalidOperation:
        return text


def money(text: str) -> str:
    return f"{number(text)} in the contract's currency"


def many(text: str, noun: str, plural: str | None = None) -> str:
    """`1 month`, `12 months`."""
    return of_number(text, noun, plural) if NUMBER.fullmatch(text) else f"{text} {plural or f'{noun}s'}"


def ordinal(text: str) -> str:
    ending = "th" if text[-2:] in ("11", "12", "13") else ENDINGS.get(text[-1:], "th")
    return ORDINALS.get(text, f"{text}{ending}")


def day(text: str) -> str:
    try:
        return formatting.day(date.fromisoformat(text))
    except ValueError:
        return text


def target(part: Rule) -> str:
    """`at least 80 %`, `from 75 % to 88 %`."""
    suffix = SUFFIXES.get(part.unit, "")
    if part.has("band"):
        band = part.within("band")
        return f"from {band.number('lower')}{suffix} to {band.number('upper')}{suffix}"
    comparator = part.get("comparator")
    return f"{COMPARATORS.get(comparator, comparator)} {part.number('value')}{suffix}"


def measure(key: str) -> str:
    known = CATALOGUE.measures.get(key)
    name = known.name if known else key.replace("_", " ")
    return f"“{name}”"


def months(numbers: Any) -> str:
    listed = numbers if isinstance(numbers, list) else [numbers]
    return listing([MONTHS.get(str(each), str(each)) for each in listed])


def listing(parts: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


def opened(text: str) -> str:
    """With a capital."""
    return text[:1].upper() + text[1:]
