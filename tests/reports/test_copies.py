"""A copy stands for the file whose personal data was left out: it is marked, put right and read again like it."""

import io

import openpyxl
import pytest

from app.copying import copy_of, names_in_copy
from app.reading import Cell, Row, Sheet, read
from tests.api.conftest import program, token  # noqa: F401 rows that a program sends
from tests.api.test_intake import ROWS
from tests.reports.test_mending import mend  # noqa: F401 the page's cells

CSV = """E-mail,Month,Site,Queue,Offered,Answered,Answered in threshold,Abandoned
ana@cedar.example,2026-10,cedar-one,cedar-voice,1OOO,950,800,50
leo@cedar.example,2026-10,cedar-one,cedar-chat,1000,950,800,50
"""


@pytest.fixture
def leave_out(as_, look):
    """`leave_out("ana", key)`: the columns with personal data."""

    def post(who: str, key: str) -> None:
        seen = {"seen": look(key)["warned"]}
        assert as_(who).post(f"/reports/{key}/draft/left-out-columns", data=seen).status_code == 303

    return post


def marked(client, key: str):
    return openpyxl.load_workbook(io.BytesIO(client.get(f"/reports/{key}/draft/marked.xlsx").data)).worksheets[0]


def test_a_csv_is_marked_and_put_right_on_the_page_as_any_other(report, upload, leave_out, mend, look, as_):  # noqa: F811
    key = report()
    upload("ana", key, CSV.encode(), "figures.csv")
    sheet = marked(as_("ana"), key)
    assert (sheet["E2"].value, "is not a number" in sheet["E2"].comment.text) == ("1OOO", True)
    leave_out("ana", key)
    mend("ana", key, {(2, 4): "1000"})
    assert look(key)["draft"]["problems"] == []
    assert look(key)["draft"]["rows"][0]["measures"]["offered"] == "1000"


def test_a_cell_too_many_in_a_csv_is_refused_in_its_copy_too(report, upload, leave_out, mend, look):  # noqa: F811
    key = report()
    upload("ana", key, CSV.replace("cedar-chat,1000", "cedar-chat,1,000").encode(), "figures.csv")
    leave_out("ana", key)
    mend("ana", key, {(2, 4): "1000"})
    (problem,) = look(key)["draft"]["problems"]
    assert problem["words"].startswith("This row has 9 cells, and there are 8 headings.")


def test_rows_of_a_program_keep_their_headings_and_their_numbers(report, program, leave_out, mend, look, as_):  # noqa: F811
    key = report()
    wrong = [{**ROWS[0], "offered": "abc", "E-mail": "ana@cedar.example"}, {**ROWS[1], "E-mail": "leo@cedar.example"}]
    assert program().post(f"/reports/{key}/draft", json={"rows": wrong}).status_code == 201
    (problem,) = look(key)["draft"]["problems"]
    sheet = marked(as_("ana"), key)
    assert {"Month", "Site", "Queue"} < {cell.value for cell in sheet[1]}
    assert sheet.cell(problem["row"] + 1, problem["column"] + 1).comment is not None
    leave_out("ana", key)
    mend("ana", key, {(problem["row"], problem["column"]): "1000"})
    assert look(key)["draft"]["problems"] == []


@pytest.mark.parametrize("name", ["Rows of the quarter, of all of our sites", "Sites/queues", "'Calls'", "[1]:*?\\"])
def test_a_sheet_whose_name_no_workbook_takes_gets_another(name):
    sheets = [Sheet(each, (Row(1, (Cell("text", each),)),)) for each in (name, f"{name}, too", "Sheet")]
    again = read("a.xlsx", copy_of(sheets)).sheets
    assert [sheet.rows for sheet in again] == [sheet.rows for sheet in sheets]
    assert [sheet.name for sheet in again] == names_in_copy(sheets) == names_in_copy(again)
    assert again[2].name == "Sheet"
