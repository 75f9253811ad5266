"""The own page: name, password, what one may see, and where one is logged in."""

from flask import request
from flask_login import current_user

from app import clock, mail
from app.access import Permission, requires
from app.accounts import listing, passwords, sessions, throttle
from app.accounts.calendars import calendar_of
from app.accounts.forms import NameForm, OwnPasswordForm
from app.accounts.models import hash_secret
from app.accounts.views import bp
from app.events import record
from app.extensions import write
from app.web import back_to, page


@bp.get("/profile")
@requires(Permission.PROFILE_EDIT)
def profile():
    return profile_page(NameForm(name=current_user.name), OwnPasswordForm())


@bp.post("/profile")
@requires(Permission.PROFILE_EDIT)
def rename():
    form = NameForm()
    if not form.validate():
        return profile_page(form, OwnPasswordForm(formdata=None), 422)
    with write():
        current_user.name = form.name.data
        record("user.renamed", subject=current_user)
    return back_to("accounts.profile", "Your name is saved.")


@bp.post("/profile/password-changes")
@requires(Permission.PROFILE_EDIT)
def change_password():
    form = OwnPasswordForm()
    form.email = current_user.email
    if form.validate():
        made = throttle.count("own-password", current_user.email, request.remote_addr or "", sessions.LIMITS)
        if not passwords.matches(current_user.password_hash, form.current.data):
            form.current.errors = ["This is not your current password."]
    if form.errors:
        return profile_page(NameForm(formdata=None, name=current_user.name), form, 422)
    new_hash = passwords.hashed(form.password.data)
    with write():
        throttle.forgive(made)
        current_user.password_hash = new_hash
        sessions.end_all(current_user, but=current_user.session_token)
        record("password.changed", subject=current_user)
        mail.send(current_user.email, "password-changed", person=current_user, at=clock.now())
    return back_to("accounts.profile", "Your password is changed, and your other sessions are ended.")


@bp.post("/profile/session-ends")
@requires(Permission.PROFILE_EDIT)
def end_sessions():
    with write():
        sessions.end_all(current_user)
        record("session.all-closed", subject=current_user)
    return back_to("accounts.login", "You are logged out everywhere.")


def profile_page(
    name_form: NameForm | None = None,
    password_form: OwnPasswordForm | None = None,
    status: int = 200,
    address: str | None = None,
):
    """`address` is that of a calendar feed which was just made."""
    return page(
        "accounts/profile.html",
        name_form=name_form or NameForm(formdata=None, name=current_user.name),
        password_form=password_form or OwnPasswordForm(formdata=None),
        calendar=calendar_of(current_user),
        address=address,
        sessions=sessions.running(current_user),
        now=clock.now(),
        this_session=hash_secret(current_user.session_token),
        partners=[] if current_user.scope.partner_ids is None else listing.partners(),
        status=status,
    )
