"""Reads a terms document's shape; every part that cannot be read is a problem with its path."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from app.domain.catalogue import KINDS, Problem
from app.domain.clauses import Calendar, Coverage, CreditTerms, Deadline, MeasureTerms, ReportTerms, ServiceLevel
from app.domain.periods import Month
from app.domain.reading.credit_reader import read_credits
from app.domain.reading.level_reader import read_service_level
from app.domain.rules.corridor import CorridorRule, read_corridor
from app.domain.rules.relief import NO_CLAIM_TERMS, ClaimTerms, read_claims
from app.domain.rules.rights import RightRule, read_rights
from app.domain.rules.scoring import HOUSE, ScorecardRule, read_scorecard
from app.domain.tables import Table

SCHEMA = "accord-terms/1"
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)

WHOLE_KEYS = (
    *("schema", "effective_from", "calendar", "coverage", "reports", "measures", "service_levels", "credits"),
    *("contract_year", "claims", "corridor", "rights", "scorecard"),
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
    level_keys: tuple[str, ...] = ()  # also of those that could not be read
    has_unread_levels: bool = False
    credits: CreditTerms | None = None
    year_starts: Month | None = None
    claims: ClaimTerms = NO_CLAIM_TERMS
    corridor: CorridorRule | None = None
    rights: tuple[RightRule, ...] = ()
    scorecard: ScorecardRule = HOUSE


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
    draft.level_keys = _level_keys(document)
    draft.has_unread_levels = len(draft.service_levels) < len(_listed(document))
    draft.credits = read_credits(whole)
    draft.year_starts = _contract_year(whole)
    draft.claims, draft.corridor = read_claims(whole), read_corridor(whole)
    draft.rights, draft.scorecard = read_rights(whole), read_scorecard(whole)
    return draft, problems


def _contract_year(whole: Table) -> Month | None:
    """`contract_year: {starts: 2025-11-01}`; without it the years run from the first terms."""
    table = whole.table("contract_year")
    if table is None:
        return None
    table.known("starts")
    starts = table.day("starts")
    if starts is None and table.content.get("starts") is None:
        table.refuse("starts", "is missing: write the first day of a contract year")
    if starts and starts.day != 1:
        table.refuse(
            "starts",
            f"is inside a month, and contract years are counted in whole months: write {starts.replace(day=1)}",
        )
    return Month.of(starts) if starts else None


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
    table.known("site", "queue", "market", "from", "until")
    market = table.text("market", "")
    return Coverage(table.text("site"), table.text("queue"), table.day("from"), table.day("until"), market)


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
            part.known("source", "tolerance", "per_head", "rate")
            source = part.text("source", "partner", ("partner", "client", "agreed", "record"))
            measures[key] = MeasureTerms(
                source, part.number("tolerance", most=100), part.number("per_head"), part.number("rate")
            )
    return measures


def _level_keys(document: Mapping[str, Any]) -> tuple[str, ...]:
    keys = [level.get("key") for level in _listed(document) if isinstance(level, Mapping)]
    return tuple(key for key in keys if isinstance(key, str))


def _listed(document: Mapping[str, Any]) -> list[Any]:
    levels = document.get("service_levels")
    return levels if isinstance(levels, list) else []


def _service_levels(whole: Table) -> dict[str, ServiceLevel]:
    levels: dict[str, ServiceLevel] = {}
    for part in whole.tables("service_levels"):
        before = len(whole.problems)
        level = read_service_level(part)
        if level and len(whole.problems) == before:
            levels[part.path] = level
    return levels
