"""Why service levels miss, as a program says it: an object by the key of the service level."""

from collections.abc import Mapping

from flask import abort

from app.reports.sending.causes import KINDS, LONGEST_CAUSE, Cause
from app.reports.sending.explaining import Said
from app.web import Refusal


class CauseRefused(Refusal):
    """It is about no service level of the report, of no kind that is known, or too long."""


def said_in(document: object, levels: Mapping[str, str]) -> Said:
    """`levels` are the names by key of those that rest on the report. Null takes a cause back. Raises CauseRefused."""
    if not isinstance(document, dict):
        abort(400)
    return {level: _one(level, said, levels) for level, said in document.items()}


def told(causes: Mapping[str, Cause]) -> dict[str, dict[str, str]]:
    return {level: {"kind": cause.kind, "text": cause.text} for level, cause in causes.items()}


def unknown_level(level: str, levels: Mapping[str, str]) -> str:
    known = ", ".join(levels) or "none"
    return f"“{level[:40]}” is no service level that rests on this report. Those are: {known}."


def _one(level: str, said: object, levels: Mapping[str, str]) -> tuple[str, str]:
    if level not in levels:
        raise CauseRefused(unknown_level(level, levels))
    if said is None:
        return "", ""
    if not isinstance(said, dict):
        abort(400)
    kind, text = said.get("kind"), said.get("text") or ""
    if kind not in KINDS:
        raise CauseRefused(f"“{str(kind)[:40]}” is no kind of cause for {levels[level]}. Take {', '.join(KINDS)}.")
    if not isinstance(text, str) or len(text) > LONGEST_CAUSE:
        raise CauseRefused(
            f"The words about {levels[level]} are a text of at most {LONGEST_CAUSE} letters. Shorten them."
        )
    return kind, text.strip()
