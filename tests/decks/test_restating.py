"""An issued edition whose figures changed afterwards stays as it is and is called restated."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app import clock, jobs
from app.accounts.models import User
from app.contracts.models import Contract
from app.domain.rules.relief import ClaimTerms
from app.extensions import write
from app.performance.judging.service import evaluate_contract
from app.relief.deciding import grant
from app.relief.filing import Asked, Grounds, file_claim
from app.relief.models import Claim
from app.reports.models import Submission
from tests.access.requests import fields_of
from tests.domain.story import AUGUST, FIGURES, SEPTEMBER
from tests.performance.history import by_kind, history_of
from tests.rig.people import THE_DAY

OCTOBER = SEPTEMBER.next()
LATER = THE_DAY + timedelta(hours=2)


@pytest.fixture
def contract(inside, contract) -> str:
    with inside() as session:
        evaluate_contract(session.scalars(select(Contract).where(Contract.key == contract)).one(), THE_DAY)
    return contract


@pytest.fixture
def correct(inside, contract):
    """Another version of August's quality report is approved two hours later, and August judged anew."""

    def approve(errors: str = "24") -> None:
        with inside() as session, clock.at(LATER):
            history = history_of(session.scalars(select(Contract).where(Contract.key == contract)).one())
            figures = by_kind(FIGURES[AUGUST])["quality"] | {"qa_critical_errors": errors}
            reason = {"correction_reason": "Three findings were overturned."}
            history.decide(history.send(AUGUST, "quality", figures, LATER, **reason), at=LATER)
            evaluate_contract(history.contract, LATER)

    return approve


def test_a_correction_restates_the_issued_edition_and_says_what_changed(as_, issued, correct):
    assert "Restated" not in as_("mia").get("/decks").text
    before = as_("dora").get(f"/decks/{issued}/deck.pdf").data
    correct()
    assert "Restated" in as_("mia").get("/decks").text
    page = as_("mia").get(f"/decks/{issued}").text
    assert "Restated: what changed since this edition" in page
    assert all(words in page for words in ("93.25\u00a0%", "94.00\u00a0%", "Below Minimum", "Below Expected"))
    assert as_("dora").get(f"/decks/{issued}/deck.pdf").data == before


def test_a_judgement_that_says_the_same_restates_nothing(as_, issued, correct):
    correct(errors="27")
    assert "Restated" not in as_("mia").get(f"/decks/{issued}").text


def test_a_draft_is_overtaken_says_what_changed_and_is_not_issued(as_, made, seen, correct, app):
    mia, form = as_("mia"), {"seen": seen(made), "checked": "y"}
    assert f'action="/decks/{made}/edition"' in mia.get(f"/decks/{made}").text
    correct()
    index = mia.get("/decks").text
    assert ("Restated" in index, "Overtaken" in index) == (False, True)
    page = mia.get(f"/decks/{made}").text
    assert all(words in page for words in ("what changed since this draft", "93.25\u00a0%", "94.00\u00a0%"))
    assert f'action="/decks/{made}/edition"' not in page
    with clock.at(LATER):
        refused = mia.post(f"/decks/{made}/edition", data=form)
        assert refused.status_code == 409
        assert "August 2026" in refused.text
        fields = {name: value for name, value in fields_of(page).items() if name != "seen"}
        anew = mia.post("/decks/new", data=fields).headers["Location"]
        with app.app_context():
            jobs.run_pending()
        assert "12 Nov 2026" in mia.get(anew).text
        form["seen"] = seen(anew.rpartition("/")[2])
        assert mia.post(f"{anew}/edition", data=form).status_code == 303


def test_a_draft_that_rests_on_another_version_is_overtaken_though_no_result_changed(as_, made, correct):
    correct(errors="27")
    page = as_("mia").get(f"/decks/{made}").text
    assert "August 2026 rests on other reports, terms, charges or claims now, without another result." in page


