"""A partner whose contract has still to start is told as such on the map."""

from datetime import date

import pytest
from sqlalchemy import select

from app.contracts.terms import new_contract
from app.extensions import write
from app.partners.models import Partner
from app.performance.judging.service import evaluate_contract
from tests.performance.history import story
from tests.rig.people import THE_DAY

pytestmark = pytest.mark.portable


def test_the_map_says_when_a_new_partner_starts(as_, inside):
    with inside() as session:
        evaluate_contract(story().contract, THE_DAY)
        with write():
            birch = session.scalars(select(Partner).where(Partner.code == "birch")).one()
            for number, starts_on in enumerate((date(2027, 3, 1), date(2026, 12, 1))):
                about = {"name": f"Chat {number}", "reference": f"B{number}", "currency": "USD", "zone": "UTC"}
                new_contract(birch, starts_on=starts_on, **about)
    page = as_("dora").get("/performance?month=2026-09").text
    assert "starts on 1 Dec 2026" in page
    assert "not judged in September 2026" not in page


def test_one_that_started_and_is_not_judged_is_told_as_that(as_, inside):
    with inside() as session:
        evaluate_contract(story().contract, THE_DAY)
        with write():
            birch = session.scalars(select(Partner).where(Partner.code == "birch")).one()
            about = {"name": "Chat", "reference": "B", "currency": "USD", "zone": "UTC"}
            new_contract(birch, starts_on=date(2026, 9, 30), **about)
    page = as_("dora").get("/performance?month=2026-09").text
    assert "not judged in September 2026" in page
    assert "starts on" not in page
