"""People's pages in a real browser: filters and buttons without a reload, and nothing lost when a session ends."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.accounts.models import Grant, User
from app.extensions import write
from tests.rig.people import PASSWORD

pytestmark = pytest.mark.browser


def test_the_list_of_people_narrows_while_typing(page, log_in, people, axe, picture):
    log_in(page, people.ada).goto("/users")
    axe(page)
    picture(page, "people")
    page.get_by_label("Name or e-mail").press_sequentially("birch")
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.get_by_label("Name or e-mail")).to_be_focused()
    expect(page.get_by_role("status")).to_have_text("2 people found.")
    page.get_by_label("Role").select_option("partner_lead")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page).to_have_url(re.compile("q=birch"))
    expect(page).to_have_url(re.compile("role=partner_lead"))
    axe(page)


def test_the_list_of_people_narrows_without_javascript(page_without_javascript, log_in, people):
    page = page_without_javascript
    log_in(page, people.ada).goto("/users")
    page.get_by_label("Name or e-mail").fill("birch")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("tbody tr")).to_have_count(2)


@pytest.mark.parametrize("javascript", [True, False])
def test_a_lead_grants_the_sight_of_money(request, log_in, people, axe, picture, javascript):
    page = request.getfixturevalue("page" if javascript else "page_without_javascript")
    log_in(page, people.leo).goto("/team")
    if javascript:
        axe(page)
        picture(page, "team")
    page.get_by_role("button", name="Grant the sight of amounts to Ana").click()
    expect(page.get_by_role("button", name="Withdraw the sight of amounts from Ana")).to_be_visible()
    if javascript:
        expect(page.get_by_role("button", name="Withdraw the sight of amounts from Ana")).to_be_focused()


def test_an_error_stands_above_what_the_reader_was_doing(page, log_in, people, inside, axe):
    log_in(page, people.leo).goto("/team")
    with inside(), write() as session:
        session.delete(session.scalars(select(Grant).join(User).where(User.email == people.ana.email)).one())
    page.get_by_role("button", name="Grant the sight of amounts to Ana").click()
    expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()
    expect(page.get_by_role("heading", name="Your team")).to_be_visible()
    expect(page.locator(".error-summary")).to_be_focused()
    axe(page)


def test_a_session_that_ends_leads_back_to_where_one_was(page, log_in, people, forget_sessions):
    log_in(page, people.ada).goto("/users?q=birch")
    forget_sessions()
    page.get_by_label("Role").select_option("partner_lead")
    page.wait_for_url(lambda url: "/login?next=" in url)
    page.get_by_label("E-mail").fill(people.ada.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="People", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile("q=birch"))
