"""Mail: a row first, sent by the worker to a file, the console or an SMTP server."""

import secrets
import sys
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

from flask import current_app, render_template
from sqlalchemy import Text, select
from sqlalchemy.orm import Mapped, mapped_column

from app import clock, jobs, smtp
from app.extensions import Base, Keyed, db, write

ATTEMPTS = 14  # with the pauses between them most of a day: a mail server may be down that long


class Mail(Keyed, Base):
    """One message; its key is the Message-ID, so a server that got it twice can tell."""

    __tablename__ = "mail"

    recipient: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


def send(recipient: str, template: str, **context) -> Mail:
    """Write a mail from templates/mail/<template>.txt inside write(); its first line is the subject."""
    mail = _write(recipient, template, context)
    db.session.add(mail)
    db.session.flush()
    jobs.enqueue("mail.send", mail.id, unique=f"mail.send:{mail.id}")
    return mail


def post(recipient: str, template: str, **context) -> None:
    """Send from a job at once and keep nothing: a one-time link must not lie in the database."""
    _dispatch(_write(recipient, template, context))


def link(endpoint: str, **values) -> str:
    """An address for mails. Its host is the setting's, never the request's: that one can be forged."""
    path = current_app.url_map.bind("").build(endpoint, values)
    return current_app.config["BASE_URL"] + path


@jobs.job("mail.send", attempts=ATTEMPTS)
def deliver(job: jobs.Job) -> None:
    """Send one mail; the row remembers it, so a job that is repeated sends nothing twice."""
    mail = db.session.scalars(select(Mail).where(Mail.id == job.subject_id)).one()
    if mail.sent_at is not None:
        return
    _dispatch(mail)
    with write():
        mail.sent_at = clock.now()


def _write(recipient: str, template: str, context: dict) -> Mail:
    rendered = render_template(f"mail/{template}.txt", link_to=link, **context)
    subject, _, body = rendered.partition("\n")
    return Mail(
        key=secrets.token_urlsafe(9),
        recipient=recipient,
        subject=" ".join(subject.split()),
        body=body.strip() + "\n",
        written_at=clock.now(),
    )


def _dispatch(mail: Mail) -> None:
    TRANSPORTS[current_app.config["MAIL_TRANSPORT"]](_message(mail))


def _message(mail: Mail) -> EmailMessage:
    message = EmailMessage()
    message["From"] = current_app.config["MAIL_FROM"]
    message["To"] = mail.recipient
    message["Subject"] = mail.subject
    message["Message-ID"] = f"<{mail.key}@accord>"
    message["Date"] = mail.written_at
    message.set_content(mail.body)
    return message


def outbox() -> Path:
    """Where mails are kept that go to files."""
    return Path(current_app.instance_path) / "outbox"


def _to_file(message: EmailMessage) -> None:
    folder = outbox()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{message['Message-ID'].strip('<>').split('@')[0]}.eml").write_bytes(_readable(message))


def _to_console(message: EmailMessage) -> None:
    sys.stdout.write(f"\n--- mail ---\n{_readable(message).decode()}--- end of mail ---\n")
    sys.stdout.flush()


def _readable(message: EmailMessage) -> bytes:
    """Lines as they are: an encoding for the way would break a link that somebody wants to copy."""
    message.set_content(message.get_content(), cte="8bit")
    return message.as_bytes()


def _to_smtp(message: EmailMessage) -> None:
    smtp.hand_over(message, current_app.config["SMTP_URL"], current_app.config["SMTP_CA"])


TRANSPORTS = {"file": _to_file, "console": _to_console, "smtp": _to_smtp}
