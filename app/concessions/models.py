"""A part of its credits that the client is asked to give up."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.contracts.models import Contract
from app.extensions import Base, PartnerOwned

KINDS = {"waiver": "Waiver", "incident": "Incident", "earn_back": "Earn-back"}


class Concession(PartnerOwned, Base):
    """What is asked never changes; the decision is written once, beside it.

    `month` is that of the credits. A waiver is about one service level or, with none, about every line; without
    `amount_minor` it takes all that is left of them. An incident names the misses that have one cause, and `chosen` the
    one that is paid: empty is the highest. An earn-back names the credit that the terms return when it is approved.
    """

    __tablename__ = "concession"
    __table_args__ = (
        UniqueConstraint("partner_id", "id"),
        UniqueConstraint("contract_id", "number"),
        UniqueConstraint("partner_id", "form_key"),
        ForeignKeyConstraint(["partner_id", "contract_id"], ["contract.partner_id", "contract.id"]),
        Index(None, "partner_id", "decision", "asked_at"),
    )

    contract_id: Mapped[int]
    number: Mapped[int]
    form_key: Mapped[str]
    month: Mapped[str]
    kind: Mapped[str]
    service_levels: Mapped[list] = mapped_column(JSON)
    amount_minor: Mapped[int | None] = mapped_column(BigInteger)
    clause: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    by_partner: Mapped[bool]
    decision: Mapped[str] = mapped_column(default="open")
    chosen: Mapped[str] = mapped_column(default="")
    decision_reason: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    version_id: Mapped[int] = mapped_column()

    contract: Mapped[Contract] = relationship(foreign_keys="Concession.contract_id")
    asked_by: Mapped[User] = relationship(foreign_keys="Concession.asked_by_id")
    decided_by: Mapped[User | None] = relationship(foreign_keys="Concession.decided_by_id")

    __mapper_args__ = {"version_id_col": version_id}

    @property
    def is_open(self) -> bool:
        return self.decision == "open"

    def is_shown_to(self, user: User) -> bool:
        """What the client considers among its own people is not the partner's to read until it is granted."""
        return not user.role.is_partner or self.by_partner or self.decision == "granted"
