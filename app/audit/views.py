"""The pages of events, the proofs that the log is whole, and the health of the house."""

from math import ceil

from flask import Blueprint, abort, request
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app import narrative
from app.access import Permission, public, requires
from app.audit import listing, subjects, verifying
from app.audit.models import Verification
from app.events import ChainHead, Event
from app.extensions import db, write
from app.web import back_to, find, page

bp = Blueprint("audit", __name__)
VERIFICATIONS_SHOWN = 20


@bp.get("/events")
@requires(Permission.EVENT_READ)
def index():
    """Newest first; `kind` is a whole kind or its noun, for instance `submission`."""
    wanted = listing.Wanted.from_query(request.args)
    found, total = ([], 0) if wanted.problem else listing.events(wanted)
    partners, people = listing.partners(), listing.people()
    named = subjects.Namer(found, partners, people)
    return page(
        "audit/index.html",
        block="events",
        status=422 if wanted.problem else 200,
        events=[_row(event, narrative.tell(event), named) for event in found],
        total=total,
        pages=ceil(total / listing.PAGE_SIZE),
        wanted=wanted,
        nouns=sorted((subjects.called(noun), noun) for noun in listing.nouns()),
        partners=partners,
        people=people,
        head=_head() if listing.sees_the_house() else None,
        whole=listing.sees_the_house(),
    )


@bp.get("/events/<key>")
@requires(Permission.EVENT_READ)
def event(key: str):
    """One event with its figures, its links in the chain, and what else happened to the same thing."""
    known = listing.visible().options(joinedload(Event.actor))
    found = db.session.scalars(known.where(Event.key == key)).one_or_none() or abort(404)
    same = known.where(Event.subject == found.subject, Event.subject_id == found.subject_id)
    named = subjects.Namer([found], listing.partners(), listing.people())
    newest = same.order_by(Event.id.desc()).limit(listing.PAGE_SIZE)
    return page(
        "audit/event.html",
        event=found,
        told=narrative.tell(found),
        figures=named.figures(found, narrative.figures(found)),
        about=named(found),
        place=subjects.page_of(found),
        around=db.session.scalars(newest).all(),
        whole=listing.sees_the_house(),
    )


@bp.get("/events/verifications")
@requires(Permission.EVENT_VERIFY)
def verifications():
    """The last proofs, newest first, and the way to ask for another."""
    newest = select(Verification).order_by(Verification.id.desc()).limit(VERIFICATIONS_SHOWN)
    return page(
        "audit/verifications.html",
        verifications=db.session.scalars(newest.options(joinedload(Verification.requested_by))).all(),
        head=_head(),
    )


@bp.post("/events/verifications")
@requires(Permission.EVENT_VERIFY)
def verify():
    """Two who ask at once get the same one."""
    with write():
        key = verifying.request_verification(current_user).key
    return back_to("audit.verification", key=key)


@bp.get("/events/verifications/<key>")
@requires(Permission.EVENT_VERIFY)
def verification(key: str):
    """Asks again by itself until the result is there."""
    found = find(Verification, key, joinedload(Verification.requested_by))
    return page(
        "audit/verification.html",
        block="state",
        proof=found,
        first=verifying.first_wrong(found) if found.wrong else None,
        last=verifying.last_read(found) if found.state == "failed" else None,
    )


@bp.get("/healthz")
@public
def health():
    db.session.execute(select(1))
    return {"status": "ok"}


def _row(event: Event, told: narrative.Told, named: subjects.Namer) -> dict:
    return {"key": event.key, "told": told, "about": named(event), "figures": named.figures(event, told.rest)}


def _head() -> ChainHead | None:
    return db.session.scalars(select(ChainHead)).one_or_none()
