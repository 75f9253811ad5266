"""Cedar tells Cordillera's third quarter; a deck of it is one call away."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from app import jobs, tenancy
from app.accounts.models import User
from app.contracts.models import Contract
from app.decks import service
from app.decks.models import Deck
from app.extensions import write
from tests.performance.history import story

QUARTER = "2026-Q3"


@pytest.fixture(scope="session")
def told_contract(build_once) -> dict[str, str]:
    """Built once; tests ask for `contract`."""

    def build() -> dict[str, str]:
        with tenancy.unscoped("demo"):
            return {"key": story().contract.key}

    return build_once("approved", "original", build)


@pytest.fixture
def contract(told_contract, begin_with) -> str:
    """The key of Cedar's contract, with the three months approved."""
    begin_with("approved")
    return told_contract["key"]


@pytest.fixture
def quick(monkeypatch):
    """Two files at once instead of two renderings, for tests of what happens around them."""
    monkeypatch.setattr(service, "edition_of", lambda html: b"%PDF-1.7 edition " + html.encode())
    monkeypatch.setattr(service, "draft_of", lambda html, edition: b"%PDF-1.7 draft " + edition)


@pytest.fixture
def ask(inside, contract) -> Callable[..., str]:
    """`ask()` writes a deck of the quarter and its job, and gives back the deck's key."""

    def request(quarter: str = QUARTER, commentary: str = "", who: str = "Mia") -> str:
        with inside() as session:
            of = session.scalars(select(Contract).where(Contract.key == contract)).one()
            actor = session.scalars(select(User).where(User.name == who)).one()
            with write():
                deck = service.request_deck(of, quarter, actor=actor, held_on=date(2026, 11, 12), commentary=commentary)
                return deck.key

    return request


@pytest.fixture
def made(app, ask, quick) -> str:
    """The key of a deck whose slides are there, not issued."""
    key = ask()
    with app.app_context():
        jobs.run_pending()
    return key


@pytest.fixture
def seen(inside) -> Callable[[str], str]:
    """The SHA-256 that the page of a deck shows to who looks at it."""

    def look(key: str) -> str:
        with inside() as session:
            return session.scalars(select(Deck).where(Deck.key == key)).one().blob.sha256

    return look


@pytest.fixture
def issued(as_, made, seen) -> str:
    answer = as_("dora").post(f"/decks/{made}/edition", data={"seen": seen(made), "checked": "y"})
    assert answer.status_code == 303
    return made
