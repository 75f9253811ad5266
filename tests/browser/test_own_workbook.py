"""A partner's own workbook, from upload to what would be sent, without JavaScript; and its pages, for everybody."""

import io
import re

import openpyxl
import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def own_workbook() -> dict:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Monthly volumes"
    sheet["C1"] = "Inbound calls"
    sheet.merge_cells("C1:F1")
    for row in (
        ["Location", "Team lead", "Offered", "In SLA", "In SLA", "Missed [1]"],
        [None, None, "thousands", "count", "%", "count"],
        ["cedar-one", "n/a", 4.2, 3318, 0.79, 168],
        ["Somewhere else", "n/a", 1.1, 900, 0.82, 20],
        ["Total", None, 5.3, 4218, 0.8, 188],
    ):
        sheet.append(row)
    body = io.BytesIO()
    book.save(body)
    return {"name": "our-volumes.xlsx", "mimeType": XLSX, "buffer": body.getvalue()}


def test_columns_are_said_once_and_the_file_is_checked(
    world, people, log_in, page_without_javascript, axe, picture, record_count
):
    page = page_without_javascript
    log_in(page, people.ana).goto(f"/reports/{world.keys['cedar']['report:due']}")
    page.get_by_label("Your file").set_input_files(own_workbook())
    page.get_by_role("button", name="Upload and check").click()
    expect(page.get_by_role("heading", name="Say what your columns are")).to_be_visible()
    picture(page, "map-columns")
    page.get_by_role("button", name="Confirm and check the file").click()
    expect(page.get_by_text("Say what “Somewhere else” stands for.").first).to_be_visible()
    picture(page, "map-columns-wrong")
    page.get_by_label("Somewhere else (1 row)").select_option("Leave its rows out")
    page.get_by_label("Leave these columns out").check()
    page.get_by_role("button", name="Confirm and check the file").click()
    expect(page).to_have_url(re.compile("/draft$"))
    expect(page.get_by_text("Offered was converted from thousands to contacts (column C).")).to_be_visible()
    picture(page, "own-workbook-read")
    page.get_by_role("link", name="mapping version 1").click()
    expect(page.get_by_role("heading", name="Mapping version 1")).to_be_visible()
    record_count("browser journeys")


def test_the_pages_of_a_mapping(world, people, log_in, page, axe, picture):
    keys = world.keys["cedar"]
    log_in(page, people.ana).goto(f"/uploads/{keys['upload:unmapped']}/mapping")
    expect(page.get_by_role("heading", name="Say what your columns are")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Confirm and check the file").click()
    axe(page)
    page.goto(f"/mappings/{keys['mapping']}")
    axe(page)
    picture(page, "mapping")
