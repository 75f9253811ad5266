"""People: users, the partners they may see, their sessions and one-time tokens."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import Enum, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.access import Role
from app.extensions import Base, Keyed
from app.tenancy import Scope


class User(Keyed, Base):
    """A person. Partner people are confined to their grants; internal people without grants see every partner."""

    __tablename__ = "user"

    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[Role] = mapped_column(
        Enum(Role, native_enum=False, length=32, values_callable=lambda roles: [role.value for role in roles])
    )
    password_hash: Mapped[str | None]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]

    grants: Mapped[list["Grant"]] = relationship(back_populates="user", cascade="all, delete-orphan")

    is_authenticated = True
    is_anonymous = False
    session_token = None
    withheld = frozenset()  # permissions of the role that the token of a program leaves out

    @property
    def is_active(self) -> bool:
        return self.disabled_at is None

    @property
    def has_joined(self) -> bool:
        """Whether the invitation was accepted: without a password nobody can log in."""
        return self.password_hash is not None

    def get_id(self) -> str | None:
        """What Flask-Login keeps in the cookie: the token of a session row, not the user's id."""
        return self.session_token

    @property
    def scope(self) -> Scope:
        if not self.grants and not self.role.is_partner:
            return Scope.all()
        return Scope.of(grant.partner_id for grant in self.grants)

    @property
    def needs_money_grant(self) -> bool:
        """An analyst sees amounts when a lead says so; everybody else's role decides it."""
        return self.role is Role.ANALYST

    @property
    def was_granted_money(self) -> bool:
        """Every company that the person sees must have said yes: amounts are not told apart by partner."""
        return bool(self.grants) and all(grant.sees_money for grant in self.grants)


class Grant(Keyed, Base):
    """One partner that a user may see; a partner lead may add the sight of money for an analyst."""

    __tablename__ = "grant"
    __table_args__ = (UniqueConstraint("user_id", "partner_id"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    partner_id: Mapped[int] = mapped_column(ForeignKey("partner.id"), index=True)
    sees_money: Mapped[bool] = mapped_column(default=False)

    user: Mapped[User] = relationship(back_populates="grants")
    partner: Mapped["Partner"] = relationship(viewonly=True)  # noqa: F821


class LoginSession(Base):
    """A session that exists on the server: logging out deletes it, so a copied cookie is worth nothing."""

    __tablename__ = "login_session"

    SEEN_EVERY = timedelta(minutes=5)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    device: Mapped[str] = mapped_column(default="")

    user: Mapped[User] = relationship()

    @property
    def last_seen_at(self) -> datetime:
        """Right to SEEN_EVERY: a session is not written at every page."""
        return self.seen_at or self.created_at

    def should_be_noted(self, now: datetime) -> bool:
        return now - self.last_seen_at >= self.SEEN_EVERY


class Token(Base):
    """A one-time link sent by mail, or the address of a calendar feed until it is ended; only its hash is kept."""

    __tablename__ = "token"

    LIFETIME = {"invitation": timedelta(days=7), "password-reset": timedelta(hours=2), "calendar": timedelta(days=730)}

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    purpose: Mapped[str]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()

    def is_usable(self, now: datetime) -> bool:
        return self.used_at is None and now < self.expires_at and self.user.is_active


class LoginAttempt(Base):
    """A failed login, by salted digest of the address and of the network: for the throttle alone."""

    __tablename__ = "login_attempt"
    __table_args__ = (Index(None, "subject", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str]
    at: Mapped[datetime]


def new_secret() -> tuple[str, str]:
    """A random token for the person and the hash of it for the database."""
    token = secrets.token_urlsafe(32)
    return token, hash_secret(token)


def hash_secret(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def issue_token(user: User, purpose: str) -> tuple[str, Token]:
    """Make a one-time link's token; inside write(), the caller adds the row."""
    token, token_hash = new_secret()
    expires_at = clock.now() + Token.LIFETIME[purpose]
    return token, Token(token_hash=token_hash, purpose=purpose, user=user, expires_at=expires_at)
