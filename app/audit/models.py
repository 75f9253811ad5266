"""Proofs that the log is whole: what each looked at, how far it came and what it found."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.events import GENESIS
from app.extensions import Base, Keyed


class Verification(Keyed, Base):
    """One proof of the log up to the head that stood when it was asked for.

    `state` is waiting, running, whole, broken or failed. `position` and `newest` are the id and the hash of the event
    that was read last: whoever takes the work over goes on from there. `first_wrong_id` refers to no row by a key,
    for the proof outlasts an event that is taken away.
    """

    __tablename__ = "verification"

    requested_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    requested_at: Mapped[datetime]
    head: Mapped[str]
    length: Mapped[int]
    last_id: Mapped[int]
    state: Mapped[str] = mapped_column(default="waiting")
    position: Mapped[int] = mapped_column(default=0)
    newest: Mapped[str] = mapped_column(default=GENESIS)
    checked: Mapped[int] = mapped_column(default=0)
    wrong: Mapped[int] = mapped_column(default=0)
    first_wrong_id: Mapped[int | None]
    finished_at: Mapped[datetime | None]

    requested_by: Mapped[User] = relationship()

    @property
    def is_open(self) -> bool:
        """Whether its result is still to come."""
        return self.state in {"waiting", "running"}

    @property
    def ends_at_its_head(self) -> bool:
        """Whether the last event that was read is the one that the head named, and none is missing or too many."""
        return (self.checked, self.newest) == (self.length, self.head)

    @property
    def percent(self) -> int:
        return min(100, 100 * self.checked // self.length) if self.length else 0
