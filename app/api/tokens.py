"""Making and revoking tokens; both inside write()."""

import secrets
from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app import clock
from app.access import Role
from app.accounts.models import Grant, User, hash_secret
from app.api.models import ApiToken
from app.events import record
from app.extensions import db
from app.partners.models import Partner
from app.web import Conflict, Refusal

MARK = "accord_"  # by which people and scanners of source code know what they have found
LONGEST_DAYS = 366
NOWHERE = "systems.invalid"  # RFC 2606: no mail is ever delivered there


class NameTaken(Refusal):
    """Another token of the partner that still works has this name."""


class RevokedAlready(Conflict):
    """It does not work any more."""

    title = "This token is revoked already"


def make(partner: Partner, name: str, scopes: Collection[str], expires_on: date, actor: User) -> tuple[str, ApiToken]:
    """A token that works to the end of a day in the partner's zone; the text of it is in no row. Raises NameTaken."""
    _refuse_taken(partner, name)
    secret, now = MARK + secrets.token_urlsafe(32), clock.now()
    system = User(
        email=f"{secrets.token_hex(8)}@{NOWHERE}",
        name=f"{name} (API)",
        role=Role.SYSTEM,
        created_at=now,
        grants=[Grant(partner_id=partner.id, sees_money="money:read" in scopes)],
    )
    token = ApiToken(
        partner_id=partner.id,
        name=name,
        token_hash=hash_secret(secret),
        scopes=sorted(scopes),
        system=system,
        made_by_id=actor.id,
        made_at=now,
        expires_at=datetime.combine(expires_on + timedelta(days=1), time(), ZoneInfo(partner.zone)),
    )
    db.session.add(token)
    db.session.flush()
    record("token.made", subject=token, actor=actor, scopes=token.scopes, expires_at=token.expires_at)
    return secret, token


def revoke(token: ApiToken, actor: User) -> None:
    """From the next request on it opens nothing. Raises RevokedAlready."""
    db.session.refresh(token, with_for_update={"of": ApiToken})
    if token.revoked_at is not None:
        raise RevokedAlready("This token is revoked already. Nothing is left to do.")
    token.revoked_at, token.revoked_by_id = clock.now(), actor.id
    token.system.disabled_at = token.revoked_at
    record("token.revoked", subject=token, actor=actor)


def _refuse_taken(partner: Partner, name: str) -> None:
    same = select(ApiToken).where(
        ApiToken.partner_id == partner.id, ApiToken.name == name, ApiToken.revoked_at.is_(None)
    )
    if any(token.expires_at > clock.now() for token in db.session.scalars(same)):
        raise NameTaken("Another token has this name. Revoke it first, or choose a name that tells them apart.")
