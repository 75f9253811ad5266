"""The third wall and the ways out: page or fragment, load with the check, redirects."""

import json
from collections.abc import Iterator
from urllib.parse import urlsplit

from flask import Flask, Response, abort, flash, make_response, redirect, render_template, request, session, url_for
from flask.json.provider import DefaultJSONProvider
from jinja2_fragments.flask import render_block
from markupsafe import Markup
from sqlalchemy import select

from app.extensions import db

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
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


class Refusal(Exception):
    """A rule of the trade refuses what was asked. Subclasses name the rule; the message is for people.

    `members` are for programs, beside the message. `title` heads the page where that of its status would be untrue.
    """

    status = 422
    title: str | None = None

    def __init__(self, message: str, *, status: int | None = None, title: str | None = None, **members: str) -> None:
        super().__init__(message)
        self.message, self.members = message, members
        self.status, self.title = status or self.status, title or self.title


class Conflict(Refusal):
    """Somebody else changed it first; where it may also be otherwise, the title says what is so."""

    status = 409


def asked_by_program() -> bool:
    """Whether it is the API that answers: there a token counts and no session, and errors are documents."""
    return request.path.startswith("/api/")


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


def back_to(endpoint: str, message: str | None = None, tone: str = "success", **values) -> Response:
    """After a POST: say what happened and go to a page that can be reloaded."""
    if message:
        flash(message, tone)
    return redirect(url_for(endpoint, **values), code=303)


def with_link(message: str, words: str, endpoint: str, **values) -> str:
    """A message for back_to() that ends with a way on."""
    return Markup('{} <a href="{}">{}</a>').format(message, url_for(endpoint, **values), words)


def go_on(endpoint: str, **values) -> Response:
    """Lead on from a page that waited: htmx would put the next page inside the waiting block, so it is told to go."""
    if not wants_fragment():
        return redirect(url_for(endpoint, **values), code=303)
    response = make_response("")
    response.headers["HX-Redirect"] = url_for(endpoint, **values)
    return response


def download(body: bytes, filename: str, media_type: str) -> Response:
    """Send a file as an attachment that no browser will run."""
    response = make_response(body)
    response.headers["Content-Type"] = media_type
    response.headers.set("Content-Disposition", "attachment", filename=" ".join(filename.split()))
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def safe_next(target: str | None) -> str | None:
    """A path on this site, or None: redirects and htmx's headers take nothing else."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc or any(ord(mark) < 32 for mark in target) else target


def page_left() -> str | None:
    """Where the reader was: this page, or for a post the page that held the form. Untrusted: give it to safe_next()."""
    if request.method == "GET" and not wants_fragment():
        return request.full_path.rstrip("?")
    parts = urlsplit(request.headers.get("HX-Current-URL") or request.referrer or "")
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def refuse_zero_bytes() -> None:
    """Nobody types one, and PostgreSQL takes none in a text."""
    typed = [text for given in (request.args, request.form) for _, text in given.items(multi=True)]
    names = [file.filename or "" for _, file in request.files.items(multi=True)]
    if any("\0" in text for text in (request.path, *typed, *names, *_texts_in_json())):
        abort(400)


def _texts_in_json() -> Iterator[str]:
    """Every key and text of a JSON body that may hold a zero byte: it is written \\u0000 there, or all is in UTF-16."""
    content = request.get_data() if request.is_json else b""
    if b"\\u0000" not in content and b"\0" not in content:
        return
    try:
        left = [json.loads(content, object_pairs_hook=list)]
    except (ValueError, RecursionError):
        return  # whoever reads the body refuses what is no JSON
    while left:
        each = left.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, list | tuple):
            left += each


class BoundedJson(DefaultJSONProvider):
    """What is nested deeper than Python reads is no JSON either: whoever sent it is told so, with 400."""

    def loads(self, s: str | bytes, **kwargs):
        try:
            return super().loads(s, **kwargs)
        except RecursionError as deep:
            raise ValueError("nested too deeply") from deep


def init_app(app: Flask) -> None:
    app.json = BoundedJson(app)
    app.before_request(refuse_zero_bytes)
    app.after_request(_harden)
    app.jinja_env.globals["ui"] = app.jinja_env.get_template("_ui.html").module


def _harden(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    response.vary.add("HX-Request-Type")
    if session.modified:
        response.vary.add("Cookie")
    return response
