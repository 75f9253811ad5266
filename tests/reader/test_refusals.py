"""What is no table, or is damaged or too large, is refused in words that say what to do; nothing is half read."""

import math
import struct
from random import Random

import pytest

from app.reading import Unreadable, read
from tests.reader.files import SHEET, archive, rewritten, workbook
from tests.reader.odd import old_excel
from tests.reader.odd.binary import packed, relations
from tests.reader.odd.drawing import Table, Value


def refusal(filename: str, content: bytes, **limits) -> str:
    with pytest.raises(Unreadable) as refused:
        read(filename, content, **limits)
    return refused.value.message


def damaged_binary(stream: bytes) -> bytes:
    return packed(
        {"_rels/.rels": relations([("rId1", "officeDocument", "/xl/workbook.bin")]), "xl/workbook.bin": stream}
    )


@pytest.mark.parametrize(
    ("filename", "content", "words"),
    [
        ("a.xlsx", b"", "empty"),
        ("a.csv", b"  \n \n", "empty"),
        ("a.csv", b",,\n,,\n", "empty"),
        ("a.xlsx", b"Site,Queue\n", "no workbook, although its name says so"),
        ("a.pdf", b"%PDF-1.7", "a PDF"),
        ("a.xlsx", b"%PDF-1.7", "a PDF"),
        ("a.png", b"\x89PNG\r\n", "a picture"),
        ("a.xls", b"<html><table>", "web page"),
        ("a.csv", b"PK\x03\x04 broken", "damaged"),
        ("a.xlsx", workbook([1])[:400], "damaged"),
        ("a.csv", b'a,"b\n1,2\n', "Row 1, column B (line 1 of the file)"),
        ("a.csv", b'a,b\n\n1,"2" x,3\n', "Row 3, column B (line 3 of the file)"),
        ("a.csv", b"a,b\0c\n", "not a text file"),
        ("a.csv", b"a,\x9d\n", "Line 1 has a letter"),
        ("a.csv", b"\xff\xfea", "its characters cannot be read"),
        ("a.docx", archive(word__document_xml="<x/>"), "a Word document"),
        ("a.pptx", archive(ppt__presentation_xml="<x/>"), "a presentation"),
        ("a.ods", archive(content_xml="<x/>"), "OpenDocument text or drawing"),
        ("a.ods", archive(content_xml="<x"), "damaged"),
        ("a.ods", archive(content_xml="<x/>", **{"META-INF__manifest_xml": "<encryption-data/>"}), "password"),
        ("a.xlsb", archive(xl__workbook_bin="x"), "ZIP archive"),
        ("a.xlsb", damaged_binary(b"\x9c\x01\x09"), "damaged"),
        ("a.xlsb", damaged_binary(b"\x9c"), "damaged"),
        ("a.zip", archive(a_txt="x"), "ZIP archive"),
        ("a.xlsx", archive(xl__workbook_xml="<x/>"), "empty"),
        ("a.xlsx", archive(xl__workbook_xml="<x><sheet name='a'/></x>"), "damaged"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 999, "damaged"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "a Word document"),
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


def test_a_workbook_with_nothing_but_hidden_sheets_says_so():
    def hide(book):
        book.create_sheet("Secret").append([1])
        book["Secret"].sheet_state = "hidden"

    assert "The hidden sheet “Secret” was not read." in refusal("a.xlsx", workbook(change=hide))


def test_a_damaged_sheet_is_damaged():
    assert "damaged" in refusal("a.xlsx", rewritten(workbook([1]), SHEET, lambda xml: xml[:-40]))
    entity = '<!DOCTYPE x [<!ENTITY a "aaaa">]>'
    assert "damaged" in refusal(
        "a.xlsx", rewritten(workbook([1]), SHEET, lambda xml: entity + xml.replace("<v>1</v>", "<v>&a;</v>"))
    )


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("<v>1</v>", "<v>one</v>", "A1 holds something that is none of its kind"),
        ("<v>1</v>", "<v>1_0</v>", "A1 holds something"),
        ("<v>1</v>", "<v>1e999</v>", "A1 holds something"),
        ('t="n"><v>1</v>', 't="s"><v>7</v>', "A1 holds something"),
        ('t="n"><v>1</v>', 't="zz"><v>7</v>', "A1 holds something"),
        ('r="A1"', 'r="A7"', "the cell A7 stands in row 1"),
        ('r="A1"', 'r="1"', "it has a cell “1”"),
        ('r="A1"', 'r="XXX1"', "it has a cell “XXX1”"),
        ('<row r="1">', '<row r="0">', "it has a row “0”"),
        ('<row r="1">', '<row r="1048577">', "it has a row “1048577”"),
    ],
)
def test_a_cell_that_contradicts_itself_is_named(before, after, words):
    content = rewritten(workbook([1]), SHEET, (before, after))
    assert f"Sheet “Sheet” cannot be read completely: {words}" in refusal("a.xlsx", content)


