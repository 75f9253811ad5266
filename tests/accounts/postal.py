"""A mail server's side of the tests: what it received, and the certificates that it shows."""

import ssl
import subprocess
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import NamedTuple

CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


class Sent(NamedTuple):
    """What became of a mail: its key, when it was sent, and the state and the error of its job."""

    key: str
    sent_at: datetime | None
    state: str
    error: str


class Peer:
    """What an SMTP server received; `temper` is the answer to each message."""

    def __init__(self, temper: str = "250 taken"):
        self.temper, self.envelopes, self.encrypted = temper, [], []

    async def handle_DATA(self, server, _session, envelope):  # noqa: N802
        self.envelopes.append(envelope)
        self.encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        return self.temper

    @property
    def messages(self) -> list:
        return [message_from_bytes(envelope.content, policy=policy.default) for envelope in self.envelopes]


@dataclass(frozen=True)
class Certificate:
    """A certificate that signed itself, with its key, as PEM files."""

    public: Path
    private: Path

    @classmethod
    def made_in(cls, folder: Path, name: str = "IP:127.0.0.1", days: int = 2) -> "Certificate":
        made = cls(folder / "certificate.pem", folder / "key.pem")
        named = ("-subj", "/CN=mail", "-addext", f"subjectAltName={name}")
        _openssl("req", "-x509", *CURVE, *named, "-days", "2", "-keyout", made.private, "-out", made.public)
        if days < 0:
            _openssl("x509", "-in", made.public, "-signkey", made.private, "-days", days, "-out", made.public)
        return made

    @property
    def shown(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.public, self.private)
        return context


def _openssl(*arguments) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)
