"""Text tables: which characters, which delimiter, and no row lost."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator

from grid import Grid, column_letter
from refusals import EMPTY, Unreadable
from values import text as text_cell

DELIMITERS = ",;\t|"
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SAMPLE = 20_000
SAID = re.compile(r'"?sep=([^\r\n"\w])"?(?:\r\n?|\n|$)', re.IGNORECASE)
LINE_END = re.compile(r"\r\n?|\n")
AS_TEXT = re.compile(r'="([^"]*)"')
NO_TEXT = "This is not a text file, although its name says so. Upload the workbook (.xlsx) or a CSV file."
SAVE_AS_UTF8 = "Save the file again as “CSV UTF-8”."


def read(filename: str, content: bytes) -> tuple[list[Grid], list[str]]:
    """Raises Unreadable."""
    words, encoding = _decoded(content)
    if "\0" in words:
        raise Unreadable(NO_TEXT)
    words, delimiter = _delimiter(words)
    grid = Grid()
    for row, cells in enumerate(_records(words, delimiter), 1):
        for column, cell in enumerate(cells, 1):
            if cell:
                as_text = AS_TEXT.fullmatch(cell)  # how a text table says that 007 is no number
                grid.put(row, column, text_cell(as_text[1] if as_text else cell))
    if not grid.rows:
        raise Unreadable(EMPTY)
    notes = []
    if encoding == "cp1252":
        notes.append("The file is not in UTF-8: its letters were read as Windows-1252.")
    if filename.lower().endswith(".xls"):
        notes.append("The file is no workbook, although its name says so: it was read as a text table.")
    return [grid], notes


def _decoded(content: bytes) -> tuple[str, str]:
    """By its byte order mark, else UTF-8, else Windows-1252, which is what spreadsheet programs write."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            try:
                return content.decode(encoding), encoding
            except UnicodeDecodeError as error:
                raise Unreadable(f"The file is damaged: its characters cannot be read. {SAVE_AS_UTF8}") from error
    if b"\0" in content[:SAMPLE]:
        return _wide(content)
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252"), "cp1252"
    except UnicodeDecodeError as error:
        line = len(LINE_END.findall(content[: error.start].decode("latin-1"))) + 1
        raise Unreadable(
            f"Line {line} has a letter in a code that is neither UTF-8 nor Windows-1252. {SAVE_AS_UTF8}"
        ) from error


def _wide(content: bytes) -> tuple[str, str]:
    """Two or four bytes a letter without a mark: the reading with the most plain letters, and they are the most."""
    found = []
    for encoding in ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be"):
        try:
            words = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in words:
            found.append((words, encoding))
    if not found or content.count(b"\0") * 4 < len(content):
        raise Unreadable(NO_TEXT)
    return max(found, key=lambda each: sum(letter < "\x80" for letter in each[0]) / len(each[0]))


def _delimiter(words: str) -> tuple[str, str]:
    """The delimiter, said by a first line that no spreadsheet shows or seen in the lines; and the text to read."""
    if said := SAID.match(words):
        return words[said.end() :], said[1]
    sample = words if len(words) <= SAMPLE else words[:SAMPLE].rpartition("\n")[0]
    return words, max(DELIMITERS, key=lambda mark: _agreement(sample, mark))


def _agreement(sample: str, delimiter: str) -> tuple[int, int]:
    """How many lines share a width of two columns or more under this delimiter, and that width."""
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    try:
        widths = Counter(map(len, reader))
    except csv.Error:
        return 0, 1
    return max(((count, width) for width, count in widths.items() if width > 1), default=(0, 1))


def _records(words: str, delimiter: str) -> Iterator[list[str]]:
    lines = _Lines(words)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    row = 0
    try:
        for record in reader:
            row += 1
            yield record
            lines.begun = lines.passed
    except csv.Error as error:
        column = column_letter(_stray_quote(words[lines.begun :], delimiter))
        raise Unreadable(
            f"Row {row + 1}, column {column} (line {lines.number_of(lines.begun)} of the file) cannot be read: a "
            "quotation mark in it is not closed, or stands in the midst of the cell. Mend it, or save the file again."
        ) from error


class _Lines:
    """The lines as they are asked for, with the place in the text where the record in hand has begun."""

    def __init__(self, words: str) -> None:
        self.words, self.passed, self.begun = words, 0, 0

    def __iter__(self) -> Iterator[str]:
        for line in io.StringIO(self.words, newline=""):
            self.passed += len(line)
            yield line

    def number_of(self, place: int) -> int:
        return len(LINE_END.findall(self.words[:place])) + 1


def _stray_quote(words: str, delimiter: str) -> int:
    """The column, counted from 1, in which a record goes wrong."""
    field = re.compile(rf'("(?:[^"]|"")*"|(?!")[^{re.escape(delimiter)}\r\n]*)({re.escape(delimiter)}?)')
    column, place = 1, 0
    while (found := field.match(words, place)) and found[2]:
        column, place = column + 1, found.end()
    return column
