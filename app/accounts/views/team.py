"""A partner lead's page: the people of the own company, and which analysts may see amounts."""

from flask import abort
from flask_login import current_user
from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload

from app.access import Permission, Role, requires
from app.accounts.models import Grant, User
from app.accounts.service import set_money_sight
from app.accounts.views import bp
from app.extensions import db, write
from app.web import Refusal, back_to, page, wants_fragment

MEMBERS = [role for role in Role if role.is_partner and role.is_person]


@bp.get("/team")
@requires(Permission.MONEY_GRANT)
def team():
    return _team()


@bp.post("/team-members/<key>/money-sight")
@requires(Permission.MONEY_GRANT)
def grant_money_sight(key: str):
    return _set_money_sight(key, True)


@bp.post("/team-members/<key>/money-sight-withdrawal")
@requires(Permission.MONEY_GRANT)
def withdraw_money_sight(key: str):
    return _set_money_sight(key, False)


def _set_money_sight(key: str, sees_money: bool):
    member = db.session.scalars(_members().where(Grant.key == key)).one_or_none()
    if member is None:
        abort(404)
    if not member.user.needs_money_grant:
        words = "Only an analyst's sight of amounts is granted here. Everybody else's role decides it."
        raise Refusal(words, status=409, title="This role decides it")
    with write():
        set_money_sight(member, sees_money)
    if wants_fragment():
        return _team()
    name = member.user.name
    return back_to("accounts.team", f"{name} sees amounts now." if sees_money else f"{name} sees no amounts any more.")


def _team():
    members = db.session.scalars(_members()).all()
    several = len({member.partner_id for member in members}) > 1
    return page("accounts/team.html", block="members", members=members, several=several)


def _members() -> Select:
    """Users are not filtered by partner, so this is: partner people, through grants for the reader's own partners."""
    return (
        select(Grant)
        .join(Grant.user)
        .where(
            Grant.partner_id.in_(current_user.scope.partner_ids or ()),
            User.role.in_(MEMBERS),
            User.disabled_at.is_(None),
        )
        .order_by(Grant.partner_id, User.name, User.id)
        .options(contains_eager(Grant.user), joinedload(Grant.partner))
    )
