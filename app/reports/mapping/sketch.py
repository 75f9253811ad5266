"""What a person needs to see of a file in order to map it: its tables, their first rows, and what is proposed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from app.reading import Cell, Row, Sheet
from app.reports.mapping.column_map import ColumnMap, from_document
from app.reports.mapping.layout import Heading, Layout

ROWS = 4  # from the top and from the end: enough to see what a column holds, and what came last
MOST_NAMES = 60  # that are asked about one by one; of the others together
LONGEST_TEXT = 60  # in letters, of a cell that is shown as an example


class Proposed(NamedTuple):
    """What is proposed for one table, and the names in it that nobody said anything about, by role with their rows."""

    chosen: ColumnMap
    undecided: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Sketch:
    """`at` is the table that `chosen` is about; `differences` are those from the remembered mapping, if any; `others`
    are proposals by the number of another table."""

    tables: Sequence[Layout]
    at: int
    chosen: ColumnMap
    differences: Sequence[str] = ()
    undecided: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    others: Mapping[int, Proposed] = field(default_factory=dict)

    def turned_to(self, number: int) -> "Sketch":
        """The same file with another of its tables in front, as far as something is known of that."""
        if (other := self.others.get(number)) is None:
            return self
        return replace(self, at=number, chosen=other.chosen, undecided=other.undecided, others={}, differences=())

    def to_document(self) -> dict:
        return {
            "tables": [_table(layout) for layout in self.tables],
            "at": self.at,
            "chosen": self.chosen.to_document(),
            "differences": list(self.differences),
            "undecided": _names(self.undecided),
            "others": {
                number: {"chosen": each.chosen.to_document(), "undecided": _names(each.undecided)}
                for number, each in self.others.items()
            },
        }


def sketch_from(document: Mapping) -> Sketch:
    return Sketch(
        tables=[_layout(table) for table in document["tables"]],
        at=document["at"],
        chosen=from_document(document["chosen"]),
        differences=document["differences"],
        undecided=document["undecided"],
        others={
            int(number): Proposed(from_document(each["chosen"]), each["undecided"])
            for number, each in document.get("others", {}).items()  # files that waited already had none
        },
    )


def first_of(layout: Layout) -> Layout:
    """The table with the first and the last of its rows that hold most cells: notes and totals say little about it."""
    filled = sorted(sum(not row.cell(each.place).is_blank for each in layout.headings) for row in layout.rows)
    usual = filled[len(filled) // 2] if filled else 0
    rows = [row for row in layout.rows if sum(not row.cell(each.place).is_blank for each in layout.headings) >= usual]
    return replace(layout, rows=tuple(rows if len(rows) <= 2 * ROWS else [*rows[:ROWS], *rows[-ROWS:]]))


def _names(undecided: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    return {role: dict(names) for role, names in undecided.items()}


def _table(layout: Layout) -> dict:
    rows = [[row.number, [[cell.kind, cell.text[:LONGEST_TEXT]] for cell in row.cells]] for row in layout.rows]
    return {
        "sheet": layout.sheet.name,
        "first": layout.first,
        "last": layout.last,
        "headings": [[heading.place, list(heading.words)] for heading in layout.headings],
        "rows": rows,
    }


def _layout(table: Mapping) -> Layout:
    rows = tuple(Row(number, tuple(Cell(*cell) for cell in cells)) for number, cells in table["rows"])
    headings = tuple(Heading(place, tuple(words)) for place, words in table["headings"])
    return Layout(Sheet(table["sheet"], rows), table["first"], table["last"], headings, rows)
