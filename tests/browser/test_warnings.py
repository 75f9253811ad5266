"""A file with people in it and figures that look unusual, until its reviewer reads why they are right."""

import io

import openpyxl
import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

FIGURES = {"QA samples": 41400, "QA critical errors": 27, "CSAT responses": 1500}


def spoilt(template: bytes) -> dict:
    """The template filled in: too many samples, a survey that is not available, and the agent's name beside it."""
    book = openpyxl.load_workbook(io.BytesIO(template))
    sheet = book.worksheets[0]
    header = next(row for row in sheet.iter_rows() if row[1].value == "Site")
    first = header[0].row + 1
    for cell in header:
        if (name := str(cell.value).partition(" (")[0]) in FIGURES:
            sheet.cell(first, cell.column).value = FIGURES[name]
        elif name == "CSAT satisfied":
            sheet.cell(first, cell.column).value = "n/a: the survey stood still"
    for column, (heading, value) in enumerate({"Agent name": "Zenobia Quist", "E-mail": "z@cedar.example"}.items(), 1):
        sheet.cell(first - 1, len(header) + column).value = heading
        sheet.cell(first, len(header) + column).value = value
    body = io.BytesIO()
    book.save(body)
    return {"name": "october.xlsx", "mimeType": "application/octet-stream", "buffer": body.getvalue()}


def test_from_a_file_with_people_to_a_confirmed_version(world, people, log_in, page, axe, picture, record_count):
    log_in(page, people.ana).goto(f"/reports/{world.keys['cedar']['report:returned']}")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the template").click()
    page.get_by_label("Your file").set_input_files(spoilt(download.value.path().read_bytes()))
    page.get_by_role("button", name="Upload and check").click()
    expect(page.get_by_text("(Agent name)")).to_be_visible()
    axe(page)
    picture(page, "warnings-personal")
    page.get_by_role("button", name="Leave these columns out and go on").click()
    expect(page.locator("p.notice.tone-good")).to_be_visible()
    expect(page.get_by_text("the survey stood still")).to_be_visible()
    page.get_by_role("button", name="Confirm these figures").click()
    expect(page.get_by_role("alert")).to_contain_text("Say why the figures are right all the same.")
    axe(page)
    picture(page, "warnings-draft")
    page.get_by_label("Why these figures are right").fill(
        "The client asked for every call of the promotion to be scored."
    )
    page.get_by_role("button", name="Confirm these figures").click()
    expect(page.locator("p.notice.tone-good")).to_be_visible()
    axe(page)
    picture(page, "warnings-confirmed")

    page.context.clear_cookies()
    log_in(page, people.leo).goto(f"/reports/{world.keys['cedar']['report:returned']}/draft")
    page.get_by_label("I have checked these figures").check()
    page.get_by_role("button", name="Certify and send").click()
    expect(page.locator("#confirmed")).to_be_visible()
    axe(page)
    picture(page, "warnings-version")
    version = page.url.rpartition("/")[2]

    page.context.clear_cookies()
    log_in(page, people.mia).goto(f"/submissions/{version}/review")
    expect(page.locator("#confirmed")).to_be_visible()
    axe(page)
    picture(page, "warnings-review")
    record_count("browser journeys")
