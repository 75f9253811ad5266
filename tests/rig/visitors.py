"""Test clients that log in as a person, carry a valid CSRF token and can speak as htmx does."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import bindparam, insert, select

from app import clock
from app.accounts.models import LoginSession, User, new_secret
from app.extensions import db
from tests.rig.people import People, Persona

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
CSRF_SECRET = "the same in every test session"
# Written once and past the mapper, for nearly every test logs somebody in.
NEW_SESSION = insert(LoginSession).values(
    user_id=select(User.id).where(User.email == bindparam("email")).scalar_subquery(),
    token_hash=bindparam("token_hash"),
    created_at=bindparam("created_at"),
    expires_at=bindparam("expires_at"),
)


class Visitor(FlaskClient):
    """A browser without a screen: posts carry the CSRF field unless `csrf=False`; `htmx=True` asks for the block."""

    cookie_with_secret = None

    def open(self, *args, htmx: bool = False, csrf: bool = True, **kwargs):
        if htmx:
            kwargs["headers"] = {**HTMX, **dict(kwargs.get("headers") or {})}
        if kwargs.get("method") == "POST" and csrf and isinstance(kwargs.get("data") or {}, dict):
            kwargs["data"] = {"csrf_token": self._csrf_token(), **(kwargs.get("data") or {})}
        return super().open(*args, **kwargs)

    def log_in(self, persona: Persona) -> "Visitor":
        """Open a session row for the person; passwords are for the tests of logging in."""
        token, token_hash = new_secret()
        with self.application.app_context(), db.engine.connect().execution_options(write=True) as connection:
            now = clock.now()
            times = {"created_at": now, "expires_at": now + timedelta(hours=12)}
            connection.execute(NEW_SESSION, {"token_hash": token_hash, "email": persona.email, **times})
            connection.commit()
        with self.session_transaction() as session:
            session["_user_id"], session["_fresh"], session["csrf_token"] = token, True, CSRF_SECRET
        self.cookie_with_secret = self.get_cookie("session").value
        return self

    def _csrf_token(self) -> str:
        cookie = self.get_cookie("session")
        if cookie is None or cookie.value != self.cookie_with_secret:
            with self.session_transaction() as session:
                session["csrf_token"] = CSRF_SECRET
            self.cookie_with_secret = self.get_cookie("session").value
        return URLSafeTimedSerializer(self.application.secret_key, salt="wtf-csrf-token").dumps(CSRF_SECRET)


@pytest.fixture
def people() -> People:
    return People()


@pytest.fixture
def client(app) -> Visitor:
    """Somebody who has not logged in."""
    app.test_client_class = Visitor
    return app.test_client()


@pytest.fixture
def as_(app, people):
    """`as_("ana").get("/tasks")`: a client of its own for each person."""
    app.test_client_class = Visitor

    def visit(who: str | Persona) -> Visitor:
        persona = getattr(people, who) if isinstance(who, str) else who
        return app.test_client().log_in(persona)

    return visit
