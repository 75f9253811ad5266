"""Partners, where they work and what they work on."""

from datetime import date, datetime

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Base, Keyed, PartnerOwned

REMIND_DAYS = 2


class Partner(Keyed, Base):
    """The outsourcing company. `number_style` says how its people write numbers: 1,234.5 or 1.234,5;
    `remind_days` is how many working days before a report is due they are reminded, 0 for not at all.

    Of what judgements read nothing changes any more up to `sealed_at`; both instants are kept by moments.py.
    """

    __tablename__ = "partner"

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(unique=True)
    zone: Mapped[str]
    number_style: Mapped[str] = mapped_column(default="1,234.5")
    remind_days: Mapped[int] = mapped_column(default=REMIND_DAYS, server_default=str(REMIND_DAYS))
    created_at: Mapped[datetime]
    ended_on: Mapped[date | None]
    newest_change_at: Mapped[datetime | None]
    sealed_at: Mapped[datetime | None]
    version_id: Mapped[int] = mapped_column()

    sites: Mapped[list["Site"]] = relationship(back_populates="partner", order_by="Site.code")
    queues: Mapped[list["Queue"]] = relationship(back_populates="partner", order_by="Queue.code")

    __mapper_args__ = {"version_id_col": version_id}

    def has_ended(self, day: date) -> bool:
        return self.ended_on is not None and day > self.ended_on


class Site(PartnerOwned, Base):
    __tablename__ = "site"
    __table_args__ = (UniqueConstraint("partner_id", "id"), UniqueConstraint("partner_id", "code"))

    code: Mapped[str]
    name: Mapped[str]
    country: Mapped[str | None]
    closed_on: Mapped[date | None]

    partner: Mapped[Partner] = relationship(back_populates="sites")

    def is_open(self, day: date) -> bool:
        return self.closed_on is None or day <= self.closed_on


class Queue(PartnerOwned, Base):
    """A line of business × channel × language."""

    __tablename__ = "queue"
    __table_args__ = (UniqueConstraint("partner_id", "id"), UniqueConstraint("partner_id", "code"))

    code: Mapped[str]
    name: Mapped[str]
    business: Mapped[str]
    channel: Mapped[str]
    language: Mapped[str]
    live_on: Mapped[date | None]
    closed_on: Mapped[date | None]

    partner: Mapped[Partner] = relationship(back_populates="queues")

    def is_open(self, day: date) -> bool:
        return self.closed_on is None or day <= self.closed_on


class Ending(PartnerOwned, Base):
    """What was stated at an instant of the last day of a contract, or without one of the partnership; None: it goes on.

    Rows are only added: the newest by an instant is what was known then.
    """

    __tablename__ = "ending"
    __table_args__ = (
        UniqueConstraint("partner_id", "id"),
        ForeignKeyConstraint(["partner_id", "contract_id"], ["contract.partner_id", "contract.id"]),
    )

    contract_id: Mapped[int | None]
    last_day: Mapped[date | None]
    stated_at: Mapped[datetime]
