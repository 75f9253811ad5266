"""Binary workbooks of Excel (.xlsb): records instead of XML, in the same parts. After Microsoft's MS-XLSB."""

import struct
from collections.abc import Callable, Iterator

from grid import Grid
from parts import Parts
from refusals import DAMAGED, Unreadable
from values import NUMBER, code, kind_of_style, text
from workbook import main_part, notes_of

ROW, BLANK, FORMULAS = 0, 1, {8, 9, 10, 11}
STRING_ITEM, FORMAT, STYLE, COLUMNS, PROPERTIES, SHEET, MERGED = 19, 44, 47, 60, 153, 156, 176
STYLES_BEGIN, STYLES_END = 617, 618
ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}


def read(parts: Parts, report: Callable[[int], None]) -> tuple[list[Grid], list[str]]:
    """The visible sheets, and what was left out; raises Unreadable."""
    try:
        return _sheets(parts, report)
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise Unreadable(DAMAGED) from error


def _sheets(parts: Parts, report: Callable[[int], None]) -> tuple[list[Grid], list[str]]:
    main = main_part(parts)
    others = {name: (kind, target) for name, kind, target in parts.targets(main)}
    by_kind = dict(others.values())
    records = list(_records(parts.content(main)))
    since_1904 = any(kind == PROPERTIES and body[0] & 1 for kind, body in records)
    shared = [text(_words(body, 1)[0]) for body in _bodies(parts, by_kind.get("sharedStrings"), STRING_ITEM)]
    kinds = _kinds(parts, by_kind.get("styles"))
    grids, notes = [], list(notes_of(parts, since_1904))
    for body in (body for kind, body in records if kind == SHEET):
        relation, place = _words(body, 8)
        name, (kind, target) = _words(body, place)[0], others.get(relation, ("", ""))
        if body[0]:
            notes.append(f"The hidden sheet “{name}” was not read.")
        elif kind == "worksheet":
            grids.append(_grid(Grid(name), parts.content(target), Reader(shared, kinds, since_1904)))
            report(100)
        elif kind:
            notes.append(f"The sheet “{name}” holds a chart or a macro and was not read.")
        else:
            raise Unreadable(DAMAGED)
    return grids, notes


class Reader:
    """What the record of a cell holds: a method for each kind of record."""

    def __init__(self, shared: list[str], kinds: list[str], since_1904: bool) -> None:
        self.shared, self.kinds, self.since_1904 = shared, kinds, since_1904

    def number(self, body: bytes, value: float) -> str:
        style = int.from_bytes(body[4:7], "little")
        kind = self.kinds[style] if style < len(self.kinds) else NUMBER
        return code(f"{value:.17g}", kind, since_1904=self.since_1904)

    def short_number(self, body: bytes) -> str:
        (packed,) = struct.unpack_from("<I", body, 8)
        if packed & 2:
            value = struct.unpack("<i", struct.pack("<I", packed & ~3))[0] >> 2
        else:
            value = struct.unpack("<d", struct.pack("<II", 0, packed & ~3))[0]
        return self.number(body, value / 100 if packed & 1 else value)

    def real(self, body: bytes) -> str:
        return self.number(body, struct.unpack_from("<d", body, 8)[0])

    def error(self, body: bytes) -> str:
        return f"e{ERRORS.get(body[8], '#VALUE!')}"

    def truth(self, body: bytes) -> str:
        return "bTRUE" if body[8] else "bFALSE"

    def words(self, body: bytes) -> str:
        return text(_words(body, 8)[0])

    def rich_words(self, body: bytes) -> str:
        return text(_words(body, 9)[0])

    def shared_words(self, body: bytes) -> str:
        return self.shared[struct.unpack_from("<I", body, 8)[0]]


CELLS = {
    2: Reader.short_number,
    3: Reader.error,
    4: Reader.truth,
    5: Reader.real,
    6: Reader.words,
    7: Reader.shared_words,
    8: Reader.words,
    9: Reader.real,
    10: Reader.truth,
    11: Reader.error,
    62: Reader.rich_words,
}


def _grid(grid: Grid, stream: bytes, reader: Reader) -> Grid:
    row = 0
    for kind, body in _records(stream):
        if kind in CELLS:
            column = struct.unpack_from("<I", body)[0] + 1
            try:
                grid.put(row, column, CELLS[kind](reader, body))
            except (struct.error, IndexError, ValueError) as error:
                raise grid.misfit(row, column) from error
            grid.results += kind in FORMULAS
        elif kind == ROW:
            row = struct.unpack_from("<I", body)[0] + 1
            if body[11] & 0x10:
                grid.hidden_rows.append(row)
        elif kind == COLUMNS and body[16] & 1:
            first, last = struct.unpack_from("<II", body)
            grid.hidden_columns.append(range(first + 1, last + 2))
        elif kind == MERGED:
            top, bottom, left, right = struct.unpack_from("<IIII", body)
            grid.merged.append((top + 1, left + 1, bottom + 1, right + 1))
    return grid


def _kinds(parts: Parts, name: str | None) -> list[str]:
    """By the number of a cell's style, what it makes of a number."""
    own: dict[int, str] = {}
    kinds: list[str] = []
    is_cells = False
    for kind, body in _records(parts.content(name)) if name is not None and name in parts else ():
        if kind == FORMAT:
            own[struct.unpack_from("<H", body)[0]] = _words(body, 2)[0]
        elif kind in (STYLES_BEGIN, STYLES_END):
            is_cells = kind == STYLES_BEGIN
        elif kind == STYLE and is_cells:
            kinds.append(kind_of_style(struct.unpack_from("<H", body, 2)[0], own))
    return kinds


def _bodies(parts: Parts, name: str | None, wanted: int) -> Iterator[bytes]:
    if name is not None and name in parts:
        yield from (body for kind, body in _records(parts.content(name)) if kind == wanted)


def _records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    """Kind and body of each; both kind and length are written seven bits at a time."""
    place = 0
    while place < len(stream):
        kind, place = _number(stream, place, 2)
        length, place = _number(stream, place, 4)
        if place + length > len(stream):
            raise Unreadable(DAMAGED)
        yield kind, stream[place : place + length]
        place += length


def _number(stream: bytes, place: int, most: int) -> tuple[int, int]:
    number = 0
    for position in range(most):
        byte = stream[place + position]
        number |= (byte & 0x7F) << 7 * position
        if not byte & 0x80:
            break
    return number, place + position + 1


def _words(body: bytes, place: int) -> tuple[str, int]:
    """A text behind its length in letters, and where it ends; one that is not there is empty."""
    (count,) = struct.unpack_from("<I", body, place)
    if count == 0xFFFFFFFF:
        return "", place + 4
    end = place + 4 + 2 * count
    if end > len(body):
        raise IndexError(end)
    return body[place + 4 : end].decode("utf-16-le"), end
