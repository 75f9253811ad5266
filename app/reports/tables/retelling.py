"""What reading a file told of it, kept for the copy without personal data that stays in its place."""

from collections.abc import Mapping
from dataclasses import replace

from app.copying import names_in_copy, starts_at_zero
from app.reading import Reading, Sheet
from app.reports.models import Draft, Submission
from app.reports.tables.personal import Cleaned

OF_THE_FILE = ""
FORMERLY = "/"  # before a name: no sheet of a workbook has it in its own


def told_of(found: Reading, clean: Cleaned) -> dict[str, list[str]]:
    """By the name of the sheet in the copy, and of the whole file; what the copy calls or counts otherwise, too."""
    names = names_in_copy(found.sheets)
    notes = {name: list(sheet.notes) for name, sheet in zip(names, found.sheets, strict=True) if sheet.notes}
    formerly = {
        f"{FORMERLY}{name}": [sheet.name, *(["0"] if starts_at_zero(sheet) else [])]
        for name, sheet in zip(names, found.sheets, strict=True)
        if name != sheet.name
    }
    return {OF_THE_FILE: [*found.notes, *clean.notes], **notes, **formerly}


def kept_of(before: Draft | Submission) -> dict:
    """For another upload of the file that a draft or a version was made from."""
    asked = {"personal": before.personal} if isinstance(before, Draft) else {}
    about = {name: getattr(before, name) for name in ("filename", "told", "number_style", "mapping_number")}
    return {**about, **asked}


def retold(found: Reading, told: Mapping[str, list[str]]) -> Reading:
    """As if the file had been read, and not its copy."""
    if not told:
        return found
    sheets = tuple(_as_it_was(sheet, told) for sheet in found.sheets)
    return replace(found, sheets=sheets, notes=_both(told.get(OF_THE_FILE, []), found.notes))


def _as_it_was(sheet: Sheet, told: Mapping[str, list[str]]) -> Sheet:
    name, *from_zero = told.get(f"{FORMERLY}{sheet.name}", [sheet.name])
    rows = tuple(replace(row, number=row.number - 1) for row in sheet.rows) if from_zero else sheet.rows
    return replace(sheet, name=name, rows=rows, notes=_both(told.get(sheet.name, []), sheet.notes))


def _both(first: list[str], then) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*first, *then]))
