"""The mappings that a partner confirmed for a contract's reports of one kind."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.contracts.models import Contract
from app.extensions import Base, PartnerOwned
from app.reports.mapping.column_map import ColumnMap, from_document


class RememberedMap(PartnerOwned, Base):
    """One version, as it was confirmed; never changed. The newest counts until somebody forgets it."""

    __tablename__ = "mapping"
    __table_args__ = (
        UniqueConstraint("partner_id", "id"),
        UniqueConstraint("contract_id", "kind", "party", "number"),
        ForeignKeyConstraint(["partner_id", "contract_id"], ["contract.partner_id", "contract.id"]),
    )

    contract_id: Mapped[int]
    kind: Mapped[str]
    party: Mapped[str]
    number: Mapped[int]
    document: Mapped[dict] = mapped_column(JSON)
    confirmed_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    confirmed_at: Mapped[datetime]
    forgotten_at: Mapped[datetime | None]
    forgotten_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    contract: Mapped[Contract] = relationship(foreign_keys="RememberedMap.contract_id")
    confirmed_by: Mapped[User] = relationship(foreign_keys="RememberedMap.confirmed_by_id")
    forgotten_by: Mapped[User | None] = relationship(foreign_keys="RememberedMap.forgotten_by_id")

    @property
    def chosen(self) -> ColumnMap:
        return from_document(self.document)
