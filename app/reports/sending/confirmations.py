"""What somebody answered to the warnings about figures, before they were sent."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from app.accounts.models import User
from app.domain.canonical import sha256
from app.extensions import Base, PartnerOwned


class Confirmation(PartnerOwned, Base):
    """Holds for exactly the content and the warnings that its author saw; other content is asked about anew.

    A submission's confirmation is the newest of its report and its content. The comment can be erased; the event
    keeps a digest.
    """

    __tablename__ = "confirmation"
    __table_args__ = (
        UniqueConstraint("partner_id", "id"),
        ForeignKeyConstraint(["partner_id", "report_id"], ["report.partner_id", "report.id"]),
        Index(None, "report_id", "content_hash"),
    )

    report_id: Mapped[int]
    content_hash: Mapped[str]
    warnings: Mapped[list] = mapped_column(JSON)
    comment: Mapped[str] = mapped_column(Text)
    confirmed_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    confirmed_at: Mapped[datetime]

    confirmed_by: Mapped[User] = relationship()


def confirmations_of(owner: str) -> Mapped[list[Confirmation]]:
    """Those of the same report and the same content, the oldest first."""
    same = (f"{owner}.{name} == foreign(Confirmation.{name})" for name in ("report_id", "content_hash"))
    return relationship(primaryjoin=f"and_({', '.join(same)})", order_by=Confirmation.id, viewonly=True)


class Warned:
    """Figures with warnings that somebody answers before they are sent."""

    content_hash: Mapped[str]
    warnings: Mapped[list] = mapped_column(JSON, default=list)

    @declared_attr
    def confirmations(cls) -> Mapped[list[Confirmation]]:
        return confirmations_of("Draft")

    @property
    def seen_hash(self) -> str:
        """Of the figures and of what was warned about: what somebody confirms."""
        return sha256({"content": self.content_hash, "warnings": self.warnings})

    @property
    def confirmation(self) -> Confirmation | None:
        """The newest answer to exactly these warnings about exactly this content."""
        return next((each for each in reversed(self.confirmations) if each.warnings == self.warnings), None)

    @property
    def awaits_confirmation(self) -> bool:
        return bool(self.warnings) and self.confirmation is None
