"""A session that ends while somebody types: no false success, and the words are still there."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import delete, select

from app.accounts.models import LoginSession
from app.extensions import write
from app.reports.models import Remark
from tests.rig.people import PASSWORD

pytestmark = pytest.mark.browser

WORDS = "The promotion was announced four days ahead."


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
def test_a_remark_survives_the_end_of_the_session(
    world, inside, request, log_in, people, axe, picture, record_count, javascript
):
    page = request.getfixturevalue("page" if javascript else "page_without_javascript")
    address = f"/reports/{world.keys['cedar']['report:sent']}"
    log_in(page, people.ana).goto(address)
    page.get_by_label("Your remark").fill(WORDS)
    with inside(), write() as session:
        session.execute(delete(LoginSession))
    page.get_by_role("button", name="Add remark").click()
    expect(page.get_by_role("heading", name="Your session has ended")).to_be_visible()
    expect(page.locator("main")).to_contain_text(WORDS)
    if javascript:
        axe(page)
        picture(page, "session-ended")
    with inside() as session:
        assert WORDS not in session.scalars(select(Remark.text)).all()
    page.get_by_role("link", name="Log in").last.click()
    page.get_by_label("E-mail").fill(people.ana.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(lambda url: address in url)
    if javascript:
        expect(page.get_by_label("Your remark")).to_have_value(WORDS)
        axe(page)
    else:
        page.get_by_label("Your remark").fill(WORDS)
    page.get_by_role("button", name="Add remark").click()
    expect(page.get_by_text("Your remark is there for both sides.").first).to_be_visible()
    record_count("browser journeys")
