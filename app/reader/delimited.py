"""Text tables: which characters, which delimiter, and no row lost."""

import codecs
import csv
import io

from refusals import MOST_COLUMNS, MOST_ROWS, Unreadable, refuse_if_too_large

DELIMITERS = ",;\t"
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read(content: bytes) -> dict:
    text = _decoded(content)
    if "\0" in text:
        raise Unreadable(
            "This is not a text file, although its name says CSV. Upload the workbook (.xlsx) or a CSV file."
        )
    delimiter, text = _delimiter(text)
    rows, cells, widest = [], 0, 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, row in enumerate(reader, 1):
            cells, widest = cells + len(row), max(widest, len(row))
            refuse_if_too_large(min(number, MOST_ROWS + 1), min(widest, MOST_COLUMNS + 1), cells, "The file")
            if any(cell.strip() for cell in row):
                rows.append([number, row])
    except csv.Error as error:
        raise Unreadable(
            f"Line {reader.line_num} cannot be read as CSV ({error}). Look for a stray quotation mark."
        ) from error
    if not rows:
        raise Unreadable("The file is empty. Check that you chose the right one and that it was saved.")
    return {"name": "", "rows": rows}


def _decoded(content: bytes) -> str:
    """By its byte order mark, else UTF-8, else Windows-1252, which is what spreadsheet programs write."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError as error:
                raise Unreadable(
                    "The file is damaged: its characters cannot be read. Save it again as “CSV UTF-8”."
                ) from error
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _delimiter(text: str) -> tuple[str, str]:
    """The delimiter, said by Excel's own first line or seen in the lines; and the text without that line."""
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and first.strip()[4:] in tuple(DELIMITERS):
        return first.strip()[4:], "\n" + rest
    sample = text[:20_000]
    return max(DELIMITERS, key=lambda mark: _agreement(sample, mark)), text


def _agreement(sample: str, delimiter: str) -> tuple[int, int]:
    """How many lines share a width of two columns or more under this delimiter, and that width."""
    widths = [len(row) for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)]
    return max(((widths.count(width), width) for width in set(widths) if width > 1), default=(0, 1))
