"""The tokens of a partner's programs: a lead makes them, a lead, manager or administrator revokes them."""

from datetime import timedelta

from flask import request
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from wtforms import SelectChoice

from app import clock, mail
from app.access import Permission, may, requires
from app.api.forms import SCOPE_WORDS, TokenForm
from app.api.models import ApiToken
from app.api.tokens import NameTaken, make, revoke
from app.api.views import bp
from app.extensions import db, write
from app.partners.models import Partner
from app.web import back_to, find, page

USUAL = timedelta(days=180)
MOST = 200


@bp.get("/api-tokens")
@requires(Permission.TOKEN_REVOKE)
def tokens():
    """`partner` shows those of one; what was revoked or has expired comes last."""
    return _tokens(_form(formdata=None, expires_on=clock.now().date() + USUAL))


@bp.post("/api-tokens")
@requires(Permission.TOKEN_MAKE)
def make_token():
    form = _form()
    if form.validate():
        partner = find(Partner, form.partner.data)
        try:
            with write():
                secret, made = make(partner, form.name.data, form.scopes.data, form.expires_on.data, current_user)
                name = made.name
        except NameTaken as taken:
            form.name.errors = [taken.message]
        else:
            first = mail.link("v1.reports")
            return page("api/token.html", secret=secret, name=name, partner=partner, first=first)
    return _tokens(form, 422)


@bp.post("/api-tokens/<key>/revocation")
@requires(Permission.TOKEN_REVOKE)
def revoke_token(key: str):
    token = find(ApiToken, key)
    with write():
        revoke(token, current_user)
    return back_to("api.tokens", f"“{token.name}” is revoked. It opens nothing any more.")


def _tokens(form: TokenForm | None, status: int = 200):
    now, wanted = clock.now(), request.args.get("partner", "")
    people = (joinedload(ApiToken.made_by), joinedload(ApiToken.revoked_by), joinedload(ApiToken.partner))
    listed = select(ApiToken).join(ApiToken.partner).options(*people, joinedload(ApiToken.system))
    if wanted:
        listed = listed.where(Partner.key == wanted)
    listed = listed.order_by(ApiToken.revoked_at.is_not(None), ApiToken.expires_at < now, Partner.name, ApiToken.name)
    return page(
        "api/tokens.html",
        status=status,
        tokens=db.session.scalars(listed.limit(MOST)).all(),
        form=form,
        now=now,
        scope_words=SCOPE_WORDS,
        of=db.session.scalar(select(Partner).where(Partner.key == wanted)) if wanted else None,
        several=current_user.scope.partner_ids is None or len(current_user.scope.partner_ids) > 1,
    )


def _form(**given) -> TokenForm | None:
    """For those who may make one: the partners are the lead's own."""
    if not may(Permission.TOKEN_MAKE):
        return None
    form = TokenForm(**given)
    partners = db.session.scalars(select(Partner).order_by(Partner.name)).all()
    form.partner.choices = [SelectChoice(partner.key, partner.name) for partner in partners]
    return form
