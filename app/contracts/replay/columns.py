"""Takes MEASURES.csv apart into rows, and says what is wrong with its columns."""

import csv
import io
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import NamedTuple

from app.contracts.catalogue import CATALOGUE

PLACE = ("month", "day", "site", "queue", "party", "days_reported")
NO_COLUMN = f"is neither {', '.join(PLACE)}, nil, charges nor a measure of the catalogue"
NO_TIME = 'needs a column "month" (2026-01) or "day" (2026-01-15)'


class Fault(NamedTuple):
    """One thing wrong in the file."""

    row: int  # of the file, the header being 1
    column: str
    message: str

    def __str__(self) -> str:
        return f"row {self.row}, {self.column}: {self.message}" if self.column else f"row {self.row}: {self.message}"


def rows_of(text: str, faults: list[Fault]) -> list[list[str]]:
    """The file's rows up to one that cannot be taken apart."""
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff")), strict=True)
    begins = 1
    try:
        for cells in reader:
            rows.append(cells)
            begins = reader.line_num + 1
    except csv.Error:
        faults.append(Fault(begins, "", "a quote is opened and not closed, or closed within a cell"))
    return rows


def header_faults(header: Sequence[str]) -> Iterator[Fault]:
    if len(header) == 1 and set(";\t") & set(header[0]):
        yield Fault(1, "", f"{NO_TIME}; separate the columns by commas")
        return
    if not {"month", "day"} & set(header):
        yield Fault(1, "", NO_TIME)
    for place, name in enumerate(header, 1):
        if not name:
            yield Fault(1, "", f"column {place} has no name: name it, or take it out")
            continue
        kind, _, key = name.rpartition(":")
        known = CATALOGUE.metrics if kind == "stated" else CATALOGUE.measures
        if name in (*PLACE, "charges", "nil") or kind == "charges" or (kind in ("", "stated") and key in known):
            continue
        yield Fault(1, name, f"{NO_COLUMN}{_meant(name)}")
    for name in dict.fromkeys(name for name in header if name and header.count(name) > 1):
        yield Fault(1, name, "stands twice in the header")


def _meant(name: str) -> str:
    """The nearest column; without one, where to look."""
    columns = [*PLACE, "nil", "charges", *CATALOGUE.measures, *(f"stated:{key}" for key in CATALOGUE.metrics)]
    close = get_close_matches(name.strip().lower().replace(" ", "_").replace("-", "_"), columns, 1)
    return f': did you mean "{close[0]}"?' if close else "; docs/metrics.md lists all"
