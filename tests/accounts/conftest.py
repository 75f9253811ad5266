"""What the tests of people share: the mails that were sent, a mail server, and a person's row."""

import socket
from email import policy
from email.parser import BytesParser
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from app import clock, jobs, mail
from app.accounts.models import User
from app.extensions import write
from app.partners.models import Partner
from tests.accounts.postal import Peer, Sent


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


@pytest.fixture
def smtp(app, monkeypatch):
    """`smtp(peer)` starts a real server on a free port, and the settings name it."""
    running = []

    def serve(peer: Peer, account: str = "", scheme: str = "smtp", **options) -> Peer:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        server = Controller(peer, hostname="127.0.0.1", port=port, **options)
        server.start()
        running.append(server)
        monkeypatch.setitem(app.config, "MAIL_TRANSPORT", "smtp")
        monkeypatch.setitem(app.config, "SMTP_URL", f"{scheme}://{account}127.0.0.1:{port}")
        return peer

    yield serve
    for server in running:
        server.stop()


@pytest.fixture
def send(app, inside, people):
    """Write one mail to Ana and let the worker run; what became of it."""

    def write_and_deliver(name: str = "Ana") -> Sent:
        with inside(), write():
            person = type("Person", (), {"name": name})
            key = mail.send(people.ana.email, "password-changed", person=person, at=clock.now()).key
        with app.app_context():
            jobs.run_pending()
        with inside() as session:
            row = session.scalars(select(mail.Mail)).one()
            job = session.scalars(select(jobs.Job)).one()
            return Sent(key, row.sent_at, job.state, job.error)

    return write_and_deliver


@pytest.fixture
def partner_keys(inside):
    with inside() as session:
        return {partner.code: partner.key for partner in session.scalars(select(Partner))}
