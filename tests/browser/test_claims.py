"""Relief in a browser: claimed by the partner's lead, decided by a manager, with JavaScript and without."""

import re

import pytest
from playwright.sync_api import expect

from tests.performance.claiming import PROMOTION, finding, told
from tests.rig.people import PASSWORD
from tests.rig.serving import eventually

pytestmark = pytest.mark.browser


@pytest.fixture
def why(inside) -> str:
    """The address of August's service level, judged."""
    with inside():
        told()
        return f"/findings/{finding().key}"


def ask(page) -> None:
    page.get_by_label("Offered").fill(PROMOTION["figure_offered"])
    page.get_by_label("Answered in threshold").fill(PROMOTION["figure_answered_in_threshold"])
    page.get_by_label("What happened").fill(PROMOTION["reason"])
    page.get_by_label("Evidence").fill(PROMOTION["evidence"])


def enter(page, persona) -> None:
    page.goto("/login")
    page.get_by_label("E-mail").fill(persona.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page).not_to_have_url(re.compile("/login"))


def test_from_the_miss_to_the_contractual_result(page, people, log_in, axe, picture, inside, why, record_count):
    log_in(page, people.leo)
    page.goto(why)
    picture(page, "claim-why-before")
    page.get_by_role("link", name="Claim relief").click()
    expect(page.get_by_role("button", name="See what it would change")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="See what it would change").click()
    page.get_by_role("heading", name="Please put this right").wait_for()
    axe(page)
    picture(page, "claim-errors")
    ask(page)
    page.get_by_role("button", name="See what it would change").click()
    page.get_by_role("heading", name="What it would change, if it were granted").wait_for()
    axe(page)
    picture(page, "claim-preview")
    page.get_by_role("button", name="File the claim").click()
    page.get_by_role("heading", name="Claim 1, Cedar").wait_for()
    axe(page)
    picture(page, "claim-filed")
    claim = page.url
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("button", name="Log in")).to_be_visible()
    log_in(page, people.mona)
    page.goto("/claims")
    axe(page)
    picture(page, "claims")
    page.get_by_role("link", name="Claim 1").click()
    page.get_by_label("Offered").fill("4000")
    page.get_by_role("button", name="See what that would change").click()
    page.get_by_role("heading", name="What the figures below would change").wait_for()
    page.get_by_role("button", name="Refuse").click()
    page.get_by_role("heading", name="Please put this right").wait_for()
    axe(page)
    picture(page, "claim-decision")
    page.goto(claim)
    page.get_by_label("Reason for the decision").fill("The volume report of 31 August shows it.")
    page.get_by_role("button", name="Grant").click()
    page.get_by_role("heading", name="What it changed").wait_for()
    axe(page)
    picture(page, "claim-granted")
    assert eventually(lambda: _is_judged(inside))
    page.reload()
    page.get_by_role("link", name="Why? Voice service level").click()
    page.get_by_text("Claim 1, granted").wait_for()
    axe(page)
    picture(page, "claim-why")
    page.goto(f"{page.url.rpartition('/findings')[0]}/performance?month=2026-08")
    picture(page, "claim-portfolio")
    record_count("browser journeys")


def test_the_same_without_javascript(page_without_javascript, people, inside, why, record_count):
    page = page_without_javascript
    enter(page, people.mia)
    page.goto(why)
    page.get_by_role("link", name="Claim relief").click()
    ask(page)
    page.get_by_role("button", name="See what it would change").click()
    page.get_by_role("button", name="File the claim").click()
    page.get_by_role("heading", name="Claim 1, Cedar").wait_for()
    page.get_by_text("somebody else decides on it").wait_for()
    claim = page.url
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("button", name="Log in")).to_be_visible()
    enter(page, people.dora)
    page.goto(claim)
    page.get_by_label("Reason for the decision").fill("Agreed.")
    page.get_by_role("button", name="Grant").click()
    page.get_by_role("heading", name="What it changed").wait_for()
    assert eventually(lambda: _is_judged(inside))
    page.reload()
    page.get_by_role("link", name="Why? Voice service level").click()
    page.get_by_text("Claim 1, granted").wait_for()
    record_count("browser journeys")


def _is_judged(inside) -> bool:
    with inside():
        return finding().attainment == "below_expected"
