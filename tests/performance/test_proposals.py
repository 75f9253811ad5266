"""Targets that continuous improvement would tighten: proposed with their months, drafted or declined by people."""

import pytest
from sqlalchemy import select

from app.contracts.models import TermsVersion
from app.performance.judging.service import evaluate_contract
from app.performance.models import TargetProposal
from tests.domain.story import FIGURES
from tests.performance.history import begin, cedar_document
from tests.rig.people import THE_DAY

RULE = {"kind": "halfway", "months": "3", "clause": "Schedule 3, 4.1"}
REASON = {"reason": "The summer was an easy one."}


def proposed(inside, **others):
    """Satisfaction was 88, 87 and 86 % with 85 % expected: half-way to the average of 87 is 86."""
    with inside() as session:
        terms = cedar_document()
        level = next(each for each in terms["service_levels"] if each["key"] == "satisfaction")
        level |= {"improvement": RULE, **others}
        history = begin(terms=terms)
        for month, figures in FIGURES.items():
            history.approve(month, figures)
        evaluate_contract(history.contract, THE_DAY)
        row = session.scalars(select(TargetProposal)).one()
        return {"contract": history.contract.key, "proposal": row.key}


@pytest.fixture
def keys(inside):
    return proposed(inside)


def test_a_proposal_says_what_it_rests_on_to_those_who_may_try_targets(as_, keys):
    address = f"/target-proposals/{keys['proposal']}"
    page = as_("mia").get(address).text
    assert all(words in page for words in ("Schedule 3, 4.1", "July", "September", "85\u00a0%", "86\u00a0%"))
    assert page.count('href="/findings/') == 3
    assert address in as_("dora").get(f"/contracts/{keys['contract']}").text
    for name in ("ana", "leo"):
        assert as_(name).get(address).status_code == 403
        assert address not in as_(name).get(f"/contracts/{keys['contract']}").text
    assert as_("max").get(address).status_code == 404


def test_what_holds_a_proposal_back_is_said_so_that_its_figure_can_be_followed(as_, inside):
    """Half-way from 85 to the average of 87 is 86; a twentieth of the way to 100 holds it to 85.75."""
    keys = proposed(inside, improvement={**RULE, "cap_share": "5"})
    page = as_("mia").get(f"/target-proposals/{keys['proposal']}").text.replace("\u00a0", " ")
    assert "85.75 %" in page
    assert "at most 5 % of the way from 85 % to 100 %" in page
    assert "Each result of July 2026 to September 2026 was better than the Expected." in page
    assert "Proposed</span>" in page
    assert "Open</span>" not in page


def test_an_average_of_the_best_months_says_of_how_many_and_not_that_each_was_better(as_, inside):
    keys = proposed(inside, improvement={"kind": "average", "months": "3", "best": "2"})
    page = as_("mia").get(f"/target-proposals/{keys['proposal']}").text.replace("\u00a0", " ")
    assert "87.5 %" in page
    assert "of the best 2 of 3 months" in page
    assert "The average of July 2026 to September 2026 was better than the Expected." in page


def test_a_draft_holds_the_new_target_and_nothing_is_in_force_before_somebody_says_so(as_, keys, inside):
    mia, address = as_("mia"), f"/target-proposals/{keys['proposal']}"
    answer = mia.post(f"{address}/draft")
    assert answer.status_code == 303
    assert "/terms/" in answer.location
    with inside() as session:
        old, new = session.scalars(select(TermsVersion).order_by(TermsVersion.number)).all()
        [level] = [each for each in new.document["service_levels"] if each["key"] == "satisfaction"]
        assert (old.state, new.state, level["expected"]["value"]) == ("in_force", "draft", "86")
    assert "An amendment holds this target" in mia.get(address).text
    assert mia.post(f"{address}/draft").status_code == 409


def test_the_target_that_is_tightened_is_that_of_the_last_day_wherever_its_step_stands(as_, inside):
    later = {"from": "2026-06-01", "expected": {"comparator": ">=", "value": "85"}}
    earlier = {"from": "2026-02-01", "expected": {"comparator": ">=", "value": "80"}}
    keys = proposed(inside, ramp=[later, earlier])
    as_("mia").post(f"/target-proposals/{keys['proposal']}/draft")
    with inside() as session:
        draft = session.scalars(select(TermsVersion).where(TermsVersion.state == "draft")).one()
        [level] = [each for each in draft.document["service_levels"] if each["key"] == "satisfaction"]
        assert [step["expected"]["value"] for step in level["ramp"]] == ["86", "80"]


def test_a_declined_proposal_keeps_its_reason_and_is_not_made_again(as_, keys, inside):
    mia, address = as_("mia"), f"/target-proposals/{keys['proposal']}"
    assert mia.post(f"{address}/refusal", data={"reason": ""}).status_code == 422
    assert mia.post(f"{address}/refusal", data=REASON).status_code == 303
    page = mia.get(address).text
    assert REASON["reason"] in page
    assert "Make a draft amendment" not in page
    assert mia.post(f"{address}/draft").status_code == 409
    with inside() as session:
        contract = session.scalars(select(TargetProposal)).one().contract
        evaluate_contract(contract, THE_DAY)
        assert len(session.scalars(select(TargetProposal)).all()) == 1
