"""The third wall and the ways out: page or fragment, load with the check, redirects, errors in plain words."""

from urllib.parse import urlsplit

from flask import Flask, Response, abort, flash, g, make_response, redirect, render_template, request, session, url_for
from flask_wtf.csrf import CSRFError
from jinja2_fragments.flask import render_block
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from app.extensions import db

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

EXPLANATIONS = {
    400: ("That request could not be read", "Go back, reload the page and try again; what you typed is still there."),
    403: ("You may not do this", "Your role does not include this step. Ask your administrator if it should."),
    404: ("There is nothing here", "The address is wrong, or the thing belongs to somebody else. Start from the menu."),
    405: ("This page does not take that", "Use the buttons of the page you came from."),
    409: ("Somebody was faster", "The page you saw is no longer current. Reload it and look again before you decide."),
    413: ("That file is too large", "Accord takes files of up to 25 MB. Split the file or remove pictures from it."),
    500: ("Something broke on our side", "Nothing was saved. Try again; if it stays, tell us the time and this page."),
}


class Refusal(Exception):
    """A rule of the trade refuses what was asked. Subclasses name the rule; the message is for people."""

    status = 422

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.status = status or self.status


class Conflict(Refusal):
    """Somebody else changed it first."""

    status = 409


def wants_fragment() -> bool:
    return request.headers.get("HX-Request-Type") == "partial"


def page(template: str, *, block: str | None = None, status: int = 200, **context) -> tuple[str, int]:
    """Answer with the whole page for a browser, or with one block of it for htmx."""
    if block and wants_fragment():
        return render_block(template, block, **context), status
    return render_template(template, **context), status


def find(model: type, key: str, *options):
    """Load a row by its public key within the user's scope, or answer 404."""
    row = db.session.scalars(select(model).where(model.key == key).options(*options)).unique().one_or_none()
    if row is None:
        abort(404)
    return row


def back_to(endpoint: str, message: str | None = None, **values) -> Response:
    """After a POST: say what happened and go to a page that can be reloaded."""
    if message:
        flash(message, "success")
    return redirect(url_for(endpoint, **values), code=303)


def download(body: bytes, filename: str, media_type: str) -> Response:
    """Send a file as an attachment that no browser will run."""
    response = make_response(body)
    response.headers["Content-Type"] = media_type
    response.headers.set("Content-Disposition", "attachment", filename=filename)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def safe_next(target: str | None) -> str | None:
    """A path on this site, or None: redirects and htmx's headers take nothing else."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc or any(ord(mark) < 32 for mark in target) else target


def unauthorized() -> Response:
    """Nobody is logged in: a browser goes to the login page, htmx is told to (it would follow a 302 silently)."""
    here = request.full_path.rstrip("?") if request.method == "GET" else None
    login_url = url_for("accounts.login", next=safe_next(here))
    if request.headers.get("HX-Request"):
        response = make_response("", 401)
        response.headers["HX-Redirect"] = login_url
        return response
    if request.method != "GET":
        return make_response(render_template("error.html", status=401, **explain_session_end(login_url)), 401)
    return redirect(login_url, code=302)


def explain_session_end(login_url: str) -> dict:
    return {
        "title": "Your session has ended",
        "advice": "Nothing was saved. Log in, go back in your browser and send it again: your typing is kept.",
        "way_out": login_url,
    }


def init_app(app: Flask) -> None:
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _failed)
    app.register_error_handler(StaleDataError, _overtaken)
    app.register_error_handler(IntegrityError, _taken)
    app.register_error_handler(500, _broken)
    app.after_request(_harden)
    app.jinja_env.globals["ui"] = app.jinja_env.get_template("_ui.html").module


def error_page(status: int, title: str, advice: str, **context) -> tuple[str, int]:
    return render_template("error.html", status=status, title=title, advice=advice, **context), status


def _refused(refusal: Refusal):
    db.session.rollback()
    return error_page(refusal.status, "That was not accepted", refusal.message)


def _forged(_error: CSRFError):
    return error_page(400, "This form has expired", "Go back, reload the page and send it again.")


def _overtaken(_error):
    db.session.rollback()
    return error_page(409, *EXPLANATIONS[409])


def _taken(error: IntegrityError):
    if "unique" not in str(error.orig).lower():
        raise error
    return _overtaken(error)


def _failed(error: HTTPException):
    if error.code is None or error.code < 400:
        return error
    title, advice = EXPLANATIONS.get(error.code, (error.name, error.description or ""))
    response = make_response(error_page(error.code, title, advice))
    if allowed := getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response


def _broken(_error):
    db.session.rollback()
    g.broken = True
    return error_page(500, *EXPLANATIONS[500])


def _harden(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    response.vary.add("HX-Request-Type")
    if session.modified:
        response.vary.add("Cookie")
    return response
