"""A later lock, the calendar's address and the reporting record, as people see them."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_the_pages_of_deadlines_are_accessible(world, page, people, log_in, axe, picture):
    keys = world.keys["cedar"]
    log_in(page, people.mia)
    page.goto(f"/reports/{keys['report:drafted']}")
    page.get_by_text("Grant a later lock").click()
    page.get_by_label("Open until the end of").fill("2026-11-01")
    page.get_by_label("Why they may send later").fill("The flood of 20 November")
    page.get_by_role("button", name="Grant it and tell the partner").click()
    expect(page.get_by_role("alert")).to_contain_text("No later lock was granted")
    axe(page)
    picture(page, "later-lock-refused")
    page.get_by_label("Open until the end of").fill("2026-12-15")
    page.get_by_role("button", name="Grant it and tell the partner").click()
    expect(page.locator("#lock")).to_contain_text("The flood of 20 November")
    axe(page)
    picture(page, "later-lock")
    page.goto("/profile")
    page.get_by_role("button", name="Make the address").click()
    expect(page.locator("#calendar")).to_contain_text(".ics")
    axe(page)
    picture(page, "calendar")
    page.goto(f"/partners/{keys['partner']}/reporting")
    axe(page)
    picture(page, "reporting")
    page.goto(f"/partners/{keys['partner']}/scorecard")
    picture(page, "scorecard-reporting")
    axe(page)
