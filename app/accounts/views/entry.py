"""Logging in, logging out and the way home."""

from flask import redirect, request, url_for
from flask_login import current_user

from app.access import Permission, public, requires
from app.accounts import sessions
from app.accounts.forms import LoginForm
from app.accounts.views import bp
from app.navigation import HOME
from app.web import back_to, page, safe_next


@bp.get("/")
@public
def home():
    if not current_user.is_authenticated:
        return redirect(url_for("accounts.login"))
    return redirect(url_for(HOME[current_user.role]))


@bp.get("/login")
@public
def login():
    if current_user.is_authenticated:
        return redirect(safe_next(request.args.get("next")) or url_for("accounts.home"))
    return page("accounts/login.html", form=LoginForm(next=request.args.get("next", "")))


@bp.post("/login")
@public
def log_in():
    form = LoginForm()
    if form.validate():
        user = sessions.authenticate(form.email.data, form.password.data, request.remote_addr or "")
        if user is not None:
            sessions.start(user)
            return redirect(safe_next(form.next.data) or url_for("accounts.home"), code=303)
        form.password.errors = ["The e-mail address or the password is wrong. Try again, or ask for a new password."]
    return page("accounts/login.html", form=form, status=422)


@bp.post("/logout")
@requires(Permission.PROFILE_EDIT)
def logout():
    sessions.end(current_user)
    return back_to("accounts.login", "You are logged out.")
