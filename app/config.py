"""Settings: read from the environment, checked once, secrets generated into instance/ for development."""

import os
import secrets
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from app import smtp

MEGABYTE = 1024 * 1024
UPLOAD_MEGABYTES = 25


class SettingError(RuntimeError):
    """A setting is missing or makes no sense; the message names it and says what to write."""


def load(instance: Path) -> dict:
    """Return the Flask configuration; ACCORD_ENV is `development` (default) or `production`."""
    production = _choice("ACCORD_ENV", "development", {"development", "production"}) == "production"
    return {
        "PRODUCTION": production,
        "SECRET_KEY": _secret_key(instance, production),
        "SQLALCHEMY_DATABASE_URI": os.environ.get("DATABASE_URL") or f"sqlite:///{instance / 'accord.db'}",
        "SQLALCHEMY_ENGINE_OPTIONS": {"pool_pre_ping": True},
        "MAX_CONTENT_LENGTH": UPLOAD_MEGABYTES * MEGABYTE,
        "MAX_FORM_MEMORY_SIZE": 2 * MEGABYTE,
        "MAX_FORM_PARTS": 2000,
        "WTF_CSRF_TIME_LIMIT": None,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": production,
        "SESSION_HOURS": 12,
        "ARGON2": {"time_cost": 3, "memory_cost": 64 * 1024, "parallelism": 1},
        "PROXIES": _count("ACCORD_PROXIES", 1 if production else 0),
        "BASE_URL": os.environ.get("ACCORD_URL", "http://127.0.0.1:8000").rstrip("/"),
        "FIXED_NOW": _instant("ACCORD_NOW"),
        "MAIL_TRANSPORT": _choice("ACCORD_MAIL", "file", {"file", "console", "smtp"}),
        "MAIL_FROM": os.environ.get("ACCORD_MAIL_FROM", "Accord <accord@localhost>"),
        "SMTP_URL": _mail_server("ACCORD_SMTP_URL", "smtp://127.0.0.1:25"),
        "SMTP_CA": _authorities("ACCORD_SMTP_CA"),
    }


def _secret_key(instance: Path, production: bool) -> str:
    if key := os.environ.get("ACCORD_SECRET_KEY"):
        if production and len(key) < 32:
            raise SettingError("ACCORD_SECRET_KEY is too short: production needs at least 32 characters.")
        return key
    if production:
        raise SettingError(
            "ACCORD_SECRET_KEY is not set. Production does not start on a generated secret: "
            "set it to at least 32 random characters (python3 -c 'import secrets; print(secrets.token_urlsafe(48))')."
        )
    path = instance / "secret-key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text().strip()


def _choice(name: str, default: str, allowed: set[str]) -> str:
    value = os.environ.get(name, default)
    if value not in allowed:
        raise SettingError(f"{name} is {value!r}; it must be one of: {', '.join(sorted(allowed))}.")
    return value


def _count(name: str, default: int) -> int:
    value = os.environ.get(name, str(default))
    if not (value.isascii() and value.isdigit()):
        raise SettingError(f"{name} is {value!r}; write a whole number such as 0 or 1.")
    return int(value)


def _mail_server(name: str, default: str) -> str:
    """A scheme that is misspelt must not end in a password that everybody can hear; it is not repeated here either."""
    value = os.environ.get(name, default)
    try:
        server = urlsplit(value)
        fits = server.scheme in smtp.PORTS and bool(server.hostname) and server.port != 0
    except ValueError:
        fits = False
    if not fits:
        raise SettingError(f"{name} is no address of a mail server; write smtp+starttls://user:password@host:587.")
    return value


def _authorities(name: str) -> str:
    value = os.environ.get(name, "")
    try:
        smtp.trust(value)
    except OSError as error:
        raise SettingError(f"{name} is {value!r}; name a readable PEM file of certificates ({error}).") from error
    return value


def _instant(name: str) -> datetime | None:
    value = os.environ.get(name)
    if not value:
        return None
    try:
        instant = datetime.fromisoformat(value)
    except ValueError as error:
        raise SettingError(f"{name} is {value!r}; write an instant such as 2026-11-22T09:00:00+00:00.") from error
    if instant.tzinfo is None:
        raise SettingError(f"{name} is {value!r}; add the offset, for instance +00:00.")
    return instant
