"""What a judgement saw is what will always have been known at its instant, also when others write meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Event

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError

from app import jobs, tenancy
from app.accounts.models import User
from app.contracts.charges import enter_charge
from app.contracts.models import Contract, TermsVersion
from app.contracts.terms import activate, change_contract, new_draft
from app.domain.periods import Month
from app.domain.rules.relief import ClaimTerms
from app.extensions import db, write
from app.partners.models import Ending, Partner, Queue, Site
from app.partners.service import end_partner, resume_partner
from app.performance.judging import service
from app.performance.judging.recomputing import is_the_same, recompute
from app.performance.judging.service import evaluate_contract
from app.performance.models import Evaluation
from app.relief.deciding import grant
from app.relief.filing import Asked, Grounds, file_claim
from app.relief.models import Claim
from app.reports.histories import importing
from app.reports.histories.batches import Batch
from app.reports.models import Report, Submission
from app.reports.sending.reviewing import approve
from tests.domain.story import FIGURES, SEPTEMBER
from tests.performance.history import begin, by_kind, cedar_document
from tests.rig.people import THE_DAY

pytestmark = pytest.mark.portable
A_MINUTE = timedelta(minutes=1)
OCTOBER = Month(2026, 10)


def one(model: type, *criteria):
    return db.session.scalars(select(model).where(*criteria)).one()


def mia() -> User:
    return one(User, User.name == "Mia")


def approve_what_waits() -> None:
    submission = one(Submission, ~Submission.review.has(), Submission.batch_id.is_(None))
    approve(submission, seen_hash=submission.content_hash, reviewer=mia())


def enter_a_charge() -> None:
    enter_charge(one(Contract), SEPTEMBER, 50_000_000, mia(), "Invoice corrected.")


def amend_the_terms() -> None:
    activate(one(TermsVersion, TermsVersion.state == "draft"), mia())


def ask_for_credits() -> None:
    importing.ask_for_credits([one(Batch)], mia())


def claim_relief(form_key: str = "another") -> None:
    period = {"service_level": "abandonment", "name": "Abandonment", "ended_on": SEPTEMBER.last}
    grounds = Grounds(one(Contract), str(SEPTEMBER), terms=ClaimTerms(is_agreed=True), **period)
    asked = Asked("period", cause="outage", reason="The lines stood still.")
    file_claim(grounds, asked, actor=one(User, User.name == "Leo"), form_key=form_key)


def grant_relief() -> None:
    grant(one(Claim), actor=mia(), reason="They did.")


CHANGES = (approve_what_waits, enter_a_charge, amend_the_terms, ask_for_credits, claim_relief, grant_relief)


@pytest.fixture
def contract_id(inside) -> int:
    """September approved, its quality imported without credits; a later version, and a draft of terms, that wait."""
    with inside():
        history, kinds = begin(), by_kind(FIGURES[SEPTEMBER])
        history.send(SEPTEMBER, "quality", kinds["quality"], batch_id=history.batch(with_credits=False).id)
        for kind in ("staffing", "service"):
            history.decide(history.send(SEPTEMBER, kind, kinds[kind]))
        waiting = history.send(SEPTEMBER, "service", kinds["service"] | {"offered": "41000"})
        with write():
            waiting.report.state = "sent"
            new_draft(history.contract, _amended(), history.reviewer)
            claim_relief("one")
        evaluate_contract(history.contract, THE_DAY - A_MINUTE)
        return history.contract.id


@pytest.fixture
def elsewhere(app):
    """`elsewhere(act)`: begin an act in a thread and connection of its own; a future."""
    with ThreadPoolExecutor(1) as pool:

        def start(act):
            def in_its_own_context():
                with app.app_context():
                    tenancy.bind(tenancy.Scope.all())
                    return act()

            return pool.submit(in_its_own_context)

        yield start


@pytest.mark.parametrize("change", CHANGES)
def test_a_judgement_waits_for_what_is_being_written(contract_id, inside, elsewhere, change):
    written, go_on = Event(), Event()

    def write_slowly() -> None:
        with write():
            change()
            written.set()
            go_on.wait(0.5)

    changing = elsewhere(write_slowly)
    assert written.wait(10)
    with inside() as session:
        assert evaluate_contract(session.get(Contract, contract_id), THE_DAY + A_MINUTE) == 1
        changing.result()
        _expect_exact(2)


@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_while_a_judgement_reads_is_later_than_it(contract_id, inside, elsewhere, monkeypatch, change):
    read = service.judge

    def change_now() -> None:
        with write():
            change()

    def interrupted(*asked):
        judged = read(*asked)
        monkeypatch.setattr(service, "judge", read)
        elsewhere(change_now).result()
        return judged

    with inside() as session:
        history = session.get(Contract, contract_id)
        enter_more(history)
        monkeypatch.setattr(service, "judge", interrupted)
        assert evaluate_contract(history, THE_DAY + A_MINUTE) == 1
        _expect_exact(2)
        assert evaluate_contract(history, THE_DAY + A_MINUTE) == 1
        _expect_exact(3)


def end_the_contract() -> None:
    change_contract(one(Contract), "Care", "SOW-1", date(2026, 9, 30))


def go_on_with_the_contract() -> None:
    change_contract(one(Contract), "Care", "SOW-1", None)


def end_the_partnership() -> None:
    end_partner(one(Partner, Partner.code == "cedar"), date(2026, 9, 30))


def resume_the_partnership() -> None:
    resume_partner(one(Partner, Partner.code == "cedar"))


@pytest.mark.parametrize(
    "acts",
    [(end_the_contract, go_on_with_the_contract), (end_the_partnership, resume_the_partnership)],
    ids=["contract", "partner"],
)
def test_an_end_holds_from_when_it_was_stated_until_it_is_taken_back(inside, acts):
    with inside():
        told = begin()
        told.expect(OCTOBER, "service")
        assert evaluate_contract(told.contract, THE_DAY) == 1
        for act in acts:
            with write():
                act()
            assert evaluate_contract(told.contract, THE_DAY) == 1
        _expect_exact(3)
        found = [row.findings[0].attainment for row in db.session.scalars(select(Evaluation).order_by(Evaluation.id))]
        assert found == ["not_reported", "not_measured", "not_reported"]


def test_a_report_that_was_opened_later_is_no_part_of_an_earlier_judgement(inside):
    with inside() as session:
        told = begin()
        told.approve(SEPTEMBER, FIGURES[SEPTEMBER])
        evaluate_contract(told.contract, THE_DAY)
        with write():
            asked = {
                "month": str(SEPTEMBER),
                "kind": "staffing",
                "party": "client",
                "partner_id": told.contract.partner_id,
            }
            instants = {"due_at": THE_DAY - A_MINUTE, "lock_at": THE_DAY, "opened_at": THE_DAY + A_MINUTE}
            session.add(Report(contract_id=told.contract.id, **asked, **instants))
        _expect_exact(1)
        assert evaluate_contract(told.contract, THE_DAY + A_MINUTE) == 1
        _expect_exact(2)


@pytest.mark.parametrize("act", [end_the_partnership, end_the_contract])
def test_an_end_is_a_reason_to_judge_again(app, inside, act):
    with inside():
        told = begin()
        told.expect(OCTOBER, "service")
        evaluate_contract(told.contract, THE_DAY)
        with write():
            act()
    with app.app_context():
        jobs.run_pending()
    with inside():
        _expect_exact(2, of=OCTOBER)  # its other months are opened, and judged, for the first time


FIXED = (
    (Contract, {"currency": "EUR"}),
    (Contract, {"zone": "UTC"}),
    (Site, {"code": "else"}),
    (Queue, {"code": "else"}),
    (Report, {"due_at": THE_DAY}),
    (Report, {"opened_at": THE_DAY}),
    (Report, {"month": "2026-01"}),
    (Ending, {"last_day": None}),
)


@pytest.mark.parametrize(
    ("model", "forged"), FIXED, ids=[f"{model.__tablename__} {next(iter(new))}" for model, new in FIXED]
)
def test_what_judgements_read_and_has_no_history_cannot_change(inside, model, forged):
    with inside():
        begin().expect(OCTOBER, "service")
        with write():
            end_the_contract()
    with inside(), pytest.raises(DatabaseError, match=r"append-only|does not change"), write() as session:
        session.execute(update(model).values(**forged))


def enter_more(contract: Contract) -> None:
    """Something to judge anew, so that a judgement is stored."""
    with write():
        enter_charge(contract, SEPTEMBER, 45_000_000, mia(), "Not the last word.")


def _expect_exact(count: int, of: Month | None = None) -> None:
    evaluations = db.session.scalars(select(Evaluation)).all()
    assert len([row for row in evaluations if of is None or row.month == str(of)]) == count
    assert [row.number for row in evaluations if not is_the_same(row, recompute(row))] == []


def _amended() -> dict:
    return cedar_document(effective_from="2026-09-01", credits={"at_risk": "5", "pool": "200", "clause": "5.2"})
