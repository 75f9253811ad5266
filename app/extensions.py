"""The database as every feature uses it: one Base, one way to write."""

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import DateTime, ForeignKey, MetaData, String, TypeDecorator, UniqueConstraint, event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, declared_attr, mapped_column, registry

PATIENCE, NO_PATIENCE = 15_000, 50  # milliseconds that SQLite waits for another writer
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator):
    """An aware instant, stored as UTC: SQLite keeps no offset and would hand back a naive one."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect):
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs an offset")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect):
        return value.replace(tzinfo=UTC) if value is not None else None


class Base(DeclarativeBase):
    registry = registry(metadata=MetaData(naming_convention=NAMING), type_annotation_map={datetime: UtcDateTime()})


class Keyed:
    """An integer id inside, a random key in URLs: a sequence would tell partners how many others there are."""

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(22), unique=True, default=lambda: secrets.token_urlsafe(9))


class PartnerOwned(Keyed):
    """A row that belongs to one partner. Children name (partner_id, id), so no row can hang under a foreign parent."""

    @declared_attr
    def partner_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("partner.id"), index=True)

    @declared_attr.directive
    def __table_args__(cls):
        return (UniqueConstraint("partner_id", "id"),)


db = SQLAlchemy(model_class=Base, disable_autonaming=True)
migrate = Migrate()
csrf = CSRFProtect()
login = LoginManager()


@contextmanager
def write() -> Iterator[Session]:
    """Begin a fresh writing transaction; commit at the end, roll back on any error.

    What was loaded before is read again on access, so a check made inside sees what the other writer left.
    On SQLite it takes the write lock at once: a deferred read-then-write lets two approvers both succeed.
    On PostgreSQL all take what they hold in one order, so that no two wait for each other: the partners
    (`moments.hold`), then rows, the record of events last; what is changed is flushed before it is recorded.
    """
    session = db.session()
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("changes were made outside write()")
    if session.info.get("writing"):
        raise RuntimeError("write() inside write() would undo what the outer one has done")
    session.rollback()
    session.info["writing"] = True
    try:
        session.connection(execution_options={"write": True})
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop("writing", None)


@contextmanager
def note() -> Iterator[Connection]:
    """A transaction of its own beside the session's, for what may be missed: it does not wait for a writer on SQLite.

    The session keeps its snapshot and what it loaded, so a page that only reads may note that it was read.
    Raises OperationalError when somebody else is writing.
    """
    with db.engine.connect().execution_options(write=True) as connection:
        is_sqlite, driver = connection.dialect.name == "sqlite", connection.connection
        if is_sqlite:
            driver.execute(f"PRAGMA busy_timeout={NO_PATIENCE}")
        try:
            with connection.begin():
                yield connection
        finally:
            if is_sqlite:
                driver.execute(f"PRAGMA busy_timeout={PATIENCE}")


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection, _record) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",
        f"busy_timeout={PATIENCE}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    if cursor.execute("PRAGMA foreign_keys").fetchone() != (1,):
        raise RuntimeError("this SQLite does not keep foreign keys")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin(connection) -> None:
    if connection.dialect.name == "sqlite":
        writing = connection.get_execution_options().get("write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
