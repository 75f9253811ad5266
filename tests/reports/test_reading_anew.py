"""A file that is read once more: in the number style that it has, and by the mapping that it was read with."""

from decimal import Decimal

import pytest

from app.domain.periods import Month
from app.reading import Cell, Row, Sheet
from app.reports.tables.checking import check
from app.reports.tables.figures import figure
from app.reports.tables.number_styles import another_style
from app.reports.template import Asked, Column, Template
from tests.reports.test_mapping import fields_of, own_name, own_workbook

HEAD = "Month;Site;Queue;Offered;Answered;Answered in threshold;Abandoned"
ROWS = [f"2026-10;cedar-one;{queue};1.000;0.950;800;50" for queue in ("cedar-voice", "cedar-chat")]
ABROAD = "\n".join([HEAD, *(row.replace("0.950", "1.950").replace("1.000", "2.000") for row in ROWS)])
COUNT = Column("offered", "Offered", "contacts", "", is_whole=True)
HOURS = Column("paid_hours", "Paid hours", "hours", "")


@pytest.mark.portable
def test_a_template_written_abroad_is_told_once_and_read_so_with_one_click(report, upload, as_, look, certify):
    key = report()
    page = upload("ana", key, ABROAD.encode(), "october.csv").text
    assert [problem["place"] for problem in look(key)["draft"]["problems"]] == ["The whole file"]
    assert "This file writes numbers as 1.234,5, and they were expected as 1,234.5" in page
    assert "Say that your file writes numbers as 1.234,5</h2>" in page
    assert "Numbers that are text were read" not in page
    assert "What else is listed" not in page
    assert "with these marks" not in page
    answer = as_("ana").post(f"/reports/{key}/draft/number-style", data={"style": "1.234,5"}, follow_redirects=True)
    assert "Numbers that are text were read as 1.234,5 is written, as was said on the page." in answer.text
    assert [row["measures"]["offered"] for row in look(key)["draft"]["rows"]] == ["2000", "2000"]
    assert certify("leo", key).status_code == 200


def test_what_else_is_wrong_in_it_is_told_beside_and_what_is_mended_keeps_the_style(report, upload, as_, look):
    key = report()
    upload("ana", key, ABROAD.replace("800", "8OO", 1).encode(), "october.csv")
    assert [problem["row"] for problem in look(key)["draft"]["problems"]] == [None, 2]
    assert "What else is listed holds when it is read as 1.234,5." in look(key)["draft"]["problems"][0]["words"]
    ana = as_("ana")
    ana.post(f"/reports/{key}/draft/number-style", data={"style": "1.234,5"})
    page = ana.get(f"/reports/{key}/draft").text
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    ana.post(f"/reports/{key}/draft/cells", data={"seen": seen, "cell-2-5": "1.800"})
    assert look(key)["draft"]["problems"] == []
    assert look(key)["draft"]["rows"][0]["measures"]["answered_in_threshold"] == "1800"


def test_a_style_that_there_is_not_is_refused(report, upload, as_, look):
    key = report()
    assert as_("ana").post(f"/reports/{key}/draft/number-style", data={"style": "1.234,5"}).status_code == 409
    upload("ana", key, ABROAD.encode(), "october.csv")
    assert as_("ana").post(f"/reports/{key}/draft/number-style", data={"style": "1'234.5"}).status_code == 409
    assert len(look(key)["draft"]["problems"]) == 1


def test_whoever_says_how_a_file_writes_numbers_does_not_certify_it(report, upload, as_, certify):
    key = report()
    upload("ana", key, ABROAD.encode(), "october.csv")
    as_("leo").post(f"/reports/{key}/draft/number-style", data={"style": "1.234,5"})
    assert certify("leo", key).status_code == 403


@pytest.mark.parametrize(
    ("style", "column", "texts", "other"),
    [
        ("1,234.5", COUNT, ["1.234", "2.345", "3.456", "70"], "1.234,5"),
        ("1,234.5", HOURS, ["1.234,5", "12,25", "7,5"], "1.234,5"),
        ("1,234.5", HOURS, ["1\u202f234,5", "12,25", "7,5"], "1 234,5"),
        ("1.234,5", COUNT, ["1,234", "2,345", "12,345,678"], "1,234.5"),
        ("1.234,5", COUNT, ["1,23,456", "2,34,567", "3,45,678", "n/a", "x1"], "1,234.5"),
        ("1 234,5", HOURS, ["1.234,5", "2.345,5", "3.456,5"], "1.234,5"),
        ("1,234.5", COUNT, ["1.234", "2.345", "70"], ""),  # two are put right sooner
        ("1,234.5", COUNT, ["1.234", "2.345", "3.456", "4,567"], ""),  # it writes both ways
        ("1,234.5", HOURS, ["1.234", "2.345", "3.456"], ""),  # thousandths, for all that one can tell
        ("1,234.5", COUNT, ["1,234", "2,345", "3,456"], ""),
    ],
)
def test_a_style_is_recognised_only_where_every_number_can_be_read_in_it(style, column, texts, other):
    assert another_style([(column, Cell("text", text)) for text in texts], style) == other


