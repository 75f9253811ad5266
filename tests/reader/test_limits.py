"""Files of others: read completely, or refused with the reason; never a crash, never half."""

import io
import os
import subprocess
import sys
import threading
import zipfile

import openpyxl
import pytest

from app import reading
from app.reading import Cell, StillReading, Unreadable, column_letter, read

SHEET = "xl/worksheets/sheet1.xml"


def workbook(*rows, **cells) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for place, value in cells.items():
        book.active[place] = value
    body = io.BytesIO()
    book.save(body)
    return body.getvalue()


def rewritten(content: bytes, part: str, change) -> bytes:
    """The workbook with one part's text changed."""
    body = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, change(text.decode()).encode() if name == part else text)
    return body.getvalue()


def archive(**parts: str) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as new:
        for name, text in parts.items():
            new.writestr(name.replace("__", "/").replace("_", "."), text)
    return body.getvalue()


def refusal(filename: str, content: bytes, **limits) -> str:
    with pytest.raises(Unreadable) as refused:
        read(filename, content, **limits)
    return refused.value.message


def test_a_workbook_is_read_with_its_row_numbers():
    (sheet,) = read("a.xlsx", workbook(["Site", "Offered"], ["BOG", 1250], B9=2.5))
    assert [row.number for row in sheet.rows] == [1, 2, 9]
    assert sheet.rows[1].cells == (Cell("text", "BOG"), Cell("number", "1250"))
    assert sheet.rows[2].cell(1) == Cell("number", "2.5")
    assert sheet.rows[2].cell(7).is_blank


def test_numbers_have_the_fifteen_digits_that_excel_shows():
    (sheet,) = read("a.xlsx", workbook([0.1 + 0.2, 33180.000000000004]))
    assert [cell.text for cell in sheet.rows[0].cells] == ["0.3", "33180"]


def test_a_percent_format_a_date_and_a_truth_are_told_apart():
    book = openpyxl.Workbook()
    book.active.append([0.79, True])
    book.active["A1"].number_format = "0 %"
    book.active["C1"] = "=1+1"
    body = io.BytesIO()
    book.save(body)
    (sheet,) = read("a.xlsx", body.getvalue())
    assert [cell.kind for cell in sheet.rows[0].cells] == ["percent", "truth", "formula"]


def test_an_error_cell_is_an_error_and_a_stored_result_is_a_number():
    content = rewritten(
        workbook([1, 2]),
        SHEET,
        lambda xml: xml.replace('<c r="A1" t="n"><v>1</v></c>', '<c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c>').replace(
            '<c r="B1" t="n"><v>2</v></c>', '<c r="B1"><f>1+1</f><v>2</v></c>'
        ),
    )
    (sheet,) = read("a.xlsx", content)
    assert sheet.rows[0].cells == (Cell("error", "#DIV/0!"), Cell("number", "2"))


def test_a_lying_dimension_loses_no_row():
    content = rewritten(
        workbook(*[[number] for number in range(500)]), SHEET, lambda xml: xml.replace('ref="A1:A500"', 'ref="A1:A2"')
    )
    assert "A1:A2" in zipfile.ZipFile(io.BytesIO(content)).read(SHEET).decode()
    (sheet,) = read("a.xlsx", content)
    assert len(sheet.rows) == 500


def test_rows_out_of_order_are_refused_and_not_dropped():
    content = rewritten(
        workbook([1], [2], [3]),
        SHEET,
        lambda xml: xml.replace('<row r="2">', '<row r="9">').replace('r="A2"', 'r="A9"'),
    )
    assert "cannot be read completely: 3 cells hold something, 2 could be read" in refusal("a.xlsx", content)


def test_two_cells_of_one_place_are_refused():
    content = rewritten(workbook([1, 2]), SHEET, lambda xml: xml.replace('r="B1"', 'r="A1"'))
    assert "cannot be read completely" in refusal("a.xlsx", content)


