"""What a mailed link opens: an invitation, or a new password."""

from flask import redirect, request, url_for

from app import tenancy
from app.access import public
from app.accounts import links, sessions, throttle
from app.accounts.forms import ROLES, AddressForm, InvitationForm, NewPasswordForm
from app.accounts.models import User
from app.accounts.views import bp
from app.extensions import write
from app.web import back_to, page

LIMITS = throttle.Limits(pair=3, address=6, network=30)
SENT = "If somebody has this address, a link for a new password is on its way. Look into your mail."


@bp.get("/invitations/<token>")
@public
def invitation(token: str):
    user = links.find_link("invitation", token).user
    return _invitation(user, InvitationForm(name=user.name))


@bp.post("/invitations/<token>")
@public
def accept_invitation(token: str):
    user = links.find_link("invitation", token).user
    form = InvitationForm()
    form.email = user.email
    if not form.validate():
        return _invitation(user, form, 422)
    return _let_in("invitation", token, form.password.data, form.name.data)


@bp.get("/password-resets")
@public
def ask_reset():
    return page("accounts/ask-reset.html", form=AddressForm())


@bp.post("/password-resets")
@public
def send_reset():
    """The same answer and the same work, whether or not somebody has the address."""
    form = AddressForm()
    if not form.validate():
        return page("accounts/ask-reset.html", form=form, status=422)
    throttle.count("reset", form.email.data.lower(), request.remote_addr or "", LIMITS)
    links.ask_reset(form.email.data)
    return back_to("accounts.login", SENT)


@bp.get("/password-resets/<token>")
@public
def password_reset(token: str):
    user = links.find_link("password-reset", token).user
    return page("accounts/password-reset.html", form=NewPasswordForm(), user=user)


@bp.post("/password-resets/<token>")
@public
def reset_password(token: str):
    user = links.find_link("password-reset", token).user
    form = NewPasswordForm()
    form.email = user.email
    if not form.validate():
        return page("accounts/password-reset.html", form=form, user=user, status=422)
    return _let_in("password-reset", token, form.password.data)


def _invitation(user: User, form: InvitationForm, status: int = 200):
    role_words = ROLES[user.role].partition(": ")[2].capitalize()
    return page("accounts/invitation.html", form=form, user=user, role_words=role_words, status=status)


def _let_in(purpose: str, token: str, password: str, name: str | None = None):
    with tenancy.unscoped("login"), write():
        user = links.redeem(purpose, token, password, name)
    sessions.start(user)
    return redirect(url_for("accounts.home"), code=303)
