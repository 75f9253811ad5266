"""What is wrong in a file, by cell."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing to put right; `row` and `column` are None when it belongs to no cell."""

    place: str
    words: str
    row: int | None = None
    column: int | None = None

    def to_document(self) -> dict:
        return {"place": self.place, "words": self.words, "row": self.row, "column": self.column}
