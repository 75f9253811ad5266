"""A request that names an idempotency key is answered once: repeated, it gets the first answer."""

import hashlib
from datetime import timedelta

from flask import Response, g, make_response, request
from flask_login import current_user
from sqlalchemy import delete, select

from app import clock
from app.accounts import throttle
from app.api.models import ApiAnswer
from app.extensions import db, write
from app.jobs import Job, every_day, job
from app.web import Conflict, Refusal

KEPT = timedelta(days=7)
# Longer than a request may take: after that whoever began it has gone away.
ABANDONED = timedelta(minutes=2)
LONGEST_KEY = 200
POSTS = throttle.Limits(pair=300, address=300, network=3_000)
SLOWER = "Wait 15 minutes: this token has sent too many requests. One for each report and correction is enough."


class UnusableKey(Refusal):
    """An idempotency key is a short line of plain characters."""

    status = 400


class KeyReused(Refusal):
    """One key stands for one request."""


class StillAnswering(Conflict):
    """The first request of this key is under way."""

    title = "The first request is still being answered"


def recall() -> Response | None:
    """Before a post that is allowed: count it, and answer it when it was answered before."""
    if request.method != "POST" or not current_user.is_authenticated:
        return None
    throttle.count("api-post", current_user.email, request.remote_addr or "", POSTS, SLOWER)
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not 0 < len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise UnusableKey(f"An Idempotency-Key has 1 to {LONGEST_KEY} plain characters. Choose another.")
    asked = _digest()
    with write():
        kept = _kept(key)
        if kept is None:
            g.answering = _begin(key, asked).id
            return None
        if kept.request_hash != asked:
            raise KeyReused("This Idempotency-Key came with another request before. Send each request with its own.")
        if kept.status is None:
            raise StillAnswering("The first request with this Idempotency-Key is not answered yet. Ask again.")
        return _again(kept)


def keep(response: Response) -> Response:
    """After it: what failed on our side may be tried again, everything else is the answer."""
    answering = g.pop("answering", None)
    if answering is None:
        return response
    with write():
        kept = db.session.scalars(select(ApiAnswer).where(ApiAnswer.id == answering)).one()
        if response.status_code >= 500:
            db.session.delete(kept)
        else:
            kept.status, kept.media_type = response.status_code, response.mimetype
            kept.location, kept.body = response.headers.get("Location"), response.get_data(as_text=True)
    return response


def form_key() -> str | None:
    """What makes a sending happen once, also when the process died before its answer was kept; another request is
    another sending, though it names a key of long ago."""
    key = request.headers.get("Idempotency-Key")
    return key and f"api:{g.api_token_id}:{key}:{_digest()}"


def _kept(key: str) -> ApiAnswer | None:
    mine = ApiAnswer.token_id == g.api_token_id, ApiAnswer.idempotency_key == key
    kept = db.session.scalars(select(ApiAnswer).where(*mine).with_for_update()).one_or_none()
    age = clock.wall() - kept.asked_at if kept else timedelta()
    if kept is None or age <= (ABANDONED if kept.status is None else KEPT):
        return kept
    db.session.delete(kept)
    db.session.flush()
    return None


def _begin(key: str, asked: str) -> ApiAnswer:
    (partner_id,) = current_user.scope.partner_ids
    begun = ApiAnswer(
        partner_id=partner_id,
        token_id=g.api_token_id,
        idempotency_key=key,
        request_hash=asked,
        asked_at=clock.wall(),
    )
    db.session.add(begun)
    db.session.flush()
    return begun


def _again(kept: ApiAnswer) -> Response:
    response = make_response(kept.body, kept.status)
    response.content_type = kept.media_type
    response.headers["Idempotency-Replayed"] = "true"
    if kept.location:
        response.headers["Location"] = kept.location
    return response


def _digest() -> str:
    """Of what is asked: a form's boundary is another each time, so its parts count."""
    digest = hashlib.sha256(f"{request.method} {request.full_path}\n".encode())
    parts = [(name, "", value.encode()) for name, value in request.form.items(multi=True)]
    for name, file in request.files.items(multi=True):
        parts.append((name, file.filename or "", file.read()))
        file.seek(0)
    for name, filename, content in parts or [("", "", request.get_data())]:
        digest.update(f"{name}\n{filename}\n{len(content)}\n".encode() + content)
    return digest.hexdigest()


@job("api.forget")
def forget(_row: Job) -> None:
    """Answers that are too old to be given again."""
    with write() as session:
        session.execute(delete(ApiAnswer).where(ApiAnswer.asked_at < clock.wall() - KEPT))


every_day("api.forget")
