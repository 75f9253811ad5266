"""Reads a terms document's shape; every part that cannot be read is a problem with its path."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from typing import Any

from app.domain.catalogue import KINDS, Problem
from app.domain.clauses import (
    Calendar,
    Coverage,
    CreditTerms,
    Deadline,
    MeasureTerms,
    ReportTerms,
    Scope,
    ServiceLevel,
)
from app.domain.tables import Table
from app.domain.targets import COMPARATORS, Band, Limit, Target

SCHEMA = "accord-terms/1"
KEY = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*", re.ASCII)
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)

WHOLE_KEYS = ("schema", "effective_from", "calendar", "coverage", "reports", "measures", "service_levels", "credits")
LEVEL_KEYS = (
    *("key", "name", "metric", "scope", "window", "source", "expected", "minimum", "threshold", "class", "weight"),
    *("credits_on", "allocation", "minimum_volume", "measured_from", "credits_from", "clause"),
)


@dataclass
class Draft:
    """What could be read. Parts are by path, so that later checks can name their place."""

    effective_from: date | None = None
    calendar: Calendar | None = None
    coverage: dict[str, Coverage] = field(default_factory=dict)
    reports: dict[str, ReportTerms] = field(default_factory=dict)
    measures: dict[str, MeasureTerms] = field(default_factory=dict)
    service_levels: dict[str, ServiceLevel] = field(default_factory=dict)
    credits: CreditTerms | None = None


def read(document: Mapping[str, Any]) -> tuple[Draft, list[Problem]]:
    problems: list[Problem] = []
    whole = Table("", document, problems)
    whole.known(*WHOLE_KEYS)
    whole.text("schema", choices=(SCHEMA,))
    draft = Draft(effective_from=whole.day("effective_from"), calendar=_calendar(whole))
    if whole.content.get("effective_from") is None:
        whole.refuse("effective_from", "is missing: write a date, such as 2026-11-01")
    draft.coverage = {part.path: _coverage(part) for part in whole.tables("coverage")}
    draft.reports = _reports(whole)
    draft.measures = _measures(whole)
    draft.service_levels = _service_levels(whole)
    draft.credits = _credits(whole)
    return draft, problems


def _calendar(whole: Table) -> Calendar | None:
    table = whole.table("calendar", required=True)
    if table is None:
        return None
    table.known("due", "lock", "holidays")
    due, lock = _deadline(table, "due"), _deadline(table, "lock")
    days = (table.as_day(f"holidays.{place}", text) for place, text in enumerate(table.texts("holidays")))
    holidays = frozenset(day for day in days if day)
    return Calendar(due, lock, holidays) if due and lock else None


def _deadline(calendar: Table, name: str) -> Deadline | None:
    table = calendar.table(name, required=True)
    if table is None:
        return None
    table.known("working_day", "time")
    working_day = table.required_number("working_day", least=1, most=60)
    clock = table.text("time")
    if working_day != int(working_day):
        table.refuse("working_day", "must be a whole number")
    if not CLOCK.fullmatch(clock):
        table.refuse("time", f'"{clock}" is not a time of day, such as "17:00"')
        return None
    return Deadline(int(working_day), time.fromisoformat(clock))


def _coverage(table: Table) -> Coverage:
    table.known("site", "queue", "from", "until")
    return Coverage(table.text("site"), table.text("queue"), table.day("from"), table.day("until"))


def _reports(whole: Table) -> dict[str, ReportTerms]:
    reports: dict[str, ReportTerms] = {}
    section = whole.table("reports", required=True)
    if section is not None:
        section.known(*KINDS)
        for kind in KINDS:
            if part := section.table(kind):
                part.known("grain", "certification")
                grain = part.text("grain", "month", ("month", "day"))
                certification = part.text("certification", "second_person", ("second_person", "declaration"))
                reports[kind] = ReportTerms(grain, certification)
    return reports


def _measures(whole: Table) -> dict[str, MeasureTerms]:
    section = whole.table("measures", required=True)
    measures: dict[str, MeasureTerms] = {}
    for key in section.content if section else ():
        if section and (part := section.table(key)):
            part.known("source", "tolerance")
            source = part.text("source", "partner", ("partner", "client", "agreed"))
            measures[key] = MeasureTerms(source, part.number("tolerance", most=100))
    return measures


def _service_levels(whole: Table) -> dict[str, ServiceLevel]:
    levels: dict[str, ServiceLevel] = {}
    for part in whole.tables("service_levels"):
        before = len(whole.problems)
        level = _service_level(part)
        if level and len(whole.problems) == before:
            levels[part.path] = level
    return levels


def _service_level(part: Table) -> ServiceLevel | None:
    part.known(*LEVEL_KEYS)
    key = part.text("key")
    if key and not KEY.fullmatch(key):
        part.refuse("key", f'"{key}" may hold small letters, digits and hyphens only')
    expected = _target(part, "expected", required=True)
    if expected is None:
        return None
    return ServiceLevel(
        key=key,
        name=part.text("name"),
        metric=part.text("metric"),
        scope=_scope(part),
        window=part.text("window", "month", ("month", "quarter")),
        source=part.text("source", "computed", ("computed", "stated")),
        expected=expected,
        minimum=_target(part, "minimum"),
        threshold=part.text("threshold", "") or None,
        importance=part.text("class", "key", ("critical", "key", "reported")),
        weight=part.number("weight") or Decimal(0),
        credits_on=part.text("credits_on", "none", ("minimum", "expected", "none")),
        allocation=part.number("allocation"),
        minimum_volume=part.number("minimum_volume"),
        measured_from=part.day("measured_from"),
        credits_from=part.day("credits_from"),
        clause=part.text("clause", ""),
    )


def _scope(level: Table) -> Scope:
    table = level.table("scope")
    if table is None:
        return Scope()
    table.known("sites", "queues")
    return Scope(table.texts("sites"), table.texts("queues"))


def _target(level: Table, name: str, required: bool = False) -> Target | None:
    table = level.table(name, required)
    if table is None:
        return None
    if band := table.table("band"):
        table.known("band")
        band.known("lower", "upper")
        return Band(band.required_number("lower", least=None), band.required_number("upper", least=None))
    table.known("comparator", "value", "band")
    return Limit(table.text("comparator", choices=tuple(COMPARATORS)), table.required_number("value", least=None))


def _credits(whole: Table) -> CreditTerms | None:
    table = whole.table("credits")
    if table is None:
        return None
    table.known("at_risk", "pool", "monthly_cap", "clause")
    return CreditTerms(
        at_risk=table.required_number("at_risk", most=100),
        pool=table.required_number("pool"),
        monthly_cap=table.number("monthly_cap", most=100),
        clause=table.text("clause", ""),
    )
