"""What is put before the forum: copied onto the deck when it is asked for, so that a rebuilt deck asks the same."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select

from app.contracts.models import Contract
from app.domain.periods import Month, Quarter
from app.extensions import db
from app.governance.models import Item


@dataclass(frozen=True)
class Ask:
    """One governance record as it stood; `opened` and `closed` are days in the contract's zone."""

    kind: str
    title: str
    description: str
    side: str
    owner: str
    service_level: str | None
    due_on: date | None
    opened: date
    closed: date | None
    state: str
    outcome: str

    @property
    def is_open(self) -> bool:
        return self.state == "open"

    @property
    def month(self) -> Month:
        return Month.of(self.opened)

    def to_document(self) -> dict:
        return {name: str(value) if isinstance(value, date) else value for name, value in asdict(self).items()}

    @classmethod
    def from_document(cls, document: Mapping) -> "Ask":
        days = {name: date.fromisoformat(document[name]) for name in ("due_on", "opened", "closed") if document[name]}
        return cls(**{**document, **days})


def agenda_of(contract: Contract, quarter: Quarter) -> list[Ask]:
    """What is open now, and what was closed since the quarter began; soonest due first."""
    query = (
        select(Item)
        .where(
            Item.partner_id == contract.partner_id,
            or_(Item.contract_id == contract.id, Item.contract_id.is_(None)),
        )
        .order_by(Item.due_on, Item.id)
    )
    asks = [_ask(item, ZoneInfo(contract.zone)) for item in db.session.scalars(query)]
    return [ask for ask in asks if ask.closed is None or ask.closed >= quarter.first]


def _ask(item: Item, zone: ZoneInfo) -> Ask:
    def day(instant: datetime | None) -> date | None:
        return instant and instant.astimezone(zone).date()

    return Ask(
        kind=item.kind,
        title=item.title,
        description=item.description,
        side=item.side,
        owner=item.owner,
        service_level=item.service_level,
        due_on=item.due_on,
        opened=day(item.opened_at),
        closed=day(item.closed_at),
        state=item.state,
        outcome=item.outcome,
    )
