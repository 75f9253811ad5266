"""The administrator's page of events, the proof that the log is whole, and the health of the house."""

from math import ceil

from flask import Blueprint, request
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app import narrative
from app.access import Permission, public, requires
from app.audit import listing, subjects
from app.events import ChainHead, Event, broken_links
from app.extensions import db
from app.web import find, page

bp = Blueprint("audit", __name__)
bp.add_app_template_filter(narrative.narrated)
bp.add_app_template_filter(narrative.label, "figure_label")
NOUNS = sorted({kind.split(".")[0] for kind in narrative.SENTENCES})


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
        nouns=NOUNS,
        partners=partners,
        people=people,
        head=_head(),
    )


@bp.get("/events/<key>")
@requires(Permission.EVENT_READ)
def event(key: str):
    """One event with its figures, its links in the chain, and what else happened to the same thing."""
    found = find(Event, key, joinedload(Event.actor))
    same = select(Event).where(Event.subject == found.subject, Event.subject_id == found.subject_id)
    named = subjects.Namer([found], listing.partners(), listing.people())
    newest = same.order_by(Event.id.desc()).limit(listing.PAGE_SIZE).options(joinedload(Event.actor))
    return page(
        "audit/event.html",
        event=found,
        told=narrative.tell(found),
        figures=named.figures(found, narrative.figures(found)),
        about=named(found),
        place=subjects.page_of(found),
        around=db.session.scalars(newest).all(),
    )


@bp.get("/events/verification")
@requires(Permission.EVENT_READ)
def verification():
    """Recompute every hash and compare the head; reads everything and writes nothing."""
    head = _head()
    rows = db.session.scalars(select(Event).order_by(Event.id).execution_options(yield_per=500))
    wrong = broken_links(rows, head)
    named = next(iter(wrong), None)
    first = db.session.scalars(select(Event).where(Event.id == named)).one_or_none() if named else None
    return page("audit/verification.html", head=head, wrong=wrong, first=first)


@bp.get("/healthz")
@public
def health():
    db.session.execute(select(1))
    return {"status": "ok"}


def _row(event: Event, told: narrative.Told, named: subjects.Namer) -> dict:
    return {"key": event.key, "told": told, "about": named(event), "figures": named.figures(event, told.rest)}


def _head() -> ChainHead | None:
    return db.session.scalars(select(ChainHead)).one_or_none()
