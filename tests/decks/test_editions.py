"""A deck is rendered once, issued once, and stays what it was."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from app import clock, jobs, tenancy
from app.accounts.models import User
from app.blobs import Blob
from app.decks import service
from app.decks.models import Deck
from app.events import Event
from app.extensions import db, write
from app.mail import Mail
from tests.rig.database import POSTGRES
from tests.rig.people import THE_DAY

LATER = THE_DAY + timedelta(hours=1)


@pytest.fixture
def rendered(inside):
    """How often the record says that slides were made."""

    def count() -> int:
        with inside() as session:
            return session.scalar(select(func.count()).select_from(Event).where(Event.kind == "deck.rendered"))

    return count


def row(session, key: str) -> Deck:
    return session.scalars(select(Deck).where(Deck.key == key)).one()


def again(inside, key: str) -> None:
    """A second job for the same deck, as after a crash between the work and its report."""
    with inside() as session, write():
        deck = row(session, key)
        jobs.enqueue("deck.render", deck.id, partner_id=deck.partner_id)


def test_the_job_of_a_worker_that_was_killed_is_done_again_exactly_once(app, inside, ask, quick, monkeypatch, rendered):
    key = ask()

    def killed(_html):
        raise SystemExit("SIGKILL")

    with monkeypatch.context() as patch, app.app_context(), clock.at(THE_DAY):
        patch.setattr(service, "edition_of", killed)
        with pytest.raises(SystemExit):
            jobs.run_pending()
        db.session.remove()
    with app.app_context(), clock.at(THE_DAY):
        assert jobs.run_pending() == 0
    with app.app_context(), clock.at(LATER):
        assert jobs.run_pending() == 1
    with app.app_context(), clock.at(LATER + timedelta(hours=1)):
        assert jobs.run_pending() == 0
    assert rendered() == 1
    with inside() as session:
        assert row(session, key).state == "ready"


def test_rendering_again_never_touches_an_issued_deck(app, inside, issued, rendered):
    with inside() as session:
        before = row(session, issued)
        before = (before.blob_id, before.draft_id, before.edition_sha256, before.version_id, before.state)
    with app.app_context():
        jobs.run_pending()  # the mails
    again(inside, issued)
    with app.app_context():
        assert jobs.run_pending() == 1
    with inside() as session:
        deck = row(session, issued)
        assert (deck.blob_id, deck.draft_id, deck.edition_sha256, deck.version_id, deck.state) == before
    assert rendered() == 1


def test_a_worker_that_comes_late_finds_the_deck_issued_and_leaves_it(app, inside, ask, quick, monkeypatch, rendered):
    key = ask()

    def overtaken(html: str) -> bytes:
        """While this worker sets the slides, another one finishes and the deck is issued."""
        monkeypatch.setattr(service, "edition_of", lambda other: b"%PDF-1.7 edition " + other.encode())
        again(inside, key)
        jobs.run_pending()
        with write() as session:
            deck = row(session, key)
            service.issue(deck, seen_sha256=deck.blob.sha256, actor=session.scalars(select(User)).first())
        return b"%PDF-1.7 late"

    monkeypatch.setattr(service, "edition_of", overtaken)
    with app.app_context():
        jobs.run_pending()
    with inside() as session:
        deck = row(session, key)
        assert deck.state == "issued"
        assert b"late" not in service.bytes_of(deck)
    assert rendered() == 1


def test_a_deck_that_failed_for_good_says_so_once(app, inside, ask, monkeypatch):
    def broken(_html):
        raise ValueError("a slide may not load")

    monkeypatch.setattr(service, "edition_of", broken)
    key = ask()
    with app.app_context():
        jobs.run_pending()
    with inside() as session:
        assert row(session, key).state == "failed"
        assert row(session, key).file is None


@pytest.mark.parametrize("statement", ["UPDATE blob SET size = 0", "DELETE FROM blob"])
@pytest.mark.usefixtures("issued")
def test_the_database_refuses_to_change_issued_bytes(inside, statement):
    with inside() as session, pytest.raises(DatabaseError, match=r"(?i)append-only|foreign key"):
        session.execute(text(statement))


@pytest.mark.skipif(POSTGRES, reason="the trigger is taken away as SQLite spells it")
def test_bytes_that_no_longer_match_are_given_to_nobody(as_, inside, issued):
    with inside() as session, write():
        session.execute(text("DROP TRIGGER blob_refuses_update"))
        session.execute(text("UPDATE blob SET content = :forged"), {"forged": b"forged"})
    for address in (f"/decks/{issued}/deck.pdf", f"/decks/{issued}/deck.pdf?save=1"):
        answer = as_("gus").get(address)
        assert answer.status_code == 500
        assert "no longer matches its SHA-256" in answer.text
        assert "forged" not in answer.text


def test_an_issue_is_on_the_record_with_the_hash_of_the_bytes(inside, issued):
    with inside() as session:
        event = session.scalars(select(Event).where(Event.kind == "deck.issued")).one()
        deck = row(session, issued)
        assert event.figures["sha256"] == deck.edition_sha256 == deck.blob.sha256
        assert event.actor.name == deck.issued_by.name == "Dora"
        assert session.scalars(select(Blob).where(Blob.id == deck.blob_id)).one().size == len(deck.blob.content)


def test_slides_that_nobody_issued_expire_and_their_bytes_are_swept(app, as_, inside, made):
    with clock.at(THE_DAY + service.KEPT + timedelta(days=1)), app.app_context():
        for kind in ("decks.expire", "blobs.sweep"):
            with tenancy.unscoped("job claim"), write():
                jobs.enqueue(kind, 0)
            jobs.run_pending()
    with inside() as session:
        deck = row(session, made)
        assert (deck.state, deck.file) == ("expired", None)
        assert session.scalars(select(Blob).where(Blob.media_type == service.PDF)).all() == []
    assert "These slides have expired" in as_("mia").get(f"/decks/{made}").text
    assert as_("mia").get(f"/decks/{made}/deck.pdf").status_code == 404


@pytest.mark.usefixtures("issued")
def test_an_issued_edition_does_not_expire(app, inside, issued):
    with clock.at(THE_DAY + 10 * service.KEPT), app.app_context():
        for kind in ("decks.expire", "blobs.sweep"):
            with tenancy.unscoped("job claim"), write():
                jobs.enqueue(kind, 0)
            jobs.run_pending()
    with inside() as session:
        assert row(session, issued).file.content.startswith(b"%PDF")


def test_no_deck_is_asked_for_about_a_quarter_without_terms(ask, inside):
    """Not by the page alone: whoever asks for one is told since when there are terms."""
    with pytest.raises(service.NoTerms, match="No terms of this contract are in force in Q1 2020: they begin on"):
        ask("2020-Q1")
    with inside() as session:
        assert session.scalars(select(Deck)).all() == []


def test_a_director_makes_a_deck_and_a_second_edition(as_, contract, inside):
    form = {"contract": contract, "quarter": "2026-Q3"}
    for commentary in ("Read this first.", "Corrected since."):
        page = as_("dora").get("/decks/new", query_string=form)
        assert page.status_code == 200
        assert as_("dora").post("/decks/new", data=form | {"commentary": commentary}).status_code == 303
        with inside() as session, write():
            for deck in session.scalars(select(Deck)):
                deck.state = "ready"
    with inside() as session:
        made = session.scalars(select(Deck).order_by(Deck.number)).all()
        assert [(deck.number, deck.requested_by.name) for deck in made] == [(1, "Dora"), (2, "Dora")]
    assert "Make a deck" in as_("dora").get("/decks").text


def test_its_readers_are_told_once_with_its_digest_and_whoever_issued_it_is_not(as_, issued, seen, inside):
    again = as_("mia").post(f"/decks/{issued}/edition", data={"seen": seen(issued), "checked": "y"})
    assert again.status_code == 409
    with inside() as session:
        mails = session.scalars(select(Mail).where(Mail.subject.startswith("Issued:"))).all()
        digest = row(session, issued).edition_sha256
    assert sorted(mail.recipient for mail in mails) == [
        "gus@accord.example",
        "leo@cedar.example",
        "mia@accord.example",
        "mona@accord.example",
    ]
    for mail in mails:
        assert mail.subject == "Issued: deck of Q3 2026, Cedar, edition 1"
        assert mail.body.startswith("Dora has issued edition 1 of the deck of Q3 2026 (Cedar, ")
        assert "for the review on 12 Nov 2026." in mail.body
        assert f"/decks/{issued}\n" in mail.body
        assert mail.body.endswith(f"{digest}\n")
