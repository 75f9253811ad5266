"""A lead makes a token, sees it once, a program uses it, and the lead revokes it."""

import json
import urllib.request

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_a_token_from_making_to_revoking(page, log_in, people, axe, picture, live_server):
    log_in(page, people.leo).goto("/team")
    page.get_by_role("link", name="API tokens").click()
    page.get_by_role("button", name="Make the token").click()
    expect(page.get_by_role("alert")).to_contain_text("Name the program")
    axe(page)
    picture(page, "api-tokens-refused")
    page.get_by_label("Name").fill("Workforce export")
    page.get_by_label("Bring figures").check()
    page.get_by_label("See the credit at stake").check()
    page.get_by_role("button", name="Make the token").click()
    secret = page.locator("#secret").inner_text()
    axe(page)
    picture(page, "api-token")
    asked = urllib.request.Request(f"{live_server}/api/v1/reports", headers={"Authorization": f"Bearer {secret}"})
    with urllib.request.urlopen(asked) as answer:
        assert json.load(answer) == {"reports": [], "next_page": None}
    page.get_by_role("link", name="Done").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    axe(page)
    picture(page, "api-tokens")
    page.locator("details.confirm summary").click()
    page.locator(".confirm-body button").click()
    expect(page.locator("main")).to_contain_text("opens nothing any more")
    expect(page.locator("tbody")).to_contain_text("Revoked")
    picture(page, "api-tokens-revoked")
