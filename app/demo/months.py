"""What is sent for one month of the story: files as the partners' people would have filled them in."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from app.demo.cast import STORY
from app.reports.asking import template_of
from app.reports.models import Report
from app.reports.tables.workbook import EMPTY, write_workbook

KINDS = ("staffing", "service", "quality")
EVERYTHING_STANDS: Mapping[tuple[str, str], dict[str, str]] = {}


@dataclass(frozen=True)
class Row:
    month: str
    site: str
    queue: str
    figures: dict[str, str]


def workbook_for(report: Report, corrected: Mapping[tuple[str, str], dict[str, str]] = EVERYTHING_STANDS) -> bytes:
    """The report's own template, filled in with the story's figures, or others of a site and queue."""
    figures = {(row.site, row.queue): row.figures for row in rows_of(report)}
    for place, changes in corrected.items():
        figures[place] = figures[place] | changes
    rows = [
        {**EMPTY, "site": site, "queue": queue, "day": None, "measures": typed, "stated": typed}
        for (site, queue), typed in figures.items()
    ]
    return write_workbook(report, template_of(report), rows)


def rows_of(report: Report) -> list[Row]:
    party = "-client" if report.party == "client" else ""
    name = f"{report.contract.partner.code}-{report.kind}{party}.csv"
    return [row for row in _read(name) if row.month == report.month]


def charges_of(partner: str) -> dict[str, int]:
    """The month's charges in whole units of the currency, by month."""
    with (STORY / "charges.csv").open(newline="") as lines:
        return {row["month"]: int(row["amount"]) for row in csv.DictReader(lines) if row["partner"] == partner}


@cache
def _read(name: str) -> tuple[Row, ...]:
    return tuple(_rows(name))


def _rows(name: str) -> Iterator[Row]:
    with (STORY / name).open(newline="") as lines:
        for row in csv.DictReader(lines):
            month, site, queue = row.pop("month"), row.pop("site"), row.pop("queue")
            yield Row(month, site, queue, row)