def test_a_correction_that_nobody_has_judged_yet_keeps_the_draft_from_being_issued(as_, inside, made, seen, contract):
    with inside() as session, clock.at(LATER):
        history = history_of(session.scalars(select(Contract).where(Contract.key == contract)).one())
        figures = by_kind(FIGURES[AUGUST])["quality"] | {"qa_critical_errors": "24"}
        history.decide(history.send(AUGUST, "quality", figures, LATER, correction_reason="Overturned."), at=LATER)
    with clock.at(LATER):
        refused = as_("dora").post(f"/decks/{made}/edition", data={"seen": seen(made), "checked": "y"})
    assert (refused.status_code, "Make the deck anew" in refused.text) == (409, True)


def test_the_review_of_a_first_version_names_the_editions_that_its_approval_would_restate(
    app, as_, inside, ask, quick, seen, contract
):
    with inside() as session:
        history = history_of(session.scalars(select(Contract).where(Contract.key == contract)).one())
        figures = by_kind(FIGURES[AUGUST])
        service, _ = (history.send(OCTOBER, kind, figures[kind]).key for kind in ("service", "quality"))
        evaluate_contract(history.contract, THE_DAY)
    mia, address = as_("mia"), f"/submissions/{service}/decks"
    assert f'hx-get="{address}"' in mia.get(f"/submissions/{service}/review").text
    assert mia.get(address, htmx=True).text == ""
    assert "No issued deck shows" in mia.get(address).text
    deck = ask("2026-Q4")
    with app.app_context():
        jobs.run_pending()
    form = {"seen": seen(deck), "checked": "y", "anyway": "y"}
    assert mia.post(f"/decks/{deck}/edition", data=form).status_code == 303
    told = mia.get(address, htmx=True).text
    assert "If version 1 is approved" in told
    assert re.findall(r'href="/decks/([^"]+)"', told) == [deck]
    with inside() as session, clock.at(LATER):
        of = session.scalars(select(Contract).where(Contract.key == contract)).one()
        history_of(of).decide(session.scalars(select(Submission).where(Submission.key == service)).one(), at=LATER)
        evaluate_contract(of, LATER)
    assert mia.get(address).status_code == 404
    assert "Restated" in mia.get(f"/decks/{deck}").text


def test_relief_restates_the_issued_edition_once_it_is_granted(as_, issued, inside, contract):
    promotion = {"offered": Decimal(4900), "answered_in_threshold": Decimal(2450)}
    about = {"service_level": "voice-service-level", "name": "Voice service level", "ended_on": AUGUST.last}
    with inside() as session, clock.at(LATER):
        of = session.scalars(select(Contract).where(Contract.key == contract)).one()
        leo = session.scalars(select(User).where(User.name == "Leo")).one()
        grounds = Grounds(of, str(AUGUST), terms=ClaimTerms(is_agreed=True), measures=promotion, **about)
        with write():
            asked = Asked("adjust", cause="volume", reason="Two days of a promotion.", adjust=promotion)
            claim = file_claim(grounds, asked, actor=leo, form_key="one").key
        evaluate_contract(of, LATER)
    assert "Restated" not in as_("mia").get("/decks").text
    assert f"/claims/{claim}/decks" in as_("mia").get(f"/claims/{claim}").text
    assert f"/decks/{issued}" in as_("mia").get(f"/claims/{claim}/decks").text
    with inside() as session, clock.at(LATER):
        with write():
            mona = session.scalars(select(User).where(User.name == "Mona")).one()
            grant(session.scalars(select(Claim)).one(), actor=mona, reason="It is so.")
        evaluate_contract(session.scalars(select(Contract).where(Contract.key == contract)).one(), LATER)
    page = as_("mia").get(f"/decks/{issued}").text
    assert all(words in page for words in ("Restated: what changed since this edition", "74.0\u00a0%", "76.9\u00a0%"))
