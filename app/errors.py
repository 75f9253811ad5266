"""What people read when something does not work: what happened and what to do, as a page or as a fragment."""

from flask import Flask, Response, current_app, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from app import access, problems
from app.extensions import db
from app.problems import TOO_LARGE
from app.web import Refusal, asked_by_program, page_left, safe_next, wants_fragment

EXPLANATIONS = {
    400: ("That request could not be read", "Go back, reload the page and try again; what you typed is still there."),
    401: ("Your session has ended", "Nothing was saved. Log in and send it again."),
    403: ("You may not do this", "Your role does not include this step. Ask your administrator if it should."),
    404: ("There is nothing here", "The address is wrong, or the thing belongs to somebody else."),
    405: ("This page does not take that", "Nothing was changed. Use the buttons of the page you came from."),
    409: ("Somebody was faster", "The page you saw is no longer current. Reload it and look again before you decide."),
    410: ("This link no longer works", "It has been used, or it is too old. Ask for a new one."),
    413: ("That is too large", TOO_LARGE),
    422: ("That was not accepted", "Nothing was saved. Go back, correct what you entered and send it again."),
    429: ("Too many tries", "Wait 15 minutes and try again."),
    500: ("Something broke on our side", "Nothing was saved. Try again; if it stays, tell us the time and this page."),
}
SECRETS = {"csrf_token", "password", "again", "current"}


def init_app(app: Flask) -> None:
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _failed)
    app.register_error_handler(StaleDataError, _overtaken)
    app.register_error_handler(IntegrityError, _taken)
    app.register_error_handler(500, _broken)
    app.login_manager.unauthorized_handler(session_ended)


def explain(
    status: int, advice: str | None = None, *, title: str | None = None, way_out: str | None = None, typed=()
) -> Response:
    """The error page; htmx gets its words alone, put above what the reader was doing, so that no typing is lost."""
    if asked_by_program():
        return problems.problem(status)
    known_title, known_advice = EXPLANATIONS.get(status, EXPLANATIONS[500 if status >= 500 else 400])
    words = {"status": status, "title": title or known_title, "advice": advice or known_advice, "typed": typed}
    words["own_title"] = title is not None
    if wants_fragment():
        response = make_response(render_template("errors/fragment.html", **words), status)
        response.headers["HX-Retarget"] = "#main"
        response.headers["HX-Reswap"] = "afterbegin"
    else:
        response = make_response(
            render_template("error.html", **words, **({"way_out": way_out} if way_out else {})), status
        )
    if status == 429:
        response.headers["Retry-After"] = "900"
    return response


def session_ended() -> Response:
    """Nobody is logged in: a browser goes to the login page, htmx is told to (it would follow a 302 silently)."""
    if asked_by_program():
        return problems.problem(401)
    login_url = url_for("accounts.login", next=safe_next(page_left()))
    if request.headers.get("HX-Request"):
        response = make_response("", 401)
        response.headers["HX-Redirect"] = login_url
        return response
    if request.method != "GET":
        return explain(401, _what_is_lost(), way_out=login_url, typed=_sentences())
    return redirect(login_url, code=302)


def _what_is_lost() -> str | None:
    """A browser gives nobody a file a second time by itself, so it is said that it has to be chosen again."""
    names = [f"“{file.filename}”" for file in request.files.values() if file.filename]
    if not names:
        return None
    return f"Nothing was saved, and {', '.join(names)} was not taken. Log in, choose the file again and send it."


def _sentences() -> list[str]:
    """The words that somebody had typed, to copy: a browser may forget them on the way to the login and back."""
    return [value for name, value in request.form.items(multi=True) if name not in SECRETS and " " in value.strip()]


def _refused(refusal: Refusal) -> Response:
    db.session.rollback()
    if asked_by_program():
        return problems.refused(refusal)
    return explain(refusal.status, refusal.message, title=refusal.title)


def _forged(_error: CSRFError) -> Response:
    if not current_user.is_authenticated and access.needs_login():
        return session_ended()
    return explain(400, "Nothing was saved. Go back, reload the page and send it again.", title="This form has expired")


def _overtaken(_error: StaleDataError | IntegrityError) -> Response:
    db.session.rollback()
    return explain(409)


def _taken(error: IntegrityError) -> Response:
    if "unique" not in str(error.orig).lower():
        raise error
    return _overtaken(error)


def _failed(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < 400:
        return error
    response = explain(error.code, way_out=_page_with_the_form() if error.code == 413 else None)
    if allowed := getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response


def _page_with_the_form() -> str | None:
    """Where a file was chosen that is too large; a browser that hides where it was is led to the address it sent to."""
    adapter = current_app.create_url_adapter(request)
    left = safe_next(page_left())
    here = request.path if adapter is not None and adapter.test(request.path, "GET") else None
    return left or here


def _broken(_error: Exception) -> Response:
    db.session.rollback()
    return explain(500)
