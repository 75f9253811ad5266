"""The month or day that a cell of somebody else names, read in the light of the month that the report is for."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path

from app.domain.periods import Month
from app.reading import Cell
from app.reports.tables.figures import period
from app.reports.tables.headings import FOOTNOTE
from app.reports.template import Template

LINES = Path(__file__).with_name("months.txt").read_text(encoding="utf-8").splitlines()
NUMBERS = {
    name: number
    for number, line in enumerate((line for line in LINES if not line.startswith("#")), 1)
    for name in line.split()
}
YEAR = re.compile(r"20\d\d")
NAMED = re.compile(r"([a-z]{3,12})\.?[\s\-/_’'.]*(?:(?:de|del|of)\s+)?(\d{4}|\d{2})")
YEAR_FIRST = re.compile(r"(20\d\d)[\s\-/_.]*([a-z]{3,12})\.?")
# 3055.5 is a figure; 2026.1 is October where a spreadsheet took 2026.10 for a number.
NUMBERED = re.compile(r"(\d{1,2})[/.\-](20\d\d)|(20\d\d)(?!\.1$)[/.\-](\d{1,2})")
ISO = re.compile(r"\d{4}-\d\d(-\d\d)?([ T].*)?")
DAY_NAMED = re.compile(
    r"(?:[a-z]{2,9}\.?,?\s+)?(\d{1,2})\.?[\s\-/]*(?:(?:de|of)\s+)?([a-z]{3,12})\.?[\s\-/,]*(?:(?:de|del)\s+)?(\d{4}|\d{2})"
)
NAMED_DAY = re.compile(r"(?:[a-z]{2,9}\.?,?\s+)?([a-z]{3,12})\.?\s+(\d{1,2}),?\s+(\d{4})")
DAY = re.compile(r"(?:[a-z]{2,9}\.?,?\s+)?(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})(?:\s.*)?")


def period_in(cell: Cell, template: Template) -> Month | date | None:
    """As Accord reads it, and beyond that Dec-25, août 2026, set/26, 12/2025, 31-Oct-26, days in figures, a month
    without its year, and by day the day's number alone. Of 05/09 and 09/05 the one in the report's month is meant; None
    when it names no period."""
    if (found := period(cell)) is not None or (cell.kind == "number" and not cell.text.isdecimal()):
        return found
    text = FOOTNOTE.sub("", cell.text).strip().casefold()
    if template.grain == "day" and len(text) < 3 and text.isascii() and text.isdecimal():
        return _day(template.month.year, template.month.number, int(text))
    return _month(text) or _day_named(text) or _in_figures(text, template.month) or _without_year(text, template)


def month_alone(text: str) -> int | None:
    """The number of the month that a text names without its year."""
    return NUMBERS.get(_plain(FOOTNOTE.sub("", text).strip().removesuffix(".")))


def _without_year(text: str, template: Template) -> Month | None:
    """The report's own month, or the last that was called so before it; a history has months of many years."""
    number, month = month_alone(text), template.month
    if number is None or template.contracts or not template.kind:
        return None
    return Month(month.year - (number > month.number), number)


def months_of_sheet(name: str, template: Template) -> set[Month]:
    """The months that its name says, with or without a year, unless it is a site's or queue's."""
    if name.strip().casefold() in {*template.sites_as_typed, *template.queues_as_typed}:
        return set()
    alone = _without_year(name, template)
    return {alone} if alone else set(months_in(name))


def month_named(text: str) -> Month | None:
    """The month that a heading names with its year, by its name, in figures or by a day, and nothing else."""
    plain = FOOTNOTE.sub("", text).strip()
    named = period(Cell("text", plain)) if ISO.fullmatch(plain) else None
    return Month.of(named) if isinstance(named, date) else named or _month(plain.casefold())


def day_first(cells: Iterable[Cell]) -> bool | None:
    """How the author of a column writes days in figures: 31/01 or 01/31; None when none of them tells."""
    firsts, seconds = set(), set()
    for cell in cells:
        if found := DAY.fullmatch(FOOTNOTE.sub("", cell.text).strip().casefold()):
            firsts.add(int(found[1]))
            seconds.add(int(found[2]))
    if any(number > 12 for number in firsts) or (firsts == {1} and len(seconds) > 1):
        return True
    if any(number > 12 for number in seconds) or (seconds == {1} and len(firsts) > 1):
        return False
    return None


def months_in(text: str) -> Iterator[Month]:
    """The months that a title names with their year, or that a sheet's whole name is."""
    if whole := _month(text.strip().casefold()):
        yield whole
        return
    for found in NAMED.finditer(_plain(text)):
        if len(found[2]) == 4 and found[1] in NUMBERS:
            yield Month(int(found[2]), NUMBERS[found[1]])


def month_of(year: str, month: str) -> Month | None:
    """Of a year and a month that stand apart: 2025 and 9, Sep or September."""
    year, month = year.strip(), FOOTNOTE.sub("", month).strip().casefold()
    if not YEAR.fullmatch(year):
        return None
    if month.isascii() and month.isdecimal() and len(month) < 3:
        return Month(int(year), int(month)) if 1 <= int(month) <= 12 else None
    return _month(f"{month} {year}")


def _plain(text: str) -> str:
    """Without capitals and accents."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


@lru_cache(maxsize=1_000)
def _month(text: str) -> Month | None:
    text = _plain(text)
    if (named := NAMED.fullmatch(text)) and named[1] in NUMBERS:
        return Month(int(named[2]) + (2000 if len(named[2]) == 2 else 0), NUMBERS[named[1]])
    if (named := YEAR_FIRST.fullmatch(text)) and named[2] in NUMBERS:
        return Month(int(named[1]), NUMBERS[named[2]])
    if numbered := NUMBERED.fullmatch(text):
        year, number = int(numbered[2] or numbered[3]), int(numbered[1] or numbered[4])
        return Month(year, number) if 1 <= number <= 12 and year else None
    return None


@lru_cache(maxsize=1_000)
def _day_named(text: str) -> date | None:
    """31-Oct-26, 31 de octubre de 2026, Oct 31, 2026."""
    text = _plain(text)
    if found := DAY_NAMED.fullmatch(text):
        day, name, year = found.groups()
    elif found := NAMED_DAY.fullmatch(text):
        name, day, year = found.groups()
    else:
        return None
    return _day(int(year) + (2000 if len(year) == 2 else 0), NUMBERS.get(name, 0), int(day))


def _in_figures(text: str, month: Month) -> date | None:
    if not (found := DAY.fullmatch(text)):
        return None
    one, other, year = int(found[1]), int(found[2]), int(found[3])
    year += 2000 if year < 100 else 0
    days = [day for day in (_day(year, other, one), _day(year, one, other)) if day]
    return next((day for day in days if Month.of(day) == month), days[0] if days else None)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
