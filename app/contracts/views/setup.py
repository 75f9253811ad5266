"""The one-page set-up of a partner, the page after it, and a partner's readiness list."""

from flask import request
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app import clock
from app.access import Permission, Role, requires
from app.accounts.mailboxes import is_shared
from app.accounts.service import AddressTaken
from app.contracts import setup
from app.contracts.catalogue import CATALOGUE
from app.contracts.models import Contract
from app.contracts.setup_form import SetUpForm, has_threshold
from app.contracts.views import bp
from app.extensions import db, write
from app.jobs import Job
from app.partners.choices import COUNTRIES, ZONES
from app.partners.models import Partner
from app.partners.service import NameTaken
from app.partners.survey import survey
from app.partners.views.partners import PLACES, may_add_partners
from app.web import Refusal, back_to, find, page


class SeesOnlySome(Refusal):
    """A new partner would be outside the scope of whoever set it up."""

    status = 403


@bp.get("/partners/new")
@requires(Permission.PARTNER_EDIT)
def set_up():
    _refuse_confined()
    first_of_month = clock.now().date().replace(day=1)
    return _form(SetUpForm(starts_on=first_of_month))


@bp.post("/partners/new")
@requires(Permission.PARTNER_EDIT)
def create():
    """First what the answers come to, to look at again; with `step` confirm, everything at once."""
    _refuse_confined()
    form = SetUpForm()
    if not form.validate():
        return _form(form, 422)
    answers = form.answers()
    if request.form.get("step") == "change":
        return _form(form)
    shared = _shared(answers)
    if request.form.get("step") != "confirm":
        return _second_look(form, answers, shared)
    if shared and not form.mailboxes.data:
        form.mailboxes.errors = ["Tick this if the addresses are right, or change them."]
        return _second_look(form, answers, shared, 422)
    try:
        with write():
            contract = setup.set_up(answers, current_user)
    except NameTaken as taken:
        form.partner.errors = [taken.message]
    except AddressTaken as taken:
        form.lead_email.errors = [taken.message]
    else:
        return back_to("contracts.started", f"{answers.partner} is set up.", key=contract.key)
    return _form(form, 422)


@bp.get("/contracts/<key>/start")
@requires(Permission.CONTRACT_EDIT)
def started(key: str):
    """What to send first; the worker opens the reports, so the page asks again until it has."""
    contract = find(Contract, key, joinedload(Contract.partner))
    found = survey([contract.partner])
    opening = select(Job.id).where(
        Job.kind == "reports.open", Job.subject_id == contract.id, Job.state.in_(["waiting", "running"])
    )
    due = found.due[contract.partner_id]
    theirs = [entry for entry in due if not entry.is_ours]
    is_opening = not due and db.session.scalars(opening).first() is not None
    return page(
        "contracts/started.html",
        block="first_reports",
        contract=contract,
        due=theirs,
        is_opening=is_opening,
        missing=() if is_opening else found.missing(contract.partner),
    )


@bp.get("/partners/<key>/readiness")
@requires(Permission.PARTNER_EDIT)
def readiness(key: str):
    partner = find(Partner, key, *PLACES)
    found = survey([partner])
    return page("contracts/readiness.html", partner=partner, points=found.points[partner.id])


def _refuse_confined() -> None:
    if not may_add_partners():
        raise SeesOnlySome(
            "You see only some partners, and would not see a new one. Ask an administrator to set it up."
        )


def _form(form: SetUpForm, status: int = 200):
    return page("contracts/setup.html", form=form, zones=ZONES, has_threshold=has_threshold, status=status)


def _shared(answers: setup.Answers) -> list[str]:
    """Addresses at a domain that people use who do not work for the new partner."""
    emails = [person.email for person in (answers.lead, answers.analyst) if person]
    return [email for email in emails if is_shared(email, Role.LEAD)]


def _second_look(form: SetUpForm, answers: setup.Answers, shared: list[str], status: int = 200):
    return page(
        "contracts/setup_check.html",
        status=status,
        form=form,
        answers=answers,
        typed=[pair for pair in request.form.items(multi=True) if pair[0] not in {"csrf_token", "step", "mailboxes"}],
        shared=shared,
        metrics=CATALOGUE.metrics,
        country=COUNTRIES.get(answers.country),
        is_past=answers.first_due_at < clock.now(),
    )
