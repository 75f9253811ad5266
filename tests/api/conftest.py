"""Tokens of partners' programs, and clients that send nothing else."""

from datetime import date

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.api.tokens import make
from app.extensions import write
from app.partners.models import Partner
from tests.reports.conftest import contract, filled, look, report  # noqa: F401 the same reports, sent by a program


class Program:
    """What a partner's developer has: addresses and a token."""

    def __init__(self, app, token: str | None):
        self.client = app.test_client()
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str, **others):
        return self.client.get(f"/api/v1{path}", headers=self.headers, **others)

    def post(self, path: str, key: str | None = None, **others):
        headers = {**self.headers, **({"Idempotency-Key": key} if key else {})}
        return self.client.post(f"/api/v1{path}", headers=headers, csrf=False, **others)


@pytest.fixture
def token(inside):
    """`token("reports:write", code="birch")`: the text of a token that its lead made."""

    def issue(*scopes: str, code: str = "cedar", name: str = "Export", until: date = date(2027, 3, 31)) -> str:
        with inside() as session, write():
            partner = session.scalars(select(Partner).where(Partner.code == code)).one()
            lead = session.scalars(select(User).where(User.email == f"{LEADS[code]}@{code}.example")).one()
            return make(partner, name, scopes or ("reports:write",), until, lead)[0]

    return issue


LEADS = {"cedar": "leo", "birch": "bob"}


@pytest.fixture
def program(app, client, token):  # `client` sets the class of clients
    """`program("reports:read")`: a program with a token of its own."""

    def start(*scopes: str, **about) -> Program:
        return Program(app, token(*scopes, **about))

    return start
