"""What reading a file told of it, kept for the copy without personal data that stays in its place."""

from collections.abc import Mapping
from dataclasses import replace

from app.copying import name_of_sheet
from app.reading import Reading
from app.reports.models import Draft, Submission
from app.reports.personal import Cleaned

OF_THE_FILE = ""


def told_of(found: Reading, clean: Cleaned) -> dict[str, list[str]]:
    """By the name of the sheet in the copy, and of the whole file."""
    sheets = {name_of_sheet(sheet): list(sheet.notes) for sheet in found.sheets if sheet.notes}
    return {OF_THE_FILE: [*found.notes, *clean.notes], **sheets}


def kept_of(before: Draft | Submission) -> dict:
    """For another upload of the file that a draft or a version was made from."""
    asked = {"personal": before.personal} if isinstance(before, Draft) else {}
    about = {name: getattr(before, name) for name in ("filename", "told", "number_style", "mapping_number")}
    return {**about, **asked}


def retold(found: Reading, told: Mapping[str, list[str]]) -> Reading:
    """As if the file had been read, and not its copy."""
    if not told:
        return found
    sheets = tuple(
        replace(sheet, notes=_both(told.get(name_of_sheet(sheet), []), sheet.notes)) for sheet in found.sheets
    )
    return replace(found, sheets=sheets, notes=_both(told.get(OF_THE_FILE, []), found.notes))


def _both(first: list[str], then) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*first, *then]))
