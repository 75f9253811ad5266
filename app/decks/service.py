"""A deck's life: asked for, rendered by the worker, looked at, issued as an edition that never changes."""

from datetime import date, timedelta
from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app import clock, events, jobs
from app.accounts.models import User
from app.blobs import Blob, store
from app.contracts.models import Contract
from app.decks.agenda import agenda_of
from app.decks.gathering import gather, rests_on, slides_of
from app.decks.issuing import NotSaidYes, refuse_when_overtaken, reservations
from app.decks.models import Deck
from app.decks.notices import tell_issued
from app.decks.readiness import readiness_of
from app.decks.rendering import draft_of, edition_of
from app.domain.periods import Quarter
from app.extensions import db, write
from app.partners.moments import hold, seal
from app.web import Conflict, Refusal

PDF = "application/pdf"
# A review takes place every quarter: slides of the one before that nobody issued will not be issued any more.
KEPT = timedelta(days=120)


class NoTerms(Refusal):
    """Nothing judges the quarter, so its deck would be empty."""


class FileAltered(Refusal):
    """The stored bytes are not those that were rendered: they are given to nobody."""

    status = 500


def request_deck(contract: Contract, quarter: str, *, actor: User, held_on: date | None, commentary: str) -> Deck:
    """Write the row and the job that renders it, with what is known now; a doubled request gives back the one
    that is being made. Raises Conflict when it asked for something else, NoTerms. Inside write()."""
    known_at = seal(contract.partner_id, clock.now())  # before anything is read: of two at once one is the first
    if refusal := readiness_of(contract, Quarter.parse(quarter), clock.now()).refusal:
        raise NoTerms(refusal)
    session = db.session()
    same = (Deck.contract_id == contract.id, Deck.quarter == quarter)
    making = session.scalars(
        select(Deck).where(*same, Deck.state.in_(("queued", "rendering")), Deck.requested_by_id == actor.id)
    ).first()
    if making is not None:
        if (making.held_on, making.commentary) != (held_on, commentary):
            raise Conflict(
                "Slides for this quarter are being made with another date or other words of yours. "
                "Wait until they are ready, then ask again; nothing was changed.",
                title="These slides are being made",
            )
        return making
    deck = Deck(
        partner_id=contract.partner_id,
        contract_id=contract.id,
        quarter=quarter,
        number=(session.scalar(select(func.max(Deck.number)).where(*same)) or 0) + 1,
        held_on=held_on,
        as_known_at=known_at,
        commentary=commentary,
        agenda=[ask.to_document() for ask in agenda_of(contract, Quarter.parse(quarter))],
        requested_by_id=actor.id,
        requested_at=clock.now(),
    )
    session.add(deck)
    session.flush()
    asked = events.record("deck.requested", subject=deck, actor=actor, quarter=quarter, edition=deck.number)
    deck.sources = {"event_head": asked.hash}
    jobs.enqueue("deck.render", deck.id, partner_id=deck.partner_id)
    return deck


def issue(deck: Deck, *, seen_sha256: str, actor: User, anyway: bool = False) -> None:
    """Release the edition that the draft named when it was looked at, and tell its readers. Inside write().

    `anyway` says yes to every reservation. Raises Overtaken when the record has changed since the slides were made.
    """
    hold(deck.partner_id)
    db.session.refresh(deck)  # the second of two sees what the first did
    if deck.is_issued:
        raise Conflict(
            "This edition has been issued already. Its bytes do not change; ask for a new edition instead.",
            title="This edition is issued already",
        )
    if deck.state != "ready" or deck.blob is None:
        raise Conflict("This deck is not ready. Wait until its slides are rendered.", title="This deck is not ready")
    if deck.blob.sha256 != seen_sha256:
        raise Conflict("The slides were rendered again after you looked. Look at them once more before you issue them.")
    refuse_when_overtaken(deck)
    reserved = reservations(deck)
    if reserved and not anyway:
        raise NotSaidYes(f"{' '.join(reserved.values())} Say that it is to be issued all the same, or make it anew.")
    deck.state, deck.issued_at, deck.issued_by_id = "issued", clock.now(), actor.id
    deck.edition_sha256 = deck.blob.sha256
    despite = dict.fromkeys(reserved, True)
    events.record("deck.issued", subject=deck, actor=actor, edition=deck.number, sha256=deck.edition_sha256, **despite)
    tell_issued(deck, actor)


def bytes_of(deck: Deck) -> bytes:
    """The file as it was rendered. Raises FileAltered when the stored bytes no longer match their SHA-256."""
    stated = deck.edition_sha256 if deck.is_issued else deck.file.sha256
    if sha256(deck.file.content).hexdigest() != stated:
        raise FileAltered(
            "The stored file of this deck no longer matches its SHA-256, so it is not given out. "
            "Tell the administrator; a backup holds the file that was issued."
        )
    return deck.file.content


def _give_up(row: jobs.Job) -> None:
    with write():
        deck = _deck(row.subject_id)
        if deck.is_being_made:
            deck.state, deck.step = "failed", "The slides could not be made"


@jobs.job("deck.render", on_failure=_give_up)
def render(row: jobs.Job) -> None:
    """Slow work first: gather, set, mark; then one short write. A deck that is there already is left alone."""
    if not _report_progress(row, 10, "Gathering figures"):
        return
    content = gather(_deck(row.subject_id))
    html, sources = slides_of(content), rests_on(content)
    _report_progress(row, 40, "Setting the slides")
    edition = edition_of(html)
    _report_progress(row, 75, "Marking the draft")
    draft = draft_of(html, edition)
    with write():
        deck = _deck(row.subject_id)
        if not deck.is_being_made:
            return
        deck.blob_id = store(deck.partner_id, edition, PDF).id
        deck.draft_id = store(deck.partner_id, draft, PDF).id
        deck.sources = sources
        deck.state, deck.progress, deck.step = "ready", 100, "The slides are ready"
        events.record("deck.rendered", subject=deck, edition=deck.number, sha256=sha256(edition).hexdigest())


@jobs.job("decks.expire")
def expire(_row: jobs.Job) -> None:
    """Let go of the bytes of slides that nobody issued; the row stays and says so, and the daily sweep takes them."""
    with write() as session:
        old = select(Deck).where(Deck.state == "ready", Deck.requested_at < clock.now() - KEPT).with_for_update(of=Deck)
        for deck in session.scalars(old):
            deck.state, deck.step, deck.blob_id, deck.draft_id = "expired", "These slides have expired", None, None
            events.record("deck.expired", subject=deck, edition=deck.number, quarter=deck.quarter)


jobs.every_day("decks.expire")


def _report_progress(row: jobs.Job, percent: int, step: str) -> bool:
    """Whether the deck is still to be made: another worker may have finished it while this one was away."""
    with write():
        deck = _deck(row.subject_id)
        if deck.is_being_made:
            deck.state, deck.progress, deck.step = "rendering", percent, step
        return deck.is_being_made


def _deck(deck_id: int) -> Deck:
    query = select(Deck).where(Deck.id == deck_id).options(joinedload(Deck.blob).defer(Blob.content))
    return db.session.scalars(query).one()
