"""A right that opened and a target that may be tightened, as people see them."""

import pytest

pytestmark = pytest.mark.browser


def test_the_pages_of_rights_and_proposals_are_accessible(world, page, people, log_in, axe, picture):
    keys = world.keys["cedar"]
    log_in(page, people.mia)
    for name, address in {
        "right": f"/rights/{keys['right']}",
        "proposal": f"/target-proposals/{keys['proposal']}",
        "contract-with-rights": f"/contracts/{keys['contract']}",
    }.items():
        page.goto(address)
        axe(page)
        picture(page, name)


def test_what_stands_beside_an_opened_panel_stays_at_its_top(world, page, people, log_in):
    log_in(page, people.mia)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"/rights/{world.keys['cedar']['right']}")
    page.get_by_text("Record that it was exercised").click()
    tops = page.locator(".actions summary").evaluate_all("all => all.map(each => each.getBoundingClientRect().top)")
    assert len(tops) == 2
    assert tops[0] == tops[1]
