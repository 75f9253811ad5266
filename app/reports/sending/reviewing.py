"""The internal decision on a submission: approved, or returned with a reason."""

from sqlalchemy import select

from app import events, jobs
from app.accounts.mailboxes import let_in
from app.accounts.models import User
from app.extensions import db
from app.partners.moments import moment_of_change
from app.reports.models import Report, Review, Submission
from app.web import Conflict, Refusal


class OwnFigures(Refusal):
    """Nobody approves their own numbers."""

    status = 403


class AlreadyDecided(Conflict):
    """Another reviewer was faster; the message names them."""


def refusal_of(submission: Submission, reviewer: User) -> str | None:
    """Why this person cannot decide on this submission, in words; None when they can."""
    if submission.review is not None:
        decision = submission.review
        return f"{decision.reviewer.name} has already {decision.decision} this version."
    if submission.report.state != "sent":
        return "This report is not waiting for a decision."
    if submission.was_entered_by(reviewer):
        return "You entered or sent these figures, so somebody else decides on them."
    return None


def approve(submission: Submission, *, seen_hash: str, reviewer: User) -> Review:
    """Accept what was sent: the report's figures now count. Inside write()."""
    review = _decide(submission, "approved", seen_hash, reviewer, "")
    senders = {submission.prepared_by, submission.certified_by}
    submission.report.approved_submission_id = submission.id
    events.record(
        "submission.approved",
        subject=submission,
        actor=reviewer,
        version=submission.number,
        content=submission.content_hash,
        let_in=bool(let_in(senders, reviewer)),
    )
    _judge_anew(submission)
    return review


def send_back(submission: Submission, *, seen_hash: str, reviewer: User, reason: str) -> Review:
    """Return what was sent, with the reason; the partner mends it and sends a new version. Inside write().

    After a returned correction the report stands as before: approved, by the version that still counts.
    """
    review = _decide(submission, "returned", seen_hash, reviewer, reason)
    events.record(
        "submission.returned",
        subject=submission,
        actor=reviewer,
        version=submission.number,
        reason=events.digest_of(reason),
    )
    _judge_anew(submission)
    return review


def _judge_anew(submission: Submission) -> None:
    jobs.enqueue("contract.evaluate", submission.report.contract_id, partner_id=submission.partner_id)


def _decide(submission: Submission, decision: str, seen_hash: str, reviewer: User, reason: str) -> Review:
    decided_at = moment_of_change(submission.partner_id)
    _lock(submission)
    if submission.review is not None:
        raise AlreadyDecided(refusal_of(submission, reviewer) or "")
    if submission.was_entered_by(reviewer):
        raise OwnFigures(refusal_of(submission, reviewer) or "")
    newest = db.session.scalar(
        select(Submission.content_hash)
        .where(Submission.report_id == submission.report_id)
        .order_by(Submission.number.desc())
        .limit(1)
    )
    if not seen_hash == submission.content_hash == newest:
        raise Conflict("The figures changed after you opened this page. Reload it and look again before you decide.")
    if problem := refusal_of(submission, reviewer):
        raise Conflict(problem, title="There is nothing to decide here")
    review = Review(
        partner_id=submission.partner_id,
        submission=submission,
        decision=decision,
        content_hash=submission.content_hash,
        reason=reason,
        reviewer_id=reviewer.id,
        decided_at=decided_at,
    )
    submission.report.state = "approved" if submission.report.is_approved else decision
    db.session.add(review)
    db.session.flush()
    return review


def _lock(submission: Submission) -> None:
    """On PostgreSQL two deciders meet here, and the second sees what the first decided; on SQLite write() has already
    made them wait."""
    db.session.refresh(submission.report, with_for_update={"of": Report})
    db.session.expire(submission, ["review"])
