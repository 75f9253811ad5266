"""An edition whose findings stand and whose amounts do not is restated too."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock
from app.contracts.models import Contract
from app.performance.judging.service import evaluate_contract
from tests.domain.story import AUGUST, FIGURES, document
from tests.performance.history import by_kind, cedar_document, history_of, story
from tests.rig.people import THE_DAY

LATER = THE_DAY + timedelta(hours=2)


@pytest.fixture
def contract(inside) -> str:
    """A credit is earned back by the next good month: that of August's quality in September."""
    credits_ = document()["credits"] | {"earn_back": {"kind": "months", "months": "1"}, "monthly_cap": "50"}
    with inside():
        begun = story(terms=cedar_document(credits=credits_)).contract
        evaluate_contract(begun, THE_DAY)
        return begun.key


def test_what_is_no_longer_earned_back_restates_the_month_that_paid_it(as_, issued, inside, contract):
    with inside() as session, clock.at(LATER):
        history = history_of(session.scalars(select(Contract).where(Contract.key == contract)).one())
        figures = by_kind(FIGURES[AUGUST])["quality"] | {"qa_critical_errors": "20"}
        reason = {"correction_reason": "Seven findings were overturned."}
        history.decide(history.send(AUGUST, "quality", figures, LATER, **reason), at=LATER)
        evaluate_contract(history.contract, LATER)
    page = as_("mia").get(f"/decks/{issued}").text
    september = page.partition('<th scope="row">Sep 2026</th>')[2].partition("</tr>")[0]
    assert "What is payable in all" in september
    assert all(amount in september for amount in ("$35,530", "$52,650"))
