"""A claim that performance was excused."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.contracts.models import Contract
from app.evidence.models import Evidence
from app.extensions import Base, PartnerOwned

CAUSES = {
    "volume": "Volume above the forecast",
    "outage": "Outage on the client's side",
    "notice": "Late notice by the client",
    "force_majeure": "Force majeure",
    "other": "Another cause",
}
KINDS = {"days": "Leave days out", "adjust": "Take figures off", "period": "Excuse the whole window"}


class Claim(PartnerOwned, Base):
    """What is asked never changes; the decision is written once, beside it.

    `month` is that in which the windows end. `kind` is days, adjust or period; `adjust` holds by measure what is to be
    taken off, as text. `decision` is open, granted, refused or withdrawn; what was granted may be less than was asked.
    """

    __tablename__ = "claim"
    __table_args__ = (
        UniqueConstraint("partner_id", "id"),
        UniqueConstraint("contract_id", "number"),
        UniqueConstraint("partner_id", "form_key"),
        ForeignKeyConstraint(["partner_id", "contract_id"], ["contract.partner_id", "contract.id"]),
        Index(None, "partner_id", "decision", "filed_at"),
    )

    contract_id: Mapped[int]
    number: Mapped[int]
    form_key: Mapped[str]
    month: Mapped[str]
    kind: Mapped[str]
    service_levels: Mapped[list] = mapped_column(JSON)
    days: Mapped[list] = mapped_column(JSON)
    adjust: Mapped[dict] = mapped_column(JSON)
    cause: Mapped[str]
    clause: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(Text)
    evidence: Mapped[str] = mapped_column(Text, default="")
    filed_at: Mapped[datetime]
    filed_on: Mapped[date]
    filed_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    on_behalf: Mapped[bool] = mapped_column(default=False)
    decision: Mapped[str] = mapped_column(default="open")
    granted_days: Mapped[list | None] = mapped_column(JSON(none_as_null=True))
    granted_adjust: Mapped[dict | None] = mapped_column(JSON(none_as_null=True))
    decision_reason: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    version_id: Mapped[int] = mapped_column()

    contract: Mapped[Contract] = relationship(foreign_keys="Claim.contract_id")
    files: Mapped[list[Evidence]] = relationship(
        back_populates="claim", order_by=Evidence.id, foreign_keys=Evidence.claim_id
    )
    filed_by: Mapped[User] = relationship(foreign_keys="Claim.filed_by_id")
    decided_by: Mapped[User | None] = relationship(foreign_keys="Claim.decided_by_id")

    __mapper_args__ = {"version_id_col": version_id}

    @property
    def is_open(self) -> bool:
        return self.decision == "open"

    @property
    def is_decided(self) -> bool:
        return self.decision in {"granted", "refused"}

    @property
    def days_asked(self) -> list[date]:
        return [*map(date.fromisoformat, self.days)]

    @property
    def days_granted(self) -> list[date]:
        return [*map(date.fromisoformat, self.granted_days or ())]

    @property
    def is_granted_in_part(self) -> bool:
        return self.decision == "granted" and (self.granted_days, self.granted_adjust) != (self.days, self.adjust)
