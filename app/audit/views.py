"""The administrator's page of events, and the health of the house."""

from flask import Blueprint, request
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.access import Permission, public, requires
from app.events import ChainHead, Event
from app.extensions import db
from app.narrative import narrated
from app.web import page

bp = Blueprint("audit", __name__)
bp.add_app_template_filter(narrated)
PAGE_SIZE = 50


@bp.get("/events")
@requires(Permission.EVENT_READ)
def index():
    """Newest first, by page of 50; filtered by the kind's beginning, for instance `submission`."""
    before = request.args.get("before", type=int)
    kind = request.args.get("kind", "")
    query = select(Event).options(joinedload(Event.actor)).order_by(Event.id.desc()).limit(PAGE_SIZE + 1)
    if before:
        query = query.where(Event.id < before)
    if kind:
        query = query.where(Event.kind.startswith(kind, autoescape=True))
    events = db.session.scalars(query).all()
    older = events[PAGE_SIZE - 1].id if len(events) > PAGE_SIZE else None
    head = db.session.get(ChainHead, 1)
    return page("audit/index.html", block="events", events=events[:PAGE_SIZE], older=older, kind=kind, head=head)


@bp.get("/healthz")
@public
def health():
    db.session.execute(select(1))
    return {"status": "ok"}
