"""Claiming relief for a finding: what it would change is shown before anything is filed."""

from flask import request
from flask_login import current_user

from app import clock
from app.access import Permission, requires
from app.domain.rules.relief import Claim as Hypothetical
from app.extensions import write
from app.performance.claims.forms import ClaimForm, claim_form
from app.performance.claims.grounds import grounds_of
from app.performance.claims.relieving import Effect, effect_of
from app.performance.models import Finding
from app.performance.views import bp
from app.performance.views.findings import WITH_EVALUATION
from app.relief.filing import Asked, Grounds, file_claim, problems_of
from app.relief.models import CAUSES, KINDS
from app.web import back_to, find, page

NOT_FILED = "not filed yet"


@bp.route("/findings/<key>/claim", methods=["GET", "POST"])
@requires(Permission.CLAIM_FILE)
def new_claim(key: str):
    """`kind` picks what is asked; the first press shows what it would change, the second files it."""
    found = find(Finding, key, WITH_EVALUATION)
    if request.method == "GET" and found.evaluation.superseded_at is not None:
        told = "This is an earlier judgement. Claim from the finding in force."
        return back_to("performance.finding", told, "warning", key=key)
    grounds = grounds_of(found)
    if refusal := grounds.refusal():
        raise refusal
    kind = request.args.get("kind")
    kind = kind if kind in grounds.kinds else grounds.kinds[0]
    form = claim_form(grounds, kind)
    if request.method == "GET":
        return _claim_page(found, grounds, kind, form)
    if not _is_right(form, kind, grounds):
        return _claim_page(found, grounds, kind, form, status=422)
    asked = form.asked(kind)
    if request.form.get("step") != "file":
        return _claim_page(
            found, grounds, kind, form, effect_of(grounds.contract, _as_granted(asked, grounds), clock.now())
        )
    with write():
        claim = file_claim(grounds, asked, actor=current_user, form_key=form.form_key.data)
        filed = claim.key
    return back_to("performance.claim", "Filed. Somebody of the client decides on it.", key=filed)


def _is_right(form: ClaimForm, kind: str, grounds: Grounds) -> bool:
    is_filled_in = form.validate()
    problems = problems_of(form.asked(kind), grounds) if form.can_be_read() else {}
    form.show(problems)
    return is_filled_in and not problems


def _claim_page(
    found: Finding, grounds: Grounds, kind: str, form: ClaimForm, effect: Effect | None = None, status: int = 200
):
    return page(
        "performance/new_claim.html",
        status=status,
        finding=found,
        contract=grounds.contract,
        grounds=grounds,
        kind=kind,
        kinds={name: KINDS[name] for name in grounds.kinds},
        form=form,
        effect=effect,
    )


def _as_granted(asked: Asked, grounds: Grounds) -> Hypothetical:
    return Hypothetical(
        key=NOT_FILED,
        month=grounds.month,
        kind=asked.kind,
        decision="granted",
        service_levels=(grounds.service_level, *asked.also),
        days=frozenset(asked.days),
        adjust=asked.adjust,
        filed_on=clock.today(grounds.contract.zone),
        reason=CAUSES[asked.cause],
        clause=asked.clause,
    )
