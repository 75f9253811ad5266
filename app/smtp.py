"""The way to an SMTP server: encrypted when the setting says so, and a reason in words when nothing was delivered."""

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from urllib.parse import SplitResult, unquote, urlsplit

PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
PATIENCE_SECONDS = 20


class NotDelivered(Exception):
    """The server did not take the mail; the message says what was in the way and what to do."""


def trust(authorities: str) -> ssl.SSLContext:
    """Whom to believe: the authorities in a PEM file, or the machine's when none is named. Raises OSError."""
    return ssl.create_default_context(cafile=authorities or None)


def hand_over(message: EmailMessage, address: str, authorities: str) -> None:
    """Give one message to the server at smtp://, smtp+starttls:// or smtps://. Raises NotDelivered."""
    server = urlsplit(address)
    try:
        connection = _connection(server, trust(authorities))
        try:
            if server.username:
                connection.login(unquote(server.username), unquote(server.password or ""))
            connection.send_message(message)
        finally:
            with suppress(OSError):  # what was taken is taken, however the server says goodbye
                connection.quit()
    except OSError as failure:
        raise NotDelivered(_reason(failure, server)) from failure


def _connection(server: SplitResult, encrypted: ssl.SSLContext) -> smtplib.SMTP:
    """Encrypted before anything is said that others may not hear, or not at all."""
    place = {"host": server.hostname, "port": server.port or PORTS[server.scheme], "timeout": PATIENCE_SECONDS}
    if server.scheme == "smtps":
        return smtplib.SMTP_SSL(**place, context=encrypted)
    connection = smtplib.SMTP(**place)
    if server.scheme == "smtp+starttls":
        try:
            connection.starttls(context=encrypted)
        except BaseException:
            connection.close()
            raise
    return connection


def _reason(failure: OSError, server: SplitResult) -> str:
    place = f"{server.hostname}:{server.port or PORTS[server.scheme]}"
    if isinstance(failure, ssl.SSLCertVerificationError):
        return f"The certificate of {place} {_distrust(failure, server.hostname)}"
    if isinstance(failure, ssl.SSLError):
        return (
            f"{place} does not encrypt as ACCORD_SMTP_URL says ({failure.reason}). smtps:// is for a server that "
            "encrypts from the start (mostly port 465), smtp+starttls:// for one that does so after its greeting (587)."
        )
    if isinstance(failure, smtplib.SMTPException):
        return f"{place} {_refusal(failure)}"
    return f"{place} cannot be reached ({failure}). Check that the mail server runs, and the host in ACCORD_SMTP_URL."


def _distrust(failure: ssl.SSLCertVerificationError, host: str | None) -> str:
    match failure.verify_code:
        case 10:  # X509_V_ERR_CERT_HAS_EXPIRED
            return "has expired. Renew it at the mail server."
        case 62 | 64:  # X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH
            return f"is not for {host}. Write its name into ACCORD_SMTP_URL, or give the server one for this name."
    return (
        f"is not trusted ({failure.verify_message}). If it is the right server, name a PEM file with the certificate "
        "of whoever signed it in ACCORD_SMTP_CA."
    )


def _refusal(failure: smtplib.SMTPException) -> str:
    match failure:
        case smtplib.SMTPNotSupportedError() if "STARTTLS" in str(failure):
            return (
                "does not offer STARTTLS, and ACCORD_SMTP_URL wants it. Switch it on at the mail server, or write "
                "smtps:// and the port where it encrypts from the start."
            )
        case smtplib.SMTPNotSupportedError():
            return (
                f"cannot do this ({failure}). Most servers take a password over encryption only: write "
                "smtp+starttls:// into ACCORD_SMTP_URL, or leave user and password out of it."
            )
        case smtplib.SMTPAuthenticationError():
            return (
                f"refuses the user name or the password ({_said(failure)}). Correct them in ACCORD_SMTP_URL; there "
                ": / @ and % are written as %3A %2F %40 %25."
            )
        case smtplib.SMTPSenderRefused():
            return f"takes no mail from this sender ({_said(failure)}). Correct ACCORD_MAIL_FROM."
        case smtplib.SMTPRecipientsRefused():
            said = next(iter(failure.recipients.values()))
            return f"takes no mail for this address ({_said(said)}). Correct the person's e-mail address."
        case smtplib.SMTPResponseException():
            return f"refuses the mail ({_said(failure)}). Look into the log of the mail server."
    return f"does not answer as a mail server should ({failure}). Check ACCORD_SMTP_URL."


def _said(answer: smtplib.SMTPResponseException | tuple[int, bytes]) -> str:
    """What the server said, in one line."""
    code, text = answer if isinstance(answer, tuple) else (answer.smtp_code, answer.smtp_error)
    words = text.decode(errors="replace") if isinstance(text, bytes) else text
    return " ".join(f"{code} {words}".split())[:120]
