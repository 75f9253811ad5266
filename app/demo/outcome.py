"""How the story ends: the plan that follows the misses, and the decks that were issued."""

from datetime import UTC, date, datetime

from sqlalchemy import select

from app import clock, events
from app.decks.models import Deck
from app.decks.service import issue, request_deck
from app.demo.cast import Cast, contract_of, settle
from app.extensions import db, write
from app.governance.models import Item
from app.performance.models import OpenedRight
from app.performance.rights.exercising import exercise
from app.performance.rights.occurrences import standing

QUARTER = "2026-Q3"
WRITTEN = datetime(2026, 10, 20, 15, 0, tzinfo=UTC)
ASKED_FOR = "Asked for in writing with the minutes of 20 October, after the second miss of staffing fill in a row."
SECOND_QUARTER = (
    "German mail missed its Minimum in May, in the week of the move to the new mail system. Half of the credit was "
    "waived in June. French satisfaction holds; its volume falls towards the minimum and should be watched."
)
THIRD_QUARTER = (
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
        contract = contract_of("cordillera")
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


def exercise_plan(cast: Cast) -> None:
    """The second miss of staffing fill in a row gave a right to the plan: Mia records that it was asked for."""
    with clock.at(WRITTEN), write():
        opened = standing(OpenedRight.contract_id == contract_of("cordillera").id, OpenedRight.right_key == "plan")
        [right] = [each for each in opened if each.is_open]
        exercise(right, WRITTEN.date(), ASKED_FOR, cast.person("mia"))
    with clock.at(WRITTEN):
        settle()


def issue_second_quarter(cast: Cast) -> None:
    """Northgate's: a later correction of June restates it."""
    _issue(cast, "northgate", "2026-Q2", date(2026, 7, 15), SECOND_QUARTER, datetime(2026, 7, 14, 9, 0, tzinfo=UTC))


def issue_third_quarter(cast: Cast) -> None:
    """Cordillera's: asked for by the manager, rendered, looked at and issued by the director."""
    _issue(cast, "cordillera", QUARTER, date(2026, 11, 19), THIRD_QUARTER, datetime(2026, 11, 12, 15, 0, tzinfo=UTC))


def _issue(cast: Cast, code: str, quarter: str, held_on: date, commentary: str, rendered_at: datetime) -> None:
    with clock.at(rendered_at):
        with write():
            asked = request_deck(
                contract_of(code), quarter, actor=cast.person("mia"), held_on=held_on, commentary=commentary
            )
            key = asked.key
        settle()
        with write():
            deck = db.session.scalars(select(Deck).where(Deck.key == key)).one()
            if deck.state != "ready":
                raise RuntimeError(f"the story's deck was not rendered: {deck.state}, {deck.step}")
            issue(deck, seen_sha256=deck.blob.sha256, actor=cast.person("dana"))
