"""The first wall: every statement is confined to the partners its user may see, and raises when nobody is bound.

A scope is bound once per database session and stays. Statements of the ORM get the criterion added; whatever else
names a partner's table (text, Core, raw SQL) is refused unless it runs in a named unscoped block.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache

from flask import has_app_context
from sqlalchemy import event, inspect
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session, with_loader_criteria
from sqlalchemy.orm.attributes import get_history
from sqlalchemy.sql.base import ExecutableOption

from app.extensions import Base, PartnerOwned, db

PERMITTED_BLOCKS = frozenset({"login", "job claim", "audit verification", "set-up", "demo", "migration"})


class TenancyError(RuntimeError):
    """A statement or a row crossed a partner's wall: a defect of the program, never of the user."""


@dataclass(frozen=True)
class Scope:
    """The partners that a session may reach; `partner_ids` None means every partner."""

    partner_ids: frozenset[int] | None

    @classmethod
    def all(cls) -> "Scope":
        return cls(None)

    @classmethod
    def of(cls, partner_ids) -> "Scope":
        return cls(frozenset(partner_ids))

    def includes(self, partner_id: int | None) -> bool:
        return self.partner_ids is None or partner_id in self.partner_ids


def bind(scope: Scope) -> None:
    """Fix the scope of this request's or job's database session; a second, different one is refused."""
    bound = db.session().info.setdefault("scope", scope)
    if bound != scope:
        raise TenancyError("this session already has another scope")


def scope() -> Scope | None:
    return db.session().info.get("scope")


@contextmanager
def unscoped(block: str) -> Iterator[None]:
    """Run a named block over every partner; the names are listed above and enumerated by a test."""
    if block not in PERMITTED_BLOCKS:
        raise TenancyError(f"no unscoped block is called {block!r}")
    info = db.session().info
    before = info.get("scope")
    info["scope"] = Scope.all()
    try:
        yield
    finally:
        if before is None:
            info.pop("scope", None)
        else:
            info["scope"] = before
        _forget_foreign_rows(db.session(), before)


def _forget_foreign_rows(session: Session, bound: Scope | None) -> None:
    """What a block loaded of other partners is not met again by id: the identity map asks no statement."""
    for row in session.identity_map.values():
        if row.__tablename__ in _tenant_tables():
            owner = inspect(row).dict.get("id" if row.__tablename__ == "partner" else "partner_id")
            if bound is None or not bound.includes(owner):
                session.expunge(row)


def partner_of(row) -> int | None:
    """The partner a mapped row belongs to; None for rows that belong to nobody."""
    if getattr(type(row), "__tablename__", None) == "partner":
        return row.id
    return getattr(row, "partner_id", None)


@event.listens_for(Session, "do_orm_execute")
def _confine(state) -> None:
    bound = state.session.info.get("scope")
    if bound is None:
        for mapper in state.all_mappers:
            if mapper.local_table.name in _tenant_tables():
                raise TenancyError(f"no scope is bound for a statement on {mapper.local_table.name}")
        return
    if bound.partner_ids is None or state.is_column_load:
        state.update_execution_options(confined="whole")
        return
    state.statement = state.statement.options(*_criteria(bound))
    state.update_execution_options(confined="counted")


@lru_cache(maxsize=256)
def _criteria(bound: Scope) -> tuple[ExecutableOption, ...]:
    ids = tuple(sorted(bound.partner_ids))
    return (
        with_loader_criteria(PartnerOwned, lambda cls: cls.partner_id.in_(ids), include_aliases=True),
        with_loader_criteria(_mapped("event"), lambda cls: cls.partner_id.in_(ids), include_aliases=True),
        with_loader_criteria(_mapped("partner"), lambda cls: cls.id.in_(ids), include_aliases=True),
    )


@event.listens_for(Session, "before_flush")
def _check_writes(session, _context, _instances) -> None:
    session.info["flushing"] = True
    for row in session.new | session.dirty | session.deleted:
        if row.__tablename__ not in _tenant_tables():
            continue
        bound = session.info.get("scope")
        if bound is None:
            raise TenancyError(f"no scope is bound for writing {row.__tablename__}")
        if row.__tablename__ == "partner" and row in session.new:
            if bound.partner_ids is not None:
                raise TenancyError("a new partner needs a scope over all partners")
            continue
        if row.__tablename__ != "event" and not bound.includes(partner_of(row)):
            raise TenancyError(f"a row of {row.__tablename__} belongs to a partner outside the scope")
        if row not in session.new and row.__tablename__ != "partner" and get_history(row, "partner_id").deleted:
            raise TenancyError(f"a row of {row.__tablename__} cannot move to another partner")


@event.listens_for(Session, "after_flush_postexec")
def _flushed(session, _context) -> None:
    session.info.pop("flushing", None)


@event.listens_for(Session, "after_soft_rollback")
def _rolled_back(session, _previous) -> None:
    session.info.pop("flushing", None)


@event.listens_for(Session, "loaded_as_persistent")
def _check_loaded(session, row) -> None:
    if row.__tablename__ in _tenant_tables():
        bound = session.info.get("scope")
        if bound is None or not bound.includes(partner_of(row)):
            raise TenancyError(f"a row of {row.__tablename__} outside the scope was loaded")


@event.listens_for(Engine, "before_cursor_execute")
def _tripwire(_connection, _cursor, statement, _parameters, context, _many) -> None:
    if not has_app_context() or not db.session.registry.has():
        return
    info = db.session().info
    if info.get("flushing") or info.get("scope") == Scope.all():
        return
    confined = context.execution_options.get("confined") if context is not None else None
    if confined == "whole":
        return
    first, is_counted = _named_by(statement)
    if first is not None and not (confined == "counted" and is_counted):
        raise TenancyError(f"SQL that is not confined names {first}")


@lru_cache(maxsize=4096)
def _named_by(statement: str) -> tuple[str | None, bool]:
    """The first of the tenants' tables that a statement names, and whether it has a criterion for each."""
    named = _tenant_pattern().findall(statement)
    return (named[0] if named else None), len(_CRITERION.findall(statement)) >= len(named)


_CRITERION = re.compile(r"\bpartner(?:_\d+)?\.id IN \(|\bpartner_id IN \(")


@cache
def _tenant_tables() -> frozenset[str]:
    owned = {mapper.local_table.name for mapper in Base.registry.mappers if issubclass(mapper.class_, PartnerOwned)}
    return frozenset(owned | {"partner", "event"})


@cache
def _mapped(table: str) -> type:
    return next(mapper.class_ for mapper in Base.registry.mappers if mapper.local_table.name == table)


@cache
def _tenant_pattern() -> re.Pattern:
    names = "|".join(sorted(_tenant_tables()))
    return re.compile(rf"(?:\bfrom|\bjoin|\binto|\bupdate|,)\s+\"?({names})\"?(?![\w.])", re.IGNORECASE)
