"""The families of contract rules beyond targets and shares, as the schema documents them."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from app.contracts.catalogue import CATALOGUE
from app.contracts.sentences import sentence
from app.contracts.sheets import SCHEMA
from app.contracts.wording import NO_NAMES, Wording, wording

Part = Mapping[str, Any]


class Family(NamedTuple):
    """`path` leads to the rule in a terms document, from the service level or from the whole."""

    name: str  # as addresses have it
    title: str
    path: tuple[str, ...]
    is_about_money: bool
    replaces: str = ""  # the short form that says the same, and cannot stand beside it

    @property
    def shape(self) -> Part:
        """What the schema says of it."""
        part = _schema()["$defs"]["service_level"] if self in LEVEL_FAMILIES else _schema()
        for step in self.path:
            part = part["properties"][step]
        return part

    @property
    def wording(self) -> Wording:
        """What forms and pages say of it."""
        return wording(self.path[-1])

    def of(self, document: Part) -> Any:
        """The rule as a document has it; None where it has none."""
        part: Any = document
        for step in self.path:
            part = part.get(step) if isinstance(part, Mapping) else None
        return part if isinstance(part, (Mapping, list)) else None


def _family(path: str, title: str, money: bool = False, replaces: str = "") -> Family:
    return Family(path.rpartition(".")[2].replace("_", "-"), title, tuple(path.split(".")), money, replaces)


LEVEL_FAMILIES = (
    _family("window", "Window"),
    _family("exceeded", "What counts as exceeded"),
    _family("ramp", "Targets that rise"),
    _family("bands", "Severity bands"),
    _family("rounding", "Rounding before comparison"),
    _family("default", "What counts as a default", replaces="credits_on"),
    _family("low_volume", "Low volume", replaces="minimum_volume"),
    _family("relief", "Relief"),
    _family("credit", "What a default costs", money=True, replaces="allocation"),
    _family("repeats", "Repeated failures", money=True),
    _family("earn_back", "Earn-back", money=True),
    _family("bonus", "Bonus", money=True),
    _family("improvement", "Continuous improvement"),
    _family("score", "Points in the scorecard"),
)
WHOLE_FAMILIES = (
    _family("credits.base", "What percentages are of", money=True),
    _family("credits.categories", "Performance categories", money=True),
    _family("credits.caps", "Caps", money=True),
    _family("credits.points", "What service points cost", money=True),
    _family("credits.earn_back", "Earn-back of every service level", money=True),
    _family("credits.incidents", "Incidents", money=True),
    _family("contract_year", "Contract year"),
    _family("claims", "Claims for relief"),
    _family("corridor", "Forecast corridor"),
    _family("rights", "Rights"),
    _family("scorecard", "Scorecard"),
)


def used(families: tuple[Family, ...], document: Part, sees_money: bool) -> Iterator[tuple[Family, str]]:
    """The families that a document has and that a reader may see, each in words."""
    levels = {str(level.get("key")): str(level.get("name")) for level in document.get("service_levels") or ()}
    for family in families:
        rule = family.of(document)
        if rule and (sees_money or not family.is_about_money):
            yield family, said(family.path[-1], rule, sees_money, levels, str(document.get("metric")))


def said(name: str, rule: Any, sees_money: bool = True, levels: Mapping[str, str] = NO_NAMES, metric: str = "") -> str:
    """A rule as a clause would say it; `metric` is the key of what it is about."""
    known = CATALOGUE.metrics.get(metric)
    return sentence(name, rule, sees_money, levels, known.unit if known else "")


def resolved(part: Part) -> Part:
    """A part of the schema with what it refers to; of several forms the keys of all."""
    if reference := part.get("$ref"):
        return resolved(_schema()["$defs"][reference.rpartition("/")[2]])
    forms = [form for form in map(resolved, part.get("oneOf", ())) if "properties" in form]
    if len(forms) < 2:
        return forms[0] if forms else part
    return {"properties": {name: key for form in forms for name, key in form["properties"].items()}}


@cache
def _schema() -> dict[str, Any]:
    return json.loads(SCHEMA.read_text(encoding="utf-8"))
