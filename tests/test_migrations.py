"""The migrations make exactly the tables that the models describe, and the database keeps the record as it is."""

from datetime import UTC, date, datetime, timedelta

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DatabaseError

from app import blobs, clock
from app.accounts.models import User
from app.contracts.models import Contract, TermsVersion
from app.contracts.terms import change_contract, new_contract
from app.decks.models import Deck
from app.events import record as record_event
from app.extensions import Base, db, write
from app.partners.models import Ending, Partner
from app.partners.service import end_partner, resume_partner
from app.performance.models import Evaluation
from app.reports.histories.batches import Batch
from app.reports.models import Report
from tests.rig.database import POSTGRES, let_go

pytestmark = pytest.mark.portable
THEN, LATER = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)


def differences_from_the_models(session) -> list:
    context = MigrationContext.configure(session.connection(), opts={"compare_type": True})
    return compare_metadata(context, Base.metadata)


def test_the_migrations_make_what_the_models_describe(inside):
    with inside() as session:
        assert differences_from_the_models(session) == []


@pytest.fixture
def record(inside):
    """One row each of what settles in time: a draft of terms, a deck, a batch and an evaluation of Cedar."""
    with inside() as session, write():
        cedar = session.scalars(select(Partner).where(Partner.code == "cedar")).one()
        ada = session.scalars(select(User).where(User.name == "Ada")).one()
        contract = Contract(
            partner_id=cedar.id, name="Care", reference="C1", currency="USD", zone="UTC",
            starts_on=date(2026, 9, 1), created_at=THEN,
        )  # fmt: skip
        session.add(contract)
        session.flush()
        ours = {"partner_id": cedar.id, "contract_id": contract.id}
        terms = TermsVersion(
            **ours, number=1, effective_from=date(2026, 9, 1), document={}, sha256="0", created_at=THEN,
            created_by_id=ada.id,
        )  # fmt: skip
        blob = blobs.store(cedar.id, b"rows", "text/csv")
        session.add(terms)
        session.flush()
        session.add_all([
            Deck(**ours, quarter="2026-Q3", number=1, as_known_at=THEN, requested_by_id=ada.id, requested_at=THEN),
            Batch(**ours, import_key="one", blob_id=blob.id, filename="x.csv", imported_by_id=ada.id, imported_at=THEN),
            Evaluation(
                **ours, month="2026-09", number=1, terms_id=terms.id, as_known_at=THEN, engine_version="1",
                fingerprint="0", inputs={}, credit_chain={},
            ),
        ])  # fmt: skip


@pytest.fixture
def change(inside):
    """`change(Deck, state="issued")`: change every row of a table; with nothing to set, delete them."""

    def act(model: type, **values) -> None:
        with inside(), write() as session:
            session.execute(update(model).values(**values) if values else delete(model))

    return act


SETTLING = {
    TermsVersion: ({"note": "a draft changes"}, {"state": "in_force", "activated_at": THEN}),
    Deck: ({"progress": 40}, {"state": "issued", "issued_at": THEN, "edition_sha256": "0"}),
    Batch: ({"filename": "y.csv"}, {"state": "approved", "decided_at": THEN}),
}
AFTERWARDS = (
    (TermsVersion, {"document": {"forged": True}}),
    (TermsVersion, {"state": "draft"}),
    (Deck, {"edition_sha256": "1"}),
    (Deck, {"blob_id": None}),
    (Batch, {"state": "refused"}),
    (Batch, {"decided_at": LATER}),
)


@pytest.mark.usefixtures("record")
def test_the_migrations_can_be_taken_back_and_made_again(app, inside, change):
    with app.app_context():
        flask_migrate.downgrade(revision="0001")
        let_go()
    change(Evaluation, number=2)
    with app.app_context():
        flask_migrate.upgrade()
        let_go()
    with inside() as session:
        assert differences_from_the_models(session) == []
    with pytest.raises(DatabaseError, match="append-only"):
        change(Evaluation, number=3)


