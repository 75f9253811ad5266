"""Asking for a deck, watching it being made, looking at it, issuing it."""

from flask import Blueprint, abort, request
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from wtforms.fields.choices import SelectChoice

from app import clock, events
from app.access import Permission, may, requires
from app.blobs import Blob
from app.contracts.models import Contract
from app.decks import service
from app.decks.forms import DeckForm, IssueForm
from app.decks.models import Deck
from app.domain.periods import Month
from app.extensions import db, write
from app.formatting import quarter as quarter_words
from app.web import back_to, download, find, page

bp = Blueprint("decks", __name__)
QUARTERS_OFFERED = 6


@bp.get("/decks")
@requires(Permission.DECK_READ)
def index():
    """Newest quarter first; drafts only for those who may preview them."""
    query = (
        select(Deck)
        .options(joinedload(Deck.partner), joinedload(Deck.contract), joinedload(Deck.issued_by))
        .order_by(Deck.quarter.desc(), Deck.contract_id, Deck.number.desc())
        .limit(100)
    )
    if not may(Permission.DECK_PREVIEW):
        query = query.where(Deck.issued_at.is_not(None))
    return page("decks/index.html", decks=db.session.scalars(query).all())


@bp.route("/decks/new", methods=["GET", "POST"])
@requires(Permission.DECK_EDIT)
def new():
    form = _form()
    if request.method == "POST" and form.validate():
        contract = find(Contract, form.contract.data)
        with write():
            deck = service.request_deck(
                contract,
                form.quarter.data,
                actor=current_user,
                held_on=form.held_on.data,
                commentary=form.commentary.data or "",
            )
            key = deck.key
        return back_to("decks.show", key=key)
    return page("decks/new.html", form=form, status=422 if request.method == "POST" else 200)


@bp.get("/decks/<key>")
@requires(Permission.DECK_READ)
def show(key: str):
    return _deck_page(_load(key))


@bp.get("/decks/<key>/progress")
@requires(Permission.DECK_READ)
def progress(key: str):
    """The part of the page that asks again until the slides are there."""
    return page("decks/show.html", block="state", **_context(_load(key)))


@bp.post("/decks/<key>/edition")
@requires(Permission.DECK_ISSUE)
def issue(key: str):
    deck = _load(key)
    form = IssueForm()
    if not form.validate():
        return _deck_page(deck, form, status=422)
    with write():
        service.issue(deck, seen_sha256=form.seen.data, actor=current_user)
    return back_to("decks.show", "Issued. These bytes are kept as they are.", key=key)


@bp.get("/decks/<key>/deck.pdf")
@requires(Permission.DECK_READ)
def pdf(key: str):
    """Always the stored bytes: of the issued edition, or of the draft for those who may preview it."""
    deck = _load(key)
    if deck.blob is None:
        abort(404)
    name = f"{deck.partner.code}-{deck.quarter}-{'edition' if deck.is_issued else 'draft'}-{deck.number}.pdf"
    return download(deck.blob.content, name, service.PDF)


def _deck_page(deck: Deck, form: IssueForm | None = None, status: int = 200):
    return page("decks/show.html", status=status, timeline=events.timeline(deck), **_context(deck, form))


def _context(deck: Deck, form: IssueForm | None = None) -> dict:
    seen = deck.blob.sha256 if deck.blob else ""
    return {"deck": deck, "form": form or IssueForm(formdata=None, seen=seen), "working": _is_being_made(deck)}


def _is_being_made(deck: Deck) -> bool:
    return deck.state in {"queued", "rendering"}


def _load(key: str) -> Deck:
    deck = find(
        Deck,
        key,
        joinedload(Deck.partner),
        joinedload(Deck.contract),
        joinedload(Deck.requested_by),
        joinedload(Deck.issued_by),
        joinedload(Deck.blob).defer(Blob.content),
    )
    if not deck.is_issued and not may(Permission.DECK_PREVIEW):
        abort(404)
    return deck


def _form() -> DeckForm:
    form = DeckForm(contract=request.args.get("contract"), quarter=request.args.get("quarter"))
    contracts = db.session.scalars(select(Contract).options(joinedload(Contract.partner)).order_by(Contract.name)).all()
    form.contract.choices = [
        SelectChoice(value=contract.key, label=f"{contract.partner.name}, {contract.name}") for contract in contracts
    ]
    quarter = Month.of(clock.now().date()).quarter
    offered = []
    for _ in range(QUARTERS_OFFERED):
        offered.append(SelectChoice(value=str(quarter), label=quarter_words(quarter)))
        quarter = quarter.previous()
    form.quarter.choices = offered[1:] + offered[:1]
    return form
