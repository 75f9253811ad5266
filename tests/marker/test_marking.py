"""A partner's own workbook comes back with what is wrong in its cells."""

import io

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill

from app.marking import LIST, Mark, mark, write_anew
from app.reading import Cell, read

MARKS = [
    Mark(3, 1, "error", "“81O” is not a number."),
    Mark(3, 1, "warning", "Last month it was 790."),
    Mark(4, 0, "warning", "Rounded to tens."),
]
LISTED = [("Sheet Data, B3", "“81O” is not a number."), ("Missing row", "Bogotá, chat is not in the file.")]


@pytest.fixture
def own() -> bytes:
    """As a partner keeps it: a second sheet, a formula, its own comment, its own colours."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Data"
    for row in (["Site", "Offered"], [], ["Bogotá", "81O"], ["Lima", 790], ["Sum", "=B3+B4"]):
        sheet.append(row)
    sheet["A1"].font, sheet["A1"].fill = Font(bold=True), PatternFill("solid", fgColor="FF00FF00")
    sheet["B3"].comment = Comment("From the switch", "Ana")
    book.create_sheet("Notes")["A1"] = "ours"
    return saved(book)


def saved(book) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def opened(content: bytes | None):
    assert content is not None
    return openpyxl.load_workbook(io.BytesIO(content))


def test_cells_are_coloured_and_say_what_is_wrong_and_the_rest_stays(own):
    book = opened(mark(own, "Data", MARKS, LISTED))
    sheet = book["Data"]
    assert sheet["B3"].comment.text == "From the switch\n\n“81O” is not a number.\n\nLast month it was 790."
    assert sheet["B3"].fill.fgColor.rgb == "FFF4B6B6"
    assert sheet["A4"].fill.fgColor.rgb == "FFFFE08A"
    assert (sheet["B3"].value, sheet["B4"].value, sheet["B5"].value) == ("81O", 790, "=B3+B4")
    assert (sheet["A1"].font.bold, sheet["A1"].fill.fgColor.rgb) == (True, "FF00FF00")
    assert book.sheetnames == ["Data", "Notes", LIST]
    assert [tuple(cell.value for cell in row) for row in book[LIST].rows][1:] == LISTED


def test_marks_of_the_last_time_go(own):
    first = mark(own, "Data", [Mark(4, 1, "error", "Too small.")], [])
    book = opened(mark(first, "Data", [Mark(3, 1, "error", "Not a number.")], LISTED))
    assert book["Data"]["B4"].comment is None
    assert book["Data"]["B4"].fill.fill_type is None
    assert book["Data"]["B3"].comment is not None
    assert book.sheetnames.count(LIST) == 1


FORMULA = '=HYPERLINK("https://example.com","Look")'


def test_nothing_that_somebody_wrote_becomes_a_formula(own):
    listed = [("Sheet Data, B3", f"{FORMULA} 12 is more than Offered 3."), (FORMULA, "Left out on the page.")]
    book = opened(mark(own, "Data", MARKS, listed, [(3, 1, FORMULA)]))
    assert (book["Data"]["B3"].value, book["Data"]["B3"].data_type) == (FORMULA, "s")
    assert [[cell.value for cell in row] for row in book[LIST].rows][1:] == [list(line) for line in listed]
    assert {cell.data_type for row in book[LIST].rows for cell in row} == {"s"}
    assert book["Data"]["B5"].data_type == "f"


@pytest.mark.parametrize("kept", ["General", "0.0%", "yyyy-mm-dd", "[h]:mm:ss", "#,##0"])
def test_a_count_that_was_typed_is_read_as_one_whatever_format_its_cell_had(kept):
    book = openpyxl.Workbook()
    book.active.title = "Data"
    book.active.append(["Site", "Offered"])
    book.active.append(["Bogotá", 0.8])
    book.active["B2"].number_format = kept
    [sheet, *_] = read("own.xlsx", mark(saved(book), "Data", [], [], [(2, 1, "85")])).sheets
    assert sheet.rows[1].cell(1) == Cell("number", "85")


@pytest.mark.parametrize("text", ["1.250", "0.5", "1,250", "1234567890123456"])
def test_what_may_be_read_in_more_than_one_way_stays_as_it_was_typed(own, text):
    [sheet, *_] = read("own.xlsx", mark(own, "Data", [], [], [(3, 1, text)])).sheets
    assert sheet.rows[1].cell(1) == Cell("text", text)


@pytest.mark.parametrize("content", [b"", b"Site;Offered\n", b"PK\x03\x04 cut off"])
def test_what_is_no_such_workbook_gives_none(content):
    assert mark(content, "Data", MARKS, LISTED) is None


def test_other_files_become_a_new_workbook_with_each_cell_in_its_place():
    [sheet] = read("data.csv", "Site;Offered;Note\n\nBogotá;81O\nLima;790;=1+1\n".encode()).sheets
    marks = [*MARKS, Mark(3, 4, "error", "Nothing stands here.")]
    book = opened(write_anew(sheet, marks, LISTED))
    table = book.worksheets[0]
    assert [[cell.value for cell in row[:3]] for row in table.rows] == [
        ["Site", "Offered", "Note"],
        [None, None, None],
        ["Bogotá", "81O", None],
        ["Lima", "790", "=1+1"],
    ]
    assert table["C4"].data_type == "s"
    assert table["B3"].fill.fgColor.rgb == "FFF4B6B6"
    assert "Last month" in table["B3"].comment.text
    assert table["E3"].comment.text == "Nothing stands here."
    assert [cell.value for cell in book[LIST]["A"]] == ["Where", "Sheet Data, B3", "Missing row"]
