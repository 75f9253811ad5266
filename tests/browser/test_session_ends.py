"""A session that ends while somebody types: no false success, and the words are still there."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.evidence.models import Evidence
from app.reports.models import Remark
from tests.rig.people import PASSWORD

pytestmark = pytest.mark.browser

WORDS = "The promotion was announced four days ahead."


BOTH = pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
LOG = {"name": "outage.txt", "mimeType": "text/plain", "buffer": b"09:00 the lines were down"}


def test_a_file_that_comes_after_the_end_is_not_taken_and_the_words_beside_it_stay(
    world, inside, page, log_in, people, axe, forget_sessions, record_count
):
    address = f"/reports/{world.keys['cedar']['report:sent']}"
    log_in(page, people.ana).goto(address)
    page.get_by_text("Attach a file").click()
    page.locator("[name=evidence]").set_input_files(LOG)
    page.locator("[name=shows]").fill(WORDS)
    forget_sessions()
    page.get_by_role("button", name="Attach").click()
    expect(page.get_by_role("heading", name="Your session has ended")).to_be_visible()
    expect(page.locator("main")).to_contain_text("“outage.txt” was not taken")
    expect(page.locator("main")).to_contain_text(WORDS)
    with inside() as session:
        assert WORDS not in session.scalars(select(Evidence.shows)).all()
    log_in_again(page, people, address)
    expect(page.locator("[name=shows]")).to_have_value(WORDS)
    axe(page)
    record_count("browser journeys")


def test_a_long_edit_of_terms_is_there_after_logging_in_again(
    world, page, log_in, people, forget_sessions, record_count
):
    address = f"/terms/{world.keys['cedar']['terms:draft']}/service-levels/new"
    log_in(page, people.mia).goto(address)
    typed = {"name": "Answered within a minute", "clause": "Schedule 3, 2.9", "weight": "12.5"}
    for name, words in typed.items():
        page.locator(f"[name={name}]").fill(words)
    page.locator("[name=metric]").select_option("abandonment")
    forget_sessions()
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_role("heading", name="Your session has ended")).to_be_visible()
    log_in_again(page, people, address, people.mia)
    for name, words in typed.items():
        expect(page.locator(f"[name={name}]")).to_have_value(words)
    expect(page.locator("[name=metric]")).to_have_value("abandonment")
    record_count("browser journeys")


def log_in_again(page, people, address, person=None):
    page.get_by_role("link", name="Log in").last.click()
    page.get_by_label("E-mail").fill((person or people.ana).email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(lambda url: address in url)


@BOTH
def test_a_remark_survives_the_end_of_the_session(
    world, inside, request, log_in, people, axe, picture, forget_sessions, record_count, javascript
):
    page = request.getfixturevalue("page" if javascript else "page_without_javascript")
    address = f"/reports/{world.keys['cedar']['report:sent']}"
    log_in(page, people.ana).goto(address)
    page.get_by_label("Your remark").fill(WORDS)
    forget_sessions()
    page.get_by_role("button", name="Add remark").click()
    expect(page.get_by_role("heading", name="Your session has ended")).to_be_visible()
    expect(page.locator("main")).to_contain_text(WORDS)
    if javascript:
        axe(page)
        picture(page, "session-ended")
    with inside() as session:
        assert WORDS not in session.scalars(select(Remark.text)).all()
    log_in_again(page, people, address)
    if javascript:
        expect(page.get_by_label("Your remark")).to_have_value(WORDS)
        axe(page)
    else:
        page.get_by_label("Your remark").fill(WORDS)
    page.get_by_role("button", name="Add remark").click()
    expect(page.get_by_text("Your remark is there for both sides.").first).to_be_visible()
    record_count("browser journeys")
