"""Who asks when a program does: the token in the Authorization header, and nothing else that it sends."""

from flask import Request, current_app, g
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import joinedload

from app import clock, tenancy
from app.access import GRANTS
from app.accounts import throttle
from app.accounts.models import User, hash_secret
from app.api.models import ApiToken
from app.extensions import db, login, note
from app.web import Refusal, asked_by_program

# Nobody guesses a token; who tries is a program that was set up wrongly, and is told to slow down.
UNKNOWN = throttle.Limits(pair=60, address=1_000, network=60)
SLOWER = "Wait 15 minutes: too many requests came with a token that is not known."


class BadToken(Refusal):
    """The token opens nothing."""

    status = 401


@login.request_loader
def load_system(request: Request) -> User | None:
    """The program behind a request to the API. Raises BadToken, TooManyTries."""
    if not asked_by_program() or request.authorization is None or request.authorization.type != "bearer":
        return None
    token = _known(request.authorization.token or "")
    if token is None:
        throttle.count("api-token", "", request.remote_addr or "", UNKNOWN, SLOWER)
        raise BadToken("This token is not known. Send it whole, as it was shown when it was made.")
    now = clock.now()
    if not token.is_live(now):
        words = "was revoked" if token.status(now) == "revoked" else "has expired"
        raise BadToken(f"This token {words}. A lead of your company makes a new one.")
    _note(token)
    system, g.api_token_id = token.system, token.id
    system.withheld = GRANTS[system.role] - token.permissions
    return system


def _known(secret: str) -> ApiToken | None:
    """Looked up before anybody's scope is known: whose it is, it says itself."""
    query = select(ApiToken).where(ApiToken.token_hash == hash_secret(secret))
    with tenancy.unscoped("login"):
        found = db.session.scalars(query.options(joinedload(ApiToken.system).joinedload(User.grants)))
        return found.unique().one_or_none()


def _note(token: ApiToken) -> None:
    """Write when it was used, once in a while; nobody waits for it."""
    now = clock.now()
    if not token.should_be_noted(now):
        return
    before = ApiToken.used_at.is_(None) | (ApiToken.used_at <= now - ApiToken.USED_EVERY)
    mine = ApiToken.partner_id == token.partner_id, ApiToken.id == token.id
    try:
        with tenancy.unscoped("login"), note() as connection:
            connection.execute(update(ApiToken).where(*mine, before).values(used_at=now))
    except OperationalError as error:
        current_app.logger.info("a token's last use was not written: %s", error.orig)
