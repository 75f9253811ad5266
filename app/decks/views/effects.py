"""What a correction or a claim would change before it is decided: findings, credits, issued decks."""

from flask import abort
from flask_login import current_user
from sqlalchemy.orm import joinedload, undefer_group

from app import clock
from app.access import Permission, may, requires
from app.contracts.models import Contract
from app.decks.restating import issued_over
from app.decks.views import bp
from app.performance.claims import relieving
from app.performance.effects import effect_of
from app.relief.known import claimed
from app.relief.models import Claim
from app.reports.differences import lines_of, rows_of
from app.reports.models import Draft, Report, Submission
from app.reports.tasks import title
from app.web import find, page

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
    return page("decks/restated_by.html", block="decks", claim=claim, decks=decks)


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
