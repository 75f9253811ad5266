"""Decks and the frozen bytes of their editions."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.blobs import Blob
from app.contracts.models import Contract
from app.extensions import Base, PartnerOwned
from app.partners.models import Partner


class Deck(PartnerOwned, Base):
    """A review document for one contract and quarter: a row first, rendered by the worker, then issued as an edition.

    `state` is queued, rendering, ready, failed, issued or expired. `as_known_at`, `agenda` and `sources` let the same
    deck be built again. `blob` holds the edition's bytes, which nobody is given before they are issued; `draft` the
    same slides marked as a draft. An expired deck has let go of both.
    """

    __tablename__ = "deck"
    __table_args__ = (
        UniqueConstraint("partner_id", "id"),
        UniqueConstraint("contract_id", "quarter", "number"),
        ForeignKeyConstraint(["partner_id", "contract_id"], ["contract.partner_id", "contract.id"]),
        ForeignKeyConstraint(["partner_id", "blob_id"], ["blob.partner_id", "blob.id"]),
        ForeignKeyConstraint(["partner_id", "draft_id"], ["blob.partner_id", "blob.id"]),
    )

    contract_id: Mapped[int]
    quarter: Mapped[str]
    number: Mapped[int]
    held_on: Mapped[date | None]
    as_known_at: Mapped[datetime]
    commentary: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(default="queued")
    progress: Mapped[int] = mapped_column(default=0)
    step: Mapped[str] = mapped_column(default="Waiting for the worker")
    agenda: Mapped[list] = mapped_column(JSON, default=list)
    sources: Mapped[dict] = mapped_column(JSON, default=dict)
    blob_id: Mapped[int | None]
    draft_id: Mapped[int | None]
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    requested_at: Mapped[datetime]
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    issued_at: Mapped[datetime | None]
    edition_sha256: Mapped[str | None]
    version_id: Mapped[int] = mapped_column()

    partner: Mapped[Partner] = relationship()
    contract: Mapped[Contract] = relationship(foreign_keys="Deck.contract_id")
    blob: Mapped[Blob | None] = relationship(foreign_keys="Deck.blob_id")
    draft: Mapped[Blob | None] = relationship(foreign_keys="Deck.draft_id")
    requested_by: Mapped[User] = relationship(foreign_keys="Deck.requested_by_id")
    issued_by: Mapped[User | None] = relationship(foreign_keys="Deck.issued_by_id")

    __mapper_args__ = {"version_id_col": version_id}

    @property
    def is_issued(self) -> bool:
        return self.issued_at is not None

    @property
    def is_draft(self) -> bool:
        """Whether its slides are there and nobody has issued them."""
        return self.state == "ready"

    @property
    def is_being_made(self) -> bool:
        return self.state in {"queued", "rendering"}

    @property
    def file(self) -> Blob | None:
        """What a reader is given: the edition once it is issued, before that the draft."""
        return self.blob if self.is_issued else self.draft
