"""The contract's pages: what they say, to whom, in how many statements."""

import pytest
from sqlalchemy import select

from app.contracts import terms
from app.contracts.charges import enter_charge
from app.contracts.models import Contract
from app.domain.periods import Month
from app.extensions import write
from tests.contracts.conftest import partner, user, version
from tests.contracts.pages import filled_form

SECRETS = ("amount at risk", "monthly charges are at risk", "$412,000", "Amendment 1")


@pytest.fixture
def charged(paper, inside):
    with inside() as session:
        contract = session.scalars(select(Contract).where(Contract.key == paper.contract)).one()
        with write():
            enter_charge(contract, Month(2026, 9), 41_200_000, user("finn"))
            terms.new_draft(contract, terms.document_of(version(paper.draft)), user("mia"), "Amendment 1")
    return paper


def test_a_contract_reads_like_the_contract(as_, charged):
    text = as_("mia").get(f"/contracts/{charged.contract}").text
    for words in (
        "At least 80\u00a0%, Minimum 75\u00a0%",
        "the part answered within 20 seconds",
        "Schedule 3, 2.1",
        "Between 300\u00a0seconds and 420\u00a0seconds",
        "A miss of the Minimum gives a credit of 60\u00a0% of the amount at risk",
        "10\u00a0% of the month's charges are at risk",
        "Reports about November 2026 are due on 7 Dec 2026, 17:00",
        "Both, agreed within 2\u00a0%",
        "certified by a second person",
        "$412,000",
        "Amendment 1",
    ):
        assert words in text


def test_partner_people_read_their_own_and_see_no_draft(as_, charged):
    text = as_("leo").get(f"/contracts/{charged.contract}").text
    assert "At least 80\u00a0%" in text
    assert "$412,000" in text
    assert "Amendment 1" not in text
    assert "Drafted terms" not in text
    assert as_("leo").get(f"/terms/{charged.draft}").status_code == 404
    assert as_("leo").get(f"/terms/{charged.in_force}/differences/{charged.draft}").status_code == 404


def test_an_analyst_sees_no_money_until_it_is_granted(as_, charged):
    for url in (f"/contracts/{charged.contract}", f"/terms/{charged.in_force}"):
        text = as_("ana").get(url).text
        assert "At least 80\u00a0%" in text
        assert not [secret for secret in SECRETS if secret in text]
        assert "amount at risk" in as_("amy").get(url).text


def test_differences_leave_money_out_for_those_who_do_not_see_it(as_, inside, paper):
    def amend(document):
        document["credits"]["at_risk"] = "12"
        document["service_levels"][0]["expected"]["value"] = "82"

    paper.change(inside, amend)
    with inside(), write():
        terms.activate(version(paper.draft), user("mia"))
    url = f"/terms/{paper.draft}/differences/{paper.in_force}"
    for name, sees in (("leo", True), ("ana", False), ("mia", True)):
        text = as_(name).get(url).text
        assert "at least 82\u00a0%" in text
        assert ("12\u00a0% of the month" in text) is sees


def test_a_draft_shows_what_it_changes_before_it_is_put_in_force(as_, inside, paper):
    paper.change(inside, lambda document: document["service_levels"][0]["expected"].update(value="82"))
    text = as_("mia").get(f"/terms/{paper.draft}").text
    assert "What changes against the terms from 1 Nov 2025" in text
    assert "at least 82\u00a0%" in text
    assert filled_form(text, f"/terms/{paper.draft}/activation")["seen"] == [str(paper.seen(inside))]


def test_two_contracts_are_never_compared(as_, paper, others):
    assert as_("mia").get(f"/terms/{paper.draft}/differences/{others.draft}").status_code == 404


def test_the_head_of_a_contract_is_changed(as_, inside, paper):
    mia, url = as_("mia"), f"/contracts/{paper.contract}/edit"
    fields = filled_form(mia.get(url).text, url)
    assert mia.post(url, data=fields | {"name": ["New name"], "ends_on": ["2027-12-31"]}).status_code == 303
    late = mia.post(url, data=fields | {"name": ["Overtaken"]})
    assert late.status_code == 409
    wrong = mia.post(url, data=filled_form(mia.get(url).text, url) | {"ends_on": ["2020-01-01"]})
    assert wrong.status_code == 422
    assert "It cannot end before it starts." in wrong.text
    assert "New name" in mia.get(f"/contracts/{paper.contract}").text


def test_a_new_contract_that_is_wrong_is_refused_with_what_was_typed(as_, inside, paper):
    with inside():
        key = partner("cedar").key
    head = {"name": "Typed", "reference": "", "currency": "XXX", "zone": "Nowhere", "starts_on": "soon"}
    answer = as_("mia").post(f"/partners/{key}/contracts", data=head)
    assert answer.status_code == 422
    for words in ("Typed", "Write its reference", "Pick a time zone", "Write a date such as"):
        assert words in answer.text


READING = ("/contracts/{contract}", "/terms/{in_force}", "/terms/{in_force}/differences/{in_force}")
EDITING = ("/contracts/{contract}/edit", "/contracts/{contract}/amendments/new")


@pytest.mark.parametrize("url", [*READING, *EDITING])
def test_who_may_open_what(as_, paper, others, url):
    readers = {"mia", "mona", "dora", "finn", "ada", "leo", "ana", "amy"} if url in READING else {"mia", "mona", "ada"}
    own = url.format(contract=paper.contract, in_force=paper.in_force)
    for name in ("mia", "mona", "dora", "finn", "ada", "leo", "ana", "amy", "gus"):
        assert as_(name).get(own).status_code == (200 if name in readers else 403), name
    assert as_("max").get(own).status_code == 404
    if url in READING:
        assert as_("bob").get(own).status_code == 404
    nothing = url.format(contract="nothing", in_force="nothing")
    assert as_("mia").get(nothing).status_code == 404


@pytest.mark.parametrize(
    "url", ["/contracts/{contract}/amendments", "/terms/{draft}/activation", "/terms/{draft}/discard"]
)
def test_who_may_write(as_, paper, others, url):
    own = url.format(contract=paper.contract, draft=paper.draft)
    for name in ("leo", "ana", "dora", "finn", "gus"):
        assert as_(name).post(own).status_code == 403
    assert as_("max").post(own).status_code == 404
    assert as_("mia").get(own).status_code == 405
    assert as_("mia").post(own, csrf=False).status_code == 400


@pytest.mark.parametrize(
    ("who", "url", "most"),
    [
        ("mia", "/contracts/{contract}", 12),
        ("leo", "/contracts/{contract}", 12),
        ("mia", "/terms/{draft}", 12),
        ("mia", "/terms/{draft}/differences/{in_force}", 12),
        ("mia", "/terms/{draft}/coverage", 12),
        ("mia", "/terms/{draft}/credits", 12),
        ("mia", "/terms/{draft}/service-levels/qa", 12),
        ("mia", "/contracts/{contract}/amendments/new", 12),
        ("finn", "/contracts/{contract}/charges", 12),
        ("finn", "/charges", 8),
    ],
)
def test_pages_keep_within_their_statements(as_, charged, others, count_statements, who, url, most):
    visitor = as_(who)
    with count_statements() as statements:
        assert visitor.get(url.format(**vars(charged))).status_code == 200
    assert len(statements) <= most + 2, "\n".join(statements)
