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
