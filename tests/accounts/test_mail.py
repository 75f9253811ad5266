"""How mail leaves the house: to a file, to the console, or to a real SMTP server."""

import socket
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from sqlalchemy import select

from app import clock, jobs, mail
from app.extensions import write


class Peer:
    """What an SMTP server received; `temper` is the answer to each message."""

    def __init__(self, temper: str = "250 taken"):
        self.temper, self.envelopes = temper, []

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        self.envelopes.append(envelope)
        return self.temper

    @property
    def messages(self) -> list:
        return [message_from_bytes(envelope.content, policy=policy.default) for envelope in self.envelopes]


@pytest.fixture
def smtp(app, monkeypatch):
    """`smtp(peer)` starts a real server on a free port, and the settings name it."""
    running = []

    def serve(peer: Peer, account: str = "", **options) -> Peer:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        server = Controller(peer, hostname="127.0.0.1", port=port, **options)
        server.start()
        running.append(server)
        monkeypatch.setitem(app.config, "MAIL_TRANSPORT", "smtp")
        monkeypatch.setitem(app.config, "SMTP_URL", f"smtp://{account}127.0.0.1:{port}")
        return peer

    yield serve
    for server in running:
        server.stop()


@pytest.fixture
def send(app, inside, people):
    """Write one mail to Ana and let the worker run; the mail's key, instant of sending and the job's state."""

    def write_and_deliver(name: str = "Ana") -> tuple:
        with inside(), write():
            person = type("Person", (), {"name": name})
            key = mail.send(people.ana.email, "password-changed", person=person, at=clock.now()).key
        with app.app_context():
            jobs.run_pending()
        with inside() as session:
            row = session.scalars(select(mail.Mail)).one()
            job = session.scalars(select(jobs.Job)).one()
            return key, row.sent_at, job.state

    return write_and_deliver


def test_a_server_gets_the_whole_message(smtp, send, people):
    peer = smtp(Peer())
    key, sent_at, state = send("Añá Żółć")
    (message,), (envelope,) = peer.messages, peer.envelopes
    assert (state, sent_at is not None) == ("done", True)
    assert envelope.rcpt_tos == [people.ana.email]
    assert (message["To"], message["From"]) == (people.ana.email, "Accord <accord@localhost>")
    assert message["Message-ID"] == f"<{key}@accord>"
    assert message["Subject"] == "Your Accord password was changed"
    assert message.get_content().startswith("Hello Añá Żółć,")
    assert "http://127.0.0.1:8000/password-resets" in message.get_content()


def test_a_server_that_says_no_leaves_the_mail_unsent(smtp, send, monkeypatch):
    monkeypatch.setattr("app.jobs.log.exception", lambda *_: None)
    peer = smtp(Peer("554 no"))
    _, sent_at, state = send()
    assert (state, sent_at, len(peer.envelopes)) == ("failed", None, mail.ATTEMPTS)


def test_a_server_that_is_not_there_leaves_the_mail_unsent(app, send, monkeypatch):
    monkeypatch.setattr("app.jobs.log.exception", lambda *_: None)
    monkeypatch.setitem(app.config, "MAIL_TRANSPORT", "smtp")
    monkeypatch.setitem(app.config, "SMTP_URL", "smtp://127.0.0.1:1")
    assert send()[1:] == (None, "failed")


def test_a_server_that_wants_an_account_gets_it_decoded(smtp, send):
    asked = []

    def let_in(_server, _session, _envelope, _mechanism, data):
        asked.append((data.login, data.password))
        return AuthResult(success=True)

    peer = smtp(Peer(), "ac%40cord:s%2Fcret@", authenticator=let_in, auth_require_tls=False)
    assert send()[2] == "done"
    assert set(asked) == {(b"ac@cord", b"s/cret")}
    assert len(peer.messages) == 1


def test_a_repeated_job_sends_nothing_twice(smtp, send, app, inside):
    peer = smtp(Peer())
    send()
    with inside(), write() as session:
        session.scalars(select(jobs.Job)).one().state = "waiting"
    with app.app_context():
        jobs.run_pending()
    assert len(peer.messages) == 1


def test_the_console_shows_the_link_in_one_piece(app, send, capsys, monkeypatch):
    monkeypatch.setitem(app.config, "MAIL_TRANSPORT", "console")
    send("Añá")
    shown = capsys.readouterr().out
    assert "\nhttp://127.0.0.1:8000/password-resets\n" in shown
    assert "Hello Añá," in shown


def test_a_file_holds_the_message_as_it_is_read(app, send, post):
    key, *_ = send("Añá")
    (file,) = [file for file in post.outbox.glob("*.eml") if file.stem == key]
    assert "Hello Añá," in file.read_text()


def test_the_host_of_a_link_is_the_settings_whatever_the_request_says(app):
    with app.test_request_context("/", base_url="http://evil.example"):
        assert mail.link("accounts.login", next="/x") == "http://127.0.0.1:8000/login?next=/x"
