"""Confirming figures that were warned about: said once for exactly these figures and these warnings."""

from app import clock, events
from app.accounts.models import User
from app.extensions import db
from app.reports.models import Report
from app.reports.permits import refusal_to_prepare
from app.reports.sending.confirmations import Confirmation
from app.web import Conflict, Refusal


class CommentNeeded(Refusal):
    """A confirmation says why the figures are right all the same."""


def confirm(report: Report, *, seen_hash: str, comment: str, actor: User) -> Confirmation | None:
    """Answer the warnings of the draft that the actor saw; None when there are none to answer. Inside write()."""
    db.session.refresh(report, with_for_update={"of": Report})
    if refusal := refusal_to_prepare(report, actor, clock.now()):
        raise refusal
    draft = report.draft
    if draft is None:
        raise Conflict("There is nothing to confirm. Upload the file first.", title="There is nothing to confirm")
    db.session.refresh(draft)
    if draft.seen_hash != seen_hash:
        raise Conflict(
            f"{draft.prepared_by.name} uploaded other figures after you opened this page. "
            "Open it again and look before you confirm."
        )
    if not comment.strip():
        raise CommentNeeded("Say why the figures are right all the same.")
    if not draft.awaits_confirmation:
        return draft.confirmation
    confirmation = record_confirmation(report, draft.content_hash, draft.warnings, comment.strip(), actor)
    db.session.expire(draft, ["confirmations"])
    return confirmation


def record_confirmation(
    report: Report, content_hash: str, warnings: list[dict], comment: str, actor: User
) -> Confirmation:
    """Inside write()."""
    confirmation = Confirmation(
        partner_id=report.partner_id,
        report_id=report.id,
        content_hash=content_hash,
        warnings=warnings,
        comment=comment,
        confirmed_by_id=actor.id,
        confirmed_at=clock.now(),
    )
    db.session.add(confirmation)
    db.session.flush()
    events.record(
        "warnings.confirmed",
        subject=report,
        actor=actor,
        content=content_hash,
        warnings=len(warnings),
        checks=sorted({each["rule"] for each in warnings}),
        comment=events.digest_of(comment),
    )
    return confirmation
