"""Later locks: what was granted for a report, by whom and why."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import Base, PartnerOwned

if TYPE_CHECKING:
    from app.reports.models import Report


class Lockable:
    """What closes at an instant of the terms, or at the later one that was granted."""

    lock_at: Mapped[datetime]
    deferred_until: Mapped[datetime | None]

    @property
    def locks_at(self) -> datetime:
        return self.deferred_until or self.lock_at

    def is_locked(self, now: datetime) -> bool:
        return now > self.locks_at


class Deferral(PartnerOwned, Base):
    """One report stays open `until` an instant instead of `before`. Rows are only added; the newest holds."""

    __tablename__ = "deferral"
    __table_args__ = (
        UniqueConstraint("partner_id", "id"),
        ForeignKeyConstraint(["partner_id", "report_id"], ["report.partner_id", "report.id"]),
    )

    report_id: Mapped[int] = mapped_column(index=True)
    before: Mapped[datetime]
    until: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)
    granted_at: Mapped[datetime]
    granted_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))

    report: Mapped["Report"] = relationship(back_populates="deferrals", foreign_keys="Deferral.report_id")
    granted_by: Mapped[User] = relationship()
