"""The one place that asks what time it is; rules take instants as arguments."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flask import current_app, has_app_context

_fixed: ContextVar[datetime | None] = ContextVar("fixed_instant", default=None)


def now() -> datetime:
    """The present instant in UTC, or the fixed one of `at()` or of the setting ACCORD_NOW."""
    if fixed := _fixed.get():
        return fixed
    if has_app_context() and (fixed := current_app.config.get("FIXED_NOW")):
        return fixed.astimezone(UTC)
    return datetime.now(UTC)


def wall() -> datetime:
    """The true instant even when a setting holds the demo's day: a throttle must open again."""
    return _fixed.get() or datetime.now(UTC)


def today(zone: str, instant: datetime | None = None) -> date:
    """The calendar day in an IANA zone, now or at an instant."""
    return (instant or now()).astimezone(ZoneInfo(zone)).date()


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Hold the clock at an aware instant: for the demo story's history and for tests."""
    if instant.tzinfo is None:
        raise ValueError("the clock needs an instant with an offset")
    token = _fixed.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _fixed.reset(token)
