"""What a judgement saw is what will always have been known at its instant, also when others write meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
from sqlalchemy import select

from app import tenancy
from app.accounts.models import User
from app.contracts.charges import enter_charge
from app.contracts.models import Contract, TermsVersion
from app.contracts.terms import activate, new_draft
from app.extensions import db, write
from app.performance import service
from app.performance.models import Evaluation
from app.performance.service import evaluate_contract, is_the_same, recompute
from app.reports import importing
from app.reports.models import Batch, Submission
from app.reports.reviewing import approve
from tests.domain.story import FIGURES, SEPTEMBER
from tests.performance.history import begin, by_kind, cedar_document
from tests.rig.people import THE_DAY

pytestmark = pytest.mark.portable
A_MINUTE = timedelta(minutes=1)


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


CHANGES = (approve_what_waits, enter_a_charge, amend_the_terms, ask_for_credits)


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


def enter_more(contract: Contract) -> None:
    """Something to judge anew, so that a judgement is stored."""
    with write():
        enter_charge(contract, SEPTEMBER, 45_000_000, mia(), "Not the last word.")


def _expect_exact(count: int) -> None:
    evaluations = db.session.scalars(select(Evaluation)).all()
    assert len(evaluations) == count
    assert [row.number for row in evaluations if not is_the_same(row, recompute(row))] == []


def _amended() -> dict:
    return cedar_document(effective_from="2026-09-01", credits={"at_risk": "5", "pool": "200", "clause": "5.2"})
