"""Contracts, their dated terms and the charges that credits are a share of."""

from datetime import date, datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.domain.periods import Month
from app.extensions import Base, PartnerOwned
from app.partners.models import Partner


class Contract(PartnerOwned, Base):
    """A statement of work. Its zone and currency hold for every deadline and amount under it."""

    __tablename__ = "contract"
    __table_args__ = (UniqueConstraint("partner_id", "id"), UniqueConstraint("partner_id", "reference"))

    name: Mapped[str]
    reference: Mapped[str]
    currency: Mapped[str]
    zone: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    created_at: Mapped[datetime]
    version_id: Mapped[int] = mapped_column()

    partner: Mapped[Partner] = relationship()
    terms: Mapped[list["TermsVersion"]] = relationship(
        back_populates="contract", order_by="TermsVersion.number", foreign_keys="TermsVersion.contract_id"
    )

    __mapper_args__ = {"version_id_col": version_id}

    def covers(self, month: Month) -> bool:
        """Whether the contract holds on at least one day of the month."""
        return month.last >= self.starts_on and (self.ends_on is None or month.first <= self.ends_on)


class TermsVersion(PartnerOwned, Base):
    """One complete terms document: canonical JSON, its SHA-256, in force from a date. Only drafts change."""

    __tablename__ = "terms"
    __table_args__ = (
        UniqueConstraint("partner_id", "id"),
        UniqueConstraint("contract_id", "number"),
        ForeignKeyConstraint(["partner_id", "contract_id"], ["contract.partner_id", "contract.id"]),
        Index(
            "uq_terms_in_force", "contract_id", "effective_from", unique=True,
            sqlite_where=text("state = 'in_force'"), postgresql_where=text("state = 'in_force'"),
        ),
    )  # fmt: skip

    contract_id: Mapped[int]
    number: Mapped[int]
    state: Mapped[str] = mapped_column(default="draft")
    effective_from: Mapped[date]
    document: Mapped[dict] = mapped_column(JSON)
    sha256: Mapped[str]
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    activated_at: Mapped[datetime | None]
    activated_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    version_id: Mapped[int] = mapped_column()

    contract: Mapped[Contract] = relationship(back_populates="terms", foreign_keys="TermsVersion.contract_id")
    created_by: Mapped[User] = relationship(foreign_keys="TermsVersion.created_by_id")
    activated_by: Mapped[User | None] = relationship(foreign_keys="TermsVersion.activated_by_id")

    __mapper_args__ = {"version_id_col": version_id}

    @property
    def is_draft(self) -> bool:
        return self.state == "draft"


class Charge(PartnerOwned, Base):
    """A month's charges as finance entered them; a later entry for the month replaces, the earlier stays."""

    __tablename__ = "charge"
    __table_args__ = (
        UniqueConstraint("partner_id", "id"),
        UniqueConstraint("contract_id", "month", "number"),
        ForeignKeyConstraint(["partner_id", "contract_id"], ["contract.partner_id", "contract.id"]),
    )

    contract_id: Mapped[int]
    month: Mapped[str]
    number: Mapped[int]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    lines: Mapped[dict | None] = mapped_column(JSON(none_as_null=True))  # minor units of what is no base for credits
    note: Mapped[str] = mapped_column(Text, default="")
    entered_at: Mapped[datetime]
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))

    contract: Mapped[Contract] = relationship(foreign_keys="Charge.contract_id")
    entered_by: Mapped[User] = relationship()
