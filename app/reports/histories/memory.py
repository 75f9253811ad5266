"""What was said of a history's columns: kept as a version of each contract's own, brought back for the next file."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select

from app.accounts.models import User
from app.extensions import db
from app.reports.histories.books import HISTORY, Book
from app.reports.histories.mapped import MappedColumns
from app.reports.histories.words import Words, own_share
from app.reports.mapping.column_map import CONTRACT, ColumnMap
from app.reports.mapping.models import RememberedMap
from app.reports.mapping.remembering import keep_version


def words_of(books: Mapping[int, Book]) -> Words:
    """What the contracts in sight remember; those that had the same columns are one mapping."""
    newest = _newest()
    alike: dict[str, ColumnMap] = {}
    for kept in newest.values():
        if kept.forgotten_at is None and kept.contract_id in books:
            chosen = kept.chosen
            key = json.dumps([kept.document["columns"], chosen.fixed.get(CONTRACT), chosen.adds_up, chosen.style])
            alike[key] = _together(alike[key], chosen) if key in alike else chosen
    memory = {
        column.heading.bare: column.role for kept in _of_any_kind() for column in kept.chosen.columns if column.role
    }
    return Words(books, memory, list(alike.values()))


def remember_words(
    source: MappedColumns, contract_ids: Sequence[int], books: Mapping[int, Book], actor: User
) -> dict[int, int]:
    """The version in force by contract, a new one where something new was said. Inside write()."""
    newest, numbers = _newest(), {}
    for contract_id in contract_ids:
        share = own_share(source.chosen, books[contract_id], source.known, len(contract_ids) == 1)
        before = newest.get(contract_id)
        if before is None or before.forgotten_at is not None or before.document != share.to_document():
            number = before.number + 1 if before else 1
            keep_version(books[contract_id].contract, HISTORY, "partner", share, number, actor)
            numbers[contract_id] = number
        else:
            numbers[contract_id] = before.number
    return numbers


def _together(one: ColumnMap, other: ColumnMap) -> ColumnMap:
    roles = {**one.names, **other.names}
    names = {role: {**one.names.get(role, {}), **other.names.get(role, {})} for role in roles}
    return replace(one, names=names)


def _newest() -> dict[int, RememberedMap]:
    query = select(RememberedMap).where(RememberedMap.kind == HISTORY).order_by(RememberedMap.number)
    return {kept.contract_id: kept for kept in db.session.scalars(query)}


def _of_any_kind() -> Sequence[RememberedMap]:
    query = select(RememberedMap).where(RememberedMap.forgotten_at.is_(None)).order_by(RememberedMap.id.desc())
    return list(reversed(db.session.scalars(query.limit(20)).all()))
