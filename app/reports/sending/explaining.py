"""Saying why a service level will miss, before the figures are sent. Inside write()."""

from collections.abc import Mapping

from sqlalchemy import select

from app import clock, events
from app.accounts.models import User
from app.extensions import db
from app.reports.models import Report, Submission
from app.reports.permits import refusal_to_prepare
from app.reports.sending.causes import Cause, causes_of
from app.reports.uploads.drafting import next_number
from app.web import Conflict

Said = Mapping[str, tuple[str, str]]  # kind and text by service level


def explain(report: Report, said: Said, actor: User) -> None:
    """Keep what was said of each miss for the version that comes next. Raises Conflict."""
    db.session.refresh(report, with_for_update={"of": Report})
    if refusal := refusal_to_prepare(report, actor, clock.now()):
        raise refusal
    if report.draft is None:
        raise Conflict("There is nothing to explain. Upload the file first.", title="There is nothing to explain")
    _keep(report, next_number(report), said, actor)


def explain_exactly(submission: Submission, said: Said, actor: User) -> None:
    """The same by whoever sends: what was said of a service level that no longer misses is taken back."""
    no_more = dict.fromkeys(causes_of(submission.report_id, submission.number), ("", ""))
    _keep(submission.report, submission.number, {**no_more, **said}, actor)


def _keep(report: Report, number: int, said: Said, actor: User) -> None:
    """What did not change stays as it is, with its author."""
    standing = causes_of(report.id, number)
    changed = {level: words for level, words in said.items() if _words(standing.get(level)) != words}
    for level, (kind, text) in changed.items():
        cause = standing.get(level)
        if cause is None or cause.number != number:
            cause = _of_version(report, number, level)
        cause.kind, cause.text = kind, text
        cause.author, cause.written_at = actor, clock.now()
    if changed:
        told = {level: events.digest_of(": ".join(words)) for level, words in sorted(changed.items())}
        events.record("causes.given", subject=report, actor=actor, version=number, causes=told)


def _words(cause: Cause | None) -> tuple[str, str]:
    return (cause.kind, cause.text) if cause else ("", "")


def _of_version(report: Report, number: int, level: str) -> Cause:
    """One that was taken back may stand there already."""
    same = {"report_id": report.id, "number": number, "service_level": level}
    cause = db.session.scalars(select(Cause).filter_by(**same)).one_or_none()
    if cause is None:
        cause = Cause(partner_id=report.partner_id, **same)
        db.session.add(cause)
    return cause
