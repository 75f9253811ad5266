"""The file that partners, sites, queues and people are brought in with: its columns, its template, its reading."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

import xlsxwriter

from app.access import Role
from app.partners.choices import CHANNELS, COUNTRIES
from app.reading import Sheet, Unreadable, read

COLUMNS = {
    "What": "partner, site, queue or person",
    "Partner": "name or code of the partner that the row is about",
    "Name": "of the site, queue or person",
    "Code": "short, never changes; left empty, it is made from the name",
    "Time zone": "of a partner: America/Bogota",
    "Country": "of a site: CO or Colombia; may be empty",
    "Line of business": "of a queue; may be empty",
    "Channel": f"of a queue: {', '.join(CHANNELS)}",
    "Language": "of a queue: English",
    "Live from": "of a queue: 2026-11-01; may be empty",
    "E-mail": "of a person, who gets an invitation",
    "Role": "of a person: analyst or lead",
}
EXAMPLE = (
    ("partner", "Cordillera", "", "", "America/Bogota", "", "", "", "", "", "", ""),
    ("site", "Cordillera", "Bogotá", "BOG", "", "CO", "", "", "", "", "", ""),
    ("queue", "Cordillera", "English voice", "EN-VOICE", "", "", "Support", "voice", "English", "", "", ""),
    ("person", "Cordillera", "Lucía Rojas", "", "", "", "", "", "", "", "lucia@cordillera.example", "lead"),
)
ROLES = {"analyst": Role.ANALYST, "lead": Role.LEAD, "partner analyst": Role.ANALYST, "partner lead": Role.LEAD}
MOST_ROWS = 1000


@dataclass(frozen=True)
class Row:
    """One row of the file, by column; `number` is what the spreadsheet program shows."""

    number: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


def rows_of(filename: str, content: bytes) -> list[Row]:
    """The rows below the headings. Raises Unreadable."""
    heading, *body = _table(read(filename, content).sheets).rows
    columns = [_column(cell.text) for cell in heading.cells]
    if doubled := {name for name in columns if name and columns.count(name) > 1}:
        raise Unreadable(f"The column “{doubled.pop()}” stands in the first row twice. Leave one of them.")
    if "What" not in columns or "Partner" not in columns:
        raise Unreadable("The first row must hold the headings of the template: What, Partner, Name and so on.")
    if len(body) > MOST_ROWS:
        raise Unreadable(f"The file has {len(body)} rows; at most {MOST_ROWS} go in at once. Split it.")
    if not body:
        raise Unreadable("The file has headings and no rows. Fill in at least one.")
    return [
        Row(row.number, {name: row.cell(place).text.strip() for place, name in enumerate(columns) if name})
        for row in body
    ]


def in_order(rows: Iterable[Row]) -> list[Row]:
    """Partners first, then in the order of the file."""
    return sorted(rows, key=lambda row: (row["What"].casefold() != "partner", row.number))


def country_of(text: str) -> str | None:
    """The two letters of a country given by letters or name."""
    names = {name.casefold(): code for code, name in COUNTRIES.items()}
    return text.upper() if text.upper() in COUNTRIES else names.get(text.casefold())


def day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def packed(rows: Sequence[Row]) -> str:
    """The rows as the second look carries them to the import."""
    return json.dumps([[row.number, row.cells] for row in rows], ensure_ascii=False)


def unpacked(text: str) -> list[Row]:
    """Raises Unreadable: the form was changed on the way."""
    lost = "The rows were lost on the way. Choose the file again."
    try:
        rows = [
            Row(int(number), {name: str(cells[name]) for name in COLUMNS if name in cells})
            for number, cells in json.loads(text)[:MOST_ROWS]
        ]
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise Unreadable(lost) from error
    if not rows:
        raise Unreadable(lost)
    return rows


def template_csv() -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(COLUMNS)
    return text.getvalue().encode("utf-8-sig")


def template_xlsx() -> bytes:
    """Headings with pick lists, and a second sheet that explains them with an example."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet("Import")
        sheet.write_row(0, 0, COLUMNS, bold)
        sheet.set_column(0, len(COLUMNS) - 1, 18)
        sheet.freeze_panes(1, 0)
        picks = {"What": ["partner", "site", "queue", "person"], "Channel": list(CHANNELS), "Role": ["analyst", "lead"]}
        for name, choices in picks.items():
            column = list(COLUMNS).index(name)
            sheet.data_validation(1, column, MOST_ROWS, column, {"validate": "list", "source": choices})
        notes = book.add_worksheet("How to fill it in")
        notes.set_column(0, len(COLUMNS) - 1, 18)
        for place, (name, words) in enumerate(COLUMNS.items()):
            notes.write_row(place, 0, (name, words))
        notes.write_row(len(COLUMNS) + 1, 0, COLUMNS, bold)
        for place, example in enumerate(EXAMPLE):
            notes.write_row(len(COLUMNS) + 2 + place, 0, example)
    return target.getvalue()


def _table(sheets: Sequence[Sheet]) -> Sheet:
    return next((sheet for sheet in sheets if sheet.name == "Import"), sheets[0])


def _column(heading: str) -> str:
    """The column of the template that a heading means, however it is capitalised; empty headings are passed over."""
    wanted = " ".join(heading.split()).casefold()
    if not wanted:
        return ""
    known = {name.casefold(): name for name in COLUMNS}
    if wanted in known:
        return known[wanted]
    close = get_close_matches(wanted, known, 1)
    hint = f"Is “{known[close[0]]}” meant?" if close else f"The columns are: {', '.join(COLUMNS)}."
    raise Unreadable(f"There is no column “{heading.strip()}”. {hint}")
