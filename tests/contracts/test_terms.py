"""Terms: amended from a copy, put in force once, by one of two who try."""

from datetime import UTC, date, datetime
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select

from app import clock, jobs
from app.contracts import terms
from app.contracts.models import Contract, TermsVersion
from app.contracts.scrutiny import TermsRefused
from app.events import Event
from app.extensions import write
from app.jobs import Job
from tests.contracts.conftest import partner, user, version
from tests.contracts.pages import filled_form


def test_a_contract_knows_its_history(contract):
    history = terms.terms_history(contract)
    assert [part.effective_from for part in history] == [date(2025, 11, 1)]
    assert history[0].calendar.due.working_day == 5


def test_terms_are_history_from_the_instant_they_were_put_in_force(contract, paper):
    with clock.at(datetime(2026, 12, 1, tzinfo=UTC)), write():
        terms.activate(version(paper.draft), user("mia"))
    assert len(terms.terms_history(contract)) == 2
    assert len(terms.terms_history(contract, datetime(2026, 11, 30, tzinfo=UTC))) == 1


def test_a_document_keeps_its_order_for_the_columns_of_templates(contract, paper):
    measures = list(terms.terms_history(contract)[0].measures)
    assert measures[:3] == ["required_fte", "actual_fte", "offered"]


def test_equal_documents_have_equal_hashes_however_their_numbers_are_written(contract):
    document = terms.document_of(contract.terms[0])
    spoken = {**document, "credits": {**document["credits"], "at_risk": 10}}
    with write():
        draft = terms.new_draft(contract, spoken, user("mia"))
    assert draft.sha256 == contract.terms[0].sha256


def test_an_amendment_starts_as_a_copy_of_the_terms_in_force(as_, inside, paper):
    mia = as_("mia")
    url = f"/contracts/{paper.contract}/amendments"
    fields = filled_form(mia.get(f"{url}/new").text, url)
    assert fields["effective_from"] == ["2026-12-01"]
    answer = mia.post(url, data=fields | {"note": ["Amendment 1"]})
    assert answer.status_code == 303
    key = answer.location.rsplit("/", 1)[1]
    before = paper.document(inside, paper.in_force)
    assert paper.document(inside, key) == {**before, "effective_from": "2026-12-01"}


@pytest.mark.parametrize("day", ["2025-11-01", "2025-10-31"])
def test_an_amendment_is_never_dated_at_or_before_its_parent(as_, inside, paper, day):
    answer = as_("mia").post(f"/contracts/{paper.contract}/amendments", data={"effective_from": day})
    assert answer.status_code == 422
    assert "The terms it amends are effective from 1 Nov 2025. Write a later date." in answer.text
    paper.change(inside, lambda document: document.update(effective_from=day))
    seen = paper.seen(inside)
    answer = as_("mia").post(f"/terms/{paper.draft}/activation", data={"seen": seen})
    assert answer.status_code == 422
    assert "1 Nov 2025" in answer.text
    with inside():
        assert version(paper.draft).is_draft


def test_the_first_terms_of_a_contract_without_any(as_, inside, paper):
    mia = as_("mia")
    with inside() as session:
        key = session.scalars(select(Contract.key).where(Contract.key == paper.contract)).one()
        partner = version(paper.draft).contract.partner.key
    head = {"name": "Second", "reference": "SOW-8", "currency": "EUR", "zone": "UTC", "starts_on": "2027-01-01"}
    answer = mia.post(f"/partners/{partner}/contracts", data=head)
    assert answer.status_code == 303
    assert "Next: the service levels" in mia.get(answer.location).text
    again = mia.post(f"/partners/{partner}/contracts", data=head)
    assert again.status_code == 422
    assert "Another contract of this partner has the reference SOW-8" in again.text
    assert key


def test_putting_in_force_asks_for_reports_and_for_a_new_judgement(as_, inside, paper):
    answer = as_("mia").post(f"/terms/{paper.draft}/activation", data={"seen": paper.seen(inside)})
    assert answer.status_code == 303
    with inside() as session:
        draft = version(paper.draft)
        assert draft.state == "in_force"
        assert draft.activated_by.name == "Mia"
        kinds = session.scalars(select(Job.kind).where(Job.subject_id == draft.contract_id).order_by(Job.id)).all()
        assert kinds[-2:] == ["reports.open", "contract.evaluate"]
        event = session.scalars(select(Event).where(Event.kind == "terms.activated").order_by(Event.id.desc())).first()
        assert event.figures["sha256"] == draft.sha256
    with inside():
        jobs.run_pending()


