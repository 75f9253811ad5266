"""Writes a random table as a workbook of Excel 97 to 2003: its records, in the compound file that holds them."""

import struct
from random import Random

from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from tests.reader.odd.drawing import Table, Value

SECTOR, FREE, END = 512, 0xFFFFFFFF, 0xFFFFFFFE
ERROR_CODES = {"#DIV/0!": 0x07, "#VALUE!": 0x0F, "#REF!": 0x17, "#NAME?": 0x1D, "#N/A": 0x2A}
FIRST_OWN_FORMAT = 164


def content(chance: Random, tables: list[Table]) -> tuple[bytes, object]:
    """The file, and the day that its dates count from."""
    is_mac = chance.random() < 0.2
    formats = ["General", *sorted({value.format for table in tables for value in table.cells.values()} - {"General"})]
    sheets = [_sheet(chance, table, formats) for table in tables]
    opening = _begin(0x05) + _record(0x22, struct.pack("<H", is_mac))
    opening += b"".join(
        _record(0x41E, struct.pack("<H", FIRST_OWN_FORMAT + place) + _words(code)) for place, code in enumerate(formats)
    )
    opening += b"".join(
        _record(0xE0, struct.pack("<HH16x", 0, FIRST_OWN_FORMAT + place)) for place in range(len(formats))
    )
    bounds = [_bound(table, 0) for table in tables]
    place = len(opening) + sum(map(len, bounds)) + 4
    stream = opening
    for table, sheet in zip(tables, sheets, strict=True):
        stream += _bound(table, place)
        place += len(sheet)
    stream += _record(0x0A) + b"".join(sheets)
    return _compound(stream), CALENDAR_MAC_1904 if is_mac else CALENDAR_WINDOWS_1900


def _bound(table: Table, place: int) -> bytes:
    name = table.name.encode("utf-16-le")
    return _record(0x85, struct.pack("<IBBBB", place, table.is_hidden, 0, len(name) // 2, 1) + name)


def _sheet(chance: Random, table: Table, formats: list[str]) -> bytes:
    body = _begin(0x10)
    body += b"".join(
        _record(0x7D, struct.pack("<HHHHHH", column - 1, column - 1, 2048, 0, 1, 0))
        for column in sorted(table.hidden_columns)
    )
    for row in sorted({row for row, _ in table.cells}):
        is_hidden = 0x20 if row in table.hidden_rows else 0
        body += _record(0x208, struct.pack("<HHHHHHI", row - 1, 0, 256, 255, 0, 0, is_hidden | 0x100))
    for (row, column), value in sorted(table.cells.items()):
        body += _cell(chance, struct.pack("<HHH", row - 1, column - 1, formats.index(value.format)), value)
    return body + _record(0x0A)


def _cell(chance: Random, where: bytes, value: Value) -> bytes:
    if value.kind in {"blank", "unsaved"}:
        return _record(0x201, where)
    if value.kind == "text":
        return _record(0x204, where + _words(value.text))
    if value.kind == "truth":
        return _record(0x205, where + bytes([value.text == "1", 0]))
    if value.kind == "error":
        return _record(0x205, where + bytes([ERROR_CODES[value.text], 1]))
    number = float(value.text)
    if number.is_integer() and abs(number) < 2**29 and chance.random() < 0.5:
        return _record(0x27E, where + struct.pack("<i", int(number) << 2 | 2))
    if value.is_formula:
        return _record(0x06, where + struct.pack("<dHIH", number, 0, 0, 3) + b"\x1e\x01\x00")
    return _record(0x203, where + struct.pack("<d", number))


def _words(text: str) -> bytes:
    body = text.encode("utf-16-le")
    return struct.pack("<HB", len(body) // 2, 1) + body


def _begin(kind: int) -> bytes:
    return _record(0x809, struct.pack("<HHHHII", 0x600, kind, 0x0DBB, 0x07CC, 0, 6))


def _record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _compound(stream: bytes) -> bytes:
    """One stream called Workbook, behind a table of its sectors and a directory."""
    stream = stream.ljust(max(4096, -(-len(stream) // SECTOR) * SECTOR), b"\0")
    count = len(stream) // SECTOR
    table_count = -(-(count + 2) // 126)
    directory = table_count
    chain = [0xFFFFFFFD] * table_count + [END] + [table_count + 2 + place for place in range(count - 1)] + [END]
    chain += [FREE] * (table_count * 128 - len(chain))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(24, b"\0")
    header += struct.pack(
        "<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, table_count, directory, 0, 4096, END, 0, END, 0
    )
    header += struct.pack("<109I", *range(table_count), *[FREE] * (109 - table_count))
    entries = _entry("Root Entry", 5, 1, END, 0) + _entry("Workbook", 2, FREE, table_count + 1, len(stream))
    entries += _entry("", 0, FREE, 0, 0) * 2
    return header + struct.pack(f"<{len(chain)}I", *chain) + entries + stream


def _entry(name: str, kind: int, child: int, first: int, size: int) -> bytes:
    written = name.encode("utf-16-le")
    head = written.ljust(64, b"\0") + struct.pack("<HBB", len(written) + 2 if name else 0, kind, 1)
    return head + struct.pack("<III36xIII", FREE, FREE, child, first, size, 0)
