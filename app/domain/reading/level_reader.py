"""Reads one service level of a terms document."""

import re
from decimal import Decimal

from app.domain.clauses import RampStep, Scope, ServiceLevel
from app.domain.rules.bands import read_bands
from app.domain.rules.bonus import read_bonus
from app.domain.rules.classes import CLASSES
from app.domain.rules.defaults import read_defaults
from app.domain.rules.earn_back import read_earn_back
from app.domain.rules.improvement import read_improvement
from app.domain.rules.price_reader import read_outside_caps, read_price, read_replaces
from app.domain.rules.relief import read_relief
from app.domain.rules.repeats import read_repeats
from app.domain.rules.rounding import read_rounding
from app.domain.rules.scoring import read_score
from app.domain.rules.volume import read_volume
from app.domain.rules.windows import read_window
from app.domain.tables import Table
from app.domain.targets import COMPARATORS, Band, Limit, Target

KEY = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*", re.ASCII)

LEVEL_KEYS = (
    *("key", "name", "metric", "scope", "window", "source", "expected", "minimum", "exceeded", "ramp", "bands"),
    "rounding",
    *("threshold", "class", "category", "weight", "credits_on", "default", "minimum_volume", "low_volume", "relief"),
    *("allocation", "credit", "repeats", "earn_back", "bonus", "improvement", "score", "matures_after"),
    *("measured_from", "credits_from", "clause"),
)


def read_service_level(part: Table) -> ServiceLevel | None:
    part.known(*LEVEL_KEYS)
    key = _key(part)
    expected = _target(part, "expected", required=True)
    if expected is None:
        return None
    return ServiceLevel(
        key=key,
        name=part.text("name"),
        metric=part.text("metric"),
        scope=_scope(part),
        window=read_window(part),
        source=part.text("source", "computed", ("computed", "stated")),
        expected=expected,
        minimum=_target(part, "minimum"),
        exceeded=_target(part, "exceeded"),
        ramp=_ramp(part),
        bands=read_bands(part),
        rounding=read_rounding(part),
        threshold=part.text("threshold", "") or None,
        importance=part.text("class", "key", CLASSES),
        category=part.text("category", ""),
        weight=part.number("weight") or Decimal(0),
        default=read_defaults(part),
        volume=read_volume(part),
        relief=read_relief(part),
        price=read_price(part),
        replaces_others=read_replaces(part),
        outside_caps=read_outside_caps(part),
        repeats=read_repeats(part),
        earn_back=read_earn_back(part),
        bonus=read_bonus(part),
        improvement=read_improvement(part),
        score=read_score(part),
        matures_after=part.whole("matures_after", None, most=366),
        measured_from=part.day("measured_from"),
        credits_from=part.day("credits_from"),
        clause=part.text("clause", ""),
    )


def _key(level: Table) -> str:
    key = level.text("key")
    if key and not KEY.fullmatch(key):
        level.refuse("key", f'"{key}" may hold small letters, digits and hyphens only')
    return key


def _scope(level: Table) -> Scope:
    table = level.table("scope")
    if table is None:
        return Scope()
    table.known("sites", "queues", "markets")
    return Scope(table.texts("sites"), table.texts("queues"), table.texts("markets"))


def _ramp(level: Table) -> tuple[RampStep, ...]:
    """`ramp: [{from: 2026-01-01, expected: {comparator: ">=", value: "70"}}]`; the targets hold from that day on."""
    if level.content.get("ramp") is None:
        return ()
    steps = []
    for place, table in enumerate(level.tables("ramp")):
        table.known("from", "expected", "minimum")
        since, expected = table.day("from"), _target(table, "expected", required=True)
        if since is None and table.content.get("from") is None:
            table.refuse("from", "is missing: from which day on do these targets hold?")
        if since and expected:
            steps.append(RampStep(since, expected, _target(table, "minimum"), place))
    return tuple(sorted(steps, key=lambda step: step.since))


def _target(level: Table, name: str, required: bool = False) -> Target | None:
    said = level.content.get(name)
    if isinstance(said, str):
        comparator = next((sign for sign in COMPARATORS if said.startswith(sign)), "")
        value = said.removeprefix(comparator).strip()
        level.refuse(name, f'must say how it is compared: {{comparator: "{comparator or ">="}", value: {value}}}')
        return None
    table = level.table(name, required)
    if table is None:
        return None
    if band := table.table("band"):
        table.known("band")
        band.known("lower", "upper")
        return Band(band.required_number("lower", least=None), band.required_number("upper", least=None))
    table.known("comparator", "value", "band")
    return Limit(table.text("comparator", choices=tuple(COMPARATORS)), table.required_number("value", least=None))
