"""Every row of docs/reading.md, with an example that holds it true."""

import io
import re
import zipfile
from datetime import date, datetime
from pathlib import Path
from random import Random

import pytest

from app.domain.periods import Month
from app.reading import Cell, Reading, Unreadable, read
from app.reports.tables.checking import Checked, check
from app.reports.template import Asked, Column, Template
from tests.reader.files import SHEET, rewritten, saved, workbook
from tests.reader.odd import old_excel
from tests.reader.odd.drawing import Table, Value

DOCUMENT = (Path(__file__).parents[2] / "docs" / "reading.md").read_text()
ROWS = [name.replace("`", "") for name in re.findall(r"^\| (?!In the file)([^|]+?) \|", DOCUMENT, re.MULTILINE)]
HEADINGS = "Month,Site,Queue,Offered,Answered\n"
EXAMPLES = {}


def example(name: str):
    def keep(function):
        EXAMPLES[name] = function
        return function

    return keep


def test_every_row_of_the_document_has_an_example_and_every_example_a_row():
    assert sorted(ROWS) == sorted(EXAMPLES)


@pytest.mark.parametrize("name", ROWS)
def test_a_row_of_the_document_is_true(name):
    EXAMPLES[name]()


def cells(content: bytes, filename: str = "a.xlsx") -> list[Cell]:
    """Those of the first row that holds something."""
    return list(read(filename, content).sheets[0].rows[0].cells)


def notes(content: bytes, filename: str = "a.xlsx") -> str:
    found: Reading = read(filename, content)
    return " ".join([*found.notes, *(note for sheet in found.sheets for note in sheet.notes)])


def refusal(content: bytes, filename: str = "a.xlsx") -> str:
    with pytest.raises(Unreadable) as refused:
        read(filename, content)
    return refused.value.message


def checked(content: bytes, filename: str = "a.csv", style: str = "1,234.5") -> Checked:
    columns = Column("offered", "Offered", "contacts", "", True), Column("answered", "Answered", "contacts", "", True)
    template = Template("code", Month(2026, 10), "service", "partner", "month", columns, (Asked("BOG", "EN"),))
    return check(read(filename, content).sheets, template, style)


def with_row(row: str) -> Checked:
    return checked(f"{HEADINGS}2026-10,BOG,EN,1000,950\n{row}\n".encode())


def problems(of: Checked) -> list[str]:
    return [f"{problem.place}: {problem.words}" for problem in of.problems]


def formatted(value, style: str) -> bytes:
    return workbook(change=lambda book: _put(book, value, style))


def _put(book, value, style: str) -> None:
    book.active["A1"] = value
    book.active["A1"].number_format = style


@example("Number")
def number():
    assert cells(workbook([0.1 + 0.2, 1250, -3])) == [
        Cell("number", "0.3"),
        Cell("number", "1250"),
        Cell("number", "-3"),
    ]


@example("Number typed as text")
def number_as_text():
    assert cells(workbook(["1.250"])) == [Cell("text", "1.250")]
    assert checked(b'Month;Site;Queue;Offered;Answered\n2026-10;BOG;EN;"1.250";950\n', style="1.234,5").rows[0][
        "measures"
    ] == {"offered": "1250", "answered": "950"}


@example("Percent format")
def percent():
    assert cells(formatted(0.79, "0.0 %")) == [Cell("percent", "0.79")]
    assert cells(formatted(79, '0" %"')) == [Cell("number", "79")]


@example("Date")
def day():
    assert cells(workbook([date(2026, 10, 1), datetime.fromisoformat("2026-10-01T08:30:00"), 46296])) == [
        Cell("date", "2026-10-01"),
        Cell("date", "2026-10-01T08:30:00"),
        Cell("number", "46296"),
    ]


@example("Row of JSON")
def row_of_json():
    (sheet,) = read("rows.json", b'{"rows": [{"Site": "BOG"}, {}, {"Queue": "EN", "Site": null}]}').sheets
    assert [(row.number, [cell.text for cell in row.cells]) for row in sheet.rows] == [
        (0, ["Site", "Queue"]),
        (1, ["BOG"]),
        (3, ["", "EN"]),
    ]
    assert "Row 1 has the key “Site” twice" in refusal(b'[{"Site": "BOG", "Site": "BOG"}]', "rows.json")


@example("Number of JSON")
def number_of_json():
    (sheet,) = read("rows.json", b'[{"a": 0.12345678901234567890, "b": 1.25e3, "c": null, "d": true}]').sheets
    assert list(sheet.rows[1].cells) == [
        Cell("number", "0.12345678901234567890"),
        Cell("number", "1250"),
        Cell("blank", ""),
        Cell("truth", "TRUE"),
    ]


@example("Dates from 1904")
def day_from_1904():
    content = rewritten(
        formatted(44834, "yyyy-mm-dd"), "xl/workbook.xml", ("<workbookPr ", '<workbookPr date1904="1" ')
    )
    assert cells(content) == [Cell("date", "2026-10-01")]
    assert "Dates of this workbook count from 1904" in notes(content)


