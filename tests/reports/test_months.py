"""Months without their year: read in the light of the report's own month, and never of a history's."""

import io
from datetime import date

import pytest

from app.domain.periods import Month
from app.reading import Cell, Row, Sheet, read
from app.reports.mapping.applying import read_by
from app.reports.mapping.proposing import propose
from app.reports.mapping.understanding import tables_in
from app.reports.tables.periods import months_of_sheet, period_in
from app.reports.template import Template
from tests.reader.files import workbook
from tests.reports.test_own_workbooks import KNOWN, RIGHT, TEMPLATE, as_proposed, figures

HEAD = ["Month", "Site", "Queue", "Offered", "Answered", "In SLA", "Missed", "Handle time (seconds)"]


def month(text: str) -> Month | None:
    return period_in(Cell("text", text), TEMPLATE)


@pytest.mark.parametrize("text", ["Sep", "sept.", "September", "septiembre", "Setembro", "wrzesień", "Sep [1]"])
def test_the_reports_own_month_needs_no_year(text):
    assert month(text) == Month(2026, 9)


@pytest.mark.parametrize(("text", "named"), [("Aug", "2026-08"), ("Oct", "2025-10"), ("diciembre", "2025-12")])
def test_another_month_is_the_last_that_was_called_so(text, named):
    assert str(month(text)) == named


@pytest.mark.parametrize(
    "text", ["9", "13", "Q3", "Summer", "Voice", "Sep-Oct", "31 Sep 2026", "5 Voice 2026", "3055.5", "2026.1"]
)
def test_what_is_no_month_stays_none(text):
    assert month(text) is None


def test_a_number_with_decimals_is_no_month_and_none_is_proposed_for_one():
    assert month("2026.09") == Month(2026, 9)
    assert period_in(Cell("number", "2026.11"), TEMPLATE) is None
    rows = [["one", queue, *map(int, given[:4]), 3055.5] for queue, given in zip(("voice", "chat"), RIGHT, strict=True)]
    sheets = read("own.xlsx", workbook(["Site", "Queue", "Offered", "Answered", "In SLA", "Missed", "Manejo"], *rows))
    best = propose(tables_in(sheets.sheets, KNOWN), TEMPLATE, KNOWN)[0]
    assert (best.chosen.of_role("period"), best.chosen.fixed["period"]) == (None, "report")


@pytest.mark.parametrize(
    "text",
    [
        *("30-Sep-26", "30 Sep 2026", "30. September 2026", "30 de septiembre de 2026", "30 set. 2026", "30-wrz-26"),
        *("Sep 30, 2026", "Wed, 30 Sep 2026", "September 30 2026", "30/Sep/2026"),
    ],
)
def test_a_day_may_have_the_name_of_its_month(text):
    assert month(text) == date(2026, 9, 30)


def test_a_sheet_to_which_each_month_is_added_is_read_for_the_month_of_the_report():
    rows = [
        [name, "one", queue, *map(int, given)]
        for name in ("Aug", "Sep")
        for queue, given in zip(("voice", "chat"), RIGHT, strict=True)
    ]
    checked = as_proposed(workbook(HEAD, *rows))
    assert (figures(checked), checked.problems) == (RIGHT, [])
    assert "2 rows were left out, as the mapping says: Aug 2026 (2)." in checked.notes


def test_codes_that_happen_to_be_called_like_months_are_none_of_them():
    rows = [
        [word, "one", queue, *map(int, given)]
        for word, queue, given in zip(("OUT", "IN"), ("voice", "chat"), RIGHT, strict=True)
    ]
    sheets = [
        Sheet(
            "",
            tuple(Row(number, tuple(_cells(row))) for number, row in enumerate([["Direction", *HEAD[1:]], *rows], 1)),
        )
    ]
    best = propose(tables_in(sheets, KNOWN), TEMPLATE, KNOWN)[0]
    assert best.chosen.of_role("period") is None
    assert read_by(best.chosen, best.layout, TEMPLATE, "1,234.5").undecided == {}


def test_a_sheet_that_is_called_after_another_month_is_of_that_unless_it_is_a_place():
    assert months_of_sheet("Aug", TEMPLATE) == {Month(2026, 8)}
    assert months_of_sheet("Sep", TEMPLATE) == {Month(2026, 9)}
    march = Template("code", Month(2026, 9), "service", "partner", "month", (), (), site_names={"mar": "one"})
    assert months_of_sheet("Mar", march) == set()


def test_a_template_takes_the_name_of_its_month_and_a_history_does_not(report, upload, as_, look):
    key, head = report(), "Month,Site,Queue,Offered,Answered,Answered in threshold,Abandoned"
    rows = [f"Oct,cedar-one,{queue},1000,950,800,50" for queue in ("cedar-voice", "cedar-chat")]
    content = "\n".join([head, *rows]).encode()
    upload("ana", key, content, "october.csv")
    assert look(key)["draft"]["problems"] == []
    told = as_("mia").post("/history-imports", data={"file": (io.BytesIO(content), "past.csv")}).text
    assert "“Oct” is no month. Type it as 2026-09." in told


def _cells(row):
    return [Cell("number" if isinstance(value, int) else "text", str(value)) for value in row]
