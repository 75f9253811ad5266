"""The administrator's list of people: who they are, what they may see, whether they may come in."""

from math import ceil

from flask import abort, request
from flask_login import current_user
from sqlalchemy import select
from wtforms import SelectChoice

from app.access import Permission, Role, requires
from app.accounts import listing, mailboxes, service
from app.accounts.forms import ROLES, UserForm
from app.accounts.links import invite
from app.accounts.models import User
from app.accounts.views import bp
from app.extensions import db, write
from app.jobs import Job
from app.web import Refusal, back_to, find, page


@bp.get("/users")
@requires(Permission.USER_EDIT)
def users():
    wanted = listing.Wanted.from_query(request.args)
    people, total = listing.people(wanted)
    return page(
        "accounts/users.html",
        block="people",
        people=people,
        total=total,
        pages=ceil(total / listing.PAGE_SIZE),
        wanted=wanted,
        roles=ROLES,
        partners=listing.partners(),
    )


@bp.get("/users/new")
@requires(Permission.USER_EDIT)
def new_user():
    form = UserForm(role=request.args.get("role", ""), partners=request.args.getlist("partner"))
    return _new(form, _choices(form))


@bp.post("/users/new")
@requires(Permission.USER_EDIT)
def create_user():
    form = UserForm()
    ids = _choices(form)
    if not form.validate() or _asks_about_the_mailbox(form, ids):
        return _new(form, ids, 422)
    try:
        with write():
            service.add_user(form.email.data, form.name.data, Role(form.role.data), _chosen(form, ids))
    except service.AddressTaken as taken:
        form.email.errors = [taken.message]
        return _new(form, ids, 422)
    return back_to("accounts.users", f"An invitation for {form.name.data} is on its way to {form.email.data}.")


@bp.get("/users/<key>")
@requires(Permission.USER_EDIT)
def user(key: str):
    person = _person(key)
    granted = {grant.partner_id for grant in person.grants}
    form = UserForm(
        name=person.name, email=person.email, role=person.role.value, reach="some" if granted else "all", partners=[]
    )
    ids = _choices(form)
    form.partners.data = [key for key, partner_id in ids.items() if partner_id in granted]
    return _edit(person, form)


@bp.post("/users/<key>")
@requires(Permission.USER_EDIT)
def change_user(key: str):
    person = _person(key)
    form = UserForm()
    ids = _choices(form)
    if not form.validate() or (form.email.data.lower() != person.email and _asks_about_the_mailbox(form, ids)):
        return _edit(person, form, 422)
    about = {"email": form.email.data, "name": form.name.data, "role": Role(form.role.data)}
    try:
        with write():
            service.change_user(person, **about, partner_ids=_chosen(form, ids), actor=current_user)
    except Refusal as refusal:
        field = form.email if isinstance(refusal, service.AddressTaken) else form.role
        field.errors = [refusal.message]
        return _edit(person, form, 422)
    return back_to("accounts.users", f"What {form.name.data} may do and see is saved.")


@bp.post("/users/<key>/deactivation")
@requires(Permission.USER_EDIT)
def deactivate(key: str):
    person = _person(key)
    with write():
        service.deactivate(person, actor=current_user)
    return back_to("accounts.user", f"{person.name} can no longer log in.", key=key)


@bp.post("/users/<key>/reactivation")
@requires(Permission.USER_EDIT)
def reactivate(key: str):
    person = _person(key)
    with write():
        service.reactivate(person)
    return back_to("accounts.user", f"{person.name} can log in again.", key=key)


@bp.post("/users/<key>/invitation")
@requires(Permission.USER_EDIT)
def resend_invitation(key: str):
    person = _person(key)
    if person.has_joined or not person.is_active:
        words = "This person needs no invitation: they have joined, or are deactivated."
        raise Refusal(words, status=409, title="This person needs no invitation")
    with write():
        invite(person)
    return back_to("accounts.user", f"A new invitation is on its way to {person.email}.", key=key)


def _person(key: str) -> User:
    """A program is no person: its token is all there is to it."""
    person = find(User, key)
    return person if person.role.is_person else abort(404)


def _new(form: UserForm, partners: dict[str, int], status: int = 200):
    return page("accounts/user-new.html", form=form, has_partners=bool(partners), status=status)


def _edit(person: User, form: UserForm, status: int = 200):
    sent = select(Job).where(Job.kind == "invitation.send", Job.subject_id == person.id).order_by(Job.id.desc())
    invitation = None if person.has_joined else db.session.scalars(sent.limit(1)).first()
    history = listing.history_of(person)
    return page("accounts/user.html", person=person, form=form, invitation=invitation, history=history, status=status)


def _asks_about_the_mailbox(form: UserForm, ids: dict[str, int]) -> bool:
    """An address at a domain of the other side needs a tick: one person must not be on both."""
    if form.mailbox.data or not mailboxes.is_shared(form.email.data, Role(form.role.data), _chosen(form, ids)):
        return False
    form.mailbox.errors = [
        f"People of another side use addresses at {mailboxes.domain_of(form.email.data)}. "
        "Tick this if the address is right, or write the person's own."
    ]
    return True


def _choices(form: UserForm) -> dict[str, int]:
    """Offer every partner in the form; the ids by key."""
    found = listing.partners()
    form.partners.choices = [SelectChoice(partner.key, partner.name) for partner in found]
    return {partner.key: partner.id for partner in found}


def _chosen(form: UserForm, ids: dict[str, int]) -> set[int]:
    return {ids[key] for key in form.chosen_partners}