def test_a_draft_with_problems_is_not_put_in_force_and_says_them_all(as_, inside, paper):
    def spoil(document):
        document["credits"]["pool"] = "100"
        document["coverage"].append({"site": "XXX", "queue": "cedar-voice"})

    paper.change(inside, spoil)
    answer = as_("mia").post(f"/terms/{paper.draft}/activation", data={"seen": paper.seen(inside)})
    assert answer.status_code == 422
    assert "above the pool of 100 %" in answer.text
    assert "&#34;XXX&#34; is not a site of this partner" in answer.text


def test_a_draft_that_changed_since_it_was_seen_is_not_put_in_force(as_, inside, paper):
    seen = paper.seen(inside)
    paper.change(inside, lambda document: document["calendar"]["due"].update(working_day=6))
    answer = as_("mia").post(f"/terms/{paper.draft}/activation", data={"seen": seen})
    assert answer.status_code == 409
    with inside():
        assert version(paper.draft).is_draft


@pytest.mark.portable
def test_of_two_who_put_the_same_draft_in_force_one_wins(as_, inside, paper):
    seen = paper.seen(inside)
    statuses = _at_once({as_(name): (paper.draft, seen) for name in ("mia", "mona")})
    assert sorted(statuses) == [303, 409]
    with inside() as session:
        assert session.scalar(select(func.count()).where(Event.kind == "terms.activated")) == 2


@pytest.mark.portable
def test_of_two_amendments_of_one_date_one_wins(as_, inside, paper):
    with inside():
        with write():
            other = terms.new_draft(
                version(paper.draft).contract, terms.document_of(version(paper.draft)), user("mona")
            )
        other_key = other.key
    mine, theirs = (paper.draft, paper.seen(inside)), (other_key, paper.seen(inside, other_key))
    statuses = _at_once({as_("mia"): mine, as_("mona"): theirs})
    assert statuses.count(303) == 1
    assert set(statuses) <= {303, 409, 422}
    with inside() as session:
        dated = select(TermsVersion.state).where(TermsVersion.effective_from == date(2027, 1, 1))
        assert sorted(session.scalars(dated)) == ["draft", "in_force"]


def test_a_discarded_draft_stays_on_the_record_and_is_over(as_, inside, paper):
    mia = as_("mia")
    seen = paper.seen(inside)
    assert mia.post(f"/terms/{paper.draft}/discard", data={"seen": seen}).status_code == 303
    assert mia.post(f"/terms/{paper.draft}/activation", data={"seen": seen + 1}).status_code == 409
    assert mia.get(f"/terms/{paper.draft}").status_code == 200
    with inside():
        assert version(paper.draft).state == "discarded"


def test_no_terms_are_written_with_a_partner_that_has_ended(as_, inside, paper):
    with inside():
        with write():
            partner("cedar").ended_on = date(2026, 10, 31)
        key = partner("cedar").key
    mia = as_("mia")
    head = {"name": "Late", "reference": "SOW-8", "currency": "EUR", "zone": "UTC", "starts_on": "2027-01-01"}
    for url, data in (
        (f"/contracts/{paper.contract}/amendments", {"effective_from": "2027-02-01"}),
        (f"/partners/{key}/contracts", head),
    ):
        answer = mia.post(url, data=data)
        assert answer.status_code == 409
        assert "Cedar ended on 31 Oct 2026" in answer.text


def test_terms_outside_the_contract_are_refused(inside, paper):
    with inside():
        draft = version(paper.draft)
        with write():
            draft.contract.ends_on = date(2026, 12, 31)
        with pytest.raises(TermsRefused, match="after the contract ends, 31 Dec 2026"), write():
            terms.activate(draft, user("mia"))


def _at_once(tries: dict) -> list[int]:
    """Put drafts in force, each visitor the (key, seen) of his own, all at the same moment."""
    barrier, statuses = Barrier(len(tries)), []

    def run(visitor, key: str, seen: int) -> None:
        barrier.wait()
        statuses.append(visitor.post(f"/terms/{key}/activation", data={"seen": seen}).status_code)

    threads = [Thread(target=run, args=(visitor, *what)) for visitor, what in tries.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses
