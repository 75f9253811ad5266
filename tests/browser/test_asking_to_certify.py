"""From a draft that is ready to the lead's certificate, with JavaScript and without."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("javascript", [True, False])
def test_the_analyst_asks_and_the_lead_certifies(
    request, world, people, log_in, axe, picture, record_count, javascript
):
    page = request.getfixturevalue("page" if javascript else "page_without_javascript")
    key = world.keys["cedar"]["report:drafted"]
    log_in(page, people.ana).goto("/tasks")
    row = page.get_by_role("row").filter(has_text="Staffing, October 2026")
    row.get_by_role("link", name=re.compile("^Ask to certify")).click()
    expect(page).to_have_url(re.compile(f"/reports/{key}/draft#certificate$"))
    if javascript:
        axe(page)
        picture(page, "certificate-to-ask")
    page.get_by_label("What they should know").fill("The new site is counted in.")
    page.get_by_role("button", name="Ask to certify").click()
    expect(page.locator("p.notice.tone-good")).to_contain_text("is asked by mail")
    expect(page.locator("#certificate")).to_contain_text("“The new site is counted in.”")
    expect(page.get_by_role("button", name="Ask to certify")).to_have_count(0)
    if javascript:
        axe(page)
        picture(page, "certificate-asked")

    page.context.clear_cookies()
    log_in(page, people.leo).goto("/tasks")
    row = page.get_by_role("row").filter(has_text="Staffing, October 2026")
    expect(row).to_contain_text("asks you to certify it, which sends it: “The new site is counted in.”")
    if javascript:
        axe(page)
        picture(page, "certificate-task")
    row.get_by_role("link", name=re.compile("^Certify and send")).click()
    page.get_by_label("I have checked these figures").check()
    page.get_by_role("button", name="Certify and send").click()
    expect(page.locator("#main").get_by_text("This page is your receipt")).to_be_visible()
    record_count("browser journeys")
