"""Who is told what about a claim, by mail."""

from app import mail
from app.access import Role
from app.accounts.reach import people_of
from app.relief.models import Claim


def tell_filed(claim: Claim) -> None:
    """Tell the managers who may decide; what was filed on a partner's behalf is told to its leads too."""
    told = [user for user in people_of(Role.MANAGER, claim.partner_id) if user.id != claim.filed_by.id]
    for user in [*told, *(people_of(Role.LEAD, claim.partner_id) if claim.on_behalf else ())]:
        mail.send(user.email, "claim-filed", claim=claim)


def tell_decided(claim: Claim) -> None:
    """Tell the partner's leads and whoever filed it, but not the person who decided."""
    told = {user.id: user for user in people_of(Role.LEAD, claim.partner_id)}
    if claim.filed_by.is_active and claim.filed_by.scope.includes(claim.partner_id):
        told[claim.filed_by.id] = claim.filed_by
    for user in told.values():
        if user.id != claim.decided_by.id:
            mail.send(user.email, "claim-decided", claim=claim)
