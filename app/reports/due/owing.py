"""Whether somebody owes a report: the one rule of every list, whether a row is asked or the database."""

from datetime import date, datetime

from sqlalchemy import and_
from sqlalchemy.ext.hybrid import hybrid_method, hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from app.domain import periods

OWED = frozenset({"due", "drafted", "returned"})


class Owed:
    """Owed until it is sent, unless it is dropped: the terms of its month ask for it no more, or an end came before."""

    month: Mapped[str]
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="due")
    dropped_at: Mapped[datetime | None]

    @hybrid_property
    def is_owed(self) -> bool:
        return self.state in OWED and self.dropped_at is None

    @is_owed.inplace.expression
    @classmethod
    def _is_owed(cls):
        return and_(cls.state.in_(OWED), cls.dropped_at.is_(None))

    @hybrid_property
    def is_dropped(self) -> bool:
        """Whether it would be owed if it were asked for; what was sent before stays what it is."""
        return self.state in OWED and self.dropped_at is not None

    @is_dropped.inplace.expression
    @classmethod
    def _is_dropped(cls):
        return and_(cls.state.in_(OWED), cls.dropped_at.is_not(None))

    @classmethod
    def stands_as(cls, state: str):
        """For a statement: the reports of one state, or `dropped`; what nobody owes any more is in no other."""
        if state == "dropped":
            return cls.is_dropped
        return and_(cls.state == state, ~cls.is_dropped)

    @hybrid_method
    def is_overdue(self, now: datetime) -> bool:
        return self.is_owed and periods.is_overdue(self.due_at, now)

    @is_overdue.inplace.expression
    @classmethod
    def _is_overdue(cls, now: datetime):
        """The same for a statement, where an instant is compared by the database."""
        return and_(cls.is_owed, cls.due_at < now)

    def outlives(self, ended_on: date | None) -> bool:
        """Whether its month began after a contract or a partner had ended."""
        return ended_on is not None and f"{ended_on:%Y-%m}" < self.month
