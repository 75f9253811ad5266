"""Formulas over measures: numbers, names, + - * and parentheses."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

Values = Mapping[str, Decimal]
Evaluate = Callable[[Values], Decimal]

TOKEN = re.compile(r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<name>[a-z][a-z0-9_]*)|(?P<sign>[-+*()]))")


class FormulaInvalid(ValueError):
    """The text is not a formula; the message says at which character."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A checked formula. `names` are the measures (or metrics) it reads, in the order they appear."""

    text: str
    names: tuple[str, ...]
    evaluate: Evaluate

    @classmethod
    def parse(cls, text: str) -> "Formula":
        """Raises FormulaInvalid."""
        raise NotImplementedError
