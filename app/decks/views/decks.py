"""Asking for a deck, watching it being made, looking at it, issuing it."""

from flask import abort, make_response, request
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from wtforms import SelectChoice

from app import clock, events
from app.access import Permission, may, requires
from app.blobs import Blob
from app.contracts.models import Contract
from app.decks import service
from app.decks.forms import DeckForm, IssueForm
from app.decks.issuing import reservations
from app.decks.models import Deck
from app.decks.readiness import Readiness, readiness_of
from app.decks.restating import judgements, overtaken, restatements
from app.decks.views import bp
from app.domain.periods import Month, Quarter
from app.extensions import db, write
from app.formatting import quarter as quarter_words
from app.narrative import narrated
from app.web import back_to, download, find, page

QUARTERS_OFFERED = 6
SHOWN = 100


@bp.get("/decks")
@requires(Permission.DECK_READ)
def index():
    """Newest quarter first; drafts only for those who may preview them."""
    query = (
        select(Deck)
        .options(joinedload(Deck.partner), joinedload(Deck.contract), joinedload(Deck.issued_by))
        .order_by(Deck.quarter.desc(), Deck.contract_id, Deck.number.desc())
        .limit(SHOWN)
    )
    if not may(Permission.DECK_PREVIEW):
        query = query.where(Deck.issued_at.is_not(None))
    decks = db.session.scalars(query).all()
    judged = judgements(decks)
    moved = {"restated": restatements(decks, judged), "overtaken": overtaken(decks, judged)}
    return page("decks/index.html", decks=decks, **moved)


@bp.get("/decks/new")
@requires(Permission.DECK_EDIT)
def new():
    """First the contract and the quarter; then what it lacks, beside the rest of the form."""
    form = _form(request.args.get("contract"), request.args.get("quarter"))
    return page("decks/new.html", block="chosen", form=form, readiness=_readiness(form))


@bp.post("/decks/new")
@requires(Permission.DECK_EDIT)
def create():
    form = _form()
    if form.validate():
        try:
            return back_to("decks.show", key=_requested(form))
        except service.NoTerms as refused:
            form.quarter.errors = [refused.message]
    return page("decks/new.html", form=form, readiness=_readiness(form), status=422)


def _requested(form: DeckForm) -> str:
    """Raises NoTerms."""
    contract = find(Contract, form.contract.data)
    about = {"held_on": form.held_on.data, "commentary": form.commentary.data or ""}
    with write():
        return service.request_deck(contract, form.quarter.data, actor=current_user, **about).key


@bp.get("/decks/<key>")
@requires(Permission.DECK_READ)
def show(key: str):
    return _deck_page(_load(key))


@bp.get("/decks/<key>/progress")
@requires(Permission.DECK_READ)
def progress(key: str):
    """The part of the page that asks again until the slides are there."""
    deck = _load(key)
    return page("decks/show.html", block="state", **_context(deck))


@bp.post("/decks/<key>/edition")
@requires(Permission.DECK_ISSUE)
def issue(key: str):
    deck = _load(key)
    form = _issue_form(deck)
    if not form.validate():
        return _deck_page(deck, form, status=422)
    with write():
        service.issue(deck, seen_sha256=form.seen.data, actor=current_user, anyway="anyway" in form)
    return back_to("decks.show", "Issued. These bytes are kept as they are.", key=key)


@bp.get("/decks/<key>/deck.pdf")
@requires(Permission.DECK_READ)
def pdf(key: str):
    """The stored bytes, in the browser or with ?save as a file: the edition once issued, before that the draft."""
    deck = _load(key)
    if deck.file is None:
        abort(404)
    name = f"{deck.partner.code}-{deck.quarter}-{'edition' if deck.is_issued else 'draft'}-{deck.number}.pdf"
    body = service.bytes_of(deck)
    return download(body, name, service.PDF) if "save" in request.args else _opened(body, name)


def _opened(body: bytes, name: str):
    """Shown by the browser's own viewer, which a sandboxed answer would keep from starting."""
    response = make_response(body)
    response.headers["Content-Type"] = service.PDF
    response.headers.set("Content-Disposition", "inline", filename=name)
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    )
    return response


def _deck_page(deck: Deck, form: IssueForm | None = None, status: int = 200):
    return page("decks/show.html", status=status, **_context(deck, form))


def _context(deck: Deck, form: IssueForm | None = None) -> dict:
    seen, judged = deck.blob.sha256 if deck.blob else "", judgements([deck])
    return {
        "deck": deck,
        "form": form or _issue_form(deck, formdata=None, seen=seen),
        "reserved": reservations(deck) if deck.is_draft else {},
        "told": [] if deck.is_being_made else narrated(events.timeline(deck), deck.contract.zone),
        "restated": restatements([deck], judged).get(deck.id, ()),
        "overtaken": overtaken([deck], judged).get(deck.id, ()),
    }


def _issue_form(deck: Deck, **values) -> IssueForm:
    """What has to be said yes to is asked only where there is something."""
    form = IssueForm(**values)
    if not (deck.is_draft and reservations(deck)):
        del form.anyway
    return form


def _load(key: str) -> Deck:
    deck = find(
        Deck,
        key,
        joinedload(Deck.partner),
        joinedload(Deck.contract),
        joinedload(Deck.requested_by),
        joinedload(Deck.issued_by),
        joinedload(Deck.blob).defer(Blob.content),
        joinedload(Deck.draft).defer(Blob.content),
    )
    if not deck.is_issued and not may(Permission.DECK_PREVIEW):
        abort(404)
    return deck


def _form(contract: str | None = None, quarter: str | None = None) -> DeckForm:
    """The form with the contracts that this person reaches and the quarters that began, the newest full one first:
    the last few, and of a chosen contract all since it began."""
    contracts = db.session.scalars(select(Contract).options(joinedload(Contract.partner)).order_by(Contract.name)).all()
    key = contract or request.form.get("contract")
    chosen = [each for each in contracts if each.key == key]
    zones = {each.zone for each in chosen or contracts} or {"UTC"}
    running = max(Month.of(clock.today(zone)) for zone in zones).quarter
    form = DeckForm(contract=contract, quarter=quarter or str(running.previous()))
    form.contract.choices = [SelectChoice(value="", label="Choose a contract")] + [
        SelectChoice(value=each.key, label=f"{each.partner.name}, {each.name}")
        for each in sorted(contracts, key=lambda each: (each.partner.name, each.name))
    ]
    offered = [running]
    while len(offered) < QUARTERS_OFFERED or any(each.starts_on < offered[-1].first for each in chosen):
        offered.append(offered[-1].previous())
    form.quarter.choices = [
        SelectChoice(value=str(each), label=quarter_words(each) + (" (running)" if each == running else ""))
        for each in [*offered[1:], running]
    ]
    return form


def _readiness(form: DeckForm) -> Readiness | None:
    """Nothing while the contract or the quarter is not one that the form offers."""
    if any(field.data not in {choice.value for choice in field.choices} for field in (form.contract, form.quarter)):
        return None
    if not form.contract.data:
        return None
    return readiness_of(find(Contract, form.contract.data), Quarter.parse(form.quarter.data), clock.now())
