"""Writes a random table as a binary workbook of Excel (.xlsb): its records, in the parts of an .xlsx."""

import io
import struct
import zipfile
from random import Random

from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from tests.reader.odd.drawing import Table, Value
from tests.reader.odd.excel import relations
from tests.reader.odd.old_excel import ERROR_CODES

FIRST_OWN_FORMAT = 164


def content(chance: Random, tables: list[Table]) -> tuple[bytes, object]:
    """The file, and the day that its dates count from."""
    is_mac = chance.random() < 0.2
    formats = ["General", *sorted({value.format for table in tables for value in table.cells.values()} - {"General"})]
    strings: list[str] = []
    names = [f"worksheets/sheet{place}.bin" for place in range(1, len(tables) + 1)]
    parts = {f"xl/{name}": _sheet(chance, table, formats, strings) for name, table in zip(names, tables, strict=True)}
    listed = [(f"rId{place}", "worksheet", name) for place, name in enumerate(names, 1)]
    others = [("s", "styles", "styles.bin"), ("t", "sharedStrings", "sharedStrings.bin")]
    parts["xl/workbook.bin"] = _record(153, struct.pack("<II", is_mac, 0) + _words("")) + b"".join(
        _record(156, struct.pack("<II", table.is_hidden, place) + _words(f"rId{place}") + _words(table.name))
        for place, table in enumerate(tables, 1)
    )
    parts["xl/styles.bin"] = _styles(formats)
    parts["xl/sharedStrings.bin"] = b"".join(_record(19, b"\0" + _words(words)) for words in strings)
    parts["xl/_rels/workbook.bin.rels"] = relations([*listed, *others])
    parts["_rels/.rels"] = relations([("rId1", "officeDocument", "xl/workbook.bin")])
    return packed(parts), CALENDAR_MAC_1904 if is_mac else CALENDAR_WINDOWS_1900


def packed(parts: dict[str, bytes | str]) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return body.getvalue()


def _styles(formats: list[str]) -> bytes:
    own = b"".join(
        _record(44, struct.pack("<H", FIRST_OWN_FORMAT + place) + _words(code)) for place, code in enumerate(formats)
    )
    named = _record(626) + _record(47, struct.pack("<HH12x", 0xFFFF, 14)) + _record(627)
    used = b"".join(_record(47, struct.pack("<HH12x", 0, FIRST_OWN_FORMAT + place)) for place in range(len(formats)))
    return own + named + _record(617, struct.pack("<I", len(formats))) + used + _record(618)


def _sheet(chance: Random, table: Table, formats: list[str], strings: list[str]) -> bytes:
    body = _record(148, struct.pack("<IIII", 0, 0, 0, 0))
    for column in sorted(table.hidden_columns):
        body += _record(60, struct.pack("<IIIIH", column - 1, column - 1, 2048, 0, 1))
    rows: dict[int, list[tuple[int, Value]]] = {}
    for (row, column), value in sorted(table.cells.items()):
        rows.setdefault(row, []).append((column, value))
    for row, cells in rows.items():
        is_hidden = 0x10 if row in table.hidden_rows else 0
        body += _record(0, struct.pack("<IIHBBBI", row - 1, 0, 300, 0, is_hidden, 0, 0))
        for column, value in cells:
            body += _cell(chance, struct.pack("<II", column - 1, formats.index(value.format)), value, strings)
    for top, left, bottom, right in table.merged:
        body += _record(176, struct.pack("<IIII", top - 1, bottom - 1, left - 1, right - 1))
    return body


def _cell(chance: Random, where: bytes, value: Value, strings: list[str]) -> bytes:
    formula = struct.pack("<HI", 0, 0) if value.is_formula else b""
    if value.kind in {"blank", "unsaved"}:
        return _record(1, where)
    if value.kind == "text":
        return _text(chance, where, value.text, formula, strings)
    if value.kind == "truth":
        return _record(10 if formula else 4, where + bytes([value.text == "1"]) + formula)
    if value.kind == "error":
        return _record(11 if formula else 3, where + bytes([ERROR_CODES[value.text]]) + formula)
    number = float(value.text)
    if number.is_integer() and abs(number) < 2**29 and not formula and chance.random() < 0.7:
        hundredfold = abs(number) < 2**22 and chance.random() < 0.5
        whole = int(number) * (100 if hundredfold else 1)
        return _record(2, where + struct.pack("<i", whole << 2 | 2 | hundredfold))
    return _record(9 if formula else 5, where + struct.pack("<d", number) + formula)


def _text(chance: Random, where: bytes, words: str, formula: bytes, strings: list[str]) -> bytes:
    if formula:
        return _record(8, where + _words(words) + formula)
    kind = chance.choice((6, 7, 7, 62))
    if kind == 7:
        strings.append(words)
        return _record(7, where + struct.pack("<I", len(strings) - 1))
    return _record(kind, where + (b"\0" if kind == 62 else b"") + _words(words))


def _words(text: str) -> bytes:
    body = text.encode("utf-16-le")
    return struct.pack("<I", len(body) // 2) + body


def _record(kind: int, body: bytes = b"") -> bytes:
    """Kind and length are written seven bits at a time."""
    return _sevens(kind) + _sevens(len(body)) + body


def _sevens(number: int) -> bytes:
    written = b""
    while number > 0x7F:
        written += bytes([number & 0x7F | 0x80])
        number >>= 7
    return written + bytes([number])