def test_hidden_sheets_are_left_alone():
    book = openpyxl.Workbook()
    book.active.append(["seen"])
    book.create_sheet("secret").append(["hidden"])
    book["secret"].sheet_state = "hidden"
    body = io.BytesIO()
    book.save(body)
    assert [sheet.name for sheet in read("a.xlsx", body.getvalue())] == ["Sheet"]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (b"a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
        (b"a;b\n1,5;2\n", [["a", "b"], ["1,5", "2"]]),
        (b"a\tb\n1,5\t2\n", [["a", "b"], ["1,5", "2"]]),
        (b'sep=;\r\na;b\r\n"1;1";2\r\n', [["a", "b"], ["1;1", "2"]]),
        (b'a,b\n"one\ntwo",2\n', [["a", "b"], ["one\ntwo", "2"]]),
        ("é,b\n".encode(), [["é", "b"]]),
        ("é,b\n".encode("utf-8-sig"), [["é", "b"]]),
        ("é,b\n".encode("cp1252"), [["é", "b"]]),
        ("é,b\n".encode("utf-16"), [["é", "b"]]),
        (b"only\n1\n", [["only"], ["1"]]),
    ],
)
def test_text_tables_in_the_ways_that_programs_write_them(text, rows):
    (sheet,) = read("a.csv", text)
    assert [[cell.text for cell in row.cells] for row in sheet.rows] == rows


def test_rows_of_a_text_table_are_counted_as_a_spreadsheet_counts_them():
    (sheet,) = read("a.csv", b'a,b\n\n"one\ntwo",2\n3,4\n')
    assert [row.number for row in sheet.rows] == [1, 3, 4]
    (sheet,) = read("a.csv", b"sep=;\na;b\n")
    assert [row.number for row in sheet.rows] == [2]


