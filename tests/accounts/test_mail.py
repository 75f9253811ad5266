"""How mail leaves the house: to a file, to the console, or to a real SMTP server."""

from aiosmtpd.smtp import AuthResult
from sqlalchemy import select

from app import jobs, mail
from app.extensions import write
from tests.accounts.postal import Peer


def test_a_server_gets_the_whole_message(smtp, send, people):
    peer = smtp(Peer())
    key, sent_at, state, _ = send("Añá Żółć")
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
    _, sent_at, state, error = send()
    assert (state, sent_at, len(peer.envelopes)) == ("failed", None, mail.ATTEMPTS)
    assert "refuses the mail (554 no)" in error


def test_a_server_that_is_not_there_leaves_the_mail_unsent(app, send, monkeypatch):
    monkeypatch.setattr("app.jobs.log.exception", lambda *_: None)
    monkeypatch.setitem(app.config, "MAIL_TRANSPORT", "smtp")
    monkeypatch.setitem(app.config, "SMTP_URL", "smtp://127.0.0.1:1")
    _, sent_at, state, error = send()
    assert (state, sent_at) == ("failed", None)
    assert "127.0.0.1:1 cannot be reached" in error


def test_a_server_that_wants_an_account_gets_it_decoded(smtp, send):
    asked = []

    def let_in(_server, _session, _envelope, _mechanism, data):
        asked.append((data.login, data.password))
        return AuthResult(success=True)

    peer = smtp(Peer(), "ac%40cord:s%2Fcret@", authenticator=let_in, auth_require_tls=False)
    assert send().state == "done"
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