def own_words(month: str, style: str) -> bytes:
    """A table that is no template, with a third of its numbers beyond a thousand."""
    lines = [f"Mes;Sede;Cola;Recibidas;Atendidas;En umbral;Abandonadas;Notas {month}"]
    for queue in ("cedar-voice", "cedar-chat"):
        lines.append(f"{month};cedar-one;{queue};2{style[1]}000;1{style[1]}950;1{style[1]}800;50;")
    return "\n".join(lines).encode()


def test_in_a_table_of_ones_own_the_style_is_proposed_kept_and_asked_about_when_it_changes(report, upload, as_, look):
    key = report()
    asked = upload("ana", key, own_words("2026-10", "1.234,5"), "own.csv")
    assert '<option selected value="1.234,5">' in asked.text
    said = {**fields_of(asked.text), "leave_out": "y", "confirm": "yes"}
    as_("ana").post(asked.request.path, data=said)
    assert [row["measures"]["offered"] for row in look(key)["draft"]["rows"]] == ["2000", "2000"]
    page = upload("ana", key, own_words("2026-10", "1,234.5"), "own.csv").text
    assert "This file writes numbers as 1,234.5, and they were expected as 1.234,5" in page
    assert "Read it as 1,234.5, and keep that with your columns" in page
    assert "were read as" not in page
    asked = as_("ana").post(f"/reports/{key}/draft/number-style", data={"style": "1,234.5"}, follow_redirects=True)
    assert '<option selected value="1,234.5">' in asked.text
    as_("ana").post(asked.request.path, data={**fields_of(asked.text), "leave_out": "y", "confirm": "yes"})
    assert look(key)["draft"]["problems"] == []
    upload("ana", key, own_words("2026-10", "1,234.5"), "own.csv")
    assert look(key)["draft"]["problems"] == []


def test_a_cell_is_put_right_by_the_mapping_of_its_own_file_also_when_a_newer_one_differs(report, upload, as_, look):
    ana = as_("ana")

    def bring(month: str, change) -> str:
        key = report(month=month)
        asked = upload("ana", key, own_workbook(change), "own.xlsx")
        said = {**fields_of(asked.text), "leave_out": "y", "confirm": "yes"}
        said |= {own_name(asked.text, "Unassigned"): "-"} if "Unassigned (1 row)" in asked.text else {}
        ana.post(asked.request.path, data=said)
        return key

    def november(sheet):
        sheet["A1"], sheet["I4"] = "Calls by practice, November 2026", "Missed [5]"
        for row in (8, 9, 10):
            sheet.cell(row, 1).value = "2026-11-01"

    key = bring("2026-10", lambda sheet: setattr(sheet["E8"], "value", "1OOO"))
    assert look(bring("2026-11", november))["draft"]["problems"] == []
    seen = ana.get(f"/reports/{key}/draft").text.partition('name="seen" value="')[2].partition('"')[0]
    mended = ana.post(f"/reports/{key}/draft/cells", data={"seen": seen, "cell-8-4": "1000"})
    assert mended.headers["Location"] == f"/reports/{key}/draft"
    assert "mapping version 1" in ana.get(f"/reports/{key}/draft").text
    assert [row["measures"]["offered"] for row in look(key)["draft"]["rows"]] == ["1000", "2000"]


@pytest.mark.parametrize(("style", "shown"), [("1,234.5", "1.245"), ("1.234,5", "1,245"), ("1 234,5", "1,245")])
def test_a_number_stands_in_its_field_as_it_would_be_typed(style, shown):
    template = Template("code", Month(2026, 10), "staffing", "partner", "month", (HOURS,), (Asked("BOG", "EN"),))
    heads = tuple(Cell("text", text) for text in ("Month", "Site", "Queue", HOURS.heading))
    row = (*(Cell("text", text) for text in ("2026-10", "BOG", "EN")), Cell("number", "1.245"))
    checked = check([Sheet("Staffing", (Row(1, heads), Row(2, row)))], template, style)
    assert checked.problems == []
    assert checked.table["rows"][0][1][3] == shown
    assert figure(Cell("text", shown), HOURS, style) == Decimal("1.245")
