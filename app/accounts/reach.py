"""Who can be told about a partner: the people of a role who see it."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.access import Role
from app.accounts.models import User
from app.extensions import db


def people_of(role: Role, partner_id: int) -> list[User]:
    """Everybody of a role who sees the partner and can log in."""
    users = select(User).where(User.role == role, User.disabled_at.is_(None)).order_by(User.id)
    found = db.session.scalars(users.options(joinedload(User.grants))).unique()
    return [user for user in found if user.scope.includes(partner_id)]
