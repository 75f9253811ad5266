"""What governance keeps track of: actions, decisions, risks, corrective action plans and escalations."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.accounts.models import User
from app.contracts.models import Contract
from app.extensions import Base, PartnerOwned
from app.partners.models import Partner


class Item(PartnerOwned, Base):
    """A governance record with one life cycle: open, then done or dropped, always with the outcome in words.

    `kind` is action, decision, risk, corrective_action_plan or escalation; `side` says who owes it, partner or client.
    """

    __tablename__ = "item"
    __table_args__ = (
        UniqueConstraint("partner_id", "id"),
        ForeignKeyConstraint(["partner_id", "contract_id"], ["contract.partner_id", "contract.id"]),
        Index(None, "partner_id", "state", "due_on"),
    )

    contract_id: Mapped[int | None]
    kind: Mapped[str]
    title: Mapped[str]
    description: Mapped[str] = mapped_column(Text, default="")
    side: Mapped[str]
    owner: Mapped[str] = mapped_column(default="")
    service_level: Mapped[str | None]
    forum: Mapped[str] = mapped_column(default="QBR")
    due_on: Mapped[date | None]
    state: Mapped[str] = mapped_column(default="open")
    outcome: Mapped[str] = mapped_column(Text, default="")
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    closed_at: Mapped[datetime | None]
    version_id: Mapped[int] = mapped_column()

    partner: Mapped[Partner] = relationship()
    contract: Mapped[Contract | None] = relationship(foreign_keys="Item.contract_id")
    opened_by: Mapped[User] = relationship()

    __mapper_args__ = {"version_id_col": version_id}

    @property
    def zone(self) -> str:
        """Of its contract, or of its partner where it is about all of them."""
        return (self.contract or self.partner).zone

    def is_overdue(self, instant: datetime) -> bool:
        """Open after its day, by the clock of its zone."""
        today = clock.today(self.zone, instant)
        return self.state == "open" and self.due_on is not None and self.due_on < today
