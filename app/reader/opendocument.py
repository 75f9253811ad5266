"""OpenDocument spreadsheets (.ods): what content.xml holds, cell by cell, repeated cells written out."""

import re
from collections.abc import Callable

from grid import Grid
from parts import LOCAL, Parts
from refusals import MEND, PASSWORD, Unreadable
from values import PERCENT, code, elapsed, moment_in_words, text

DURATION = re.compile(r"(-?)P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,](\d{1,3})\d*)?S)?")
# Elements whose text belongs to no cell: what was deleted, drawn, annotated, or linked from elsewhere.
ASIDE = {"tracked-changes", "dde-links", "shapes", "forms", "annotation", "frame", "ruby-text", "note"}
BREAKS = {"tab": "\t", "line-break": "\n"}


def read(parts: Parts, report: Callable[[int], None]) -> tuple[list[Grid], list[str]]:
    """The visible sheets, and what was left out; raises Unreadable."""
    manifest = parts.elements("META-INF/manifest.xml") if "META-INF/manifest.xml" in parts else []
    if any(tag == "encryption-data" for tag, _ in manifest):
        raise Unreadable(PASSWORD)
    content = Content()
    parts.listen("content.xml", content, report)
    if not content.is_spreadsheet:
        raise Unreadable("This is an OpenDocument text or drawing, not a table. Upload a workbook or a CSV file.")
    if parts.holds("basic/") or parts.holds("scripts/"):
        content.notes.append("Macros were ignored.")
    return content.grids, content.notes


class Content:
    """Listens to content.xml: sheets, rows and cells here, what a cell holds in Cell."""

    def __init__(self) -> None:
        self.grids: list[Grid] = []
        self.notes: list[str] = []
        self.grid: Grid | None = None
        self.cell: Cell | None = None
        self.is_spreadsheet = False
        self.style, self.hidden_styles = "", set()
        self.aside = self.row = self.rows = self.column = 0
        self.held: list[tuple[int, str]] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = LOCAL[tag]
        if self.aside or tag in ASIDE:
            self.aside += 1
        elif self.cell is not None:
            self.aside = 0 if self.cell.takes(tag, attributes) else 1
        elif tag in STARTS:
            STARTS[tag](self, {_name(name): value for name, value in attributes.items()})

    def text(self, words: str) -> None:
        if self.cell is not None and not self.aside:
            self.cell.hear(words)

    def end(self, tag: str) -> None:
        tag = LOCAL[tag]
        if self.aside:
            self.aside -= 1
        elif tag == "p" and self.cell is not None:
            self.cell.is_heard = False
        elif tag in ENDS:
            ENDS[tag](self)

    def _start_spreadsheet(self, _found: dict[str, str]) -> None:
        self.is_spreadsheet = True

    def _start_style(self, found: dict[str, str]) -> None:
        self.style = found.get("name", "")

    def _start_table_properties(self, found: dict[str, str]) -> None:
        if found.get("display") == "false":
            self.hidden_styles.add(self.style)

    def _start_table(self, found: dict[str, str]) -> None:
        name = found.get("name", "")
        if found.get("style-name") in self.hidden_styles:
            self.notes.append(f"The hidden sheet “{name}” was not read.")
            return
        self.grid, self.row, self.rows, self.column = Grid(name), 1, 0, 1
        self.grids.append(self.grid)

    def _end_table(self) -> None:
        self.grid = None

    def _start_column(self, found: dict[str, str]) -> None:
        count = _repeated(found, "number-columns-repeated")
        if self.grid is not None and found.get("visibility", "visible") != "visible":
            self.grid.hidden_columns.append(range(self.column, self.column + count))
        self.column += count

    def _start_row(self, found: dict[str, str]) -> None:
        self.rows, self.column, self.held = _repeated(found, "number-rows-repeated"), 1, []
        if self.grid is not None and found.get("visibility", "visible") != "visible":
            self.grid.hidden_rows += range(self.row, min(self.row + self.rows, self.row + 100_000))

    def _end_row(self) -> None:
        for row in range(self.row, self.row + self.rows) if self.held else ():
            for column, cell in self.held:
                self.grid.put(row, column, cell)
        self.row += self.rows

    def _start_cell(self, found: dict[str, str]) -> None:
        if self.grid is not None:
            self.cell = Cell(found)

    def _end_cell(self) -> None:
        if self.grid is None or self.cell is None:
            return
        found, count = self.cell.found, _repeated(self.cell.found, "number-columns-repeated")
        try:
            held = self.cell.code()
        except (KeyError, ValueError) as error:
            raise self.grid.misfit(self.row, self.column) from error
        if held:
            self.held += [(column, held) for column in range(self.column, self.column + min(count, 20_000))]
            self.grid.results += "formula" in found and held != "f"
        down, right = _repeated(found, "number-rows-spanned"), _repeated(found, "number-columns-spanned")
        if down > 1 or right > 1:
            self.grid.merged.append((self.row, self.column, self.row + down - 1, self.column + right - 1))
        self.column += count
        self.cell = None


