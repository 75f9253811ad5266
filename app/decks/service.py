"""A deck's life: asked for, rendered by the worker, looked at, issued as an edition that never changes."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app import clock, events, jobs
from app.accounts.models import User
from app.blobs import Blob, store
from app.contracts.models import Contract
from app.decks.content import assemble
from app.decks.models import Deck
from app.decks.rendering import pdf_of
from app.extensions import db, write
from app.web import Conflict

PDF = "application/pdf"


def request_deck(contract: Contract, quarter: str, *, actor: User, held_on: date | None, commentary: str) -> Deck:
    """Write the row and the job that renders it, with what is known now. Inside write()."""
    session = db.session()
    newest = select(func.max(Deck.number)).where(Deck.contract_id == contract.id, Deck.quarter == quarter)
    deck = Deck(
        partner_id=contract.partner_id,
        contract_id=contract.id,
        quarter=quarter,
        number=(session.scalar(newest) or 0) + 1,
        held_on=held_on,
        as_known_at=clock.now(),
        commentary=commentary,
        requested_by_id=actor.id,
        requested_at=clock.now(),
    )
    session.add(deck)
    session.flush()
    jobs.enqueue("deck.render", deck.id, partner_id=deck.partner_id)
    events.record("deck.requested", subject=deck, actor=actor, quarter=quarter, edition=deck.number)
    return deck


def issue(deck: Deck, *, seen_sha256: str, actor: User) -> None:
    """Freeze the bytes that were looked at as an edition. Inside write()."""
    if deck.is_issued:
        raise Conflict("This edition has been issued already. Its bytes do not change; ask for a new edition instead.")
    if deck.state != "ready" or deck.blob is None:
        raise Conflict("This deck is not ready. Wait until its slides are rendered.")
    if deck.blob.sha256 != seen_sha256:
        raise Conflict("The slides were rendered again after you looked. Look at them once more before you issue them.")
    deck.state, deck.issued_at, deck.issued_by_id = "issued", clock.now(), actor.id
    deck.edition_sha256 = deck.blob.sha256
    events.record("deck.issued", subject=deck, actor=actor, edition=deck.number, sha256=deck.edition_sha256)


def _give_up(row: jobs.Job) -> None:
    with write():
        deck = _deck(row.subject_id)
        deck.state, deck.step = "failed", "The slides could not be made"


@jobs.job("deck.render", on_failure=_give_up)
def render(row: jobs.Job) -> None:
    """Slow work first: gather and set the slides; then one short write. A deck that is issued is left alone."""
    deck = _deck(row.subject_id)
    if deck.state in {"ready", "issued"}:
        return
    _report_progress(deck, 10, "Gathering figures")
    html, sources = assemble(_deck(row.subject_id))
    pdf = pdf_of(html, lambda percent, step: _report_progress(_deck(row.subject_id), percent, step))
    with write():
        deck = _deck(row.subject_id)
        blob = store(deck.partner_id, pdf, PDF)
        deck.blob_id, deck.sources = blob.id, sources
        deck.state, deck.progress, deck.step = "ready", 100, "Ready"
        events.record("deck.rendered", subject=deck, edition=deck.number, sha256=blob.sha256)


def _report_progress(deck: Deck, percent: int, step: str) -> None:
    with write():
        deck.state, deck.progress, deck.step = "rendering", percent, step


def _deck(deck_id: int) -> Deck:
    query = select(Deck).where(Deck.id == deck_id).options(joinedload(Deck.blob).defer(Blob.content))
    return db.session.scalars(query).one()
