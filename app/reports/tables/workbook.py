"""Writes the pre-filled workbook of one report."""

import io
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal

import xlsxwriter

from app.formatting import moment
from app.formatting import month as month_in_words
from app.reading import column_letter
from app.reports.models import Report
from app.reports.tables.finding import code_of
from app.reports.template import HOW_TO, Column, Template

HEADER_ROW = 5
FIXED_COLUMNS = 3
EMPTY: dict = {"measures": {}, "stated": {}, "unavailable": {}, "note": ""}
CREATED = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
RULES = (
    "Fill in the white cells of the first sheet. The grey ones say which report this is: leave them as they are.",
    "Type counts, never percentages: Accord works out the percentages itself. 0 means that there was none.",
    "When there is no figure, write “n/a: reason” in its cell, or leave it empty and say why in the last column.",
    "Do not add rows or rename headings: each row stands for a site and a queue that the contract names.",
    "Save the file and upload it on the page where you got it. What is wrong is listed there by cell.",
    "Nothing counts as sent until somebody certifies it on that page.",
)


def write_workbook(report: Report, template: Template, rows: Iterable[dict] = ()) -> bytes:
    """An .xlsx with one row per site and queue (and day); the same input gives the same bytes.

    `rows` are figures to start from, as drafts keep them: those that a correction changes.
    """
    given = {(row["site"], row["queue"], row["day"]): row for row in rows}
    body = io.BytesIO()
    with xlsxwriter.Workbook(body, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"title": title_of(template), "created": CREATED})
        styles = {name: book.add_format(style) for name, style in STYLES.items()}
        _write_rows(book.add_worksheet(template.kind.capitalize()), styles, report, template, given)
        _write_instructions(book.add_worksheet("Instructions"), styles, template)
    return body.getvalue()


def title_of(template: Template) -> str:
    whose = ", client figures" if template.party == "client" else ""
    return f"{template.kind.capitalize()} report, {month_in_words(template.month, 'long')}{whose}"


LOCKED = {"bg_color": "#EEF1F5", "font_color": "#17202C", "border": 1, "border_color": "#DDE2E9"}
STYLES: dict[str, dict] = {
    "title": {"bold": True, "font_size": 14},
    "plain": {},
    "small": {"font_color": "#546072", "font_size": 8},
    "heading": {**LOCKED, "bold": True, "text_wrap": True, "valign": "top", "bottom": 2},
    "fixed": LOCKED,
    "whole": {"locked": False, "num_format": "#,##0", "border": 1, "border_color": "#7B8797"},
    "decimal": {"locked": False, "num_format": "#,##0.0###", "border": 1, "border_color": "#7B8797"},
    "words": {"locked": False, "border": 1, "border_color": "#7B8797"},
    "wrapped": {"text_wrap": True, "valign": "top"},
}


def _write_rows(sheet, styles: dict, report: Report, template: Template, given: dict[tuple, dict]) -> None:
    contract = report.contract
    sheet.write_string(0, 0, title_of(template), styles["title"])
    sheet.write_string(1, 0, f"{contract.partner.name}, {contract.name} ({contract.reference})", styles["plain"])
    due = f"Due {moment(report.due_at, contract.zone)}. Fill in the white cells."
    approved = "These figures are approved. Change what is wrong."
    sheet.write_string(2, 0, approved if given and report.is_approved else due, styles["plain"])
    sheet.write_string(3, 0, code_of(template), styles["small"])
    for place, heading in enumerate(template.headings):
        sheet.write_string(HEADER_ROW, place, heading, styles["heading"])
    for number, asked in enumerate(template.rows, HEADER_ROW + 1):
        for place, words in enumerate((str(asked.day or template.month), asked.site, asked.queue)):
            sheet.write_string(number, place, words, styles["fixed"])
        row = given.get((asked.site, asked.queue, asked.day and asked.day.isoformat()), EMPTY)
        for place, column in enumerate(template.columns, FIXED_COLUMNS):
            figure = row["stated" if column.is_stated else "measures"].get(column.key)
            why = row["unavailable"].get(column.key)
            style = styles["whole" if column.is_whole else "decimal"]
            if why and why != row["note"]:
                sheet.write_string(number, place, f"n/a: {why}", style)
            else:
                _write_figure(sheet, number, place, figure, style)
        reason = row["note"] or asked.nil_reason
        sheet.write_string(number, FIXED_COLUMNS + len(template.columns), reason, styles["words"])
    last = HEADER_ROW + len(template.rows)
    for place, column in enumerate(template.columns, FIXED_COLUMNS):
        sheet.data_validation(HEADER_ROW + 1, place, last, place, _validation(column, place))
    sheet.set_row(HEADER_ROW, 45)
    sheet.set_column(0, 0, 12)
    sheet.set_column(1, 2, 18)
    sheet.set_column(FIXED_COLUMNS, FIXED_COLUMNS + len(template.columns) - 1, 15)
    sheet.set_column(FIXED_COLUMNS + len(template.columns), FIXED_COLUMNS + len(template.columns), 30)
    sheet.freeze_panes(HEADER_ROW + 1, FIXED_COLUMNS)
    sheet.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _write_figure(sheet, row: int, column: int, figure: str | None, style) -> None:
    """A workbook keeps 15 digits of a number; a longer one goes in as text, which is read in full."""
    if figure in (None, ""):
        sheet.write_blank(row, column, None, style)
    elif Decimal(repr(float(figure))) == Decimal(figure):
        sheet.write_number(row, column, float(figure), style)
    else:
        sheet.write_string(row, column, figure, style)


def _validation(column: Column, place: int) -> dict:
    """A figure, or n/a with its reason; the formula is about the first cell and moves along with the others."""
    cell = f"{column_letter(place)}{HEADER_ROW + 2}"
    whole = f",INT({cell})={cell}" if column.is_whole else ""
    kind = "whole number" if column.is_whole else "number"
    return {
        "validate": "custom",
        "value": f'=OR(IF(ISNUMBER({cell}),AND({cell}>=0{whole}),FALSE),LEFT(UPPER({cell}),3)="N/A")',
        "input_title": column.name[:32],
        "input_message": f"{column.description} Unit: {column.takes}."[:255],
        "error_title": "A figure is needed",
        "error_message": f"Type a {kind}, 0 or more. No percentages. If it is not available: n/a: reason."[:255],
    }


def _write_instructions(sheet, styles: dict, template: Template) -> None:
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 90)
    sheet.write_string(0, 0, HOW_TO, styles["title"])
    for number, rule in enumerate(RULES, 1):
        sheet.merge_range(number, 0, number, 1, f"{number}. {rule}", styles["wrapped"])
    sheet.write_string(len(RULES) + 2, 0, "What each column takes", styles["title"])
    for number, column in enumerate(template.columns, len(RULES) + 3):
        sheet.write_string(number, 0, column.heading, styles["wrapped"])
        sheet.write_string(number, 1, column.description, styles["wrapped"])