@pytest.mark.usefixtures("record")
def test_what_was_stated_before_there_were_rows_for_it_is_carried_over(app, inside):
    def stated() -> list:
        with inside() as session:
            found = select(Ending.partner_id, Ending.contract_id, Ending.last_day, Ending.stated_at)
            opened = select(Report.month, Report.opened_at).order_by(Report.id)
            partners = select(Partner.id, Partner.newest_change_at, Partner.sealed_at).order_by(Partner.id)
            asked = (found.order_by(Ending.stated_at, Ending.contract_id), opened, partners)
            return [session.execute(query).all() for query in asked]

    with inside() as session:
        cedar = session.scalars(select(Partner).where(Partner.code == "cedar")).one()
        contract = session.scalars(select(Contract)).one()
        with write():
            report = Report(
                partner_id=cedar.id, contract_id=contract.id, month="2026-09", kind="service", due_at=LATER,
                lock_at=LATER, opened_at=LATER,
            )  # fmt: skip
            session.add(report)
            with clock.at(LATER):
                record_event("report.opened", subject=report, month="2026-09")
        about = {"currency": "USD", "zone": "UTC", "starts_on": date(2026, 9, 1)}
        for number, act in enumerate((
            lambda: new_contract(cedar, name="Chat", reference="C2", ends_on=date(2027, 1, 31), **about),
            lambda: change_contract(contract, "Care", "C1", date(2026, 12, 31)),
            lambda: change_contract(contract, "Care and more", "C1", date(2026, 12, 31)),
            lambda: end_partner(cedar, date(2026, 11, 30)),
            lambda: resume_partner(cedar),
        )):  # fmt: skip
            with clock.at(LATER + timedelta(days=number)), write():
                act()
    endings, reports, partners = stated()
    assert [len(endings), len(reports), len(partners)] == [4, 1, 2]
    with app.app_context():
        flask_migrate.downgrade(revision="0002")
        let_go()
        flask_migrate.upgrade()
        let_go()
    (cedar_id, *_), (birch_id, *_) = partners
    assert stated() == [endings, reports, [(cedar_id, None, THEN), (birch_id, None, None)]]


@pytest.mark.usefixtures("record")
@pytest.mark.parametrize(("model", "forged"), [*AFTERWARDS, *((model, {}) for model in SETTLING)])
def test_what_is_settled_does_not_change(change, model, forged):
    before, settled = SETTLING[model]
    change(model, **before)
    change(model, **settled)
    with pytest.raises(DatabaseError, match="append-only"):
        change(model, **forged)


@pytest.mark.usefixtures("record")
def test_discarded_terms_do_not_come_back(change):
    change(TermsVersion, state="discarded")
    with pytest.raises(DatabaseError, match="append-only"):
        change(TermsVersion, state="in_force")


@pytest.mark.usefixtures("record")
def test_an_evaluation_is_superseded_once_and_changes_in_nothing_else(change):
    for forged in ({"credit_chain": {"payable": 0}}, {"terms_id": 1}, {}):
        with pytest.raises(DatabaseError, match="append-only"):
            change(Evaluation, **forged)
    change(Evaluation, superseded_at=THEN)
    for forged in ({"superseded_at": LATER}, {"superseded_at": None}):
        with pytest.raises(DatabaseError, match="append-only"):
            change(Evaluation, **forged)


@pytest.mark.usefixtures("record")
def test_credits_of_a_decided_batch_are_asked_for_once(change):
    change(Batch, state="approved", decided_at=THEN)
    change(Batch, credits_asked_at=THEN)
    for forged in (LATER, None):
        with pytest.raises(DatabaseError, match="append-only"):
            change(Batch, credits_asked_at=forged)


@pytest.mark.skipif(not POSTGRES, reason="SQLite has no TRUNCATE")
def test_the_record_cannot_be_emptied_at_once(inside):
    for table in ("event", "ledger_entry", "evaluation", "terms"):
        with inside() as session, pytest.raises(DatabaseError, match="append-only"):
            session.execute(text(f"TRUNCATE {table} CASCADE"))
        with inside():
            db.session.rollback()
