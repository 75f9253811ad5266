"""Headings, units and periods in other people's words, without a database."""

from datetime import date
from decimal import Decimal

import pytest

from app.domain.periods import Month
from app.reading import Cell, Row, Sheet
from app.reports import units
from app.reports.mapping.layout import layouts
from app.reports.tables.figures import NotAFigure, figure
from app.reports.tables.headings import bare, unit_of
from app.reports.tables.periods import months_in, period_in
from app.reports.template import Asked, Column, Template


def template(grain: str = "month") -> Template:
    return Template("x", Month(2026, 9), "service", "partner", grain, (), (Asked("one", "voice"),))


def sheet(*rows: str, merged: tuple = ()) -> Sheet:
    """Rows of cells between bars, numbered from 1; what reads as a number is one."""
    cells = [[text.strip() for text in row.split("|")] for row in rows]
    made = [
        Row(number, tuple(Cell("number" if text.isdigit() else "text" if text else "blank", text) for text in row))
        for number, row in enumerate(cells, 1)
        if any(row)
    ]
    return Sheet("Data", tuple(made), (), merged)


def headings(*rows: str, merged: tuple = ()) -> list[list[str]]:
    return [[each.text for each in layout.headings] for layout in layouts([sheet(*rows, merged=merged)], {"one"})]


def test_headings_may_fill_three_rows_and_one_of_units_whether_merged_or_not():
    rows = ("Volumes of 2026", "| Calls", "Site | Offered | Missed", " | thousands | count", "one | 5 | 1")
    wanted = [["Site", "Calls / Offered / thousands", "Calls / Missed / count"]]
    assert headings(*rows) == wanted
    assert headings(*rows, merged=((2, 2, 2, 3),)) == wanted


def test_a_title_over_the_whole_table_is_no_heading_and_a_row_of_words_is_none_of_a_known_site():
    assert headings("Service, September | | ", "Site | Team | Calls", "one | voice | n/a", "one | chat | 7") == [
        ["Site", "Team", "Calls"]
    ]


def test_tables_under_one_another_are_told_apart_and_repeated_headings_are_not_another():
    stacked = headings("Site | Calls", "one | 5", "", "Agent | Score", "x | 7")
    assert stacked == [["Site", "Calls"], ["Agent", "Score"]]
    assert headings("Site | Calls", "one | 5", "Site | Calls", "one | 6") == [["Site", "Calls"]]


@pytest.mark.parametrize(
    ("heading", "unit"),
    [
        *((("Handle time (min)",), "minutes"), (("Handle time", "seconds"), "seconds"), (("AHT sec",), "seconds")),
        *((("Less than 1 minute", "Count"), ""), (("Answered", "%"), "percent"), (("% of requested",), "percent")),
        *((("Calls (in thousands)",), "thousands"), (("Offered",), "")),
    ],
)
def test_the_unit_that_a_heading_names(heading, unit):
    assert unit_of(heading) == unit


def test_a_heading_with_another_footnote_is_the_same_heading():
    assert bare(["Missed [5]", "Total*"]) == bare(["missed  [4, 5]", "Total"]) == ("missed", "total")


@pytest.mark.parametrize(
    ("written", "month", "day"),
    [
        *(("Sep-26", Month(2026, 9), Month(2026, 9)), ("September 2026 [2]", Month(2026, 9), Month(2026, 9))),
        *((text, Month(2026, 9), Month(2026, 9)) for text in ("set-26", "SEPT’26", "Sep. 2026", "septiembre de 2026")),
        *(
            (text, Month(2026, 8), Month(2026, 8))
            for text in ("août 2026", "ago/26", "2026-Aug", "8-2026", "sierpień 26")
        ),
        *(("März 2026", Month(2026, 3), Month(2026, 3)), ("Dez 26", Month(2026, 12), Month(2026, 12))),
        *(("05/09/2026", date(2026, 9, 5), date(2026, 9, 5)), ("09/05/2026", date(2026, 9, 5), date(2026, 9, 5))),
        *(("7", None, date(2026, 9, 7)), ("31", None, None), ("9" * 5_000, None, None), ("Total", None, None)),
    ],
)
def test_the_period_that_a_cell_names(written, month, day):
    cell = Cell("text", written)
    assert (period_in(cell, template()), period_in(cell, template("day"))) == (month, day)


def test_the_month_that_a_title_names():
    assert list(months_in("Calls in more than 2000 places, August 2026")) == [Month(2026, 8)]


@pytest.mark.parametrize(
    ("asked", "written", "cell", "value"),
    [
        *(("seconds", "minutes", Cell("number", "1.5"), "90"), ("hours", "minutes", Cell("number", "50"), "0.833333")),
        *(
            ("contacts", "thousands", Cell("number", "1.25"), "1250"),
            ("seconds", "clock", Cell("time", "26:00:05"), "93605"),
        ),
        *(
            ("percent", "share", Cell("number", "0.795"), "79.5"),
            ("percent", "share", Cell("percent", "0.795"), "79.5"),
        ),
    ],
)
def test_a_figure_is_converted_as_the_mapping_says(asked, written, cell, value):
    column = Column("x", "Figure", asked, "", conversion=units.conversion(asked, written))
    assert figure(cell, column, "1,234.5") == Decimal(value)


def test_a_figure_that_cannot_be_converted_is_refused():
    assert units.factor("contacts", "minutes") is None
    column = Column("x", "Handling time", "seconds", "", conversion=units.conversion("seconds", "clock"))
    with pytest.raises(NotAFigure, match="no time as h:mm:ss"):
        figure(Cell("number", "90"), column, "1,234.5")
