"""Passwords: argon2id with the parameters of the settings, and the rules a new one must pass."""

from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from flask import current_app

SHORTEST = 12
LONGEST = 200
FEWEST_MARKS = 5
DECORATION = "0123456789.,-_!?#*$ "
COMMON = frozenset((Path(__file__).parent / "common-passwords.txt").read_text().split())


def hashed(password: str) -> str:
    return _hasher().hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password belongs to the hash. Without one it is False, after as much work as with one."""
    hasher = _hasher()
    try:
        hasher.verify(password_hash or _nobodys_hash(hasher), password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with other parameters than today's settings."""
    return _hasher().check_needs_rehash(password_hash)


def problem_with(password: str, email: str) -> str | None:
    """Why this cannot be a password, as one sentence that says what to do; None when it can."""
    plain, address = password.strip().casefold(), email.casefold()
    if len(password) < SHORTEST:
        return f"Use at least {SHORTEST} characters. Four words in a row are easy to remember."
    if len(password) > LONGEST:
        return f"Use at most {LONGEST} characters."
    if plain.strip(DECORATION) in {address, address.split("@")[0], address.split("@")[-1]}:
        return "The password is your e-mail address. Choose something else."
    if plain in COMMON or len(set(plain)) < FEWEST_MARKS:
        return "This password is among the first that people try. Choose something else."
    return None


def _hasher() -> PasswordHasher:
    return _hasher_with(tuple(sorted(current_app.config["ARGON2"].items())))


@cache
def _hasher_with(parameters: tuple[tuple[str, int], ...]) -> PasswordHasher:
    return PasswordHasher(**dict(parameters))


@cache
def _nobodys_hash(hasher: PasswordHasher) -> str:
    return hasher.hash("nobody has this password")
