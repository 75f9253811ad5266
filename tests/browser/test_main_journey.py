"""The main job in a real browser, end to end, with JavaScript and without."""

import io
import re

import openpyxl
import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.blobs import Blob
from app.decks.models import Deck
from tests.rig.serving import eventually

pytestmark = pytest.mark.browser

FIGURES = {"QA samples": 400, "QA critical errors": 27, "CSAT responses": 500, "CSAT satisfied": 430}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def looked_at(axe, picture):
    """axe-core and pictures of a page; neither runs where JavaScript is off."""

    def look(page, name: str, javascript: bool) -> None:
        if javascript:
            axe(page)
            picture(page, name)

    return look


def filled(template: bytes, **wrong) -> dict:
    """The downloaded template as somebody fills it in; `wrong` overrides by heading."""
    book = openpyxl.load_workbook(io.BytesIO(template))
    sheet = book.worksheets[0]
    header = next(row for row in sheet.iter_rows() if row[1].value == "Site")
    for cell in header:
        name = str(cell.value).partition(" (")[0]
        figure = (FIGURES | wrong).get(name)
        if figure is not None:
            sheet.cell(header[0].row + 1, cell.column).value = figure
    body = io.BytesIO()
    book.save(body)
    return {"name": "quality.xlsx", "mimeType": XLSX, "buffer": body.getvalue()}


def upload(page, file: dict) -> None:
    page.get_by_label("Your file").set_input_files(file)
    page.get_by_role("button", name="Upload and check").click()


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
def test_from_the_upload_to_the_issued_deck(
    world, inside, request, acting_as, looked_at, pdf_text, record_count, javascript
):
    page = request.getfixturevalue("page" if javascript else "page_without_javascript")
    keys = world.keys["cedar"]

    def look(name: str) -> None:
        looked_at(page, f"journey-{name}", javascript)

    acting_as(page, "ana").goto("/tasks")
    look("tasks")
    page.goto(f"/reports/{keys['report:returned']}")
    look("report")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the template").click()
    template = download.value.path().read_bytes()
    upload(page, filled(template, **{"QA samples": "many"}))
    expect(page.get_by_role("heading", name="1 thing to put right")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("many")
    look("problems")
    upload(page, filled(template))
    page.get_by_label("Why these figures are right").fill("More contacts were asked about in October.")
    page.get_by_role("button", name="Confirm these figures").click()
    expect(page.get_by_role("heading", name="looked unusual")).to_be_visible()
    expect(page.get_by_role("heading", name="Check and send", exact=True).first).to_be_visible()
    expect(page.get_by_text("will miss.")).to_be_visible()
    look("preview")
    preview = page.url.partition("#")[0]  # another person opens it anew

    acting_as(page, "leo").goto(preview)
    page.get_by_label("I have checked these figures").check()
    page.get_by_role("button", name="Certify and send").click()
    expect(page.get_by_role("heading", name="Version 2", exact=True)).to_be_visible()
    look("receipt")
    receipt = page.url.partition("?")[0]

    acting_as(page, "mia").goto("/reviews")
    look("reviews")
    page.goto(f"{receipt}/review")
    look("review")
    page.get_by_role("button", name="Approve version 2").click()
    expect(page.get_by_text("Approved: ").first).to_be_visible()

    month = f"/contracts/{keys['contract']}/months/2026-10"
    finding = page.get_by_role("link", name="Quality CANARYCEDAR", exact=True)
    judging = page.locator("#judging")  # while it stands, the page renews itself and moves under a click
    assert eventually(lambda: page.goto(month) and judging.count() == 0 and re.search(r"93\.(3|25)", page.content()))
    look("month")
    finding.first.click()
    expect(page.get_by_role("heading", name="Why?")).to_be_visible()
    expect(page.locator("main")).to_contain_text("93.25")
    look("finding")

    page.goto("/decks/new")
    look("new-deck")
    page.get_by_label("Contract").select_option(keys["contract"])
    page.get_by_label("Quarter").select_option("2026-Q4")
    page.get_by_role("button", name="Look at the quarter").click()
    expect(page.locator("#chosen input[name=quarter]")).to_have_value("2026-Q4")
    page.get_by_role("button", name="Make the deck").click()
    opened = page.get_by_role("link", name="Open the draft")
    expect(opened).to_be_visible(timeout=60_000)
    look("deck-ready")
    draft = page.request.get(opened.get_attribute("href")).body()
    assert re.search(r"93\.(3|25)", pdf_text(draft))
    page.get_by_label("I have looked at every slide").check()
    page.get_by_label("Issue it all the same").check()  # the quarter runs, and no day of the review is on the cover
    page.get_by_role("button", name="Issue edition 1").click()
    expect(page.get_by_role("link", name="Open the slides")).to_be_visible()
    look("deck-issued")

    address = page.get_by_role("link", name="Save as PDF").get_attribute("href")
    edition = page.request.get(address).body()
    with inside() as session:
        deck = session.scalars(select(Deck).where(Deck.quarter == "2026-Q4")).one()
        stored = session.scalars(select(Blob.content).where(Blob.id == deck.blob_id)).one()
        assert deck.is_issued
    assert edition == stored
    assert "Quality CANARYCEDAR" in pdf_text(edition)
    record_count("browser journeys")
