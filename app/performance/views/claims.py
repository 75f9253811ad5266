"""Claims for relief: the list, each claim with what it changes, and the decision on it."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from flask import request
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app import clock, events
from app.access import Permission, may, requires
from app.accounts.mailboxes import let_in
from app.contracts.catalogue import CATALOGUE
from app.contracts.models import Contract
from app.domain.wording import grouped
from app.evidence.forms import EvidenceForm, attach_from
from app.evidence.service import card_of, with_files
from app.extensions import db, write
from app.performance.claims.forms import DecisionForm, WithdrawalForm, decision_form
from app.performance.claims.relieving import Effect, effect_of
from app.performance.models import Evaluation, Finding
from app.performance.stored import names_of
from app.performance.views import bp
from app.relief import deciding
from app.relief.known import claimed
from app.relief.models import CAUSES, KINDS, Claim
from app.web import back_to, find, page

WITH_PEOPLE = (
    joinedload(Claim.contract).joinedload(Contract.partner),
    joinedload(Claim.filed_by),
    joinedload(Claim.decided_by),
)
WITH_ALL = (*WITH_PEOPLE, with_files(Claim.files))
MOST = 200
DECISIONS = ("granted", "refused")


@bp.get("/claims")
@requires(Permission.CLAIM_READ)
def claims():
    """What waits for a decision first, the longest waiting at the top; then what was decided, the newest first."""
    rows = db.session.scalars(
        select(Claim)
        .options(*WITH_PEOPLE)
        .order_by(Claim.decision != "open", Claim.decided_at.desc(), Claim.filed_at)
        .limit(MOST)
    ).all()
    names = names_of({row.contract_id for row in rows})
    return page("performance/claims.html", claims=rows, causes=CAUSES, names=names)


@bp.get("/claims/<key>")
@requires(Permission.CLAIM_READ)
def claim(key: str):
    return _claim_page(find(Claim, key, *WITH_ALL))


@bp.post("/claims/<key>/decision")
@requires(Permission.CLAIM_DECIDE)
def decide(key: str):
    """`step` is granted or refused; anything else shows what granting so much would change."""
    found, step = find(Claim, key, *WITH_ALL), request.form.get("step")
    deciding.check(found, current_user)
    form = decision_form(found)
    if not _is_right(found, form, step):
        return _claim_page(found, form, status=422)
    if step not in DECISIONS:
        return _claim_page(found, form, days=form.chosen_days, adjust=form.adjust)
    reason = form.reason.data
    with write():
        if step == "granted":
            deciding.grant(found, actor=current_user, reason=reason, days=form.chosen_days, adjust=form.adjust)
        else:
            deciding.refuse(found, actor=current_user, reason=reason)
    return back_to("performance.claim", f"{step.capitalize()}. The month is judged anew.", key=key)


@bp.post("/claims/<key>/withdrawal")
@requires(Permission.CLAIM_FILE)
def withdraw(key: str):
    found, form = find(Claim, key, *WITH_ALL), WithdrawalForm()
    if not form.validate():
        return _claim_page(found, withdrawal=form, status=422)
    with write():
        deciding.withdraw(found, actor=current_user, reason=form.withdrawal_reason.data or "")
    return back_to("performance.claim", "Withdrawn.", key=key)


@bp.post("/claims/<key>/evidence-files")
@requires(Permission.EVIDENCE_ATTACH)
def attach_evidence(key: str):
    found, form = find(Claim, key, *WITH_ALL), EvidenceForm()
    with write():
        attached = attach_from(form, found, current_user)
    if attached is None:
        return _claim_page(found, evidence_form=form, status=422)
    return back_to("performance.claim", f"Attached: {attached.filename}.", key=key, _anchor="evidence")


def _is_right(found: Claim, form: DecisionForm, step: str | None) -> bool:
    is_filled_in = form.validate()
    if step == "refused" or not form.can_be_read():
        problems = {}
    else:
        problems = deciding.problems_of_grant(found, form.chosen_days, form.adjust)
    form.show(problems)
    return not (step in DECISIONS and form.lacks_reason()) and is_filled_in and not problems


def _claim_page(
    found: Claim,
    form: DecisionForm | None = None,
    *,
    withdrawal: WithdrawalForm | None = None,
    days: Iterable[date] | None = None,
    adjust: Mapping[str, Decimal] | None = None,
    evidence_form: EvidenceForm | None = None,
    status: int = 200,
):
    refusal = deciding.refusal_of(found, current_user)
    decides = may(Permission.CLAIM_DECIDE) and refusal is None
    return page(
        "performance/claim.html",
        status=status,
        claim=found,
        contract=found.contract,
        causes=CAUSES,
        kinds=KINDS,
        measures=CATALOGUE.measures,
        grouped=grouped,
        findings=_findings(found),
        effect=_effect(found, days, adjust),
        is_previewed=days is not None,
        refusal=refusal,
        let_in=let_in([found.filed_by], current_user) if decides else (),
        may_withdraw=may(Permission.CLAIM_FILE) and deciding.may_withdraw(found, current_user),
        card=card_of(found, current_user),
        evidence_form=evidence_form or EvidenceForm(formdata=None),
        form=form or decision_form(found, formdata=None),
        withdrawal=withdrawal or WithdrawalForm(formdata=None),
        timeline=events.timeline(found),
    )


def _effect(found: Claim, days: Iterable[date] | None, adjust: Mapping[str, Decimal] | None) -> Effect | None:
    """Of what is asked, of what the decider typed instead, or of what was granted."""
    if found.is_open:
        asked = found.days if days is None else [*map(str, days)], found.adjust if adjust is None else adjust
    elif found.decision == "granted":
        asked = found.granted_days, found.granted_adjust
    else:
        return None
    return effect_of(found.contract, claimed(found, "granted", *asked), clock.now())


def _findings(found: Claim) -> list[Finding]:
    """The results in force that it is about."""
    rows = db.session.scalars(
        select(Finding)
        .join(Finding.evaluation)
        .where(
            Evaluation.contract_id == found.contract_id,
            Evaluation.month == found.month,
            Evaluation.superseded_at.is_(None),
            Finding.service_level.in_(found.service_levels),
        )
        .order_by(Finding.id)
    )
    return list(rows)
