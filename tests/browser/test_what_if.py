"""Trying other targets in a real browser: from the contract's page to the draft, with JavaScript and without."""

import pytest
from playwright.sync_api import expect

from app.domain.periods import Month
from app.performance.judging.service import evaluate_contract
from tests.domain.story import AUGUST, FIGURES, JULY, SEPTEMBER
from tests.performance.history import begin, cedar_document
from tests.rig.people import THE_DAY

pytestmark = pytest.mark.browser

COURSE = (JULY, JULY, AUGUST, JULY, SEPTEMBER)


@pytest.fixture
def contract(inside) -> str:
    """26 approved months in which voice meets, misses and misses the Minimum in turn."""
    with inside():
        months = list(Month(2024, 8).through(Month(2026, 9)))
        terms = cedar_document(effective_from="2024-08-01")
        history = begin(terms=terms, charges=dict.fromkeys(months, 40_500_000))
        for place, month in enumerate(months):
            history.approve(month, FIGURES[COURSE[place % len(COURSE)]])
        evaluate_contract(history.contract, THE_DAY)
        return history.contract.key


@pytest.mark.parametrize("javascript", [True, False])
def test_from_the_contract_to_a_draft_with_other_targets(request, contract, log_in, people, axe, picture, javascript):
    page = request.getfixturevalue("page" if javascript else "page_without_javascript")

    def look(name: str) -> None:
        if javascript:
            axe(page)
            picture(page, name)

    log_in(page, people.mia).goto(f"/contracts/{contract}")
    page.get_by_role("link", name="What if").click()
    expect(page.get_by_role("button", name="Judge the approved months")).to_be_visible()
    look("what-if-start")
    page.get_by_label("Expected, at least, Voice service level").fill("eighty")
    page.get_by_role("button", name="Judge the approved months").click()
    expect(page.get_by_role("alert")).to_contain_text("Write a number such as 97.5")
    look("what-if-wrong")
    page.get_by_label("Expected, at least, Voice service level").fill("78")
    page.get_by_label("Minimum, at least, Voice service level").fill("73.8")
    judge = page.get_by_role("button", name="Judge the approved months")
    if javascript:  # an answer that does not come
        page.evaluate("addEventListener('submit', event => event.preventDefault(), { once: true })")
        judge.click()
        expect(page.get_by_role("progressbar")).to_be_visible()
    judge.click()
    expect(page.get_by_role("heading", name="over 24 months")).to_be_visible()
    look("what-if")
    page.get_by_role("button", name="Start a draft amendment with these targets").click()
    expect(page.get_by_role("heading", name="Draft 2, from 1 Dec 2026")).to_be_visible()
    look("what-if-draft")
    page.get_by_role("link", name="What if").click()
    expect(page.get_by_role("heading", name="Under the draft:")).to_be_visible()
    expect(page.get_by_role("button", name="Save these targets in draft 2")).to_be_visible()
