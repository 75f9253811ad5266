"""Who was asked to certify which figures, by whom and when."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from app.accounts.models import User
from app.extensions import Base, PartnerOwned


class CertificateRequest(PartnerOwned, Base):
    """One lead was asked for exactly this content: the row is what keeps anybody from being asked twice.

    The remark can be erased; the event keeps a digest.
    """

    __tablename__ = "certificate_request"
    __table_args__ = (
        UniqueConstraint("partner_id", "id"),
        UniqueConstraint("report_id", "content_hash", "lead_id"),
        ForeignKeyConstraint(["partner_id", "report_id"], ["report.partner_id", "report.id"]),
    )

    report_id: Mapped[int]
    content_hash: Mapped[str]
    lead_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    remark: Mapped[str] = mapped_column(Text, default="")
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    asked_at: Mapped[datetime]

    lead: Mapped[User] = relationship(foreign_keys="CertificateRequest.lead_id")
    asked_by: Mapped[User] = relationship(foreign_keys="CertificateRequest.asked_by_id")


class Certifiable:
    """Figures that somebody else may be asked to certify."""

    @declared_attr
    def requests(cls) -> Mapped[list[CertificateRequest]]:
        """Those for the same report and the same content, the oldest first."""
        same = (f"Draft.{name} == foreign(CertificateRequest.{name})" for name in ("report_id", "content_hash"))
        return relationship(primaryjoin=f"and_({', '.join(same)})", order_by=CertificateRequest.id, viewonly=True)

    def request_to(self, user: User) -> CertificateRequest | None:
        return next((each for each in self.requests if each.lead_id == user.id), None)
