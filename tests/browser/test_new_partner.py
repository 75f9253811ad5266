"""A new partner, from one page to the first preview: set up, invited by mail, in with the first file."""

import io
import re
import secrets
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.rig.serving import ROOT, eventually

pytestmark = pytest.mark.browser

OUTBOX = ROOT / "instance" / "outbox"
PASSWORD = "an otter under the bridge"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def mail_to(address: str) -> str:
    """The mail that the worker wrote into a file for this address."""

    def found() -> list[Path]:
        return [path for path in OUTBOX.glob("*.eml") if f"To: {address}" in path.read_text()]

    assert eventually(found), f"no mail for {address}"
    return found()[0].read_text()


def filled(template: bytes) -> dict:
    """Every white cell says 100: enough to see what it would come to."""
    book = openpyxl.load_workbook(io.BytesIO(template))
    sheet = book.worksheets[0]
    header = next(row for row in sheet.iter_rows() if row[1].value == "Site")
    for cell in header[3:]:
        if cell.value and "because" not in str(cell.value):
            sheet.cell(header[0].row + 1, cell.column).value = 100
    body = io.BytesIO()
    book.save(body)
    return {"name": "service.xlsx", "mimeType": XLSX, "buffer": body.getvalue()}


def test_a_partner_is_set_up_and_its_lead_sees_the_first_preview(page, people, log_in, axe, picture, record_count):
    address = f"wilma-{secrets.token_hex(4)}@willow.example"
    log_in(page, people.ada).goto("/partners/new")
    typed = {"Partner": "Willow", "Name of their lead": "Wilma", "The lead's e-mail": address, "Site": "Cali"}
    for label, words in (typed | {"Queue": "English chat", "Time zone": "America/Bogota"}).items():
        page.get_by_label(label, exact=True).fill(words)
    page.get_by_role("button", name="Look at it once more").click()
    page.get_by_role("button", name="Set it up").click()
    expect(page.get_by_role("heading", name="Send the template")).to_be_visible()
    invitation = re.search(r"https?://\S+(/invitations/\S+)", mail_to(address))[1]

    page.context.clear_cookies()
    page.goto(invitation)
    axe(page)
    picture(page, "invitation")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password, again").fill("something else")
    page.get_by_role("button", name="Set the password and go in").click()
    expect(page.get_by_role("alert")).to_contain_text("The two passwords differ.")
    axe(page)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password, again").fill(PASSWORD)
    page.get_by_role("button", name="Set the password and go in").click()
    expect(page.get_by_role("heading", name="Tasks")).to_be_visible()
    axe(page)
    picture(page, "first-tasks")

    page.get_by_role("link", name="Service, November 2026").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the template").click()
    page.get_by_label("Your file").set_input_files(filled(download.value.path().read_bytes()))
    page.get_by_role("button", name="Upload and check").click()
    expect(page.get_by_role("heading", name="If these figures are approved")).to_be_visible()
    axe(page)
    picture(page, "first-preview")
    record_count("browser journeys")
