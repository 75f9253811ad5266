"""Setting a partner up: from an empty page to its template, with JavaScript and without."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

TYPED = {
    "Partner": "Lumen",
    "Name of their lead": "Grace Mbeki",
    "The lead's e-mail": "grace@lumen.example",
    "Site": "Kingston",
    "Queue": "Trust and safety",
}


def fill(page) -> None:
    for label, text in TYPED.items():
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_label("Time zone").fill("America/Jamaica")
    page.get_by_label("Public holidays of").select_option("JM")


def test_from_an_empty_page_to_the_template(page, people, log_in, axe, picture, record_count):
    log_in(page, people.ada)
    page.goto("/partners")
    axe(page)
    picture(page, "partners")
    page.get_by_role("link", name="Set up a partner").click()
    expect(page.get_by_role("button", name="Look at it once more")).to_be_visible()
    axe(page)
    fill(page)
    page.get_by_label("Time zone").fill("Kingston")
    page.get_by_role("button", name="Look at it once more").click()
    page.get_by_role("link", name="Pick a time zone from the list").wait_for()
    axe(page)
    picture(page, "set-up-errors")
    page.get_by_label("Time zone").fill("America/Jamaica")
    page.get_by_role("button", name="Look at it once more").click()
    page.get_by_role("heading", name="Set up Lumen?").wait_for()
    axe(page)
    picture(page, "set-up-second-look")
    page.get_by_role("button", name="Set it up").click()
    page.get_by_role("heading", name="Send the template").wait_for()
    template = page.get_by_role("link", name="Download the template for Nov 2026, service")
    template.wait_for()
    axe(page)
    picture(page, "set-up-done")
    with page.expect_download() as download:
        template.click()
    assert download.value.suggested_filename.endswith(".xlsx")
    page.get_by_role("link", name="Open the partner").click()
    page.get_by_role("heading", name="Lumen", exact=True).wait_for()
    axe(page)
    picture(page, "partner")
    record_count("browser journeys")


def test_the_same_without_javascript(page_without_javascript, people, log_in, record_count):
    page = page_without_javascript
    log_in(page, people.mia)
    page.goto("/partners/new")
    fill(page)
    page.get_by_role("button", name="Look at it once more").click()
    page.get_by_role("button", name="Set it up").click()
    page.get_by_role("link", name="Download the template for Nov 2026, service").wait_for()
    record_count("browser journeys")


def test_the_list_narrows_while_one_types(page, people, log_in, axe):
    log_in(page, people.ada)
    page.goto("/partners")
    page.get_by_label("Search").press_sequentially("ced")
    page.get_by_role("link", name="Birch").wait_for(state="detached")
    expect(page.get_by_role("link", name="Cedar")).to_be_visible()
    expect(page.get_by_label("Search")).to_have_value("ced")
    axe(page)


def test_an_import_names_the_cell_and_then_goes_in(page, people, log_in, axe, picture):
    log_in(page, people.ada)
    page.goto("/partner-imports/new")
    axe(page)
    text = "What,Partner,Name,Code,Country\nsite,Cedar,Cali,CLO,{}\n"

    def choose(country: str) -> None:
        content = text.format(country).encode()
        page.locator("input[type=file]").set_input_files(
            {"name": "sites.csv", "mimeType": "text/csv", "buffer": content}
        )
        page.get_by_role("button", name="Check the file").click()

    choose("Atlantis")
    page.get_by_role("row", name="2 Country “Atlantis” is not a country.").wait_for()
    axe(page)
    picture(page, "import-problems")
    choose("CO")
    page.get_by_role("heading", name="Import 1 row?").wait_for()
    axe(page)
    page.get_by_role("button", name="Import all").click()
    page.get_by_text("Imported: 1 site.").first.wait_for()
