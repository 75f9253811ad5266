"""What a file comes to that holds no personal data any more: understood, checked, and weighed against what is known."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from app.reading import Sheet
from app.reports.asking import template_of, terms_of
from app.reports.background import background_of
from app.reports.mapping.applying import Table, note_of_style
from app.reports.mapping.remembering import known_of, newest, version
from app.reports.mapping.understanding import speaks_our_words, understand
from app.reports.tables.checking import Checked, check
from app.reports.tables.finding import WrongFile, find_table
from app.reports.tables.number_styles import another_style, figures_of, said_once
from app.reports.tables.personal import Cleaned
from app.reports.template import Template
from app.reports.uploads.models import Upload
from app.reports.uploads.returned import is_returned_file
from app.reports.uploads.weighing import warnings_of

# Rows that a program sent are documented by our words: a missing one is a fault, not a layout of its own.
FROM_PROGRAMS = ".json"


def verdict_of(upload: Upload, clean: Cleaned, notes: Sequence[str]) -> tuple[Checked, int | None]:
    """With the version of the mapping that the file was read with. Raises Unmapped and WrongFile."""
    report, number = upload.report, None
    terms = terms_of(report)
    template = template_of(report, terms)
    try:
        table, number = _understood(upload, clean.sheets, template, upload.number_style)
    except WrongFile as wrong:
        if not (hidden := [note for note in notes if note.startswith("The hidden sheet")]):
            raise
        words = f"{wrong.message} {' '.join(hidden)} If it holds the figures, show it and upload the file again."
        raise WrongFile(words, wrong.meant) from wrong
    checked = _checked(upload, clean.sheets, table)
    if checked.problems and (style := another_style(figures_of(table.plain), table.style)):
        otherwise, _ = _understood(upload, clean.sheets, template, style)
        unsaid = [note for note in otherwise.notes if note != note_of_style(style)]
        checked = _checked(upload, clean.sheets, replace(otherwise, notes=tuple(unsaid)))
        checked.problems.insert(0, said_once(style, table.style, len(checked.problems)))
        checked.table["style"] = style
    checked.notes[:0] = [*notes, *clean.notes]
    found = [*upload.personal, *(column.to_document() for column in clean.columns)]
    answered = {(table.found.sheet.name, place) for place in table.found.unknown} if number else set()
    for each in found:
        is_answered = (each.get("sheet"), each.get("column")) in answered
        (checked.left_out if is_answered else checked.personal).append(each)
    checked.notes += map(note_of_left_out, checked.left_out)
    if not checked.problems:
        checked.warnings = warnings_of(checked, table.template, background_of(report, terms))
    return checked, number


def note_of_left_out(column: Mapping[str, str]) -> str:
    place = column["place"]
    return f"{place} looks like {column['holds']}: it is left out, as the mapping says, and is not kept."


def _understood(
    upload: Upload, sheets: Sequence[Sheet], template: Template, number_style: str
) -> tuple[Table, int | None]:
    """By our own words or by the mapping, in the `number_style` where one is said. A file that was read before is read
    with the version of then: a newer one may be about a newer layout."""
    report = upload.report
    style = number_style or report.contract.partner.number_style
    if upload.filename.endswith(FROM_PROGRAMS) or speaks_our_words(sheets, template):
        found = find_table(sheets, template)
        notes = (f"Numbers that are text were read as {style} is written, as was said on the page.",)
        return Table(found, template, notes if upload.number_style else (), {}, style, found), None
    own = version(report, upload.mapping_number)
    kept = own or newest(report)
    remembered = kept.chosen if own or (kept and kept.forgotten_at is None) else None
    if remembered and number_style:
        remembered = replace(remembered, style=number_style)
    table = understand(sheets, template, known_of(report, template), remembered, style, anew=upload.is_mapped_anew)
    return table, kept.number if kept else 0


def _checked(upload: Upload, sheets: Sequence[Sheet], table: Table) -> Checked:
    checked = check(sheets, table.template, table.style, table.found, _kept(upload, sheets), table.all_problems)
    checked.notes[:0] = table.notes
    return checked


def _kept(upload: Upload, sheets: Sequence[Sheet]) -> Collection[tuple[str, int]]:
    """Rows that are shown in any case: what was changed in them, or in a file that was returned anything, may be
    changed again."""
    if is_returned_file(upload.report, upload.blob_id):
        return {(sheet.name, row.number) for sheet in sheets for row in sheet.rows}
    return {(each["sheet"], each["row"]) for each in upload.mended}
