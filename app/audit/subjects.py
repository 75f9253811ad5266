"""What an event is about: the words for it, and the page it has for those who may open it."""

from flask import current_app, url_for
from sqlalchemy import select

from app.access import may
from app.accounts.models import User
from app.contracts.models import Contract, TermsVersion
from app.decks.models import Deck
from app.events import Event
from app.extensions import db
from app.governance.models import Item
from app.partners.models import Partner
from app.reports.models import Report, Submission

PAGES = {
    "contract": (Contract, "contracts.show"),
    "deck": (Deck, "decks.show"),
    "item": (Item, "governance.show"),
    "partner": (Partner, "partners.show"),
    "report": (Report, "reports.show"),
    "submission": (Submission, "reports.submission"),
    "terms": (TermsVersion, "contracts.terms"),
    "user": (User, "accounts.user"),
}


def about(event: Event, partners: dict[int, Partner], people: dict[int, User]) -> str:
    """A person by name; anything else by its kind and partner."""
    if event.subject in {"user", "grant"}:
        person = people.get(event.figures.get("user", event.subject_id))
        return person.name if person else "Somebody"
    noun = event.subject.replace("_", " ")
    if event.partner_id not in partners:
        return noun.capitalize()
    name = partners[event.partner_id].name
    return name if event.subject == "partner" else f"{name}, {noun}"


def page_of(event: Event) -> str | None:
    """Where the thing is shown; None when it has no page, or the reader may not open it."""
    model, endpoint = PAGES.get(event.subject, (None, ""))
    view = current_app.view_functions.get(endpoint)
    if view is None or view.permission is None or not may(view.permission):
        return None
    key = db.session.scalar(select(model.key).where(model.id == event.subject_id))
    return url_for(endpoint, key=key) if key else None
