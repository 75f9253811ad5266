"""What is wrong in a file, by cell."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing to put right; `row` and `column` are None when it belongs to no cell.

    `beside` are columns of the same row that it may just as well be put right in, `spare` rows of which one may be
    left out instead.
    """

    place: str
    words: str
    row: int | None = None
    column: int | None = None
    beside: tuple[int, ...] = ()
    spare: tuple[int, ...] = ()

    def to_document(self) -> dict:
        told = {"place": self.place, "words": self.words, "row": self.row, "column": self.column}
        ways = {"beside": self.beside, "spare": self.spare}
        return told | {name: list(which) for name, which in ways.items() if which}


def cells_of(problem: dict) -> list[tuple[int, int]]:
    """(row, column) of every cell in which it may be put right; `problem` is as a draft keeps it."""
    if problem["row"] is None or problem["column"] is None:
        return []
    return [(problem["row"], column) for column in (problem["column"], *problem.get("beside", ()))]
