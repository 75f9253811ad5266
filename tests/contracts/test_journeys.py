"""An amendment from copy to force in a real browser, and every page of contracts looked at by axe."""

import pytest
from playwright.sync_api import expect

from tests.contracts.conftest import version

pytestmark = pytest.mark.browser


def test_an_amendment_is_made_and_put_in_force_without_javascript(
    page_without_javascript, log_in, people, paper, inside, record_count
):
    page = page_without_javascript
    log_in(page, people.mia)
    page.goto(f"/contracts/{paper.contract}")
    page.get_by_role("link", name="Amend", exact=True).click()
    page.get_by_label("Effective from").fill("2027-03-01")
    page.get_by_role("button", name="Start the draft").click()
    page.get_by_role("link", name="Change Service level, English voice").click()
    page.get_by_label("Value", exact=True).fill("70")
    page.get_by_role("button", name="Save in the draft").click()
    expect(page.get_by_text("is stricter than the Expected at least 70")).to_have_count(2)
    page.get_by_label("Value", exact=True).fill("82")
    page.get_by_role("button", name="Save in the draft").click()
    expect(page.get_by_role("cell", name="at least 82\u00a0%")).to_be_visible()
    page.get_by_text("Put in force").first.click()
    page.get_by_role("button", name="Put in force").click()
    expect(page.get_by_text("The terms are in force from 1 Mar 2027.").first).to_be_visible()
    with inside():
        assert version(paper.draft).is_draft, "the other draft is as it was"
    record_count("browser journeys")


def test_the_pages_of_a_contract_are_accessible(page, log_in, people, paper, inside, axe, picture):
    paper.change(inside, lambda document: document["credits"].update(pool="100"))
    log_in(page, people.mia)
    terms = f"/terms/{paper.draft}"
    for name, url in {
        "contract": f"/contracts/{paper.contract}",
        "draft": terms,
        "dates": f"{terms}/dates",
        "coverage": f"{terms}/coverage",
        "reporting": f"{terms}/reporting",
        "credits": f"{terms}/credits",
        "service-level": f"{terms}/service-levels/qa",
        "new-service-level": f"{terms}/service-levels/new",
        "differences": f"{terms}/differences/{paper.in_force}",
        "amendment": f"/contracts/{paper.contract}/amendments/new",
        "contract-head": f"/contracts/{paper.contract}/edit",
        "term-sheet": "/term-sheets/new",
    }.items():
        page.goto(url)
        axe(page)
        picture(page, f"contracts-{name}")


def test_the_pages_of_charges_are_accessible(page, log_in, people, paper, axe, picture):
    log_in(page, people.finn)
    page.goto("/charges")
    axe(page)
    page.get_by_role("textbox").first.fill("1.000")
    page.get_by_role("button", name="Enter the charges").click()
    page.get_by_text("has 3 decimal places").first.wait_for()
    axe(page)
    picture(page, "charges")
    page.goto(f"/contracts/{paper.contract}/charges?month=2026-09")
    axe(page)
    picture(page, "contract-charges")
