"""What is wrong in a file, by cell."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

QUOTED = re.compile(r"“[^”]*”|\d[\d.,%/: -]*")


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


def in_general(words: str) -> str:
    """What is said, without what is quoted: that may differ from cell to cell."""
    return QUOTED.sub("…", words)


def folded(problems: Iterable[Problem]) -> list[Problem]:
    """One for each kind, with the first and the last place of it and how many there are: none is lost, and each is told
    by itself once those before it are put right."""
    kinds: dict[tuple, list[Problem]] = {}
    for problem in problems:
        in_a_cell = problem.column is not None
        kinds.setdefault((problem.column, in_general(problem.words) if in_a_cell else problem.place), []).append(
            problem
        )
    return [_as_one(same) for same in kinds.values()]


def _as_one(same: list[Problem]) -> Problem:
    first, last = same[0], same[-1]
    if first is last:
        return first
    place = first.place if first.place == last.place else f"{first.place} to {last.place}"
    return Problem(place, f"{first.words} {len(same) - 1:,} more likewise.")


def marks_of(problems: Iterable[dict]) -> dict[tuple[int, int], str]:
    """What is wrong by cell of the author's table; several faults of one cell stand together."""
    marks: dict[tuple[int, int], str] = {}
    for problem in problems:
        for cell in cells_of(problem):
            marks[cell] = f"{marks[cell]} {problem['words']}" if cell in marks else problem["words"]
    return marks
