"""Concessions and forecasts in a browser: asked, decided, issued; axe on every page, one journey without JavaScript."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from app.extensions import write
from app.forecasts.issuing import Draft, issue
from app.performance.judging.service import evaluate_contract
from tests.browser.test_claims import enter
from tests.domain.story import FIGURES, MEASURES
from tests.performance.history import begin, cedar_document
from tests.performance.test_concessions import AGREED
from tests.performance.test_forecasts import BUSY
from tests.rig.people import THE_DAY

pytestmark = pytest.mark.browser

VERSIONS = (
    (date(2026, 6, 10), {"2026-07": 41000, "2026-08": 42000, "2026-09": 39000}),
    (date(2026, 8, 10), {"2026-09": 38000, "2026-10": 39500}),
    (date(2026, 8, 28), {"2026-09": 43000}),
)


@pytest.fixture
def contract(inside) -> str:
    """July to September, judged; voice is excused above the forecast, of which there are three versions."""
    with inside():
        written = cedar_document(
            measures={measure: {"source": "partner"} for measure in MEASURES},
            credits=AGREED | {"incidents": {"choose_within": "60"}},
        )
        written["service_levels"][0]["relief"] = BUSY
        history = begin(terms=written)
        for month, figures in FIGURES.items():
            history.approve(month, figures)
        for number, (issued_on, values) in enumerate(VERSIONS):
            numbers = {("", ""): {month: Decimal(value) for month, value in values.items()}}
            with write():
                draft = Draft(issued_on, "forecast_volume", numbers, "Sent by mail." if number else "")
                issue(history.contract, draft, actor=history.reviewer, form_key=f"version {number}")
        evaluate_contract(history.contract, THE_DAY + timedelta(hours=1))
        return history.contract.key


def test_a_credit_is_waived_by_two_people(page, people, log_in, axe, picture, contract):
    log_in(page, people.finn)
    page.goto(f"/contracts/{contract}/months/2026-09#credits")
    axe(page)
    picture(page, "concession-month")
    page.get_by_role("link", name="Waive a credit").click()
    page.get_by_role("button", name="See what it would change").click()
    page.get_by_role("heading", name="Please put this right").wait_for()
    axe(page)
    picture(page, "concession-errors")
    page.get_by_label("Voice service level").check()
    page.get_by_label("Amount").fill("1,000.00")
    page.get_by_label("Clause").fill("Schedule 3, 5.9")
    page.get_by_label("Reason").fill("Our campaign was announced too late.")
    page.get_by_role("button", name="See what it would change").click()
    page.get_by_role("heading", name="What it would change").wait_for()
    axe(page)
    picture(page, "concession-look")
    page.get_by_role("button", name="Ask for it").click()
    page.get_by_role("heading", name="Waiver 1").wait_for()
    asked = page.url
    page.goto("/credits?month=2026-09")
    axe(page)
    picture(page, "concession-waiting")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("button", name="Log in")).to_be_visible()
    log_in(page, people.mia)
    page.goto(asked)
    axe(page)
    picture(page, "concession-decision")
    page.get_by_label("Reason for the decision").fill("Agreed at the review.")
    page.get_by_role("button", name="Grant").click()
    expect(page.locator("#main").get_by_text("Granted. The month is judged anew.")).to_be_visible()
    page.goto(f"/contracts/{contract}/months/2026-09#credits")
    expect(
        page.get_by_role("cell", name="Waived, Voice service level")
        .or_(page.get_by_role("rowheader", name="Waived, Voice service level"))
        .first
    ).to_be_visible(timeout=15_000)
    axe(page)
    picture(page, "concession-waived")
    page.get_by_role("link", name="Every entry of this contract's ledger").click()
    page.get_by_role("heading", name="The ledger").wait_for()
    axe(page)
    picture(page, "concession-ledger")


def test_of_one_incident_the_paid_credit_is_chosen_without_javascript(
    page_without_javascript, people, picture, contract
):
    page = page_without_javascript
    enter(page, people.leo)
    page.goto(f"/contracts/{contract}/months/2026-09/concessions/new?kind=incident")
    page.get_by_label("Voice service level").check()
    page.get_by_label("Abandonment").check()
    page.get_by_label("Reason").fill("One outage hit both.")
    page.get_by_role("button", name="See what it would change").click()
    page.get_by_role("button", name="Ask for it").click()
    asked = page.url
    page.get_by_role("button", name="Log out").click()
    enter(page, people.mia)
    page.goto(asked)
    picture(page, "incident-decision")
    page.get_by_label("Abandonment").check()
    page.get_by_label("Reason for the decision").fill("It weighs more with us.")
    page.get_by_role("button", name="Grant").click()
    expect(page.locator("#main").get_by_text("Paid: Abandonment.")).to_be_visible()


def test_a_version_of_a_forecast_is_looked_at_and_issued(page, people, log_in, axe, picture, contract):
    log_in(page, people.mia)
    page.goto(f"/contracts/{contract}/forecasts")
    page.get_by_label("Months or days").fill("2026-11 40000\n2026-12 many")
    page.get_by_role("button", name="Check and look").click()
    page.get_by_role("heading", name="Nothing was issued").wait_for()
    axe(page)
    picture(page, "forecast-errors")
    page.get_by_label("Months or days").fill("2026-12 40000\n2027-01 41500")
    page.get_by_role("button", name="Check and look").click()
    page.get_by_role("heading", name="What this version would say").wait_for()
    axe(page)
    picture(page, "forecast-look")
    page.get_by_role("button", name="Issue it").click()
    expect(page.locator("#main").get_by_text("Version 4 is issued")).to_be_visible()
    axe(page)
    picture(page, "forecast-versions")
    page.goto(f"/contracts/{contract}")
    picture(page, "forecast-panel")
