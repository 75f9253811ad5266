"""The cells of one sheet as they come in, each in the place where it says it stands, and what was odd about them."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from refusals import MEND, MOST_CELLS, MOST_COLUMNS, MOST_ROWS, Unreadable

MOST_NAMED = 5
HEADING_ROWS = 2_000
MOST_MERGED = 1_000


class Grid:
    """`rows` holds for each row number the codes of its cells; a code is a letter for the kind and then the text.

    Letters: t text, n number, p percent, d date, h time, b truth, e error, f formula without a stored result. Nothing
    is a blank cell.
    """

    def __init__(self, name: str = "") -> None:
        self.name = name
        self.where = f"Sheet “{name}”" if name else "The file"
        self.rows: dict[int, list[str]] = {}
        self.filled = 0
        self.results = 0
        self.hidden_rows: list[int] = []
        self.hidden_columns: list[range] = []
        self.merged: list[tuple[int, int, int, int]] = []

    def put(self, row: int, column: int, code: str) -> None:
        """Both are counted from 1. Raises Unreadable when the place is taken, or outside of what a report may be."""
        if not code:
            return
        if column > MOST_COLUMNS:
            raise Unreadable(
                f"{self.where} has a value in {reference(row, column)}, which is beyond {MOST_COLUMNS} columns. "
                "Remove the columns that hold no figures."
            )
        cells = self.rows.get(row)
        if cells is None:
            cells = self.rows[row] = []
            if len(self.rows) > MOST_ROWS:
                raise Unreadable(f"{self.where} has more than {MOST_ROWS:,} rows. Split the file.")
        missing = column - len(cells)
        if missing > 0:
            cells += [""] * (missing - 1)
            cells.append(code)
        elif cells[column - 1]:
            raise Unreadable(
                f"{self.where} cannot be read completely: {reference(row, column)} holds two values. {MEND}"
            )
        else:
            cells[column - 1] = code
        self.filled += 1
        self.refuse_if_too_large()

    def misfit(self, row: int, column: int) -> Unreadable:
        """The refusal of a cell that says it is of one kind and holds another."""
        place = reference(row, column)
        return Unreadable(
            f"{self.where} cannot be read completely: {place} holds something that is none of its kind. {MEND}"
        )

    def refuse_if_too_large(self) -> None:
        if self.filled > MOST_CELLS:
            raise Unreadable(f"{self.where} has more than {MOST_CELLS:,} cells. Split the file.")

    def to_document(self) -> dict:
        notes = list(self._notes())
        return {"name": self.name, "rows": sorted(self.rows.items()), "notes": notes, "merged": self._headings()}

    def _headings(self) -> list[tuple[int, int, int, int]]:
        """Merged cells that hold something, as far down as the headings of a table may stand."""
        high = (merge for merge in self.merged if merge[0] <= HEADING_ROWS and self._holds(*merge[:2]))
        return list(islice(high, MOST_MERGED))

    def _notes(self) -> Iterator[str]:
        """What somebody who looks at the sheet would not expect of the reading."""
        if hidden := [row for row in self.hidden_rows if row in self.rows]:
            yield f"{_counted(len(hidden), 'hidden row was', 'hidden rows were')} read: {_listed(hidden)}."
        if hidden := self._hidden_columns():
            letters = _some([column_letter(column) for column in hidden])
            yield f"{_counted(len(hidden), 'hidden column was', 'hidden columns were')} read: {letters}."
        if self.results:
            words = "result of a formula was", "results of formulas were"
            yield f"{_counted(self.results, *words)} read as last saved."
        if merged := [merge for merge in self.merged if self._holds(*merge[:2])]:
            places = _some([f"{reference(*merge[:2])}:{reference(*merge[2:])}" for merge in merged])
            yield f"Merged cells count for their first cell alone: {places}."
        if covered := [place for merge in self.merged for place in self._covered(merge)]:
            places = _some([reference(*place) for place in covered])
            yield f"Values that lie under merged cells, where nobody sees them, were read: {places}."

    def _holds(self, row: int, column: int) -> bool:
        return self.rows.get(row, [])[column - 1 : column] > [""]

    def _hidden_columns(self) -> list[int]:
        width = max(map(len, self.rows.values()), default=0)
        columns = {column for span in self.hidden_columns for column in range(span.start, min(span.stop, width + 1))}
        return sorted(column for column in columns if any(self._holds(row, column) for row in self.rows))

    def _covered(self, merge: tuple[int, int, int, int]) -> Iterable[tuple[int, int]]:
        top, left, bottom, right = merge
        for row in range(top, bottom + 1) if bottom - top < len(self.rows) else self.rows:
            for column, code in enumerate(self.rows.get(row, [])[left - 1 : right], left):
                if code and top <= row <= bottom and (row, column) != (top, left):
                    yield row, column


def reference(row: int, column: int) -> str:
    return f"{column_letter(column)}{row}"


def column_letter(column: int) -> str:
    """A column counted from 1."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _counted(count: int, one: str, more: str) -> str:
    return f"{count:,} {one if count == 1 else more}"


def _listed(numbers: Sequence[int]) -> str:
    """5 to 7, 9: runs of numbers, the first few."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return _some([str(first) if first == last else f"{first} to {last}" for first, last in runs])


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:MOST_NAMED]) + (" …" if len(names) > MOST_NAMED else "")
