"""Makes odd files from seeds, has Accord read them, and says where a plain second reading sees something else."""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from app.reading import Reading, Unreadable, read
from tests.reader.odd import binary, delimited, excel, old_excel, openoffice, plain
from tests.reader.odd.drawing import Table, Value, tables

PLACE = re.compile(r"\b[A-Z]{1,3}[1-9][0-9]*\b|\bRow [1-9][0-9]*, column [A-Z]+\b")


@dataclass
class Case:
    """`expected` is what the plain reading finds, by sheet; None when the file is defective and may be refused."""

    filename: str
    content: bytes
    expected: dict[str, plain.Cells] | None
    oddities: set[str] = field(default_factory=set)


def case(seed: int) -> Case:
    chance = Random(seed)
    return chance.choice((_raw, _raw, _raw, _xlsxwriter, _openpyxl, _opendocument, _old_excel, _binary, _text, _text))(
        chance
    )


@dataclass
class Outcome:
    verdict: str
    cells: int = 0
    differences: list[str] = field(default_factory=list)


def outcome(drawn: Case) -> Outcome:
    """Read, refused, or both with what differs."""
    try:
        found = _cells(read(drawn.filename, drawn.content))
    except Unreadable as refusal:
        if drawn.expected is None and PLACE.search(refusal.message):
            return Outcome("refused")
        if drawn.expected is not None and not any(drawn.expected.values()) and "is empty" in refusal.message:
            return Outcome("empty")
        return Outcome("refused", 0, [f"refused: {refusal.message}"])
    if drawn.expected is None:
        return Outcome("read", 0, ["read, although it is defective"])
    expected = {name: cells for name, cells in drawn.expected.items() if cells}
    differences = [
        f"{name} {place}: {found.get(name, {}).get(place)} instead of {expected.get(name, {}).get(place)}"
        for name in sorted(expected.keys() | found.keys())
        for place in sorted(expected.get(name, {}).keys() | found.get(name, {}).keys())
        if found.get(name, {}).get(place) != expected.get(name, {}).get(place)
    ]
    return Outcome("read", sum(map(len, found.values())), differences)


def _cells(reading: Reading) -> dict[str, plain.Cells]:
    return {
        sheet.name: {
            (row.number, column): (cell.kind, _canonical(cell.kind, cell.text))
            for row in sheet.rows
            for column, cell in enumerate(row.cells, 1)
            if cell.kind != "blank"
        }
        for sheet in reading.sheets
    }


def _canonical(kind: str, text: str) -> str:
    return str(Decimal(text).normalize()) if kind in {"number", "percent"} else text


def _raw(chance: Random) -> Case:
    writer = excel.Raw(chance, tables(chance))
    return _excel(writer.content(), writer.oddities, chance.choice(("a.xlsx", "a.xlsm", "A.XLSX")))


def _xlsxwriter(chance: Random) -> Case:
    return _excel(excel.by_xlsxwriter(chance, tables(chance)), {"by XlsxWriter"})


def _openpyxl(chance: Random) -> Case:
    return _excel(excel.by_openpyxl(chance, tables(chance)), {"by openpyxl"})


def _excel(content: bytes, oddities: set[str], filename: str = "a.xlsx") -> Case:
    try:
        return Case(filename, content, plain.excel(content), oddities)
    except plain.Defect:
        return Case(filename, content, None, oddities)


def _opendocument(chance: Random) -> Case:
    content = openoffice.content(chance, tables(chance))
    return Case("a.ods", content, plain.opendocument(content), {"OpenDocument"})


def _old_excel(chance: Random) -> Case:
    drawn = tables(chance)
    return _written("a.xls", drawn, *old_excel.content(chance, drawn), "Excel 97")


def _binary(chance: Random) -> Case:
    drawn = tables(chance)
    return _written("a.xlsb", drawn, *binary.content(chance, drawn), "binary")


def _written(filename: str, drawn: list[Table], content: bytes, epoch, oddity: str) -> Case:
    expected = {table.name: _as_drawn(table, epoch) for table in drawn if not table.is_hidden}
    return Case(filename, content, expected, {oddity})


def _as_drawn(table: Table, epoch) -> plain.Cells:
    held = {place: _held(value, epoch) for place, value in table.cells.items()}
    return {place: each for place, each in held.items() if each[1].strip()}


def _held(value: Value, epoch) -> tuple[str, str]:
    if value.kind in {"blank", "unsaved"}:
        return "blank", ""
    if value.kind == "truth":
        return "truth", {"1": "TRUE", "0": "FALSE"}[value.text]
    if value.kind in {"text", "error"}:
        return value.kind, value.text
    return plain.number(float(value.text), "", value.format, epoch)


def _text(chance: Random) -> Case:
    content, text, delimiter = delimited.drawn(chance)
    cells = delimited.plain(text, delimiter)
    return Case(chance.choice(("a.csv", "a.txt", "A.TSV")), content, None if cells is None else {"": cells}, {"text"})


MAKERS = (_raw, _raw, _raw, _xlsxwriter, _openpyxl, _opendocument, _old_excel, _binary, _text, _text)
