"""A file that was attached, and what it is said to show."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.blobs import Blob
from app.extensions import Base, PartnerOwned


class Evidence(PartnerOwned, Base):
    """Belongs to a report or to a claim, never to both.

    What it was stays on record (`sha256`, `size` in bytes, `media_type` by its content); the bytes go when it is
    withdrawn. `expires_on` is the last day on which it proves anything, such as that of a certificate.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        UniqueConstraint("partner_id", "id"),
        ForeignKeyConstraint(["partner_id", "report_id"], ["report.partner_id", "report.id"]),
        ForeignKeyConstraint(["partner_id", "claim_id"], ["claim.partner_id", "claim.id"]),
        ForeignKeyConstraint(["partner_id", "blob_id"], ["blob.partner_id", "blob.id"]),
        CheckConstraint("(report_id IS NULL) <> (claim_id IS NULL)", name="one_subject"),
        Index(None, "report_id"),
        Index(None, "claim_id"),
    )

    report_id: Mapped[int | None]
    claim_id: Mapped[int | None]
    blob_id: Mapped[int | None]
    filename: Mapped[str]
    shows: Mapped[str] = mapped_column(Text)
    service_level: Mapped[str] = mapped_column(default="")  # key of the one that it is about; empty: the whole
    sha256: Mapped[str]
    size: Mapped[int]
    media_type: Mapped[str]
    expires_on: Mapped[date | None]
    attached_at: Mapped[datetime]
    attached_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    reminded_at: Mapped[datetime | None]

    report: Mapped["Report | None"] = relationship(back_populates="files", foreign_keys="Evidence.report_id")  # noqa: F821
    claim: Mapped["Claim | None"] = relationship(back_populates="files", foreign_keys="Evidence.claim_id")  # noqa: F821
    blob: Mapped[Blob | None] = relationship(foreign_keys="Evidence.blob_id")
    attached_by: Mapped[User] = relationship(foreign_keys="Evidence.attached_by_id")
    withdrawn_by: Mapped[User | None] = relationship(foreign_keys="Evidence.withdrawn_by_id")

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None

    def has_expired(self, today: date) -> bool:
        return self.expires_on is not None and self.expires_on < today
