"""How the story ends: the plan that follows the misses, and the issued deck of the third quarter."""

from datetime import UTC, date, datetime

from sqlalchemy import select

from app import clock, events
from app.contracts.models import Contract
from app.decks.models import Deck
from app.decks.service import issue, request_deck
from app.demo.cast import Cast, settle
from app.extensions import db, write
from app.governance.models import Item
from app.partners.models import Partner

QUARTER = "2026-Q3"
WRITTEN = datetime(2026, 10, 20, 15, 0, tzinfo=UTC)
RENDERED = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
COMMENTARY = (
    "Attrition in Medellín and a promotion that was announced late put English voice under its targets in August and "
    "September, and staffing fill with it. The hiring plan is the partner's answer; the late notice is ours to mend."
)
ITEMS = (
    {
        "kind": "decision",
        "title": "Accept the corrective action plan for staffing fill",
        "description": "Second consecutive miss. The plan hires two classes and closes after three green months.",
        "side": "client",
        "owner": "Dana Whitfield",
        "due_on": date(2026, 11, 30),
    },
    {
        "kind": "corrective_action_plan",
        "title": "Staffing fill back to at least 97 % by December",
        "description": "Causes: attrition in Medellín (partner) and late notice of promotions (client). "
        "Hiring classes of 12 and 10. Closes after three months in a row at or above 97 %.",
        "side": "partner",
        "owner": "Andrés Vélez",
        "due_on": date(2026, 12, 31),
        "service_level": "staffing-fill",
    },
    {
        "kind": "action",
        "title": "Announce promotions fifteen working days ahead",
        "description": "The August promotion reached the partner four days before it began.",
        "side": "client",
        "owner": "Marketing, through Mia Okafor",
        "due_on": date(2026, 12, 1),
    },
)


def write_items(cast: Cast) -> None:
    """What both sides owe after the second miss of staffing fill in a row."""
    with clock.at(WRITTEN), write() as session:
        contract = _cordillera()
        for about in ITEMS:
            item = Item(
                partner_id=contract.partner_id,
                contract_id=contract.id,
                opened_at=clock.now(),
                opened_by_id=cast.people["mia"],
                **about,
            )
            session.add(item)
            session.flush()
            events.record("item.opened", subject=item, actor=cast.person("mia"), item=item.kind)


def issue_deck(cast: Cast) -> None:
    """The third quarter's deck, asked for by the manager, rendered, looked at and issued by the director."""
    with clock.at(RENDERED):
        with write():
            request_deck(
                _cordillera(), QUARTER, actor=cast.person("mia"), held_on=date(2026, 11, 12), commentary=COMMENTARY
            )
        settle()
        with write():
            deck = db.session.scalars(select(Deck)).one()
            if deck.state != "ready":
                raise RuntimeError(f"the story's deck was not rendered: {deck.state}, {deck.step}")
            issue(deck, seen_sha256=deck.blob.sha256, actor=cast.person("dana"))


def _cordillera() -> Contract:
    return db.session.scalars(select(Contract).join(Contract.partner).where(Partner.code == "cordillera")).one()
