"""Rights and proposals on their pages: why each came about, and what is made of it."""

from flask import abort
from flask_login import current_user
from sqlalchemy.orm import joinedload

from app import clock
from app.access import Permission, may, requires, sees_money
from app.contracts.models import Contract
from app.contracts.panels import Panel, panel
from app.extensions import write
from app.performance.models import OpenedRight, TargetProposal
from app.performance.outcomes import in_sequence
from app.performance.rights import counted, exercising, proposals
from app.performance.rights.forms import ExerciseForm, ReasonForm
from app.performance.rights.occurrences import StandingRight, rights_of, standing
from app.performance.rights.proposals import StandingProposal
from app.performance.views import bp
from app.performance.wording import target_words
from app.web import back_to, find, page


@panel
def rights_panel(contract: Contract) -> Panel | None:
    found = rights_of([contract])
    return Panel("performance/_rights.html", found) if found else None


@panel
def proposals_panel(contract: Contract) -> Panel | None:
    found = proposals.proposals_of(contract) if may(Permission.CONTRACT_TRY) else []
    return Panel("performance/_proposals.html", found) if found else None


@bp.get("/rights/<key>")
@requires(Permission.CONTRACT_READ)
def right(key: str):
    return _right_page(_right(key))


@bp.post("/rights/<key>/exercise")
@requires(Permission.RIGHT_DECIDE)
def exercise(key: str):
    found, form = _right(key), ExerciseForm()
    valid = form.validate()
    problem = exercising.problem_of_day(found, form.on.data) if form.on.data else None
    if problem:
        form.on.errors = [problem]
    if not valid or problem:
        return _right_page(found, exercise=form, status=422)
    with write():
        exercising.exercise(found, form.on.data, form.reason.data, current_user)
    return back_to("performance.right", "Recorded as exercised.", key=key)


@bp.post("/rights/<key>/refusal")
@requires(Permission.RIGHT_DECIDE)
def decline_right(key: str):
    found, form = _right(key), ReasonForm()
    if not form.validate():
        return _right_page(found, refusal=form, status=422)
    with write():
        exercising.decline(found, form.reason.data, current_user)
    return back_to("performance.right", "Recorded as declined.", key=key)


@bp.get("/target-proposals/<key>")
@requires(Permission.CONTRACT_TRY)
def proposal(key: str):
    return _proposal_page(_proposal(key))


@bp.post("/target-proposals/<key>/draft")
@requires(Permission.CONTRACT_EDIT)
def draft_proposal(key: str):
    found = _proposal(key)
    with write():
        draft = proposals.draft(found, current_user)
    return back_to(
        "contracts.terms", "The draft holds the new target. Look at it, then put it in force.", key=draft.key
    )


@bp.post("/target-proposals/<key>/refusal")
@requires(Permission.CONTRACT_EDIT)
def decline_proposal(key: str):
    found, form = _proposal(key), ReasonForm()
    if not form.validate():
        return _proposal_page(found, form, 422)
    with write():
        proposals.decline(found, form.reason.data, current_user)
    return back_to("performance.proposal", "Declined. It is not proposed again for these months.", key=key)


def _right(key: str) -> StandingRight:
    row = find(OpenedRight, key)
    [found] = standing(OpenedRight.id == row.id)
    return found


def _proposal(key: str) -> StandingProposal:
    with_terms = joinedload(TargetProposal.contract).selectinload(Contract.terms)
    row = find(TargetProposal, key, with_terms)
    return next(iter(proposals.standing(TargetProposal.id == row.id)), None) or abort(404)


def _right_page(found: StandingRight, *, exercise=None, refusal=None, status: int = 200):
    contract = found.row.contract
    return page(
        "performance/right.html",
        right=found,
        contract=contract,
        reason=counted.reason(found, sees_money()),
        counted=counted.counted_in(found),
        sums=list(counted.sums_in(found)) if sees_money() or not found.is_of_money else [],
        exercise=exercise or ExerciseForm(formdata=None, on=clock.today(contract.zone)),
        refusal=refusal or ReasonForm(formdata=None),
        status=status,
    )


def _proposal_page(found: StandingProposal, refusal: ReasonForm | None = None, status: int = 200):
    sequence = in_sequence(proposals.evaluations_of(found))
    results = [(month, of_month.get(found.row.service_level)) for month, of_month in sorted(sequence.items())]
    return page(
        "performance/proposal.html",
        proposal=found,
        contract=found.row.contract,
        metric=found.level.metric,
        results=[(month, outcome) for month, outcome in results if outcome],
        target_words=target_words,
        refusal=refusal or ReasonForm(formdata=None),
        status=status,
    )
