"""Tokens of partners' programs, and the answers that are kept so that a repeated request is not a second one."""

from datetime import date, datetime, timedelta

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.access import Permission
from app.accounts.models import User
from app.extensions import Base, PartnerOwned
from app.partners.models import Partner

READING = frozenset({Permission.REPORT_READ, Permission.EVIDENCE_READ})
SCOPES = {
    "reports:read": READING,
    "reports:write": READING | {Permission.REPORT_PREPARE, Permission.EVIDENCE_ATTACH},
    "money:read": frozenset(),
}


class ApiToken(PartnerOwned, Base):
    """Lets one program of a partner in until it expires or is revoked; only its hash is kept.

    `system` is the user as whom it acts: one for each token, so that the record says which program it was.
    """

    __tablename__ = "api_token"
    __table_args__ = (UniqueConstraint("partner_id", "id"),)

    USED_EVERY = timedelta(minutes=5)

    name: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[list] = mapped_column(JSON)
    system_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    made_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    partner: Mapped[Partner] = relationship()
    system: Mapped[User] = relationship(foreign_keys=[system_id])
    made_by: Mapped[User] = relationship(foreign_keys=[made_by_id])
    revoked_by: Mapped[User | None] = relationship(foreign_keys=[revoked_by_id])

    @property
    def permissions(self) -> frozenset[Permission]:
        return frozenset().union(*(SCOPES[scope] for scope in self.scopes))

    def is_live(self, now: datetime) -> bool:
        return self.revoked_at is None and now < self.expires_at and self.system.is_active

    def status(self, now: datetime) -> str:
        """Revoked, expired or active, for people."""
        if self.revoked_at is not None:
            return "revoked"
        return "active" if now < self.expires_at else "expired"

    @property
    def last_day(self) -> date:
        return clock.today(self.partner.zone, self.expires_at) - timedelta(days=1)

    def should_be_noted(self, now: datetime) -> bool:
        """Right to USED_EVERY: a token is not written at every request."""
        return self.used_at is None or now - self.used_at >= self.USED_EVERY


class ApiAnswer(PartnerOwned, Base):
    """The first answer to a request that named an idempotency key; `status` is None while it is worked out."""

    __tablename__ = "api_answer"
    __table_args__ = (
        UniqueConstraint("partner_id", "id"),
        UniqueConstraint("token_id", "idempotency_key"),
        ForeignKeyConstraint(["partner_id", "token_id"], ["api_token.partner_id", "api_token.id"]),
    )

    token_id: Mapped[int]
    idempotency_key: Mapped[str]
    request_hash: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(index=True)
    status: Mapped[int | None]
    media_type: Mapped[str] = mapped_column(default="")
    location: Mapped[str | None]
    body: Mapped[str] = mapped_column(Text, default="")
