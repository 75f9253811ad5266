"""A second reading of workbooks, plain and slow: the whole XML as a tree, and dates by openpyxl's arithmetic."""

import io
import re
import zipfile
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from xml.etree import ElementTree as ET

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils import coordinate_to_tuple
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

Cells = dict[tuple[int, int], tuple[str, str]]


class Defect(Exception):
    """The workbook contradicts itself."""


def excel(content: bytes) -> dict[str, Cells]:
    """Kind and text of each cell by sheet and place; blank cells and hidden sheets are left out. Raises Defect."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name.replace("\\", "/").lower(): archive.read(name) for name in archive.namelist()}
    book = _tree(parts["xl/workbook.xml"])
    targets = {each.get("Id"): each.get("Target") for each in _tree(parts["xl/_rels/workbook.xml.rels"])}
    shared = [_text(each) for each in _tree(parts["xl/sharedstrings.xml"])] if "xl/sharedstrings.xml" in parts else []
    workbook = _Workbook(book, _formats(_tree(parts["xl/styles.xml"])), shared)
    found = {}
    for sheet in book.iter("sheet"):
        if sheet.get("state", "visible") == "visible":
            target = targets[sheet.get("id")]
            name = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            found[sheet.get("name")] = workbook.cells(_tree(parts[name.lower()]))
    return found


class _Workbook:
    def __init__(self, book, formats: list[str], shared: list[str]) -> None:
        self.formats, self.shared = formats, shared
        is_mac = any(each.get("date1904") in {"1", "true"} for each in book.iter("workbookPr"))
        self.epoch = CALENDAR_MAC_1904 if is_mac else CALENDAR_WINDOWS_1900
        self.is_calculated = not any(each.get("fullCalcOnLoad") in {"1", "true"} for each in book.iter("calcPr"))

    def cells(self, sheet) -> Cells:
        found: Cells = {}
        for row in sheet.iter("row"):
            column = 0
            for cell in row.iter("c"):
                place = coordinate_to_tuple(cell.get("r")) if cell.get("r") else (int(row.get("r")), column + 1)
                column = place[1]
                if place[0] != int(row.get("r")):
                    raise Defect(f"{cell.get('r')} in row {row.get('r')}")
                held = self._held(cell)
                if held[0] == "text" and not held[1].strip():
                    continue
                if place in found:
                    raise Defect(f"two values in {place}")
                found[place] = held
        return found

    def _held(self, cell) -> tuple[str, str]:
        kind, value, formula = cell.get("t", "n"), cell.find("v"), cell.find("f")
        stored = "" if value is None else value.text or ""
        if formula is not None and (not self.is_calculated or (stored == "" and kind != "str")):
            return "formula", ""
        if kind == "inlineStr":
            return "text", _text(cell.find("is"))
        if kind == "s":
            return "text", self.shared[int(stored)]
        if kind == "str" or stored == "":
            return "text", _unescaped(stored)
        if kind == "b":
            return "truth", {"1": "TRUE", "0": "FALSE"}[stored]
        if kind == "e":
            return "error", stored
        return number(float(stored), stored, self.formats[int(cell.get("s", "0"))], self.epoch)


def number(value: float, stored: str, code: str, epoch) -> tuple[str, str]:
    """What a stored number is with its format."""
    if is_timedelta_format(code):
        return "time", _clock(timedelta(days=value))
    if is_date_format(code):
        moment = from_excel(value, epoch)
        if isinstance(moment, time) or (value < 1 and not re.search("[dy]", code)):
            return "time", _clock(timedelta(seconds=round(value * 86400)))
        return "date", _iso(moment)
    shown = re.sub(r'"[^"]*"', "", code)
    return ("percent" if "%" in shown else "number"), _digits(value, stored)


def _digits(value: float, stored: str) -> str:
    """Fifteen, as programs show them, unless whole digits are written out."""
    counted = Decimal(stored) if re.fullmatch("[0-9]+", stored) else Decimal(f"{value:.15g}")
    return str(counted.normalize())


def _formats(styles) -> list[str]:
    own = {each.get("numFmtId"): each.get("formatCode") for each in styles.iter("numFmt")}
    numbers = [each.get("numFmtId") for each in styles.find("cellXfs")]
    return [own.get(number) or BUILTIN_FORMATS[int(number)] for number in numbers]


def _tree(content: bytes):
    """The element tree without namespaces and prefixes."""
    root = ET.fromstring(content)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        for name in list(element.attrib):
            element.set(name.rpartition("}")[2], element.attrib[name])
    return root


def _text(element) -> str:
    """All of an element's text, but for how it sounds."""
    if element.tag == "t":
        return _unescaped(element.text or "")
    return "".join(_text(each) for each in element if each.tag in {"t", "r"})


def _unescaped(words: str) -> str:
    return words.replace("_x000A_", "\n")


def _clock(span: timedelta) -> str:
    seconds = round(span.total_seconds())
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _iso(moment: datetime | date) -> str:
    if not isinstance(moment, datetime) or (moment.hour, moment.minute, moment.second) == (0, 0, 0):
        return moment.strftime("%Y-%m-%d")
    return moment.isoformat(timespec="seconds")


def opendocument(content: bytes) -> dict[str, Cells]:
    """The same for an OpenDocument workbook, whose repeated cells are written out one by one."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        root = _tree(archive.read("content.xml"))
    hidden = {
        style.get("name")
        for style in root.iter("style")
        for each in style.iter("table-properties")
        if each.get("display") == "false"
    }
    found = {}
    for table in root.find("body").find("spreadsheet").findall("table"):
        if table.get("style-name") in hidden:
            continue
        cells, row = found.setdefault(table.get("name"), {}), 0
        for element in table.iter("table-row"):
            for _ in range(int(element.get("number-rows-repeated", "1"))):
                row += 1
                column = 0
                for cell in element:
                    for _ in range(int(cell.get("number-columns-repeated", "1"))):
                        column += 1
                        if held := _held(cell):
                            cells[row, column] = held
    return found


def _held(cell) -> tuple[str, str] | None:
    kind = cell.get("value-type")
    shown = "\n".join(_paragraph(each) for each in cell if each.tag == "p")
    if cell.get("formula") and kind in {None, "string"} and shown.startswith("#"):
        return "error", shown
    if cell.get("formula") and kind is None:
        return "formula", ""
    if kind is None or kind == "string":
        return ("text", shown) if shown.strip() else None
    if kind == "boolean":
        return "truth", cell.get("boolean-value").upper()
    if kind == "date":
        return "date", _iso(datetime.fromisoformat(cell.get("date-value")))
    if kind == "time":
        hours, minutes, seconds = re.fullmatch("PT([0-9]+)H([0-9]+)M([0-9]+)S", cell.get("time-value")).groups()
        return "time", f"{int(hours)}:{int(minutes):02}:{int(seconds):02}"
    stored = cell.get("value")
    return ("percent" if kind == "percentage" else "number"), _digits(float(stored), stored)


def _paragraph(element) -> str:
    words = element.text or ""
    for each in element:
        inside = {"s": " " * int(each.get("c", "1")), "tab": "\t", "line-break": "\n"}.get(each.tag)
        words += (_paragraph(each) if inside is None and each.tag == "span" else inside or "") + (each.tail or "")
    return words
