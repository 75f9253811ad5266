"""A contract of Cedar with terms in force, one of Birch, and drafts to work on."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.contracts import terms
from app.contracts.models import Contract, TermsVersion
from app.contracts.sheets import read_sheet
from app.extensions import db, write
from app.partners.models import Partner, Queue, Site

SHEET = Path(__file__).with_name("sheet.yaml").read_text(encoding="utf-8")
STARTS_ON = date(2025, 11, 1)


@dataclass(frozen=True)
class Paper:
    """The keys of a contract, its terms in force and a draft amendment from January 2027."""

    contract: str
    in_force: str
    draft: str

    def document(self, inside, key: str | None = None) -> dict:
        with inside():
            return terms.document_of(version(key or self.draft))

    def change(self, inside, edit, key: str | None = None) -> None:
        """Edit the draft's document in place, as another person might."""
        with inside():
            draft = version(key or self.draft)
            document = terms.document_of(draft)
            edit(document)
            with write():
                terms.change_draft(draft, document, user("mona"))

    def seen(self, inside, key: str | None = None) -> int:
        with inside():
            return version(key or self.draft).version_id


def version(key: str) -> TermsVersion:
    return db.session.scalars(select(TermsVersion).where(TermsVersion.key == key)).one()


def user(name: str) -> User:
    return db.session.scalars(select(User).where(User.name == name.title())).one()


def partner(code: str) -> Partner:
    return db.session.scalars(select(Partner).where(Partner.code == code)).one()


def _draw_up(code: str, has_credits: bool = True) -> Paper:
    owner = partner(code)
    document = read_sheet(SHEET.replace("cedar", code)).document
    if not has_credits:
        del document["credits"]
        for level in document["service_levels"]:
            level |= {"credits_on": "none", "allocation": None, "credits_from": None}
    with write() as session:
        session.add(Site(partner_id=owner.id, code="MDE", name="Medellín"))
        session.add(
            Queue(partner_id=owner.id, code="ES", name="Spanish", business="", channel="voice", language="Spanish")
        )
        contract = terms.new_contract(
            owner,
            name=f"{owner.name} services",
            reference="SOW-7",
            currency="USD",
            zone="America/Bogota",
            starts_on=STARTS_ON,
            actor=user("mia"),
        )
        first = terms.new_draft(contract, document, user("mia"))
        terms.activate(first, user("mia"))
        draft = terms.new_draft(contract, {**document, "effective_from": "2027-01-01"}, user("mia"))
    return Paper(contract.key, first.key, draft.key)


@pytest.fixture
def paper(inside) -> Paper:
    with inside():
        return _draw_up("cedar")


@pytest.fixture
def plain_paper(inside) -> Paper:
    """The same, and nothing in it costs anything."""
    with inside():
        return _draw_up("cedar", has_credits=False)


@pytest.fixture
def others(inside) -> Paper:
    """Birch's contract: what Cedar's people must not find."""
    with inside():
        return _draw_up("birch")


@pytest.fixture
def contract(paper, inside):
    """The contract as a row, within a context of its own."""
    with inside() as session:
        yield session.scalars(select(Contract).where(Contract.key == paper.contract)).one()