def test_a_number_of_the_old_excel_that_is_none_is_named():
    content, _ = old_excel.content(Random(0), [Table("S", {(3, 2): Value("number", "1e300")})])
    assert struct.pack("<d", 1e300) in content
    content = content.replace(struct.pack("<d", 1e300), struct.pack("<d", math.nan))
    assert "Sheet “S” cannot be read completely: B3 holds something" in refusal("a.xls", content)


def test_a_sheet_with_nothing_behind_it_is_left_out_unless_it_may_be_the_one_that_is_missing():
    module = '<sheet name="Module" sheetId="9" r:id=""/></sheets>'
    content = rewritten(workbook([1]), "xl/workbook.xml", ("</sheets>", module))
    assert "The sheet “Module” holds a chart or a macro and was not read." in read("a.xlsx", content).notes
    lost = rewritten(content, "xl/workbook.xml", ('r:id="rId1"', 'r:id=""'))
    assert "damaged" in refusal("a.xlsx", lost)


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    content = rewritten(workbook([1]), SHEET, lambda xml: xml + " " * (400 * 1024 * 1024))
    assert len(content) < 1024 * 1024
    assert "unpacks to far more" in refusal("a.xlsx", content)


def test_two_parts_of_one_name_are_refused():
    twice = archive(xl__workbook_xml="<x/>", XL__workbook_xml="<y/>")
    assert "two parts of the same name" in refusal("a.xlsx", twice)


def test_a_value_in_the_far_corner_is_named_and_a_far_row_is_read():
    far = rewritten(workbook([1, 2]), SHEET, ('r="B1"', 'r="XFD1"'))
    assert "a value in XFD1, which is beyond 500 columns" in refusal("a.xlsx", far)
    deep = rewritten(workbook([1], [2]), SHEET, ('r="2"', 'r="1048576"'), ('r="A2"', 'r="A1048576"'))
    assert [row.number for row in read("a.xlsx", deep).sheets[0].rows] == [1, 1_048_576]


def test_too_many_rows_or_cells_are_refused():
    assert "more than 100,000 rows" in refusal("a.csv", b"a,b\n" + b"1,2\n" * 100_000)
    assert "more than 2,000,000 cells" in refusal("a.csv", (b"1," * 300 + b"\n") * 7_000)


def test_formatted_cells_without_a_value_cost_little():
    blank = "".join(f'<c r="A{row}" s="0"/>' for row in range(1, 1000))

    def many(count: int) -> bytes:
        rows = "".join(f'<row r="{row}">{blank.replace("A", "B")}</row>' for row in range(2, 3))
        return rewritten(workbook([1]), SHEET, ("</sheetData>", f"{rows * count}<row r='9'></row></sheetData>"))

    assert len(read("a.xlsx", many(1000)).sheets[0].rows) == 1
    assert "more than 8,000,000 formatted cells" in refusal("a.xlsx", many(8_100))