@example("Time or duration")
def duration():
    assert cells(formatted(0.25, "h:mm:ss")) == [Cell("time", "6:00:00")]
    assert cells(formatted(1.25, "[h]:mm:ss")) == [Cell("time", "30:00:00")]
    table = workbook(HEADINGS.strip().split(","), ["2026-10", "BOG", "EN", 1000, 950], change=_duration)
    assert "0:05:00 is a time" in problems(checked(table, "a.xlsx"))[0]


def _duration(book) -> None:
    book.active["E2"] = 300 / 86400
    book.active["E2"].number_format = "h:mm:ss"


@example("Error")
def error():
    assert cells(workbook(["#DIV/0!"])) == [Cell("error", "#DIV/0!")]


def _formula(result: str) -> bytes:
    return rewritten(workbook(["=1+1"]), SHEET, ("<v />", f"<v>{result}</v>"))


@example("Formula")
def formula():
    assert cells(saved(_formula("2"))) == [Cell("number", "2")]
    assert "1 result of a formula was read as last saved" in notes(saved(_formula("2")))


@example("Formula without a result")
def formula_without_result():
    assert cells(saved(_formula(""))) == [Cell("formula", "")]
    table = workbook(HEADINGS.strip().split(","), ["2026-10", "BOG", "EN", 1000, "=1+1"])
    assert "The formula has no stored result." in problems(checked(table, "a.xlsx"))[0]


@example("Formulas left to be worked out")
def formulas_left():
    assert cells(_formula("0")) == [Cell("formula", "")]


@example("Spaces alone")
def spaces():
    assert cells(workbook(["a", "  \n", "b"]))[1].is_blank


@example("Text that was escaped")
def escaped():
    assert cells(rewritten(workbook(["a!b"]), SHEET, ("a!b", "a_x000A_b"))) == [Cell("text", "a\nb")]
    assert cells(rewritten(workbook(["a!b"]), SHEET, ("a!b", "a_x0000_b"))) == [Cell("text", "a_x0000_b")]
    assert cells(b'a,="007"\n', "a.csv")[1] == Cell("text", "007")


@example("Hidden row or column")
def hidden():
    def hide(book):
        book.active.row_dimensions[2].hidden = book.active.column_dimensions["B"].hidden = True

    content = workbook([1, 2], [3, 4], change=hide)
    assert [row.number for row in read("a.xlsx", content).sheets[0].rows] == [1, 2]
    assert "1 hidden row was read: 2. 1 hidden column was read: B." in notes(content)


@example("Hidden sheet")
def hidden_sheet():
    content = workbook([1], change=_hide_another)
    assert [sheet.name for sheet in read("a.xlsx", content).sheets] == ["Sheet"]
    assert "The hidden sheet “Secret” was not read." in notes(content)


def _hide_another(book) -> None:
    book.create_sheet("Secret").append([2])
    book["Secret"].sheet_state = "hidden"


@example("Merged cells")
def merged():
    content = workbook(["North", None, 1], change=lambda book: book.active.merge_cells("A1:B1"))
    assert cells(content) == [Cell("text", "North"), Cell("blank", ""), Cell("number", "1")]
    assert "Merged cells count for their first cell alone: A1:B1." in notes(content)


@example("Value beneath merged cells")
def beneath():
    merge = ("</sheetData>", '</sheetData><mergeCells><mergeCell ref="A1:B1"/></mergeCells>')
    content = rewritten(workbook(["North", 7]), SHEET, merge)
    assert cells(content)[1] == Cell("number", "7")
    assert "Values that lie under merged cells, where nobody sees them, were read: B1." in notes(content)


@example("Macros")
def macros():
    assert "Macros were ignored." in notes(_with_part(workbook([1]), "xl/vbaProject.bin"), "a.xlsm")


@example("Comments")
def comments():
    assert "Comments were not read." in notes(_with_part(workbook([1]), "xl/comments/comment1.xml"))


def _with_part(content: bytes, name: str) -> bytes:
    body = io.BytesIO(content)
    with zipfile.ZipFile(body, "a") as book:
        book.writestr(name, "part")
    return body.getvalue()


@example("Wrong size of the sheet")
def wrong_size():
    content = rewritten(workbook(*([n] for n in range(500))), SHEET, ('ref="A1:A500"', 'ref="A1:A2"'))
    assert len(read("a.xlsx", content).sheets[0].rows) == 500


@example("Rows out of order")
def out_of_order():
    content = rewritten(workbook([1], [2], [3]), SHEET, ('<row r="2">', '<row r="9">'), ('r="A2"', 'r="A9"'))
    (sheet,) = read("a.xlsx", content).sheets
    assert [(row.number, row.cell(0).text) for row in sheet.rows] == [(1, "1"), (3, "3"), (9, "2")]


