"""Small files for the tests of reading."""

import io
import zipfile
from collections.abc import Callable

import openpyxl

SHEET = "xl/worksheets/sheet1.xml"


def workbook(*rows, change: Callable | None = None, **cells) -> bytes:
    """Rows from the top, then cells by their place; `change` gets the book before it is saved."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for place, value in cells.items():
        book.active[place] = value
    if change:
        change(book)
    body = io.BytesIO()
    book.save(body)
    return body.getvalue()


def rewritten(content: bytes, part: str, *changes: tuple[str, str] | Callable[[str], str]) -> bytes:
    """The workbook with one part's text changed; what is to be replaced must be there."""
    body = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, _changed(text.decode(), changes).encode() if name == part else text)
    return body.getvalue()


def _changed(text: str, changes) -> str:
    for change in changes:
        changed = change(text) if callable(change) else text.replace(*change)
        assert changed != text
        text = changed
    return text


def saved(content: bytes) -> bytes:
    """As a spreadsheet program saves it: with every formula worked out."""
    return rewritten(content, "xl/workbook.xml", (' fullCalcOnLoad="1"', ""))


def archive(**parts: str) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as new:
        for name, text in parts.items():
            new.writestr(name.replace("__", "/").replace("_", "."), text)
    return body.getvalue()
