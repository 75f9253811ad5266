"""Concessions: asked about a month's credits, each with what it would change, and decided by somebody else."""

from flask import abort, request
from flask_login import current_user

from app import clock, events
from app.access import Permission, may, requires
from app.accounts.mailboxes import let_in
from app.concessions import deciding
from app.concessions.asking import as_asked, ask
from app.concessions.models import KINDS, Concession
from app.contracts.models import Contract
from app.extensions import write
from app.performance.credits.conceding import WITH_PEOPLE, alternatives_of, openings_of
from app.performance.credits.forms import FORMS, AskForm, ConcessionDecisionForm, decision_form
from app.performance.models import Evaluation
from app.performance.rights.forms import ReasonForm
from app.performance.stored import judgement_of
from app.performance.views import bp, month_of, need_money
from app.web import Refusal, back_to, find, page

DECISIONS = ("granted", "refused")


@bp.route("/contracts/<key>/months/<month>/concessions/new", methods=["GET", "POST"])
@requires(Permission.CONCESSION_ASK)
def new_concession(key: str, month: str):
    """`kind` picks what is asked; the first press shows what it would change, the second asks for it."""
    need_money()
    contract = find(Contract, key)
    of_month = Evaluation.contract_id == contract.id, Evaluation.month == str(month_of(month))
    openings = openings_of(judgement_of(*of_month) or abort(404))
    if not openings.kinds:
        raise Refusal(
            "There is nothing to give up in this month: no credit is left of it.",
            status=409,
            title="There is nothing to give up",
        )
    kind = request.args.get("kind")
    kind = kind if kind in openings.kinds else openings.kinds[0]
    form = FORMS[kind](openings)
    if request.method == "GET":
        return _new_page(openings, kind, form)
    if not form.validate():
        return _new_page(openings, kind, form, status=422)
    asked = form.asked(openings.credit.evaluation.month)
    if request.form.get("step") != "ask":
        return _new_page(openings, kind, form, _looked_at(openings, asked))
    with write():
        concession = ask(openings.contract, asked, actor=current_user, form_key=form.form_key.data)
        key = concession.key
    return back_to("performance.concession", "Asked. Somebody else decides on it.", key=key)


@bp.get("/concessions/<key>")
@requires(Permission.PERFORMANCE_READ)
def concession(key: str):
    return _concession_page(_found(key))


@bp.post("/concessions/<key>/decision")
@requires(Permission.CONCESSION_DECIDE)
def decide_concession(key: str):
    found, step = _found(key), request.form.get("step")
    deciding.check(found, current_user)
    form = decision_form(found, _choices(found))
    if not form.validate() or step not in DECISIONS:
        return _concession_page(found, form, status=422)
    chosen = form.chosen.data or "" if found.kind == "incident" and step == "granted" else ""
    with write():
        deciding.decide(found, step, actor=current_user, reason=form.decision_reason.data, chosen=chosen)
    return back_to("performance.concession", f"{step.capitalize()}. The month is judged anew.", key=key)


@bp.post("/concessions/<key>/withdrawal")
@requires(Permission.CONCESSION_ASK)
def withdraw_concession(key: str):
    found, form = _found(key), ReasonForm()
    if not form.validate():
        return _concession_page(found, withdrawal=form, status=422)
    with write():
        deciding.decide(found, "withdrawn", actor=current_user, reason=form.reason.data)
    return back_to("performance.concession", "Withdrawn.", key=key)


def _found(key: str) -> Concession:
    found = find(Concession, key, *WITH_PEOPLE)
    need_money()
    return found if found.is_shown_to(current_user) else abort(404)


def _openings(found: Concession):
    return openings_of(judgement_of(Evaluation.contract_id == found.contract_id, Evaluation.month == found.month))


def _choices(found: Concession, openings=None) -> dict[str, str]:
    """Of an incident, while the customer may still choose; after that the highest is paid."""
    openings = openings or _openings(found)
    choices = {"": "The highest, as when nobody chooses"}
    if openings.choice_ends is None or clock.today(found.contract.zone) <= openings.choice_ends:
        choices |= {key: openings.priced_name(key) for key in found.service_levels}
    return choices


def _looked_at(openings, asked):
    with_contract = as_asked(openings.contract, asked)
    return alternatives_of(with_contract, openings.contract, openings.names, clock.now())


def _new_page(openings, kind: str, form: AskForm, alternatives=(), status: int = 200):
    return page(
        "performance/new_concession.html",
        status=status,
        contract=openings.contract,
        openings=openings,
        month=openings.credit.evaluation.month,
        kind=kind,
        kinds={name: KINDS[name] for name in openings.kinds},
        form=form,
        alternatives=alternatives,
    )


def _concession_page(
    found: Concession,
    form: ConcessionDecisionForm | None = None,
    *,
    withdrawal: ReasonForm | None = None,
    status: int = 200,
):
    openings, refusal = _openings(found), deciding.refusal_of(found, current_user)
    decides = may(Permission.CONCESSION_DECIDE) and refusal is None
    return page(
        "performance/concession.html",
        status=status,
        concession=found,
        contract=found.contract,
        kinds=KINDS,
        openings=openings,
        about=[openings.names.get(level, level) for level in found.service_levels],
        alternatives=alternatives_of(found, found.contract, openings.names, clock.now()) if found.is_open else (),
        refusal=refusal,
        let_in=let_in([found.asked_by], current_user) if decides else (),
        may_withdraw=may(Permission.CONCESSION_ASK) and deciding.may_withdraw(found, current_user),
        form=form or decision_form(found, _choices(found, openings), formdata=None),
        withdrawal=withdrawal or ReasonForm(formdata=None),
        timeline=events.timeline(found),
    )
