"""What both sides say about a report."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import Base, PartnerOwned


class Remark(PartnerOwned, Base):
    """A comment by either side on a report; its text can be erased, the event keeps a digest."""

    __tablename__ = "remark"
    __table_args__ = (
        UniqueConstraint("partner_id", "id"),
        ForeignKeyConstraint(["partner_id", "report_id"], ["report.partner_id", "report.id"]),
    )

    report_id: Mapped[int] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(default="comment")
    text: Mapped[str] = mapped_column(Text)
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    written_at: Mapped[datetime]

    author: Mapped[User] = relationship()
