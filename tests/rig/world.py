"""Cedar and Birch with real objects of every kind, built once per process and copied for each test that asks."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import select

from app import clock, tenancy
from app.accounts.models import LoginSession, User, new_secret
from app.decks import service as decks
from app.decks.rendering import edition_of
from app.extensions import write
from tests.rig.belongings import CANARIES, Belongings
from tests.rig.people import People
from tests.rig.visitors import Visitor


@dataclass(frozen=True)
class World:
    """What was built: `keys["cedar"]["report:sent"]` and the session tokens of everybody."""

    keys: dict[str, dict[str, str]]
    tokens: dict[str, str]

    def visitor(self, app, name: str | None) -> Visitor:
        """A client that is logged in since the world began; None for somebody who is not."""
        app.test_client_class = Visitor
        client = app.test_client()
        if name is not None:
            with client.session_transaction() as session:
                session["_user_id"], session["_fresh"] = self.tokens[name], True
        return client


@pytest.fixture(scope="session")
def told_world(build_once) -> World:
    """Built once; tests ask for `world`."""

    def build() -> dict:
        with tenancy.unscoped("demo"), pytest.MonkeyPatch.context() as patch:
            patch.setattr(decks, "edition_of", set_once())
            patch.setattr(decks, "draft_of", unmarked)
            return {
                "keys": {code: Belongings(code).build() for code in CANARIES},
                "tokens": _log_everybody_in(),
            }

    return World(**build_once("world", "original", build))


@pytest.fixture
def world(told_world, begin_with) -> World:
    """Cedar and Birch with everything they own, in a database of this test's own."""
    begin_with("world")
    return told_world


def set_once() -> Callable[[str], bytes]:
    """Slides that say the same but for the number of their edition are set once: their PDFs differ in nothing else."""
    made: dict[str, bytes] = {}

    def edition(html: str) -> bytes:
        same = re.sub(r"edition \d+|(?<=Edition</p><p class=\"value\">)\d+", "", html)
        if same not in made:
            made[same] = edition_of(html)
        return made[same] + b"\n%" + sha256(html.encode()).hexdigest().encode()

    return edition


def unmarked(_html: str, edition: bytes) -> bytes:
    """A draft without its ribbon, which tests/decks proves: the slides are set once instead of twice."""
    return edition + b"\n"


def _log_everybody_in() -> dict[str, str]:
    tokens = {}
    with write() as session:
        for persona in People():
            token, token_hash = new_secret()
            user_id = session.scalars(select(User.id).where(User.email == persona.email)).one()
            times = {"created_at": clock.now(), "expires_at": clock.now() + timedelta(days=30)}
            session.add(LoginSession(token_hash=token_hash, user_id=user_id, **times))
            tokens[persona.name] = token
    return tokens
