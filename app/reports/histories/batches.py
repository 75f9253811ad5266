"""History that was imported, and who decided on it."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.contracts.models import Contract
from app.extensions import Base, PartnerOwned

if TYPE_CHECKING:
    from app.reports.models import Submission


class Batch(PartnerOwned, Base):
    """One contract's share of a history import: approved as a whole by a second person. `notes` say how it was read."""

    __tablename__ = "batch"
    __table_args__ = (
        UniqueConstraint("partner_id", "id"),
        UniqueConstraint("contract_id", "import_key"),
        ForeignKeyConstraint(["partner_id", "contract_id"], ["contract.partner_id", "contract.id"]),
        ForeignKeyConstraint(["partner_id", "blob_id"], ["blob.partner_id", "blob.id"]),
    )

    contract_id: Mapped[int]
    import_key: Mapped[str] = mapped_column(index=True)
    blob_id: Mapped[int]
    filename: Mapped[str]
    notes: Mapped[list] = mapped_column(JSON, default=list)
    credits_asked_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(default="sent")
    imported_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    imported_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None]
    version_id: Mapped[int] = mapped_column()

    contract: Mapped[Contract] = relationship(foreign_keys="Batch.contract_id")
    imported_by: Mapped[User] = relationship(foreign_keys="Batch.imported_by_id")
    decided_by: Mapped[User | None] = relationship(foreign_keys="Batch.decided_by_id")
    submissions: Mapped[list["Submission"]] = relationship(back_populates="batch", foreign_keys="Submission.batch_id")

    __mapper_args__ = {"version_id_col": version_id}

    @property
    def is_on_behalf(self) -> bool:
        """Whether it holds the partner's own figures, which the partner may contest."""
        return any(submission.on_behalf for submission in self.submissions)

    def earns_credits(self, instant: datetime) -> bool:
        """Whether finance had asked by then for the imported months to be priced."""
        return self.credits_asked_at is not None and self.credits_asked_at <= instant
