"""Excel workbooks (.xlsx, .xlsm): which sheets there are, their strings, formats and dates, and every cell of them."""

from collections.abc import Callable

from grid import Grid
from parts import LOCAL, Parts, is_on
from refusals import DAMAGED, Unreadable
from values import kind_of_style, text
from worksheet import Worksheet, unescaped

HIDDEN = {"hidden", "veryHidden"}


def read(parts: Parts, report: Callable[[int], None]) -> tuple[list[Grid], list[str]]:
    """The visible sheets, and what was left out or taken in a way that not everybody expects; raises Unreadable."""
    main = main_part(parts)
    elements = parts.elements(main)
    others = {name: (kind, target) for name, kind, target in parts.targets(main)}
    by_kind = dict(others.values())
    since_1904 = any(tag == "workbookPr" and is_on(found, "date1904") for tag, found in elements)
    are_results_saved = not any(tag == "calcPr" and is_on(found, "fullCalcOnLoad") for tag, found in elements)
    shared = _strings(parts, by_kind.get("sharedStrings"))
    kinds = _kinds(parts, by_kind.get("styles"))
    notes = list(notes_of(parts, since_1904))
    grids = []
    sheets = [sheet for tag, sheet in elements if tag == "sheet"]
    are_all_named = {sheet.get("id", "") for sheet in sheets} >= {
        name for name, (kind, _) in others.items() if kind == "worksheet"
    }
    for sheet in sheets:
        name, (kind, target) = sheet.get("name", ""), others.get(sheet.get("id", ""), ("", ""))
        if sheet.get("state") in HIDDEN:
            notes.append(f"The hidden sheet “{name}” was not read.")
        elif kind == "worksheet":
            grid = Grid(name)
            listener = Worksheet(grid, shared, kinds, since_1904=since_1904, are_results_saved=are_results_saved)
            parts.listen(target, listener, report)
            grids.append(grid)
        elif kind or (sheet.get("id") == "" and are_all_named):
            notes.append(f"The sheet “{name}” holds a chart or a macro and was not read.")
        else:
            raise Unreadable(DAMAGED)
    return grids, notes


def main_part(parts: Parts) -> str:
    """The name of the part that lists the sheets."""
    return next((target for _, kind, target in parts.targets("") if kind == "officeDocument"), "xl/workbook.xml")


def notes_of(parts: Parts, since_1904: bool):
    if parts.holds("vbaproject.bin"):
        yield "Macros were ignored."
    if parts.holds("comments"):
        yield "Comments were not read."
    if since_1904:
        yield "Dates of this workbook count from 1904 and were read so."


class _Strings:
    """The shared strings, each as a cell; how a word is pronounced is no part of it."""

    def __init__(self) -> None:
        self.cells: list[str] = []
        self.words = ""
        self.is_heard = self.is_phonetic = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = LOCAL[tag]
        if tag == "t":
            self.is_heard = not self.is_phonetic
        elif tag == "si":
            self.words = ""
        elif tag == "rPh":
            self.is_phonetic = True

    def text(self, words: str) -> None:
        if self.is_heard:
            self.words += words

    def end(self, tag: str) -> None:
        tag = LOCAL[tag]
        if tag == "t":
            self.is_heard = False
        elif tag == "si":
            self.cells.append(text(unescaped(self.words)))
        elif tag == "rPh":
            self.is_phonetic = False


def _strings(parts: Parts, name: str | None) -> list[str]:
    """A workbook that names no strings, or whose strings are missing, fails at the first cell that needs one."""
    listener = _Strings()
    if name is not None and name in parts:
        parts.listen(name, listener)
    return listener.cells


def _kinds(parts: Parts, name: str | None) -> dict[str, str]:
    """By the number of a cell's style, what it makes of a number."""
    if name is None or name not in parts:
        return {}
    own: dict[int, str] = {}
    kinds: list[str] = []
    is_cells = False
    for tag, found in parts.elements(name):
        if tag == "numFmt" and not kinds:
            own[_number(found)] = found.get("formatCode", "")
        elif tag in {"cellXfs", "cellStyleXfs", "cellStyles", "dxfs"}:
            is_cells = tag == "cellXfs"
        elif tag == "xf" and is_cells:
            kinds.append(kind_of_style(_number(found), own))
    return {str(place): kind for place, kind in enumerate(kinds)}


def _number(found: dict[str, str]) -> int:
    number = found.get("numFmtId", "0")
    if not number.isdecimal():
        raise Unreadable(DAMAGED)
    return int(number)
