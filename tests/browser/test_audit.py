"""The record in a browser: a verification from asking to its result, and the log as finance reads it."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.accounts.models import User
from app.audit.models import Verification
from app.events import Event
from app.extensions import write
from tests.rig.people import THE_DAY

pytestmark = pytest.mark.browser


@pytest.fixture
def kept(inside, people):
    """`kept("broken", …)`: the row of a verification as no job will change it; the page that shows it."""

    def keep(state: str, **came_to) -> str:
        with inside() as session, write():
            ada = session.scalars(select(User.id).where(User.email == people.ada.email)).one()
            about = {"head": "ab" * 32, "length": 48_200, "last_id": 48_200, "newest": "cd" * 32, **came_to}
            row = Verification(requested_by_id=ada, requested_at=THE_DAY, state=state, **about)
            session.add(row)
            session.flush()
            return f"/events/verifications/{row.key}"

    return keep


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
def test_a_verification_is_asked_for_and_answered(world, people, log_in, request, axe, javascript, record_count):
    page = request.getfixturevalue("page" if javascript else "page_without_javascript")
    log_in(page, people.ada).goto("/events")
    page.get_by_role("link", name="Verify the log").click()
    expect(page.get_by_role("button", name="Verify the log")).to_be_visible()
    before = page.get_by_role("row").count()
    page.get_by_role("button", name="Verify the log").click()
    expect(page.get_by_role("heading", name="The log is whole")).to_be_visible(timeout=30_000)
    if javascript:
        axe(page)
    page.get_by_role("button", name="Verify again").click()
    expect(page.get_by_role("heading", name="The log is whole")).to_be_visible(timeout=30_000)
    page.get_by_role("link", name="Verify the log").click()
    expect(page.get_by_role("row")).to_have_count(before + 2)
    record_count("browser journeys")


def test_the_pages_of_verifications(world, people, log_in, page, axe, picture, kept, inside):
    with inside() as session:
        wrong = session.scalars(select(Event.id).where(Event.kind == "submission.approved")).first()
    done = {"finished_at": THE_DAY, "position": wrong}
    found = {"wrong": 3, "first_wrong_id": wrong, "checked": 48_200, **done}
    places = {
        "verification-broken": kept("broken", **found),
        "verification-cut": kept("broken", checked=48_100, **done),
        "verification-failed": kept("failed", checked=26_000, **done),
        "verification-whole": kept("whole", checked=48_200, **done),
        "verification-running": kept("running", checked=26_000, position=wrong),
        "verifications": "/events/verifications",
    }
    log_in(page, people.ada)
    for name, place in places.items():
        page.goto(place)
        axe(page)
        picture(page, name)


def test_the_log_as_finance_reads_it(world, people, log_in, page, axe, picture):
    log_in(page, people.finn)
    page.goto("/")
    page.get_by_role("link", name="Audit").click()
    expect(page.get_by_label("About")).to_be_visible()
    axe(page)
    picture(page, "audit-of-finance")
    page.get_by_label("About").select_option("charge")
    expect(page.get_by_text("entered the charges").first).to_be_visible()
    page.locator("#events th a").first.click()
    expect(page.get_by_role("heading", name="What the log holds")).to_be_visible()
    axe(page)
    picture(page, "event-of-finance")
