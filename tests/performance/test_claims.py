"""Claims for relief: filed from a result below its target, decided by somebody else, judged anew."""

import pytest
from sqlalchemy import select

from app import jobs
from app.events import Event
from app.extensions import db
from tests.performance.claiming import PROMOTION, finding, form_key, told


@pytest.fixture
def address(inside) -> str:
    """Where relief is claimed for August's service level."""
    with inside():
        told()
        return f"/findings/{finding().key}/claim"


@pytest.fixture
def file(as_, address):
    """`file("leo")`: that person files the promotion's claim; the address of its page."""

    def post(who: str = "leo", **changes) -> str:
        visitor = as_(who)
        key = form_key(visitor.get(address).text)
        answer = visitor.post(address, data={**PROMOTION, "form_key": key, "step": "file", **changes})
        assert answer.status_code == 303, answer.text
        return answer.location

    return post


def judge() -> None:
    db.session.rollback()
    jobs.run_pending()


def test_the_link_stands_at_a_result_below_its_target_for_those_who_may_file(as_, inside, address):
    why = address.removesuffix("/claim")
    for who, offered in (("leo", True), ("mia", True), ("ana", False), ("dora", False), ("finn", False)):
        assert (address in as_(who).get(why).text) is offered, who
    with inside():
        met = finding(service_level="satisfaction").key
    assert f"/findings/{met}/claim" not in as_("leo").get(f"/findings/{met}").text
    assert as_("leo").get(f"/findings/{met}/claim").status_code == 409


def test_without_an_agreement_about_claims_there_is_nothing_to_file(as_, inside):
    with inside():
        told(claims=None)
        key = finding().key
    assert "Claim relief" not in as_("leo").get(f"/findings/{key}").text
    answer = as_("leo").get(f"/findings/{key}/claim")
    assert answer.status_code == 409
    assert "know no claim about Voice service level" in answer.text


def test_a_preview_shows_raw_contractual_and_money_and_files_nothing(as_, inside, address):
    answer = as_("leo").post(address, data={**PROMOTION, "form_key": "one", "step": "look"})
    assert answer.status_code == 200
    text = answer.text.replace("\u00a0", " ")
    for words in ("74.0 %", "76.9 %", "Below Minimum", "Below Expected", "$25,680", "File the claim"):
        assert words in text, words
    assert PROMOTION["reason"].replace("'", "&#39;") in answer.text
    with inside():
        assert db.session.scalars(select(Event).where(Event.subject == "claim")).all() == []
