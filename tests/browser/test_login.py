"""The door: logging in works by keyboard, with JavaScript and without, and says what is wrong."""

import re

import pytest
from playwright.sync_api import expect

from tests.rig.people import PASSWORD

pytestmark = pytest.mark.browser


def test_the_login_page_is_accessible(page, axe, picture):
    page.goto("/login")
    axe(page)
    picture(page, "login")


def test_a_wrong_password_is_said_beside_the_field(page, people, axe):
    page.goto("/login")
    page.get_by_label("E-mail").fill(people.ana.email)
    page.get_by_label("Password").fill("not it")
    page.get_by_label("Password").press("Enter")
    page.locator("#password-error", has_text="password is wrong").wait_for()
    expect(page.get_by_label("E-mail")).to_have_value(people.ana.email)
    axe(page)


def test_logging_in_works_without_javascript(page_without_javascript, people):
    page = page_without_javascript
    page.goto("/login")
    page.get_by_label("E-mail").fill(people.ada.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page).not_to_have_url(re.compile("/login"))
