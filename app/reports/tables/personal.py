"""Personal data has no place in a report: columns that hold it are found by heading and by content, and blanked."""

import re
import tomllib
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from app.masking import EMAIL, MASK, PHONE, is_number_of_a_person, is_phone, masked, names_a_person
from app.reading import BLANK, Cell, Row, Sheet, column_letter
from app.reports.tables.figures import without_a_figure
from app.reports.tables.finding import SEARCHED_ROWS, has_headings, plain
from app.reports.wording import first_named

WORDS = {
    heading.strip(): kind
    for kind, listed in tomllib.loads(Path(__file__).with_name("personal.toml").read_text(encoding="utf-8")).items()
    for heading in listed.replace("\n", " ").split(",")
    if heading.strip()
}
KINDS = {
    "name": "names of people",
    "number": "numbers of people",
    "email": "e-mail addresses",
    "phone": "phone numbers",
}
OF_A_PERSON = {
    "email": lambda text: EMAIL.fullmatch(text) is not None,
    "phone": lambda text: PHONE.fullmatch(text) is not None and is_phone(text),
    "number": is_number_of_a_person,
}
NAME = re.compile(r"[^\W\d_a-z][^\W\d_]+(?:[ ,.'’-]+[^\W\d_a-z][^\W\d_]*\.?){1,3}")
HEADS_COUNTS_TOO = frozenset({"name", "email", "phone"})  # "Agents" of a headcount, "Phone" of a channel
COUNT = re.compile(r"\d{1,3}(?:[.,'’ \u00a0\u202f]\d{3})+(?:[.,]\d+)?|\d{1,6}(?:[.,]\d+)?")
DASHES = frozenset("-–—")
LEFT_OUT = Cell("text", MASK)
LEAST_NAMES = 5
MOST_SHARE, NAME_SHARE = 0.5, 0.8


@dataclass(frozen=True)
class Personal:
    """A column that holds personal data beneath a row. `heading` is empty where nobody can tell it from such data.

    One `is_beyond` lies to the right of a text table's headings: a cell in it is one too many, and has to show as that.
    """

    sheet: str
    column: int
    below: int
    kind: str
    heading: str
    is_beyond: bool = False

    @property
    def place(self) -> str:
        place = f"olumn {column_letter(self.column)}{f' ({self.heading})' if self.heading else ''}"
        return f"Sheet {self.sheet}, c{place}" if self.sheet else f"C{place}"

    def to_document(self) -> dict:
        told = {"place": self.place, "kind": self.kind, "holds": KINDS[self.kind]}
        return {**told, "sheet": self.sheet, "column": self.column}


def _columns(sheet: Sheet, known: Collection[str]) -> Iterator[Personal]:
    """Most sheets hold nothing of the kind, which a look at each different text shows."""
    if not sheet.rows:
        return
    start, header = _header(sheet)
    headings = [WORDS.get(_simple(cell.text)) for cell in header.cells]
    if not any(kind not in (None, "place") for kind in headings) and not _suspects(sheet, known):
        return
    beneath = sheet.rows[start + 1 :]
    for place in range(max((len(row.cells) for row in sheet.rows), default=0)):
        cells = [cell for row in beneath if place < len(row.cells) and not (cell := row.cells[place]).is_blank]
        texts = [cell.text.strip() for cell in cells if cell.kind == "text"]
        by_heading = headings[place] if place < len(headings) else None
        if not cells or (texts and sum(text.casefold() in known for text in texts) > MOST_SHARE * len(texts)):
            continue
        if by_heading in HEADS_COUNTS_TOO and _are_counts(cells):
            continue
        kind = _kind_of(texts, len(cells), by_heading == "place") if by_heading in (None, "place") else by_heading
        if kind:
            heading = "" if by_heading in (None, "place") else header.cell(place).text.strip()
            is_beyond = not sheet.name and place >= len(header.cells)
            yield Personal(sheet.name, place, header.number, kind, heading, is_beyond)


def _are_counts(cells: Sequence[Cell]) -> bool:
    """Numbers, in whatever kind of file; those that are not available say nothing."""
    said = [cell for cell in cells if without_a_figure(cell) is None and cell.text.strip() not in DASHES]
    return sum(COUNT.fullmatch(cell.text.strip()) is not None for cell in said) > MOST_SHARE * len(said) or not said


def _suspects(sheet: Sheet, known: Collection[str]) -> bool:
    different = {cell.text.strip() for cell in _texts(sheet)}
    names = sum(NAME.fullmatch(text) is not None and text.casefold() not in known for text in different)
    return names >= LEAST_NAMES or any(_is_one(text) for text in different)


def _texts(sheet: Sheet) -> list[Cell]:
    """Its different texts; of a large table most cells are figures."""
    return [cell for cell in set().union(*(row.cells for row in sheet.rows)) if cell.kind == "text"]


