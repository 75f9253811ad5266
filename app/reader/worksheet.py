"""One sheet of an Excel workbook: what its XML holds, cell by cell."""

import re

from grid import Grid, column_letter
from parts import LOCAL, is_on
from refusals import COPY, MEND, MOST_COLUMNS, MOST_ELEMENTS, Unreadable
from values import NUMBER, code, moment_in_words, text

AREA = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6}):([A-Z]{1,3})([1-9][0-9]{0,6})")
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
DIGITS = "0123456789"
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384


class _Columns(dict):
    """Columns by their letters, counted from 1; none beyond the last has a place."""

    def __missing__(self, letters: str) -> int:
        place = 0
        for letter in letters.upper():
            place = place * 26 + ord(letter) - 64 if "A" <= letter <= "Z" else LAST_COLUMN + 1
        if not 0 < place <= LAST_COLUMN:
            raise KeyError(letters)
        self[letters] = place
        return place


COLUMNS = _Columns()


class Worksheet:
    """Listens to the XML. `shared` are the workbook's strings as cells, `kinds` what each style makes of a number.

    Without `are_results_saved` the program that wrote the workbook left its formulas to be worked out by the next.
    """

    def __init__(
        self, grid: Grid, shared: list[str], kinds: dict[str, str], *, since_1904: bool, are_results_saved: bool
    ) -> None:
        self.grid, self.shared, self.kinds = grid, shared, kinds
        self.since_1904, self.are_results_saved = since_1904, are_results_saved
        self.row, self.digits, self.cells, self.elements = 0, "0", [], 0
        self.cell: dict[str, str] = {}
        self.value: str | None = None
        self.has_formula = self.is_heard = self.is_phonetic = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = LOCAL[tag]
        if tag == "c":
            if "r" not in attributes:
                attributes["r"] = self._next_reference()
            self.cell, self.value, self.has_formula = attributes, None, False
            self.elements += 1
        elif tag == "v":
            self.value, self.is_heard = self.value or "", True
        elif tag == "row":
            self._start_row(attributes)
        elif tag == "f":
            self.has_formula = True
        elif tag == "t":
            self.value, self.is_heard = self.value or "", not self.is_phonetic
        elif tag == "is":
            self.value = ""
        elif tag == "rPh":
            self.is_phonetic = True
        elif tag in OTHERS:
            OTHERS[tag](self, attributes)

    def text(self, words: str) -> None:
        if self.is_heard:
            self.value += words

    def end(self, tag: str) -> None:
        tag = LOCAL[tag]
        if tag == "c":
            if self.value is not None or self.has_formula:
                self._keep()
        elif tag == "v" or tag == "t":
            self.is_heard = False
        elif tag == "rPh":
            self.is_phonetic = False

    def _start_row(self, attributes: dict[str, str]) -> None:
        self.digits = attributes.get("r") or str(self.row + 1)
        if not self.digits.isdecimal() or not 0 < int(self.digits) <= LAST_ROW:
            self._refuse(f"it has a row “{self.digits[:20]}”")
        if self.elements > MOST_ELEMENTS:
            raise Unreadable(f"{self.grid.where} has more than {MOST_ELEMENTS:,} formatted cells. {COPY}")
        self.grid.refuse_if_too_large()
        self.row, self.cell = int(self.digits), {}
        self.cells = self.grid.rows.get(self.row, [])
        if is_on(attributes, "hidden"):
            self.grid.hidden_rows.append(self.row)

    def _next_reference(self) -> str:
        """Where a cell stands that does not say so: after the one before it."""
        letters = self.cell.get("r", "").rstrip(DIGITS)
        return f"{column_letter(COLUMNS[letters] + 1 if letters else 1)}{self.digits}"

    def _column_of_cell(self) -> int:
        where = self.cell["r"]
        letters = where.rstrip(DIGITS)
        if where[len(letters) :] != self.digits:
            self._refuse(f"the cell {where[:20]} stands in row {self.row}")
        try:
            return COLUMNS[letters]
        except KeyError as error:
            self._refuse(f"it has a cell “{where[:20]}”", error)

    def _keep(self) -> None:
        value, kind, column = self.value, self.cell.get("t", "n"), self._column_of_cell()
        if self.has_formula:
            if not self.are_results_saved or (not value and (value is None or kind != "str")):
                self.grid.put(self.row, column, "f")
                return
            self.grid.results += 1
        try:
            if kind == "s":
                cell = self.shared[int(value)] if value.isdecimal() else ""
            elif kind == "n":
                format_kind = self.kinds.get(self.cell.get("s"), NUMBER)
                cell = code(value.strip(), format_kind, since_1904=self.since_1904) if value else ""
            else:
                cell = OTHER_KINDS[kind](value)
        except (IndexError, KeyError, ValueError) as error:
            raise self.grid.misfit(self.row, column) from error
        if not cell:
            return
        if self.cells and column == len(self.cells) + 1 <= MOST_COLUMNS:
            self.cells.append(cell)
            self.grid.filled += 1
        else:
            self._put(column, cell)

    def _put(self, column: int, cell: str) -> None:
        self.grid.put(self.row, column, cell)
        self.cells = self.grid.rows.get(self.row, [])

    def _merge(self, attributes: dict[str, str]) -> None:
        if area := AREA.fullmatch(attributes.get("ref", "")):
            self.grid.merged.append((int(area[2]), COLUMNS[area[1]], int(area[4]), COLUMNS[area[3]]))

    def _column(self, attributes: dict[str, str]) -> None:
        if is_on(attributes, "hidden"):
            self.grid.hidden_columns.append(range(int(attributes["min"]), int(attributes["max"]) + 1))

    def _refuse(self, what: str, error: Exception | None = None) -> None:
        raise Unreadable(f"{self.grid.where} cannot be read completely: {what}. {MEND}") from error


OTHERS = {"mergeCell": Worksheet._merge, "col": Worksheet._column}


def unescaped(words: str) -> str:
    """_x000D_ is how a workbook writes what XML cannot."""
    return ESCAPED.sub(_character, words) if "_x" in words else words


def _character(found: re.Match) -> str:
    character = chr(int(found[1], 16))
    return found[0] if "\ud800" <= character <= "\udfff" or character == "\0" else character


def _truth(value: str) -> str:
    return {"": "", "1": "bTRUE", "true": "bTRUE", "0": "bFALSE", "false": "bFALSE"}[value.strip()]


def _iso_date(value: str) -> str:
    """A strict workbook may write dates in words; what is no date of the calendar stays as it is written."""
    try:
        return moment_in_words(value.strip())
    except ValueError:
        return text(value)


def _error(value: str) -> str:
    return f"e{value.strip()}" if value.strip() else ""


OTHER_KINDS = {
    "str": lambda value: text(unescaped(value)),
    "inlineStr": lambda value: text(unescaped(value)),
    "b": _truth,
    "e": _error,
    "d": _iso_date,
}
