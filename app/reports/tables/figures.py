"""Reads one cell as a figure, in the way its author writes numbers."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache

from app.domain.periods import Month
from app.reading import Cell
from app.reports.template import Column

PLAIN = {  # the first also as in India: 1,23,456
    "1,234.5": re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+|\d{1,2}(,\d\d)+,\d{3})(\.\d+)?", re.ASCII),
    "1.234,5": re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?", re.ASCII),
    "1 234,5": re.compile(r"[+-]?\d+(,\d+)?", re.ASCII),
}
THOUSANDS = re.compile(r"[1-9]\d{0,2}", re.ASCII)  # before a point and three digits, where no decimals are expected
CLOCK = re.compile(r"(\d{1,6}):([0-5]?\d):([0-5]?\d(?:\.\d+)?)", re.ASCII)
GAP = "[ \u00a0\u202f\u2009'’]"
# Between groups of three, behind a sign and before %: elsewhere two figures stand in one cell, or 5'30 of a clock.
SPACES, AT_THE_ENDS = re.compile(GAP), re.compile(rf"(?<=^[+-]){GAP}+|{GAP}+(?=%$)")
GROUPS = re.compile(rf"^[+-]?\d{{1,3}}({GAP}\d{{3}})+(?!\d)", re.ASCII)
# As it is abbreviated in English, Spanish, French, Italian, Portuguese, Polish and German.
UNAVAILABLE = re.compile(
    r"(?:n\s?/?\s?a|n\.\s?a\.?|[nsb][./]\s?d\.?|k\.\s?a\.?|not available|no data)\s*(?:[:;,–—-]\s*(.*))?",
    re.IGNORECASE | re.DOTALL,
)
LONGEST_REASON = 200  # in letters, as it stands beside a figure on the page
LONGEST = 20  # a number as it is typed, with its signs
LARGEST = Decimal(10) ** 15


class NotAFigure(ValueError):
    """What is wrong with the cell and what to type, as one sentence or two."""


def figure(cell: Cell, column: Column, number_style: str) -> Decimal:
    """The figure in a cell that is not blank. Raises NotAFigure."""
    written = column.conversion
    if written is None and cell.kind == "number" and cell.text.isdecimal() and len(cell.text) < LARGEST.adjusted():
        return Decimal(cell.text)
    if written is not None and written.takes_clock:
        value = written.of(_clock(cell, column))
    else:
        value = _number(cell, column, number_style)
        if written is not None and not says_percent(cell):
            value = written.of(value)
    if abs(value) >= LARGEST:
        raise NotAFigure(f"{_shown(cell)} is larger than any count can be. Type {_example(column, number_style)}.")
    if value < 0:
        raise NotAFigure(f"{_shown(cell)} is negative. Type {_example(column, number_style)}.")
    if column.is_whole and value != value.to_integral_value():
        share = " It looks like a share: this column takes the count, not the percentage." if value < 1 else ""
        raise NotAFigure(f"{_shown(cell)} is not a whole number.{share} Type {_example(column, number_style)}.")
    # Nothing is added so that a negative zero is none.
    return (value.normalize() if value != value.to_integral_value() else value.quantize(Decimal(1))) + 0


@lru_cache(maxsize=10_000)
def exact(text: str) -> Decimal:
    """A figure as a row keeps it; most figures of a table occur in it more than once."""
    return Decimal(text)


def kept(texts: Mapping[str, str | None]) -> dict[str, Decimal]:
    """The figures that a row keeps. A blank cell is left out: missing is never zero."""
    return {key: exact(text) for key, text in texts.items() if text}


def is_written_as(text: str, column: Column, number_style: str) -> bool:
    """Whether a text is a number of this style, and none that may be meant as a thousand times as much."""
    bare = _bare(text).removesuffix("%")
    return PLAIN[number_style].fullmatch(bare) is not None and not _may_be_thousands(bare, column, number_style)


def says_percent(cell: Cell) -> bool:
    """Whether a cell says by its format, or in its text, that it is in percent."""
    return cell.kind == "percent" or (cell.kind == "text" and cell.text.rstrip().endswith("%"))


def without_a_figure(cell: Cell) -> str | None:
    """Why a cell holds no figure, by “n/a: reason”; empty when it does not say, None when it holds something else."""
    if cell.is_blank:
        return ""
    if cell.kind != "text" or not (said := UNAVAILABLE.fullmatch(cell.text.strip())):
        return None
    return (said[1] or "").strip()[:LONGEST_REASON]


def period(cell: Cell) -> Month | date | None:
    """The month or the day that a cell names; None when it names neither."""
    return _period(cell.text.strip()[:10])


@lru_cache(maxsize=1_000)
def _period(text: str) -> Month | date | None:
    for read in (Month.parse, date.fromisoformat, _dotted_day, _month_as_a_number):
        try:
            return read(text)
        except ValueError:
            continue
    return None


def _number(cell: Cell, column: Column, number_style: str) -> Decimal:
    wants_percent = column.unit == "percent"
    if cell.kind == "number":
        return Decimal(cell.text)
    if cell.kind == "percent":
        if wants_percent:
            return Decimal(cell.text) * 100
        raise NotAFigure(_percentage(f"{(Decimal(cell.text) * 100).normalize():f} %", column, number_style))
    if cell.kind == "text":
        return _typed(cell, column, number_style, wants_percent)
    wrong = {
        "date": f"{cell.text} is a date: the cell has a date format. Give it a number format and type",
        "time": f"{cell.text} is a time: the cell has a time format. Give it a number format and type",
        "truth": f"{cell.text} is not a number. Type",
        "error": f"{cell.text} is a formula's error. Mend the formula, or type",
        "formula": "The formula has no stored result. Open the file, save it and upload it again, or type",
    }[cell.kind]
    raise NotAFigure(f"{wrong} {_example(column, number_style)}.")


def _typed(cell: Cell, column: Column, number_style: str, wants_percent: bool) -> Decimal:
    text = _bare(cell.text)
    if text.endswith("%"):
        if not wants_percent:
            raise NotAFigure(_percentage(cell.text.strip(), column, number_style))
        text = text[:-1]
    if not PLAIN[number_style].fullmatch(text) or len(text) > LONGEST:
        raise NotAFigure(f"{_shown(cell)} is not a number. Type {_example(column, number_style)}.")
    group, point = number_style[1], number_style[-2]
    if _may_be_thousands(text, column, number_style):
        meant = text.lstrip("+-").replace(point, "")
        raise NotAFigure(f"{_shown(cell)} may mean {meant}. Type the count without a point or comma.")
    return Decimal(text.replace(group, "").replace(point, "."))


def _bare(text: str) -> str:
    bare = AT_THE_ENDS.sub("", text.strip().replace("−", "-"))
    return GROUPS.sub(lambda found: SPACES.sub("", found[0]), bare)


def _may_be_thousands(text: str, column: Column, number_style: str) -> bool:
    whole, _, decimals = text.lstrip("+-").partition(number_style[-2])
    return _takes_no_thousandths(column) and len(decimals) == 3 and THOUSANDS.fullmatch(whole) is not None


def _takes_no_thousandths(column: Column) -> bool:
    """Nobody sums up seconds to the thousandth."""
    return column.is_whole or (column.unit == "seconds" and column.conversion is None)


def _clock(cell: Cell, column: Column) -> Decimal:
    """Seconds."""
    if cell.kind not in ("time", "text") or not (found := CLOCK.fullmatch(cell.text.strip())):
        raise NotAFigure(f"{_shown(cell)} is no time as h:mm:ss, in which {column.name} is written here. Type 1:30:00.")
    hours, minutes, seconds = found.groups()
    return Decimal(int(hours) * 3600 + int(minutes) * 60) + Decimal(seconds)


def _percentage(written: str, column: Column, number_style: str) -> str:
    return f"{written} is a percentage; this column takes {column.takes}. Type {_example(column, number_style)}."


def _example(column: Column, number_style: str) -> str:
    if column.is_whole:
        return "a count such as 1250"
    number = "79.5" if number_style == "1,234.5" else "79,5"
    return f"percent such as {number}" if column.unit == "percent" else f"a number such as {number}"


def _shown(cell: Cell) -> str:
    text = cell.text.strip()
    return f"“{text[:40]}{'…' if len(text) > 40 else ''}”"


def _month_as_a_number(text: str) -> Month:
    """202509, of this century."""
    if len(text) != 6 or not text.startswith("20"):
        raise ValueError(text)
    return Month.parse(f"{text[:4]}-{text[4:]}")


def _dotted_day(text: str) -> date:
    """31.10.2026, and nothing that could be read two ways."""
    day, month, year = text.split(".")
    return date(int(year), int(month), int(day))
