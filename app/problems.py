"""Errors as programs read them: application/problem+json (RFC 9457), in the words that a page would use."""

import json
import re

from flask import Response, make_response, request

from app.config import UPLOAD_MEGABYTES
from app.web import Refusal

MEDIA_TYPE = "application/problem+json"
TOO_LARGE = f"Accord takes files of up to {UPLOAD_MEGABYTES} MB. Split the file, or remove pictures from it."
WORDS = {
    400: ("The request cannot be read", "Nothing was changed. Send what the API's document describes."),
    401: ("A token is needed", "Send “Authorization: Bearer” and the token that a lead of your company made."),
    403: ("The token may not do this", "Nothing was changed. Make a token with the scope that this takes."),
    404: ("There is nothing here", "The address is wrong, or the thing belongs to somebody else."),
    405: ("This address does not take that", "Nothing was changed. The API's document lists what it takes."),
    409: ("Somebody was faster", "Nothing was changed. Ask for the present state and look again."),
    413: ("That is too large", TOO_LARGE),
    415: ("This kind of content is not read here", "Send application/json, or a file as multipart/form-data."),
    422: ("That was not accepted", "Nothing was changed."),
    429: ("Too many requests", "Wait 15 minutes and try again."),
    500: ("Something broke on our side", "Nothing was changed. Try again; if it stays, tell us the time."),
}
CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


def problem(
    status: int, detail: str | None = None, kind: str = "about:blank", title: str | None = None, **members: str
) -> Response:
    known_title, advice = WORDS.get(status, WORDS[500 if status >= 500 else 400])
    told = {"type": kind, "title": title or known_title, "status": status, "detail": detail or advice, **members}
    response = make_response(json.dumps(told, ensure_ascii=False), status)
    response.content_type = MEDIA_TYPE
    if status == 401:
        response.headers["WWW-Authenticate"] = _challenge("invalid_token" if request.authorization else "")
    if status == 403 and kind == "about:blank":
        response.headers["WWW-Authenticate"] = _challenge("insufficient_scope")
    if status == 429:
        response.headers["Retry-After"] = "900"
    return response


def refused(refusal: Refusal) -> Response:
    """What kind of problem it is, is the rule that refuses: `urn:accord:report-locked`."""
    name = CAPITAL.sub("-", type(refusal).__name__).lower()
    return problem(refusal.status, refusal.message, f"urn:accord:{name}", refusal.title, **refusal.members)


def _challenge(error: str) -> str:
    return f'Bearer realm="Accord", error="{error}"' if error else 'Bearer realm="Accord"'
