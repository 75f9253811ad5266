"""Mail over TLS with a real peer: delivered to whom the certificate says, or to nobody with the reason in words."""

import shutil
from dataclasses import replace

import pytest
from aiosmtpd.smtp import AuthResult

from app import jobs
from tests.accounts.postal import Certificate, Peer

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="makes certificates with openssl")
SCHEMES = pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])


@pytest.fixture(autouse=True)
def once(monkeypatch):
    """One attempt tells as much as fourteen."""
    monkeypatch.setitem(jobs._kinds, "mail.send", replace(jobs._kinds["mail.send"], attempts=1))
    monkeypatch.setattr("app.jobs.log.exception", lambda *_: None)


@pytest.fixture
def encrypted(app, smtp, tmp_path, monkeypatch):
    """`encrypted("smtps", certificate={"days": -1})`: a server that shows such a certificate, trusted unless said."""

    def serve(scheme: str, account: str = "", *, trusted: bool = True, certificate=(), **options) -> Peer:
        made = Certificate.made_in(tmp_path, **dict(certificate))
        monkeypatch.setitem(app.config, "SMTP_CA", str(made.public) if trusted else "")
        how = "ssl_context" if scheme == "smtps" else "tls_context"
        must = {"require_starttls": True} if scheme == "smtp+starttls" else {}
        return smtp(Peer(), account, scheme, **{how: made.shown}, **must, **options)

    return serve


def refused(sent, peer: Peer) -> str:
    """Nothing came through, and the words of the reason."""
    assert (sent.state, sent.sent_at, peer.envelopes) == ("failed", None, [])
    name, _, words = sent.error.partition(": ")
    assert name == "NotDelivered"
    assert len(sent.error) < 500
    return words


@SCHEMES
def test_a_trusted_certificate_lets_the_mail_through_encrypted(encrypted, send, people, scheme):
    peer = encrypted(scheme)
    sent = send()
    assert (sent.state, sent.error, sent.sent_at is not None) == ("done", "", True)
    assert peer.encrypted == [True]
    assert peer.messages[0]["To"] == people.ana.email


def test_a_password_is_said_over_the_encrypted_line_alone(encrypted, send):
    asked = []

    def let_in(_server, session, _envelope, _mechanism, data):
        asked.append((data.login, data.password, session.ssl is not None))
        return AuthResult(success=True)

    peer = encrypted("smtp+starttls", "accord:s%2Fcret@", authenticator=let_in)
    assert send().state == "done"
    assert set(asked) == {(b"accord", b"s/cret", True)}
    assert peer.encrypted == [True]


@SCHEMES
def test_a_certificate_that_nobody_trusts_stops_the_mail(encrypted, send, scheme):
    peer = encrypted(scheme, trusted=False)
    words = refused(send(), peer)
    assert "is not trusted (self-signed certificate)" in words
    assert "ACCORD_SMTP_CA" in words


@SCHEMES
def test_a_certificate_that_has_expired_stops_the_mail(encrypted, send, scheme):
    peer = encrypted(scheme, certificate={"days": -1})
    assert "has expired. Renew it" in refused(send(), peer)


@SCHEMES
@pytest.mark.parametrize("name", ["DNS:mail.example", "IP:127.0.0.2"])
def test_a_certificate_for_another_host_stops_the_mail(encrypted, send, scheme, name):
    peer = encrypted(scheme, certificate={"name": name})
    assert "is not for 127.0.0.1. Write its name into ACCORD_SMTP_URL" in refused(send(), peer)


def test_a_server_without_encryption_gets_no_mail_and_no_password(smtp, send):
    asked = []

    def listen(_server, _session, _envelope, _mechanism, data):
        asked.append(data)
        return AuthResult(success=True)

    options = {"authenticator": listen, "auth_require_tls": False}
    peer = smtp(Peer(), "accord:secret@", "smtp+starttls", **options)
    assert "does not offer STARTTLS, and ACCORD_SMTP_URL wants it" in refused(send(), peer)
    assert asked == []


def test_the_wrong_port_is_said_to_be_one(smtp, send):
    peer = smtp(Peer(), scheme="smtps")
    assert "smtps:// is for a server that encrypts from the start" in refused(send(), peer)


def test_a_wrong_password_is_said_and_not_repeated(encrypted, send):
    peer = encrypted(
        "smtp+starttls", "accord:wr0ng@", authenticator=lambda *_: AuthResult(success=False, handled=False)
    )
    words = refused(send(), peer)
    assert "refuses the user name or the password (535" in words
    assert "Correct them in ACCORD_SMTP_URL" in words
    assert "wr0ng" not in words


def test_a_server_that_takes_no_password_here_says_where_it_would(smtp, send):
    peer = smtp(Peer(), "accord:secret@")
    assert "write smtp+starttls:// into ACCORD_SMTP_URL" in refused(send(), peer)


@pytest.mark.parametrize(
    ("asks", "advice"),
    [("handle_MAIL", "takes no mail from this sender (550 no). Correct ACCORD_MAIL_FROM."),
     ("handle_RCPT", "takes no mail for this address (550 no). Correct the person's e-mail address.")],
)  # fmt: skip
def test_who_is_refused_is_said(smtp, send, asks, advice):
    async def refuse(*_args) -> str:
        return "550 no"

    peer = Peer()
    setattr(peer, asks, refuse)
    smtp(peer)
    assert advice in refused(send(), peer)
