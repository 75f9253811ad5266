"""The pages of tokens (`bp`), and the API itself (`v1`): a token instead of a session, documents instead of pages."""

import json

from flask import Blueprint, Response, make_response

from app.api import bearer, once
from app.extensions import csrf

bp = Blueprint("api", __name__)
v1 = Blueprint("v1", __name__, url_prefix="/api/v1")
csrf.exempt(v1)  # a browser sends no token by itself, so no other site can make it ask
v1.before_request(once.recall)
v1.after_request(once.keep)


def answer(document: dict, status: int = 200, location: str | None = None) -> Response:
    response = make_response(json.dumps(document, ensure_ascii=False), status)
    response.content_type = "application/json"
    if location:
        response.headers["Location"] = location
    if status == 202:
        response.headers["Retry-After"] = "2"
    return response


from app.api.views import causes, description, drafts, reports, submissions, tokens  # noqa: E402, F401

__all__ = ["bearer", "bp", "v1"]
