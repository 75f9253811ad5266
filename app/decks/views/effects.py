"""What an approval or a claim would change before it is decided: findings, credits, issued decks."""

from collections.abc import Sequence

from flask import abort, url_for
from flask_login import current_user
from sqlalchemy.orm import joinedload, undefer_group

from app import clock
from app.access import Permission, may, requires
from app.contracts.models import Contract
from app.decks.models import Deck
from app.decks.restating import has_issued, issued_over
from app.decks.views import bp
from app.performance.claims import relieving
from app.performance.effects import effect_of
from app.relief.known import claimed
from app.relief.models import Claim
from app.reports.differences import lines_of, rows_of
from app.reports.models import Draft, Report, Submission
from app.reports.tasks import title
from app.web import find, page, wants_fragment

WITH_CONTRACT = joinedload(Report.contract).joinedload(Contract.partner)


@bp.get("/reports/<key>/draft/effect")
@requires(Permission.REPORT_PREPARE)
def draft_effect(key: str):
    report = find(Report, key, WITH_CONTRACT, joinedload(Report.draft).options(undefer_group("content")))
    draft: Draft | None = report.draft
    if draft is None or draft.problems or not report.is_approved or not report.is_sent_by(current_user):
        abort(404)
    return _effect_page(report, draft.rows, None)


@bp.get("/submissions/<key>/effect")
@requires(Permission.REPORT_READ)
def effect(key: str):
    """While the correction waits: once it is decided, the findings themselves say what came of it."""
    submission = find(
        Submission, key, joinedload(Submission.report).options(WITH_CONTRACT), joinedload(Submission.review)
    )
    if not submission.correction_reason or submission.review is not None:
        abort(404)
    return _effect_page(submission.report, rows_of(lines_of(submission)), submission)


@bp.get("/claims/<key>/decks")
@requires(Permission.DECK_READ)
def restated_by(key: str):
    """While the claim waits; once it is granted, each deck's own page says what changed."""
    claim = find(Claim, key, joinedload(Claim.contract).joinedload(Contract.partner))
    if not claim.is_open:
        abort(404)
    effect = relieving.effect_of(claim.contract, claimed(claim, "granted", claim.days, claim.adjust), clock.now())
    decks = issued_over(claim.contract, effect.months) if effect else ()
    name = f"Claim {claim.number}, {claim.contract.partner.name}"
    trail = [("Claims", url_for("performance.claims")), (name, url_for("performance.claim", key=claim.key))]
    return page("decks/restated_by.html", block="decks", trail=trail, condition="If the claim is granted", decks=decks)


@bp.get("/submissions/<key>/decks")
@requires(Permission.SUBMISSION_APPROVE)
def restated_by_approval(key: str):
    """While a version waits for its own decision; beside one that would restate none, nothing is said of it."""
    submission = find(
        Submission, key, joinedload(Submission.report).options(WITH_CONTRACT), joinedload(Submission.review)
    )
    report = submission.report
    if submission.review is not None or submission.batch_id is not None:
        abort(404)
    decks: Sequence[Deck] = ()
    if has_issued(report.contract):
        effect = effect_of(report, rows_of(lines_of(submission)), clock.now())
        decks = issued_over(report.contract, effect.months)
    if not decks and wants_fragment():
        return ""
    name = f"{title(report)}, {report.contract.partner.name}"
    trail = [("Reviews", url_for("reports.reviews")), (name, url_for("reports.review", key=key))]
    condition = f"If version {submission.number} is approved"
    return page("decks/restated_by.html", block="decks", trail=trail, condition=condition, decks=decks)


def _effect_page(report: Report, rows: list[dict], submission: Submission | None):
    effect = effect_of(report, rows, clock.now())
    decks = issued_over(report.contract, effect.months) if may(Permission.DECK_READ) else ()
    return page(
        "decks/effect.html",
        block="effect",
        report=report,
        submission=submission,
        title=title(report),
        effect=effect,
        decks=decks,
    )
