"""Deadlines in words a person would use, on the clock of the contract."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.domain.periods import SATURDAY, Month, is_overdue
from app.reports.models import Report

CITIES = {"Bogota": "Bogotá", "Sao_Paulo": "São Paulo", "Asuncion": "Asunción", "Cancun": "Cancún"}


def deadline_in_words(due_at: datetime, now: datetime, zone: str, holidays: Collection[date] = ()) -> str:
    """“Due in 3 working days, Thursday 5 Nov, 17:00 in Bogotá”; “Overdue by 2 working days, since …”."""
    due, here = due_at.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone))
    at = f"{due:%A} {due.day} {due:%b}{'' if due.year == here.year else f' {due.year}'}, {due:%H:%M} in {city(zone)}"
    if is_overdue(due_at, now):
        days = working_days(due.date(), here.date(), holidays)
        return f"Overdue{f' by {_count(days)}' if days else ''}, since {at}"
    days = working_days(here.date(), due.date(), holidays)
    if due.date() == here.date():
        return f"Due today, {at}"
    return f"Due in {_count(days)}, {at}" if days else f"Due {at}"


def month_runs(report: Report, now: datetime) -> bool:
    """Whether the report's month has not yet ended where its contract is."""
    return Month.parse(report.month).last >= now.astimezone(ZoneInfo(report.contract.zone)).date()


def working_days(first: date, last: date, holidays: Collection[date]) -> int:
    """How many working days come after `first` and up to `last`."""
    days = (first + timedelta(days=number) for number in range(1, (last - first).days + 1))
    return sum(day.weekday() < SATURDAY and day not in holidays for day in days)


def city(zone: str) -> str:
    """The city of an IANA zone, for people: “Bogotá”, “New York”; “UTC” stays."""
    name = zone.rpartition("/")[2]
    return CITIES.get(name, name.replace("_", " "))


def _count(days: int) -> str:
    return f"{days:,} working day{'' if days == 1 else 's'}"
