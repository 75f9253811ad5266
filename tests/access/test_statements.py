"""How many statements a page asks: few, and the same number however many partners and rows there are."""

import secrets

import pytest
from sqlalchemy import insert, select

from app.extensions import Base, write
from app.tenancy import PartnerOwned
from tests.access.asking import COLUMNS
from tests.access.walks import Opened, walk

SESSION_AND_USER = 2
LIST, DETAIL = 8 + SESSION_AND_USER, 12 + SESSION_AND_USER
READERS = [persona for persona in COLUMNS if persona != "anonymous"]
FAR = 1_000_000
CHOSEN_ONCE = {"key", "form_key", "import_key", "code", "name", "reference", "unique_key", "token_hash"}


def counted(pages: list[Opened]) -> dict[str, tuple[bool, int]]:
    """How many statements each page took, and whether it is one of an object; who logs in is not yet a persona."""
    return {
        each.endpoint: (each.has_object, len(each.statements)) for each in pages if each.endpoint != "accounts.login"
    }


@pytest.fixture
def more_partners(inside, world):
    """Four more partners, each with a copy of all that Cedar owns."""

    def add() -> None:
        owned = {mapper.local_table for mapper in Base.registry.mappers if issubclass(mapper.class_, PartnerOwned)}
        with inside() as session, write():
            for number in range(1, 5):
                for table in Base.metadata.sorted_tables:
                    if table.name == "partner" or table in owned:
                        _copy(session, table, number * FAR)

    return add


def _copy(session, table, distance: int) -> None:
    """Cedar's rows of a table once more, under other ids."""
    owner = table.c.id if table.name == "partner" else table.c.partner_id
    far = {"id", "partner_id", "approved_submission_id"}
    far |= {key.parent.name for key in table.foreign_keys if key.column.table.name not in {"user", "partner"}}
    rows = []
    for row in session.execute(select(table).where(owner == 1)).mappings():
        copy = {name: value + distance if name in far and value else value for name, value in row.items()}
        for name in CHOSEN_ONCE & set(copy):
            if name != "name" or table.name == "partner":
                copy[name] = secrets.token_urlsafe(9)
        rows.append(copy)
    if rows:
        session.execute(insert(table), rows)


@pytest.mark.parametrize("persona", READERS)
def test_pages_ask_few_statements(opened, persona, record_count):
    pages = counted(opened(persona))
    excess = [
        f"{endpoint} ({'detail' if has_object else 'list'}): {number}"
        for endpoint, (has_object, number) in pages.items()
        if number > (DETAIL if has_object else LIST)
    ]
    assert not excess, "\n".join(excess)
    record_count("pages within their statements", len(pages))


@pytest.mark.parametrize("persona", ["analyst", "manager", "director", "finance", "governance", "administrator"])
def test_more_partners_ask_no_more_statements(app, world, opened, begin_with, more_partners, persona, count_statements):
    before = counted(opened(persona))
    begin_with("world")
    more_partners()
    after = counted(walk(app, world, persona, count_statements))
    assert set(after) == set(before)
    grown = [
        f"{endpoint}: {before[endpoint][1]} with two partners, {number} with six"
        for endpoint, (_, number) in after.items()
        if number > before[endpoint][1]
    ]
    assert not grown, "\n".join(grown)
