"""A file that takes longer than a request: the page that waits becomes the verdict, with JavaScript and without."""

import io
import re

import openpyxl
import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIGURES = {"QA samples": 400, "QA critical errors": 27, "CSAT responses": 500, "CSAT satisfied": 430}


def large(template: bytes) -> dict:
    """The template filled in, with so many notes on a sheet of their own that nobody waits for it to be read."""
    book = openpyxl.load_workbook(io.BytesIO(template))
    sheet = book.worksheets[0]
    header = next(row for row in sheet.iter_rows() if row[1].value == "Site")
    for cell in header:
        if (name := str(cell.value).partition(" (")[0]) in FIGURES:
            sheet.cell(header[0].row + 1, cell.column).value = FIGURES[name]
    notes = book.create_sheet("Notes")
    for number in range(20_000):
        notes.append([f"Case {number * 7919 % 104729}", number * 104729 % 7919, f"Remark {number * 31 % 9973}"])
    body = io.BytesIO()
    book.save(body)
    return {"name": "quality.xlsx", "mimeType": XLSX, "buffer": body.getvalue()}


def upload(page, file: dict) -> None:
    page.get_by_label("Your file").set_input_files(file)
    page.get_by_role("button", name="Upload and check").click()


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
def test_a_page_that_waits_becomes_the_verdict(world, people, log_in, request, axe, picture, javascript, record_count):
    page = request.getfixturevalue("page" if javascript else "page_without_javascript")
    keys = world.keys["cedar"]
    report = f"/reports/{keys['report:returned']}"
    log_in(page, people.ana).goto(report)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the template").click()
    file = large(download.value.path().read_bytes())
    assert len(file["buffer"]) > 300_000
    upload(page, file)
    expect(page.get_by_role("heading", name="Your file is being checked")).to_be_visible()
    expect(page.get_by_role("heading", name="Check and send", exact=True).first).to_be_visible()
    expect(page).to_have_url(re.compile(f"{report}/draft$"))
    page.goto(report)
    wrong = b"nothing of the kind\n" * 20_000
    upload(page, {"name": "letter.csv", "mimeType": "text/csv", "buffer": wrong})
    expect(page.get_by_text("This is not the template of this report")).to_be_visible()
    expect(page).to_have_url(re.compile("/uploads/[^/]+$"))
    if javascript:
        axe(page)
        picture(page, "upload-refused")
        page.goto(f"/uploads/{keys['upload']}")
        axe(page)
        picture(page, "upload-waiting")
    record_count("browser journeys")


def test_the_pages_around_a_file_that_waits(world, people, log_in, page, axe, picture, inside):
    keys = world.keys["cedar"]
    log_in(page, people.ana).goto(f"/reports/{keys['report:due']}")
    expect(page.get_by_role("heading", name="Your workbook has headings of its own")).to_be_visible()
    axe(page)
    picture(page, "report-with-a-file")
    page.context.clear_cookies()
    log_in(page, people.mia).goto(f"/history-files/{keys['history file']}")
    expect(page.get_by_role("heading", name="Your file is being checked")).to_be_visible()
    axe(page)
    picture(page, "history-file")
    page.goto("/history-imports")
    body = b"Partner,Month,Site,Queue,offered\n" + b"nobody,2026-09,nowhere,nothing,1\n" * 800
    upload_form = page.locator("input[type=file]")
    upload_form.set_input_files({"name": "history.csv", "mimeType": "text/csv", "buffer": body})
    page.get_by_role("button", name="Check and import").click()
    expect(page.get_by_role("heading", name="Nothing was imported")).to_be_visible()
    axe(page)
    page.goto(f"/terms/{keys['terms:draft']}/credits")
    page.get_by_label("Misses give service credits").uncheck()
    page.get_by_label("Clause").fill("7.1")
    page.get_by_role("button", name="Save in the draft").click()
    expect(page.get_by_label("Remove these figures")).to_be_visible()
    axe(page)
    picture(page, "credits-off")
    page.context.clear_cookies()
    log_in(page, people.finn).goto(f"/contracts/{keys['contract']}/charges")
    page.get_by_label("Charges", exact=True).fill("555.000,25")
    page.get_by_role("button", name="Enter", exact=True).click()
    expect(page.get_by_text("If it means 555,000.25").first).to_be_visible()
    axe(page)
    picture(page, "charges-wrong-style")
    page.goto("/charges")
    axe(page)
    picture(page, "charges")