@example("Two values in one place")
def two_values():
    assert "Sheet “Sheet” cannot be read completely: A1 holds two values." in refusal(
        rewritten(workbook([1, 2]), SHEET, ('r="B1"', 'r="A1"'))
    )


@example("Password")
def password():
    content, _ = old_excel.content(Random(0), [Table("S", {(1, 1): Value("number", "1")})])
    assert read("a.xls", content)
    assert "protected with a password" in refusal(content[:512] + "EncryptedPackage".encode("utf-16-le"))


@example("Characters")
def characters():
    text = "Größe;1\n"
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"):
        assert cells(text.encode(encoding), "a.csv")[0] == Cell("text", "Größe")
    assert "read as Windows-1252" in notes(text.encode("cp1252"), "a.csv")
    assert "Line 2 has a letter in a code that is neither" in refusal(b"a,b\n1,\x81\n", "a.csv")


@example("Delimiter")
def delimiter():
    for mark in ",;\t|":
        assert [cell.text for cell in cells(f"a{mark}b\n1{mark}2\n".encode(), "a.csv")] == ["a", "b"]


@example("A first line sep=;")
def said():
    (sheet,) = read("a.csv", b'sep=;\r\na;b\r\n"1;1";2\r\n').sheets
    assert [(row.number, row.cell(0).text) for row in sheet.rows] == [(1, "a"), (2, "1;1")]


@example("Decimal comma")
def decimal_comma():
    (sheet,) = read("a.csv", b"a;b\n1,5;2,5\n").sheets
    assert [cell.text for cell in sheet.rows[1].cells] == ["1,5", "2,5"]
    assert [cell.text for cell in read("a.csv", b'a,b\n"1,5",2\n').sheets[0].rows[1].cells] == ["1,5", "2"]


@example("Open quotation mark")
def open_quote():
    told = refusal(b'a,b\n1,"2\n3,4\n', "a.csv")
    assert told.startswith("Row 2, column B (line 2 of the file) cannot be read: a quotation mark in it is not closed")


@example("A cell too many")
def cell_too_many():
    told = problems(with_row("2026-10,BOG,EN,1,000,950"))
    assert "Row 3: This row has 6 cells, and there are 5 headings." in told[0]


@example("Lines above the headings")
def above():
    found = checked(f"Service report\n\nprepared by us\n{HEADINGS}2026-10,BOG,EN,1000,950\n".encode())
    assert (found.problems, [row["row"] for row in found.rows]) == ([], [5])


@example("Total")
def total():
    for row in (
        "Total,,,1000,950",
        ",Grand total,,1000,950",
        "2026-10,BOG,Total,1000,950",
        ",Summe,,1000,950",
        ",BOG Total,,1,1",
    ):
        found = with_row(row)
        assert (found.problems, len(found.rows)) == ([], 1)
        assert "Row 3 was not read: it is a total (“" in found.notes[0]


@example("Note under the table")
def note():
    found = with_row("Source: our telephone system,,,,")
    assert (found.problems, found.notes) == (
        [],
        ["Row 3 was not read: it holds no figure (“Source: our telephone system”)."],
    )
    units = checked(f"{HEADINGS},,,contacts,contacts\n2026-10,BOG,EN,1000,950\n".encode())
    assert (units.problems, units.notes) == ([], ["Row 2 was not read: it holds no figure (“contacts”)."])
    assert problems(with_row(",,,pending 3,"))


@example("Headings that are repeated")
def repeated():
    found = with_row(HEADINGS.strip())
    assert (found.problems, found.notes) == ([], ["Row 3 was not read: it repeats the headings."])


@example("Column that is not asked for")
def not_asked():
    found = checked(b"Month,Site,Queue,Offered,Answered,Mood\n2026-10,BOG,EN,1000,950,good\n")
    assert (found.problems, found.table["left_out"]) == ([], ["Mood"])


@example("Cell without a heading")
def no_heading():
    table = workbook(HEADINGS.strip().split(","), ["2026-10", "BOG", "EN", 1000, 950, None, 1950])
    found = checked(table, "a.xlsx")
    assert (found.problems, found.notes) == ([], ["Cells without a heading were left out: G2."])
    found = checked(HEADINGS.replace("Offered", ",Offered").encode() + b"2026-10,BOG,EN,77,1000,950\n")
    assert (found.problems, found.notes) == ([], ["Cells without a heading were left out: D2."])


@example("Another sheet")
def another_sheet():
    def add(book):
        book.create_sheet("Notes").append(["remember"])
        book.create_sheet("Manila").append(["Site", "Queue"])

    table = workbook(HEADINGS.strip().split(","), ["2026-10", "BOG", "EN", 1000, 950], change=add)
    told = checked(table, "a.xlsx").notes
    assert told[0] == "The sheet “Notes” was not read."
    assert told[1].startswith("The sheet “Manila” has the headings Site and Queue too and was not read.")