@pytest.mark.parametrize(
    ("filename", "content", "words"),
    [
        ("a.xlsx", b"", "empty"),
        ("a.csv", b"  \n \n", "empty"),
        ("a.csv", b",,\n,,\n", "empty"),
        ("a.xlsx", b"Site,Queue\n", "no Excel workbook, although its name says so"),
        ("a.pdf", b"%PDF-1.7", "a PDF"),
        ("a.xlsx", b"%PDF-1.7", "a PDF"),
        ("a.png", b"\x89PNG\r\n", "a picture"),
        ("a.xls", b"<html><table>", "web page"),
        ("a.csv", b"PK\x03\x04 broken", "damaged"),
        ("a.xlsx", workbook([1])[:400], "damaged"),
        ("a.csv", b'a,"b\n1,2\n', "stray quotation mark"),
        ("a.csv", b"a,b\0c\n", "not a text file"),
        ("a.docx", archive(word__document_xml="<x/>"), "a Word document"),
        ("a.pptx", archive(ppt__presentation_xml="<x/>"), "a presentation"),
        ("a.ods", archive(content_xml="<x/>"), "OpenDocument"),
        ("a.xlsb", archive(xl__workbook_bin="x"), "binary workbook"),
        ("a.zip", archive(a_txt="x"), "ZIP archive"),
        ("a.xlsx", archive(xl__workbook_xml="<x/>"), "damaged"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, "old Excel"),
        (
            "a.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "protected with a password",
        ),
        ("report", b"Site,Queue\n", "not read here"),
        ("a.xlsx", workbook(), "empty"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(filename, content, words):
    assert words in refusal(filename, content)


def test_a_damaged_sheet_is_damaged():
    assert "damaged" in refusal("a.xlsx", rewritten(workbook([1]), SHEET, lambda xml: xml[:-40]))
    entity = '<!DOCTYPE x [<!ENTITY a "aaaa">]>'
    assert "damaged" in refusal(
        "a.xlsx", rewritten(workbook([1]), SHEET, lambda xml: entity + xml.replace("<v>1</v>", "<v>&a;</v>"))
    )


def test_a_workbook_of_the_other_standard_is_not_called_empty():
    content = rewritten(
        workbook([1]), "xl/workbook.xml", lambda xml: xml.replace("</", "<!-- purl.oclc.org/ooxml/ --></", 1)
    )
    assert "Strict Open XML" in refusal("a.xlsx", content)


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    content = rewritten(workbook([1]), SHEET, lambda xml: xml + " " * (400 * 1024 * 1024))
    assert len(content) < 1024 * 1024
    assert "unpacks to far more" in refusal("a.xlsx", content)


def test_a_cell_in_the_far_corner_is_refused():
    far = rewritten(workbook([1, 2]), SHEET, lambda xml: xml.replace('r="B1"', 'r="XFD1"'))
    assert "more than 500 columns" in refusal("a.xlsx", far)
    deep = rewritten(
        workbook([1], [2]), SHEET, lambda xml: xml.replace('r="2"', 'r="1048576"').replace('r="A2"', 'r="A1048576"')
    )
    assert "more than 100,000 rows" in refusal("a.xlsx", deep)


def test_endless_formatted_cells_cost_little():
    cells = "".join(f'<c r="A{row}" s="0"/>' for row in range(1, 1000))
    many = rewritten(
        workbook([1]), SHEET, lambda xml: xml.replace("</sheetData>", f'<row r="5">{cells * 2100}</row></sheetData>')
    )
    assert "more than 2,000,000 cells" in refusal("a.xlsx", many)


def test_a_child_that_takes_too_much_is_ended():
    text = b"a,b\n" + b"1,2\n" * 2000000
    assert "more memory or time" in refusal("a.csv", text, megabytes=60)


def test_a_child_that_takes_too_long_is_ended():
    rows = b"".join(b"%d,%d,%d\n" % (number, number, number) for number in range(90_000)) * 6
    assert "more memory or time" in refusal("a.csv", rows.replace(b"\n", b'x"\n'), seconds=0)


def test_a_server_that_was_killed_is_started_again():
    read("a.csv", b"a,b\n")
    reading._server[2].kill()
    reading._server[2].wait()
    assert read("a.csv", b"a,b\n")


def test_files_are_read_side_by_side():
    answers = []
    workers = [
        threading.Thread(target=lambda n=n: answers.append((n, read("a.csv", b"%d,b\n" % n)[0].rows[0].cell(0).text)))
        for n in range(20)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(answers) == [(n, str(n)) for n in range(20)]


def test_a_process_that_forks_gets_a_server_of_its_own():
    """As gunicorn does: the master has read something, then its workers read."""
    script = (
        "import os\nfrom app.reading import read\nread('a.csv', b'a,b\\n')\n"
        "child = os.fork()\nassert read('a.csv', b'a,b\\n')\n"
        "if child: assert os.waitpid(child, 0)[1] == 0\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60, env={**os.environ, "PYTHONPATH": "."})


def test_columns_are_named_as_spreadsheets_do():
    assert [column_letter(column) for column in (0, 25, 26, 51, 701, 702)] == ["A", "Z", "AA", "AZ", "ZZ", "AAA"]


def test_an_answer_that_breaks_off_is_a_file_that_cannot_be_read(monkeypatch):
    """The kernel may end the child while it speaks."""
    monkeypatch.setattr("app.reading._ask", lambda *_: b'{"sheets":[{"name"')
    with pytest.raises(Unreadable, match="cannot be read"):
        read("report.csv", b"a,b\n1,2\n")


def test_a_long_sheet_says_how_far_it_is():
    told = []
    (sheet,) = read("a.xlsx", workbook(*([n, n] for n in range(4_000))), report=told.append)
    assert told == [25, 50, 75, 100]
    assert len(sheet.rows) == 4_000


def test_whoever_cannot_wait_is_told_that_it_is_still_read():
    content = workbook(*([n] * 12 for n in range(5_000)))
    with pytest.raises(StillReading):
        read("a.xlsx", content, patience=0.05)
    (sheet,) = read("a.xlsx", content)
    assert len(sheet.rows) == 5_000
