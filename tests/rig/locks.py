"""The order of locks, held by whatever pages and jobs do in any test: partners first, then rows, the record last.

On PostgreSQL, who holds the record and waits for a row whose holder waits for the record would wait for ever. SQLite
lets in one writer at a time, but the order in which an act would take its locks shows there too. What a test arranges
by several acts in one `write()` is left alone.
"""

from collections.abc import Iterator
from contextvars import ContextVar

import pytest
from flask import has_request_context
from sqlalchemy import event, inspect
from sqlalchemy.orm import Session

from app import jobs
from app.events import ChainHead
from app.extensions import Base
from app.partners.models import Partner

RANKS = {"history_file": 0, "partner": 1}  # who brings a history holds the file before what it changes
OTHERS, RECORD = 2, 3
BEFORE = {"token": "user"}  # links are ended with their person held, also by whoever comes by a link
GUARDED = {
    "evaluation": "partner",
    "draft": "report",
    "cause": "report",
}  # changed by nobody who does not hold the other
LEAVES = {"job"}  # who waits for one holds up nobody who has it
at_work = ContextVar("at_work", default=False)


class OutOfOrder(AssertionError):
    """Two such acts at the same moment could wait for each other."""


class Locks:
    """What a writing transaction holds, by table and id; for its own new rows nobody can wait."""

    def __init__(self):
        self.held: set[tuple[str, object]] = set()
        self.own: set[tuple[str, object]] = set()
        self.rank = 0

    def take(self, table: str, row_id: object) -> None:
        place, rank = (table, row_id), RANKS.get(table, OTHERS)
        if place in self.held | self.own or table in LEAVES:
            return
        if GUARDED.get(table) in {name for name, _ in self.held | self.own}:
            return
        names = {name for name, _ in self.held}
        if rank < self.rank or self.rank == RECORD or table in {BEFORE.get(name) for name in names}:
            earlier = "the record" if self.rank == RECORD else ", ".join(sorted(names))
            _fail(f"{table} {row_id} is locked after {earlier}")
        self.rank = max(self.rank, rank)
        self.held.add(place)


def _fail(words: str) -> None:
    if has_request_context() or at_work.get():
        raise OutOfOrder(words)


def _begun(session, transaction, _connection) -> None:
    if not transaction.nested:
        session.info["locks"] = Locks()


def _asked(state) -> None:
    """Statements that lock without loading rows: the record, partners, and changes of many at once."""
    locks = state.session.info.get("locks")
    table = state.bind_mapper.class_.__tablename__ if state.bind_mapper else None
    if locks is None:
        return
    if state.is_update or state.is_delete:
        if table != "partner":
            locks.take(table, 0)
    elif state.is_select and state.statement._for_update_arg is not None:
        if table == ChainHead.__tablename__:
            locks.rank = RECORD
        elif table == Partner.__tablename__:
            for partner_id in state.statement.compile().params["id_1"]:
                locks.take(table, partner_id)


def _loaded(row, context, *_attributes) -> None:
    wanted = getattr(context.query, "_for_update_arg", None) if context is not None else None
    if wanted is None or isinstance(row, ChainHead):
        return
    locks = context.session.info["locks"]
    if not wanted.of or any(row.__table__ in each._from_objects for each in wanted.of):
        locks.take(*_place(row))


def _flushing(session, _context, _instances) -> None:
    for row in [*session.dirty, *session.deleted]:
        if not isinstance(row, ChainHead) and (row in session.deleted or session.is_modified(row)):
            session.info["locks"].take(*_place(row))


def _flushed(session, _context) -> None:
    session.info["locks"].own |= set(map(_place, session.new))


def _place(row) -> tuple[str, object]:
    """A row's table and key, also before its session has noted that it is kept."""
    return row.__tablename__, inspect(row).mapper.primary_key_from_instance(row)[0]


LISTENERS = [
    (Session, "after_begin", _begun, {}),
    (Session, "do_orm_execute", _asked, {}),
    (Session, "before_flush", _flushing, {}),
    (Session, "after_flush", _flushed, {}),
    (Base, "load", _loaded, {"propagate": True}),
    (Base, "refresh", _loaded, {"propagate": True}),
]


@pytest.fixture(scope="session", autouse=True)
def order_of_locks() -> Iterator[None]:
    perform = jobs.perform

    def watched(row: jobs.Job) -> None:
        token = at_work.set(True)
        try:
            perform(row)
        finally:
            at_work.reset(token)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs, "perform", watched)
        for target, name, listener, how in LISTENERS:
            event.listen(target, name, listener, **how)
        yield
        for target, name, listener, _ in LISTENERS:
            event.remove(target, name, listener)
