"""Whoever chooses faster than the answers come gets what was chosen last."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_the_answer_to_an_earlier_choice_takes_nothing_back(page, world, acting_as):
    keys, held = world.keys["cedar"], []
    acting_as(page, "mia").goto("/decks/new")
    page.route("**/decks/new?*", lambda route: route.continue_() if held else held.append(route))
    page.get_by_label("Contract").select_option(keys["contract"])
    page.get_by_label("Quarter").select_option("2026-Q4")
    chosen = page.locator("#chosen input[name=quarter]")
    expect(chosen).to_have_value("2026-Q4")
    held[0].continue_()
    page.wait_for_load_state("networkidle")
    expect(page.get_by_label("Quarter")).to_have_value("2026-Q4")
    expect(chosen).to_have_value("2026-Q4")
