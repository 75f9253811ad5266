"""What is wrong with a sheet's head, and what of it is doubtful: zone, currency, first and last day."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from app.contracts.currencies import CURRENCIES
from app.domain.catalogue import Problem

NO_ZONE = '"{}" is no IANA time zone that Accord knows, such as America/Bogota'


def faults_of(head: Any) -> Iterator[Problem]:
    """Every deadline rests on the zone, and what is judged on the days; the schema tells a head of another shape."""
    if not isinstance(head, dict):
        return
    if not _is_zone(str(head.get("zone", "UTC"))):
        yield Problem("contract.zone", NO_ZONE.format(head["zone"]))
    days = {name: as_day(head[name]) for name in ("starts_on", "ends_on") if name in head}
    for name, day in days.items():
        if day is None:
            yield Problem(f"contract.{name}", f'"{head[name]}" is not a date such as 2026-11-01')
    starts_on, ends_on = days.get("starts_on"), days.get("ends_on")
    if starts_on and ends_on and ends_on < starts_on:
        yield Problem("contract.ends_on", f"{ends_on} is before the contract's first day, {starts_on}")


def doubts_of(head: Mapping[str, Any], effective_from: str) -> Iterator[Problem]:
    if effective_from < str(head.get("starts_on", "")):
        message = f"{effective_from} is before the contract's first day, {head['starts_on']}"
        yield Problem("effective_from", message)
    if str(head.get("currency", "USD")) not in CURRENCIES:
        yield Problem("contract.currency", f'"{head["currency"]}" is no currency that Accord knows')


def _is_zone(name: str) -> bool:
    try:
        return bool(ZoneInfo(name).key)
    except (OSError, ValueError, KeyError):
        return False


def as_day(text: object) -> date | None:
    """A day as a sheet writes it, such as 2026-11-01."""
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None
