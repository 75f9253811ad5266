"""Mail: a row first, sent by the worker to a file, the console or an SMTP server."""

import smtplib
import sys
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

from flask import current_app, render_template
from sqlalchemy import Text, select
from sqlalchemy.orm import Mapped, mapped_column

from app import clock, jobs
from app.extensions import Base, Keyed, db, write


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
    subject, _, body = render_template(f"mail/{template}.txt", **context).partition("\n")
    mail = Mail(recipient=recipient, subject=subject.strip(), body=body.strip() + "\n", written_at=clock.now())
    db.session.add(mail)
    db.session.flush()
    jobs.enqueue("mail.send", mail.id, unique=f"mail.send:{mail.id}")
    return mail


@jobs.job("mail.send")
def deliver(job: jobs.Job) -> None:
    """Send one mail; the row remembers it, so a job that is repeated sends nothing twice."""
    mail = db.session.scalars(select(Mail).where(Mail.id == job.subject_id)).one()
    if mail.sent_at is not None:
        return
    TRANSPORTS[current_app.config["MAIL_TRANSPORT"]](_message(mail))
    with write():
        mail.sent_at = clock.now()


def _message(mail: Mail) -> EmailMessage:
    message = EmailMessage()
    message["From"] = current_app.config["MAIL_FROM"]
    message["To"] = mail.recipient
    message["Subject"] = mail.subject
    message["Message-ID"] = f"<{mail.key}@accord>"
    message["Date"] = mail.written_at
    message.set_content(mail.body)
    return message


def _to_file(message: EmailMessage) -> None:
    folder = Path(current_app.instance_path) / "outbox"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{message['Message-ID'].strip('<>').split('@')[0]}.eml").write_bytes(message.as_bytes())


def _to_console(message: EmailMessage) -> None:
    sys.stdout.write(f"\n--- mail ---\n{message.as_string()}--- end of mail ---\n")


def _to_smtp(message: EmailMessage) -> None:
    server = urlsplit(current_app.config["SMTP_URL"])
    connect = smtplib.SMTP_SSL if server.scheme == "smtps" else smtplib.SMTP
    with connect(server.hostname, server.port or 25, timeout=20) as connection:
        if server.scheme == "smtp+starttls":
            connection.starttls()
        if server.username:
            connection.login(server.username, server.password or "")
        connection.send_message(message)


TRANSPORTS = {"file": _to_file, "console": _to_console, "smtp": _to_smtp}