class Cell:
    """One cell as it is heard: its attributes and its paragraphs."""

    def __init__(self, found: dict[str, str]) -> None:
        self.found, self.paragraphs, self.is_heard = found, [], False

    def takes(self, tag: str, attributes: dict[str, str]) -> bool:
        """Whether what stands inside of this element belongs to the cell's text."""
        if tag == "table":
            raise Unreadable(f"The workbook has a table within a cell. {MEND}")
        if not self.is_heard and tag == "p":
            self.paragraphs.append("")
            self.is_heard = True
        elif self.is_heard and tag == "s":
            self.paragraphs[-1] += " " * min(int(attributes.get("text:c", 1)), 1_000)
        elif self.is_heard and tag in BREAKS:
            self.paragraphs[-1] += BREAKS[tag]
        return self.is_heard

    def hear(self, words: str) -> None:
        if self.is_heard:
            self.paragraphs[-1] += words

    def code(self) -> str:
        """Raises KeyError or ValueError when the value is none of its kind."""
        found, shown = self.found, "\n".join(self.paragraphs)
        kind, is_formula = found.get("value-type"), "formula" in found
        if found.get("calcext:value-type") == "error" or (is_formula and shown.startswith(("#", "Err:"))):
            return f"e{shown.strip() or '#VALUE!'}"
        if kind is None:
            return "f" if is_formula and not shown else text(shown)
        if kind == "string":
            return text(found.get("string-value", shown))
        if kind == "boolean":
            return {"true": "bTRUE", "false": "bFALSE"}[found["boolean-value"]]
        if kind == "date":
            return moment_in_words(found["date-value"])
        if kind == "time":
            return elapsed(_milliseconds(found["time-value"]))
        return code(found["value"], {"float": "n", "currency": "n", "percentage": PERCENT}[kind])


def _milliseconds(written: str) -> int:
    found = DURATION.fullmatch(written)
    if found is None:
        raise ValueError(written)
    days, hours, minutes, seconds = (int(found[place] or 0) for place in (2, 3, 4, 5))
    whole = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    return (whole * 1000 + int((found[6] or "").ljust(3, "0"))) * (-1 if found[1] else 1)


def _name(attribute: str) -> str:
    """Without its prefix, but for the one that says the same of an error in another way."""
    return attribute if attribute.startswith("calcext:") else LOCAL[attribute]


def _repeated(found: dict[str, str], name: str) -> int:
    count = found.get(name, "1")
    return max(1, int(count)) if count.isdecimal() else 1


STARTS = {
    "spreadsheet": Content._start_spreadsheet,
    "style": Content._start_style,
    "table-properties": Content._start_table_properties,
    "table": Content._start_table,
    "table-column": Content._start_column,
    "table-row": Content._start_row,
    "table-cell": Content._start_cell,
    "covered-table-cell": Content._start_cell,
}
ENDS = {
    "table": Content._end_table,
    "table-row": Content._end_row,
    "table-cell": Content._end_cell,
    "covered-table-cell": Content._end_cell,
}