def _is_one(text: str) -> bool:
    return any(is_one(text) for is_one in OF_A_PERSON.values())


def _header(sheet: Sheet) -> tuple[int, Row]:
    """The row of headings: that of the template, else the first of those with the most words."""
    rows = sheet.rows[:SEARCHED_ROWS]
    for place, row in enumerate(rows):
        if has_headings(row):
            return place, row
    words = [sum(cell.kind == "text" and not cell.is_blank for cell in row.cells) for row in rows]
    place = words.index(max(words))
    return place, rows[place]


def _kind_of(texts: Sequence[str], count: int, of_places: bool) -> str | None:
    """What most cells of a column are; a column is one of names when nearly every cell is another one."""
    for kind, is_one in OF_A_PERSON.items():
        if sum(map(is_one, texts)) > MOST_SHARE * count:
            return kind
    different = set(texts)
    if of_places or len(different) < LEAST_NAMES or len(different) < NAME_SHARE * count:
        return None
    return "name" if sum(NAME.fullmatch(text) is not None for text in texts) >= NAME_SHARE * count else None


@dataclass(frozen=True)
class Cleaned:
    """The sheets of a file without personal data, and what was taken out of them."""

    sheets: tuple[Sheet, ...]
    columns: tuple[Personal, ...]
    cells: tuple[str, ...]  # where an address or a number stood in a cell of another column
    names: tuple[str, ...] = ()  # where a sentence seems to name a person, and is kept as it is

    @property
    def differs(self) -> bool:
        return bool(self.columns or self.cells)

    @property
    def notes(self) -> list[str]:
        said = []
        if self.cells:
            what = "E-mail addresses, phone numbers and numbers of people were left out of these cells"
            said.append(f"{what}, and are not kept: {first_named(self.cells)}.")
        if self.names:
            kept = f"These cells seem to name a person, and are kept as they stand: {first_named(self.names)}."
            said.append(f"{kept} If they do, say what the person does instead, and upload the file again.")
        return said

    @property
    def figures(self) -> dict:
        """For the record of events."""
        kinds = sorted({column.kind for column in self.columns})
        return {"columns": len(self.columns), "cells": len(self.cells), "holding": kinds}


NOTHING_READ = Cleaned((), (), ())


def cleaned(sheets: Sequence[Sheet], known: Collection[str]) -> Cleaned:
    """`known` are words that are no person's, without capitals: sites, queues and what else a report names.

    The columns are blank beneath their headings; addresses and numbers that stand elsewhere are masked.
    """
    columns = tuple(column for sheet in sheets for column in _columns(sheet, known))
    cells: list[str] = []
    clean = [
        _blanked(sheet, {each.column: each for each in columns if each.sheet == sheet.name}, cells, len(sheets) > 1)
        for sheet in sheets
    ]
    return Cleaned(tuple(clean), columns, tuple(cells), tuple(_naming(clean, known)))


def _place(sheet: Sheet, row: Row, column: int, *, is_one_of_many: bool) -> str:
    """As a formula names a cell."""
    return f"{f'{sheet.name}!' if is_one_of_many else ''}{column_letter(column)}{row.number}"


def _naming(sheets: Sequence[Sheet], known: Collection[str]) -> Iterator[str]:
    for sheet in sheets:
        named = {
            cell for cell in _texts(sheet) if names_a_person(cell.text) and cell.text.strip().casefold() not in known
        }
        for row in sheet.rows if named else ():
            places = (at for at, cell in enumerate(row.cells) if cell in named)
            yield from (_place(sheet, row, at, is_one_of_many=len(sheets) > 1) for at in places)


def _blanked(sheet: Sheet, columns: Mapping[int, Personal], places: list[str], is_one_of_many: bool) -> Sheet:
    changed = {cell: Cell("text", clean) for cell in _texts(sheet) if (clean := masked(cell.text)) != cell.text}
    if not columns and not changed:
        return sheet
    rows = []
    for row in sheet.rows:
        cells = list(row.cells)
        for at, cell in enumerate(row.cells):
            if at in columns and row.number > columns[at].below:
                cells[at] = LEFT_OUT if columns[at].is_beyond and not cell.is_blank else BLANK
            elif cell in changed:
                cells[at] = changed[cell]
                places.append(_place(sheet, row, at, is_one_of_many=is_one_of_many))
        rows.append(Row(row.number, tuple(cells)))
    return replace(sheet, rows=tuple(rows))


@lru_cache(maxsize=1_000)
def _simple(heading: str) -> str:
    """Without accents, capitals and signs."""
    letters = unicodedata.normalize("NFKD", plain(heading))
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[^a-z ]+", " ", bare).split())
