"""Claims for relief: what their pages say and take, as people write it."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app import clock
from app.contracts.models import Contract
from app.extensions import write
from app.partners.models import Partner
from app.performance.judging.service import evaluate_contract
from app.reports.models import Submission
from tests.domain.story import AUGUST, FIGURES
from tests.performance.claiming import CLAIMS, PROMOTION, finding, form_key, the_claim, told
from tests.performance.history import begin, by_kind, cedar_document, history_of
from tests.rig.people import THE_DAY


def test_a_claim_that_comes_too_late_is_told_so_and_not_that_somebody_was_faster(as_, inside):
    with inside():
        told(claims={**CLAIMS, "within": "15"})
        address = f"/findings/{finding().key}/claim"
    with clock.at(datetime(2026, 10, 1, 12, tzinfo=UTC)):
        answer = as_("leo").get(address)
    assert answer.status_code == 409
    assert "<h1>It is too late for this claim</h1>" in answer.text
    assert "could be filed until 15 Sep 2026 (Schedule 3, 6.4)" in answer.text
    assert "reload the page" not in answer.text


def test_a_claim_about_what_was_met_is_told_that_there_is_nothing_to_claim(as_, inside, address):
    with inside():
        met = finding(service_level="satisfaction").key
    answer = as_("leo").get(f"/findings/{met}/claim")
    assert answer.status_code == 409
    assert "<h1>There is nothing to claim here</h1>" in answer.text


def test_figures_are_taken_off_with_the_commas_that_the_page_itself_writes(as_, inside, address):
    lead = as_("leo")
    page = lead.get(address)
    assert "of 46,000 counted" in page.text
    assert "Files are attached once it is filed." in page.text
    grouped = {**PROMOTION, "figure_offered": "4,900", "figure_answered_in_threshold": "2,450.0"}
    answer = lead.post(address, data={**grouped, "form_key": form_key(page.text), "step": "file"})
    assert answer.status_code == 303, answer.text
    with inside():
        assert the_claim().adjust == {"offered": "4900", "answered_in_threshold": "2450"}
    less = {
        "figure_offered": "2,000",
        "figure_answered_in_threshold": "600",
        "reason": "Half of it.",
        "step": "granted",
    }
    assert as_("mia").post(f"{answer.location}/decision", data=less).status_code == 303
    with inside():
        assert the_claim().granted_adjust == {"offered": "2000", "answered_in_threshold": "600"}


@pytest.mark.parametrize("typed", ["4,90", "49,00", ",900", "4,900,0", "4.900,5", "1,2345"])
def test_a_comma_that_parts_no_thousands_is_refused_and_stays_as_it_was_typed(as_, address, typed):
    answer = as_("leo").post(address, data={**PROMOTION, "figure_offered": typed, "form_key": "one", "step": "look"})
    assert answer.status_code == 422
    assert f"“{typed}” is not a number. Type a count such as 1250." in answer.text
    assert f'value="{typed}"' in answer.text


def test_figures_are_typed_as_the_partners_people_write_them(as_, inside, address):
    with inside() as session, write():
        session.scalars(select(Partner).where(Partner.code == "cedar")).one().number_style = "1.234,5"
    lead, asked = as_("leo"), {**PROMOTION, "figure_answered_in_threshold": "2.450"}
    page = lead.get(address).text
    assert "of 46,000 counted, in numbers as 1.234,5 is written" in page
    copied = lead.post(address, data={**asked, "figure_offered": "4,900", "form_key": form_key(page), "step": "file"})
    assert "“4,900” may mean 4900. Type the count without a point or comma." in copied.text
    answer = lead.post(address, data={**asked, "figure_offered": "4.900", "form_key": form_key(page), "step": "file"})
    with inside():
        assert the_claim().adjust == {"offered": "4900", "answered_in_threshold": "2450"}
    less = {"figure_offered": "1.200", "figure_answered_in_threshold": "600", "reason": "Less.", "step": "granted"}
    assert as_("mia").post(f"{answer.location}/decision", data=less).status_code == 303
    with inside():
        assert the_claim().granted_adjust == {"offered": "1200", "answered_in_threshold": "600"}


def test_a_result_that_waits_for_approval_costs_nobody_the_deadline_of_a_claim(as_, inside):
    """August's service report was sent, and is approved when the claim's last day has passed."""
    with inside():
        history = begin(terms=cedar_document(claims={**CLAIMS, "within": "15"}))
        sent = {kind: history.send(AUGUST, kind, figures) for kind, figures in by_kind(FIGURES[AUGUST]).items()}
        service, contract_id = sent.pop("service").id, history.contract.id
        for submission in sent.values():
            history.decide(submission)
        evaluate_contract(history.contract, THE_DAY)
        assert (finding().attainment, finding().detail["reason"]["code"]) == ("provisional", "awaiting_approval")
        why = f"/findings/{finding().key}"
    leo = as_("leo")
    with clock.at(datetime(2026, 9, 15, 12, tzinfo=UTC)):
        assert "You can claim relief until 15 Sep 2026" in leo.get(why).text
        asked = {**PROMOTION, "form_key": form_key(leo.get(f"{why}/claim").text)}
        assert "not known yet" in leo.post(f"{why}/claim", data={**asked, "step": "look"}).text
        claim = leo.post(f"{why}/claim", data={**asked, "step": "file"}).location
    granted = {"figure_offered": "4900", "figure_answered_in_threshold": "2450", "reason": "Shown.", "step": "granted"}
    assert as_("mona").post(f"{claim}/decision", data=granted).status_code == 303
    with inside() as session:
        history = history_of(session.get(Contract, contract_id))
        history.decide(session.get(Submission, service), at=THE_DAY)
        evaluate_contract(history.contract, THE_DAY)
        assert (finding().detail["raw"], finding().value[:4], finding().detail["relief"][0]["effect"]) == (
            "74",
            "76.8",
            "applied",
        )


def test_a_result_that_waits_and_meets_its_target_so_far_needs_no_relief(as_, inside):
    with inside():
        history = begin(terms=cedar_document(claims=CLAIMS))
        for kind, figures in by_kind(FIGURES[AUGUST]).items():
            history.send(AUGUST, kind, figures)
        evaluate_contract(history.contract, THE_DAY)
        waiting = [finding(service_level=key) for key in ("satisfaction", "voice-service-level")]
        assert {each.attainment for each in waiting} == {"provisional"}
        met, missed = (each.key for each in waiting)
    assert as_("leo").get(f"/findings/{met}/claim").status_code == 409
    assert as_("leo").get(f"/findings/{missed}/claim").status_code == 200
