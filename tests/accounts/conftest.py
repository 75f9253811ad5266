"""What the tests of people share: the mails that were sent, and a person's row."""

from email import policy
from email.parser import BytesParser
from pathlib import Path

import pytest
from sqlalchemy import select

from app import jobs
from app.accounts.models import User


@pytest.fixture
def post(app):
    """`post()` lets the worker send what waits; the messages in the outbox, oldest first."""
    outbox = Path(app.instance_path) / "outbox"
    for old in outbox.glob("*.eml"):
        old.unlink()

    def deliver() -> list:
        with app.app_context():
            jobs.run_pending()
        files = sorted(outbox.glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
        return [BytesParser(policy=policy.default).parsebytes(file.read_bytes()) for file in files]

    deliver.outbox = outbox
    return deliver


@pytest.fixture
def link_in(app):
    """The path of the one link of a message."""

    def find(message) -> str:
        found = [line for line in message.get_content().splitlines() if line.startswith(app.config["BASE_URL"])]
        assert len(found) == 1
        return found[0].removeprefix(app.config["BASE_URL"])

    return find


@pytest.fixture
def key_of(inside):
    """`key_of(people.ana)`: the key that addresses name the person by."""

    def look(persona) -> str:
        with inside() as session:
            return session.scalars(select(User.key).where(User.email == persona.email)).one()

    return look
