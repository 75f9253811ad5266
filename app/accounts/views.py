"""Pages for logging in and out, and for the way home."""

from flask import Blueprint, redirect, request, url_for
from flask_login import current_user

from app import mail  # noqa: F401
from app.access import Permission, public, requires
from app.accounts import sessions
from app.accounts.forms import LoginForm
from app.accounts.sessions import bind_scope
from app.navigation import HOME
from app.web import back_to, page, safe_next

__all__ = ["bind_scope", "bp"]

bp = Blueprint("accounts", __name__)


@bp.get("/")
@public
def home():
    if not current_user.is_authenticated:
        return redirect(url_for("accounts.login"))
    return redirect(url_for(HOME[current_user.role]))


@bp.route("/login", methods=["GET", "POST"])
@public
def login():
    form = LoginForm(next=request.args.get("next", ""))
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            user = sessions.authenticate(form.email.data, form.password.data, request.remote_addr or "")
            if user is not None:
                sessions.start(user)
                return redirect(safe_next(form.next.data) or url_for(HOME[user.role]), code=303)
            form.password.errors = ["The address or the password is wrong."]
    return page("accounts/login.html", form=form, status=status)


@bp.post("/logout")
@requires(Permission.PROFILE_EDIT)
def logout():
    sessions.end(current_user)
    return back_to("accounts.login", "You are logged out.")


@bp.get("/profile")
@requires(Permission.PROFILE_EDIT)
def profile():
    return page("accounts/profile.html")
