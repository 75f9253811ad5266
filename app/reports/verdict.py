"""What a file comes to that holds no personal data any more: understood, checked, and weighed against what is known."""

from collections.abc import Sequence

from app.reading import Sheet
from app.reports.asking import template_of, terms_of
from app.reports.background import background_of
from app.reports.checking import Checked, check
from app.reports.mapping.applying import Table
from app.reports.mapping.remembering import known_of, newest
from app.reports.mapping.understanding import speaks_our_words, understand
from app.reports.models import Report
from app.reports.personal import Cleaned
from app.reports.template import Template
from app.reports.uploads import Upload
from app.reports.weighing import warnings_of

# Rows that a program sent are documented by our words: a missing one is a fault, not a layout of its own.
FROM_PROGRAMS = ".json"


def verdict_of(upload: Upload, clean: Cleaned, notes: Sequence[str]) -> tuple[Checked, int | None]:
    """With the version of the mapping that the file was read with. Raises Unmapped and WrongFile."""
    report, number = upload.report, None
    terms = terms_of(report)
    template, style = template_of(report, terms), report.contract.partner.number_style
    kept = {(each["sheet"], each["row"]) for each in upload.mended}
    if upload.filename.endswith(FROM_PROGRAMS) or speaks_our_words(clean.sheets, template):
        checked = check(clean.sheets, template, style, kept=kept)
    else:
        table, number = _understood(report, clean.sheets, template, upload.is_mapped_anew)
        template = table.template
        checked = check(clean.sheets, template, table.style, table.found, kept, table.all_problems)
        checked.notes[:0] = table.notes
    checked.notes[:0] = [*notes, *clean.notes]
    checked.personal = upload.personal
    if not checked.problems:
        checked.warnings = warnings_of(checked, template, background_of(report, terms))
    return checked, number


def _understood(report: Report, sheets: Sequence[Sheet], template: Template, anew: bool) -> tuple[Table, int]:
    kept = newest(report)
    remembered = kept.chosen if kept and kept.forgotten_at is None else None
    style = report.contract.partner.number_style
    table = understand(sheets, template, known_of(report, template), remembered, style, anew=anew)
    return table, kept.number if kept else 0
