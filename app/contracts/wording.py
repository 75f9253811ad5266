"""What forms and pages say of contract rules, read once from its TOML file."""

import tomllib
from calendar import month_name
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

SOURCE = Path(__file__).with_name("wording.toml")
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
    usual: str = ""
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


def _word(content: Mapping[str, Any]) -> Word:
    named = {"for": "kinds", "from": "offer"}
    given = {named.get(name, name): value for name, value in content.items()}
    return Word(**given | {"kinds": tuple(given.get("kinds", ()))})


@cache
def _source() -> dict[str, Any]:
    return tomllib.loads(SOURCE.read_text(encoding="utf-8"))
