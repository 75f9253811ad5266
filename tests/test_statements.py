"""How many statements a page asks: few, and the same number however many partners and rows there are."""

import secrets

import pytest
from sqlalchemy import insert, select

from app.extensions import Base, write
from app.tenancy import PartnerOwned
from tests.access.asking import COLUMNS, rules
from tests.access.requests import address, object_of

SESSION_AND_USER = 2
LIST, DETAIL = 8 + SESSION_AND_USER, 12 + SESSION_AND_USER
READERS = [persona for persona in COLUMNS if persona != "anonymous"]
FAR = 1_000_000
CHOSEN_ONCE = {"key", "form_key", "import_key", "code", "name", "reference", "unique_key", "token_hash"}


@pytest.fixture
def pages(app, world, count_statements):
    """`pages("lead")`: the statements of every page that the persona can open, by address."""

    def open_all(persona: str) -> dict[str, tuple[str, list[str]]]:
        visitor = world.visitor(app, COLUMNS[persona])
        keys = world.keys["birch" if persona == "manager of Birch" else "cedar"]
        counted = {}
        for (endpoint, method), rule in rules(app).items():
            if method != "GET" or endpoint in {"static", "accounts.login"}:
                continue
            wanted = object_of(rule, endpoint)
            with count_statements() as statements:
                answer = visitor.get(address(rule, keys.get(wanted or "", "")))
            if answer.status_code == 200:
                counted[endpoint] = ("list" if wanted is None else "detail", statements)
        return counted

    return open_all


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
def test_pages_ask_few_statements(pages, persona, record_count):
    counted = pages(persona)
    excess = [
        f"{endpoint} ({kind}): {len(statements)}"
        for endpoint, (kind, statements) in counted.items()
        if len(statements) > (LIST if kind == "list" else DETAIL)
    ]
    assert not excess, "\n".join(excess)
    record_count("pages within their statements", len(counted))


@pytest.mark.parametrize("persona", ["analyst", "manager", "director", "finance", "governance", "administrator"])
def test_more_partners_ask_no_more_statements(pages, more_partners, persona):
    before = pages(persona)
    more_partners()
    after = pages(persona)
    grown = [
        f"{endpoint}: {len(before[endpoint][1])} with two partners, {len(statements)} with six"
        for endpoint, (_, statements) in after.items()
        if len(statements) > len(before[endpoint][1])
    ]
    assert not grown, "\n".join(grown)
