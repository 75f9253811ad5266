"""One version of a forecast, as the client issued it."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.contracts.models import Contract
from app.extensions import Base, PartnerOwned


class ForecastIssue(PartnerOwned, Base):
    """Never changed: a later one replaces it for the months that both name, if it came before they were locked.

    `issued_on` is the day on which the partner got it, `entered_at` when it was entered here. `rows` holds for each
    place, empty codes for all, its values by day (2026-08-03) or by month (2026-08), as texts.
    """

    __tablename__ = "forecast_issue"
    __table_args__ = (
        UniqueConstraint("partner_id", "id"),
        UniqueConstraint("contract_id", "number"),
        UniqueConstraint("partner_id", "form_key"),
        ForeignKeyConstraint(["partner_id", "contract_id"], ["contract.partner_id", "contract.id"]),
    )

    contract_id: Mapped[int]
    number: Mapped[int]
    form_key: Mapped[str]
    issued_on: Mapped[date]
    measure: Mapped[str]
    rows: Mapped[list] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(Text, default="")
    filename: Mapped[str] = mapped_column(default="")
    entered_at: Mapped[datetime]
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))

    contract: Mapped[Contract] = relationship(foreign_keys="ForecastIssue.contract_id")
    entered_by: Mapped[User] = relationship()

    @property
    def months(self) -> list[str]:
        """Every month that it says something about, in order."""
        return sorted({when[:7] for row in self.rows for when in row["values"]})
