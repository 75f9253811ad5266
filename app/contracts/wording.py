"""What forms and pages say of contract rules, read once from its TOML file."""

import re
import tomllib
from calendar import month_name
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from app import formatting
from app.contracts.catalogue import CATALOGUE

SOURCE = Path(__file__).with_name("wording.toml")
MONEY = frozenset({"percent", "amount"})
DAY = re.compile(r"\d{4}-\d\d-\d\d")
NUMBER = re.compile(r"-?\d+(\.\d+)?")
MONTHS = {str(number): month_name[number] for number in range(1, 13)}
NO_NAMES: Mapping[str, str] = {}


class Word(NamedTuple):
    """What is said of one field; `offer` names what a draft offers to choose from."""

    label: str
    hint: str = ""
    options: Mapping[str, str] = {}
    kinds: tuple[str, ...] = ()
    offer: str = ""
    row: str = "row"
    told: str = ""
    usual: str = ""
    told_usual: str = ""
    silent: bool = False
    options_for: Mapping[str, Mapping[str, str]] = {}

    def options_of(self, kind: str) -> Mapping[str, str]:
        """What may be chosen, under a kind of rule."""
        return self.options_for.get(kind, self.options)


class Wording(NamedTuple):
    """What is said of a family of rules; `words` are in the order of the form."""

    lead: str
    row: str
    kinds: Mapping[str, tuple[str, str]]  # what each is called, and what it means
    words: Mapping[str, Word]  # by path within the rule: `steps.failure`

    def order(self, names: Mapping[str, Any], lead: str = "") -> list[str]:
        """The names under a path as the form has them."""
        places = list(self.words)
        return sorted(names, key=lambda name: places.index(lead + name) if lead + name in places else -1)


@cache
def wording(name: str) -> Wording:
    """The words of a family by the rule's own name: `earn_back`."""
    read = _source()
    part = read[name]
    words = {path: _word(content) for path, content in part.get("fields", {}).items()}
    words |= {path: _word(content) for path, content in read["common"]["fields"].items() if path not in words}
    kinds = {kind: (called, meaning) for kind, (called, meaning) in part.get("kinds", {}).items()}
    return Wording(part["lead"], part.get("row", "row"), kinds, words)


def told(name: str, rule: Any, sees_money: bool = True, levels: Mapping[str, str] = NO_NAMES) -> str:
    """A rule in words; `levels` are the service levels' names. Amounts are left out for who may not see them."""
    return _joined(_told(wording(name), rule, "", sees_money, levels))


def _told(said: Wording, rule: Any, lead: str, sees_money: bool, levels: Mapping[str, str]) -> Iterator[str]:
    if isinstance(rule, list):
        yield "; ".join(_joined(_told(said, part, lead, sees_money, levels)) for part in rule)
        return
    hidden = set() if sees_money else MONEY | ({"at_least"} if rule.get("of") == "credits" else set())
    if not lead and rule.get("kind") in said.kinds:
        yield _small(said.kinds[rule["kind"]][0])
    usual = {path.removeprefix(lead): word.usual for path, word in said.words.items() if word.usual}
    whole = {name: text for name, text in usual.items() if lead and "." not in name} | dict(rule)
    for name in said.order(whole, lead):
        if name in hidden or (name == "kind" and said.kinds):
            continue
        yield from _part(said, lead + name, whole[name], sees_money, levels)


def _part(said: Wording, path: str, value: Any, sees_money: bool, levels: Mapping[str, str]) -> Iterator[str]:
    word = said.words.get(path) or Word(path.rpartition(".")[2].replace("_", " "))
    if word.usual and value == word.usual:
        yield word.told_usual
    elif isinstance(value, Mapping):
        yield f"{_small(word.label)} {_joined(_told(said, value, f'{path}.', sees_money, levels))}"
    elif isinstance(value, list) and any(isinstance(part, Mapping) for part in value):
        yield "; ".join(_joined(_told(said, part, f"{path}.", sees_money, levels)) for part in value)
    else:
        yield from _plain(word, value, levels)


def _plain(word: Word, value: Any, levels: Mapping[str, str]) -> Iterator[str]:
    usual = next(iter(word.options), None)
    parts = value if isinstance(value, list) else [value]
    called = ", ".join(_called(word, str(part), levels) for part in parts)
    if "{}" in word.told:
        yield word.told.replace("{}", called)
    elif word.told:
        yield from () if value == usual else (word.told,)
    elif not word.silent:
        yield f"{_small(word.label)} {called}"


def _joined(pieces: Iterator[str]) -> str:
    return ", ".join(pieces).replace(":, ", " ")


def _called(word: Word, text: str, levels: Mapping[str, str]) -> str:
    if text in word.options:
        return _small(word.options[text])
    if word.offer == "calendar":
        return MONTHS.get(text, text)
    if word.offer == "measures" and text in CATALOGUE.measures:
        return _small(CATALOGUE.measures[text].name)
    if word.offer == "service levels":
        return levels.get(text, text)
    if DAY.fullmatch(text):
        return formatting.day(date.fromisoformat(text))
    return f"{Decimal(text):,f}" if NUMBER.fullmatch(text) else text


def _small(text: str) -> str:
    """`Answered` becomes answered; FTE and QA stay."""
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text


def _word(content: Mapping[str, Any]) -> Word:
    named = {"for": "kinds", "from": "offer"}
    given = {named.get(name, name): value for name, value in content.items()}
    return Word(**given | {"kinds": tuple(given.get("kinds", ()))})


@cache
def _source() -> dict[str, Any]:
    return tomllib.loads(SOURCE.read_text(encoding="utf-8"))
