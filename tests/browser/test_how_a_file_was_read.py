"""A partner's own workbook, with what stands around a table: the page says how it was read."""

import io

import openpyxl
import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

FIGURES = {"QA samples": 400, "QA critical errors": 27, "CSAT responses": 500, "CSAT satisfied": 430}


def furnished(template: bytes, spoilt: bool) -> dict:
    """The template filled in, with a total, a note, a hidden row, a merged title and another sheet."""
    book = openpyxl.load_workbook(io.BytesIO(template))
    sheet = book.worksheets[0]
    header = next(row for row in sheet.iter_rows() if row[1].value == "Site")
    first = header[0].row + 1
    for cell in header:
        if (name := str(cell.value).partition(" (")[0]) in FIGURES:
            sheet.cell(first, cell.column).value = "n/a" if spoilt and name == "CSAT satisfied" else FIGURES[name]
            sheet.cell(first + 1, cell.column).value = FIGURES[name]
    sheet.cell(first + 1, 1).value = "Total"
    sheet.cell(first + 3, 1).value = "CSAT as measured by our survey of 31 October"
    sheet.cell(first, len(header) + 2).value = "checked by Jo"
    sheet.row_dimensions[first].hidden = True
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=4)
    book.create_sheet("Scratch").append(["my own sums", 1])
    secret = book.create_sheet("Agents")
    secret.append(["names"])
    secret.sheet_state = "hidden"
    body = io.BytesIO()
    book.save(body)
    return {"name": "october.xlsx", "mimeType": "application/octet-stream", "buffer": body.getvalue()}


@pytest.mark.parametrize("spoilt", [False, True], ids=["right", "with a mistake"])
def test_what_was_left_out_is_listed(world, people, log_in, page, axe, picture, record_count, spoilt):
    log_in(page, people.ana).goto(f"/reports/{world.keys['cedar']['report:returned']}")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the template").click()
    file = furnished(download.value.path().read_bytes(), spoilt)
    page.get_by_label("Your file").set_input_files(file)
    page.get_by_role("button", name="Upload and check").click()
    expect(page.get_by_role("heading", name="How your file was read")).to_be_visible()
    for words in (
        "The hidden sheet “Agents” was not read.",
        "The sheet “Scratch” was not read.",
        "1 hidden row was read: 7.",
        "Row 8 was not read: it is a total (“Total”).",
        "Row 10 was not read: it holds no figure (“CSAT as measured by our survey of 31 October”).",
        "Cells without a heading were left out:",
    ):
        expect(page.get_by_text(words)).to_be_visible()
    axe(page)
    picture(page, "read-with-a-mistake" if spoilt else "read")
    record_count("browser journeys")
