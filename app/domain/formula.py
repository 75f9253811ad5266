"""Formulas over measures: numbers, names, + - *, parentheses and abs(…)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from operator import add, itemgetter, mul, sub
from typing import Any

from app.domain.exact import Exact

Evaluate = Callable[[Mapping[str, Any]], Any]
Token = tuple[str, str, int]

TOKEN = re.compile(r"(?P<number>\d+(?:\.\d+)?)|(?P<name>[a-z][a-z0-9_]*)|(?P<sign>[-+*()])")
OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {"+": add, "-": sub, "*": mul}
FUNCTIONS: dict[str, Callable[[Any], Any]] = {"abs": abs}
DEEPEST = 20


class FormulaInvalid(ValueError):
    """The text is not a formula; the message says at which character."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A checked formula. `names` are the measures and metrics it reads, in the order they appear."""

    text: str
    names: tuple[str, ...]
    decimal: Evaluate = field(compare=False, repr=False)
    fraction: Evaluate = field(compare=False, repr=False)

    @classmethod
    def parse(cls, text: str) -> "Formula":
        """Raises FormulaInvalid."""
        parser = _Parser(text, Decimal)
        decimal = parser.whole()
        return cls(text, tuple(dict.fromkeys(parser.names)), decimal, _Parser(text, Fraction).whole())

    def evaluate(self, values: Mapping[str, Exact]) -> Exact:
        """Raises KeyError naming what `values` lacks."""
        for name in self.names:
            if isinstance(values[name], Fraction):
                exact: Exact = self.fraction({name: Fraction(values[name]) for name in self.names})
                return exact
        result: Exact = self.decimal(values)
        return result

    def __str__(self) -> str:
        return self.text


class _Parser:
    def __init__(self, text: str, number: type[Decimal | Fraction]) -> None:
        self.number = number
        self.tokens = list(_tokens(text))
        self.names: list[str] = []
        self.depth = 0

    def whole(self) -> Evaluate:
        evaluate = self.sum()
        kind, text, place = self.tokens[0]
        if kind != "end":
            raise FormulaInvalid(f'"{text}" at character {place} was not expected')
        return evaluate

    def sum(self) -> Evaluate:
        return self.chain(("+", "-"), self.product)

    def product(self) -> Evaluate:
        return self.chain(("*",), self.atom)

    def chain(self, signs: tuple[str, ...], operand: Callable[[], Evaluate]) -> Evaluate:
        evaluate = operand()
        while self.tokens[0][1] in signs:
            sign = self.tokens.pop(0)[1]
            evaluate = _operation(OPERATIONS[sign], evaluate, operand())
        return evaluate

    def atom(self) -> Evaluate:
        kind, text, place = self.tokens[0]
        if kind == "end":
            raise FormulaInvalid(f"the formula breaks off at character {place}: a measure or a number is missing")
        self.tokens.pop(0)
        if text in FUNCTIONS:
            return self.function(text, place)
        if kind == "name":
            return self.name(text, place)
        if kind == "number":
            return _constant(self.number(text))
        if text == "(":
            return self.parenthesis(place)
        raise FormulaInvalid(f'"{text}" at character {place}: a measure or a number is missing before it')

    def name(self, text: str, place: int) -> Evaluate:
        if self.tokens[0][1] == "(":
            raise FormulaInvalid(f'"{text}" at character {place} is no function: formulas know {", ".join(FUNCTIONS)}')
        self.names.append(text)
        return itemgetter(text)

    def function(self, name: str, place: int) -> Evaluate:
        if self.tokens[0][1] != "(":
            raise FormulaInvalid(f'"{name}" at character {place} needs parentheses: {name}(…)')
        opened = self.tokens.pop(0)[2]
        inner = self.parenthesis(opened)
        return lambda values: FUNCTIONS[name](inner(values))

    def parenthesis(self, opened: int) -> Evaluate:
        self.depth += 1
        if self.depth > DEEPEST:
            raise FormulaInvalid(f"more than {DEEPEST} parentheses inside one another")
        evaluate = self.sum()
        if self.tokens[0][1] != ")":
            raise FormulaInvalid(f"the parenthesis at character {opened} is never closed")
        self.tokens.pop(0)
        self.depth -= 1
        return evaluate


def _tokens(text: str) -> list[Token]:
    tokens: list[Token] = []
    place = 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        match = TOKEN.match(text, place)
        if match is None or match.lastgroup is None:
            raise FormulaInvalid(f'"{text[place]}" at character {place + 1} has no meaning in a formula')
        tokens.append((match.lastgroup, match.group(), place + 1))
        place = match.end()
    return [*tokens, ("end", "", len(text) + 1)]


def _operation(operation: Callable[[Any, Any], Any], left: Evaluate, right: Evaluate) -> Evaluate:
    return lambda values: operation(left(values), right(values))


def _constant(number: Exact) -> Evaluate:
    return lambda values: number
