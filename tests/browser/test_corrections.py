"""A correction before it is sent and before it is decided, as people see it."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_the_pages_of_a_correction_say_what_it_changes(world, page, people, log_in, axe, picture):
    keys = world.keys["cedar"]
    log_in(page, people.leo)
    page.goto(f"/reports/{keys['report:correction']}/draft")
    expect(page.get_by_role("heading", name="If the correction is approved")).to_be_visible()
    axe(page)
    picture(page, "correction-draft")
    page.get_by_label("I have checked these figures").check()
    page.get_by_role("button", name="Certify and send").click()
    expect(page.get_by_role("alert")).to_contain_text("Say why the approved figures were wrong.")
    axe(page)
    page.goto(f"/reports/{keys['report:approved']}")
    picture(page, "correction-report")
    axe(page)

    page.context.clear_cookies()
    log_in(page, people.mia)
    page.goto(f"/submissions/{keys['submission:correction']}/review")
    expect(page.get_by_role("heading", name="If the correction is approved")).to_be_visible()
    axe(page)
    picture(page, "correction-review")
    page.goto(f"/submissions/{keys['submission:correction']}/effect")
    axe(page)
    picture(page, "correction-effect")


def test_without_javascript_the_effect_is_a_page_away(world, page_without_javascript, people, log_in):
    page, keys = page_without_javascript, world.keys["cedar"]
    log_in(page, people.mia)
    page.goto(f"/submissions/{keys['submission:correction']}/review")
    page.get_by_role("link", name="See what the correction changes").click()
    expect(page.get_by_role("heading", name="What the correction changes")).to_be_visible()
