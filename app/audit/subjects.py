"""What an event is about: the words for it, and the page it has for those who may open it."""

from collections.abc import Iterable, Sequence

from flask import current_app, url_for
from sqlalchemy import select

from app.access import Permission, may
from app.accounts.models import User
from app.concessions.models import Concession
from app.contracts.models import Contract, TermsVersion
from app.decks.models import Deck
from app.events import Event
from app.extensions import db
from app.formatting import month
from app.governance.models import Item
from app.partners.models import Partner
from app.performance.models import OpenedRight, TargetProposal
from app.relief.models import Claim
from app.reports.mapping.models import RememberedMap
from app.reports.models import Report, Submission

PAGES = {
    "claim": (Claim, "performance.claim"),
    "concession": (Concession, "performance.concession"),
    "contract": (Contract, "contracts.show"),
    "deck": (Deck, "decks.show"),
    "item": (Item, "governance.show"),
    "mapping": (RememberedMap, "reports.mapping"),
    "opened_right": (OpenedRight, "performance.right"),
    "partner": (Partner, "partners.show"),
    "report": (Report, "reports.show"),
    "submission": (Submission, "reports.submission"),
    "target_proposal": (TargetProposal, "performance.proposal"),
    "terms": (TermsVersion, "contracts.terms"),
    "user": (User, "accounts.user"),
}
EVERY = "every partner"  # people of the client company to whom no partner is granted see all of them
CALLED = {
    "batch": "imported history",
    "blob": "removed files",
    "calendar": "calendar feed",
    "causes": "causes of misses",
    "certificate": "request to certify",
    "evaluation": "judgement",
    "item": "action or decision",
    "lock": "later lock",
    "mapping": "columns of a workbook",
    "money sight": "sight of amounts",
    "opened right": "right",
    "session": "login",
    "target": "tighter target",
    "target proposal": "tighter target",
    "token": "API token",
    "warnings": "confirmed warnings",
}  # what people read where the record has a word of its own
REPORTS = {
    "report": lambda ids: select(Report.id, Report.kind, Report.month).where(Report.id.in_(ids)),
    "submission": lambda ids: (
        select(Submission.id, Report.kind, Report.month).join(Submission.report).where(Submission.id.in_(ids))
    ),
}


class Namer:
    """Names what each of some events is about; asks once for all their reports and submissions."""

    def __init__(self, events: Sequence[Event], partners: dict[int, Partner], people: dict[int, User]):
        self.partners, self.people = partners, people
        ids = {noun: {event.subject_id for event in events if event.subject == noun} for noun in REPORTS}
        self.reports = {
            (noun, row.id): f"{row.kind} report for {month(row.month)}"
            for noun, query in REPORTS.items()
            if ids[noun]
            for row in db.session.execute(query(ids[noun]))
        }

    def __call__(self, event: Event) -> str:
        if event.subject in {"user", "grant"}:
            person = self.people.get(event.figures.get("user", event.subject_id))
            return person.name if person else "Somebody"
        noun = self.reports.get((event.subject, event.subject_id)) or called(event.subject)
        if event.partner_id not in self.partners:
            return noun[:1].upper() + noun[1:]
        name = self.partners[event.partner_id].name
        return name if event.subject == "partner" else f"{name}, {noun}"

    def figures(self, event: Event, pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Figures for people: the ids of the partners that somebody may see become their names."""
        return [(name, self._reach(event) if name == "partners" else value) for name, value in pairs]

    def _reach(self, event: Event) -> str:
        ids = event.figures["partners"]
        return ", ".join(sorted(self.partners[id_].name for id_ in ids if id_ in self.partners)) if ids else EVERY


def called(noun: str) -> str:
    """`sight of amounts` for money-sight, `judgement` for evaluation."""
    words = noun.replace("_", " ").replace("-", " ")
    return CALLED.get(words, words)


def page_of(event: Event) -> str | None:
    """Where the thing is shown; None when it has no page, or the reader may not open it."""
    model, endpoint = PAGES.get(event.subject, (None, ""))
    view = current_app.view_functions.get(endpoint)
    if view is None or view.permission is None or not may(view.permission):
        return None
    query = select(model.key).where(model.id == event.subject_id)
    if model is Deck and not may(Permission.DECK_PREVIEW):
        query = query.where(Deck.issued_at.is_not(None))
    key = db.session.scalar(query)
    return url_for(endpoint, key=key) if key else None
