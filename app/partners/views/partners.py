"""The list of partners, one partner's page, changing it, and ending the partnership."""

from flask import abort, request
from flask_login import current_user
from sqlalchemy import func, or_, select
from sqlalchemy.orm import selectinload

from app import clock
from app.access import Permission, may, requires
from app.extensions import db, write
from app.formatting import day
from app.partners import service
from app.partners.choices import COUNTRIES, ZONES
from app.partners.forms import EndingForm, PartnerForm
from app.partners.history import history_of
from app.partners.models import Partner
from app.partners.survey import survey, way_to
from app.partners.views import bp
from app.web import Conflict, back_to, find, page

PAGE_SIZE = 50
FURTHEST = 100_000  # rows that a page may leave out
PLACES = (selectinload(Partner.sites), selectinload(Partner.queues))


def may_add_partners() -> bool:
    """A new partner is outside the scope of somebody who sees only some."""
    return may(Permission.PARTNER_EDIT) and current_user.scope.partner_ids is None


@bp.get("/partners")
@requires(Permission.PARTNER_READ)
def index():
    """Partners by name, those that ended last; `q` searches names and codes, `after` is how many to leave out."""
    wanted, after = request.args.get("q", "").strip(), request.args.get("after", 0, type=int)
    after = min(max(after, 0), FURTHEST)
    query = select(Partner).options(*PLACES).order_by(Partner.ended_on.is_not(None), func.lower(Partner.name))
    if wanted:
        found = or_(part.icontains(wanted, autoescape=True) for part in (Partner.name, Partner.code))
        query = query.where(found)
    partners = db.session.scalars(query.offset(after).limit(PAGE_SIZE + 1)).all()
    shown = partners[:PAGE_SIZE]
    return page(
        "partners/index.html",
        block="results",
        partners=shown,
        survey=survey(shown),
        today=clock.now().date(),
        q=wanted,
        after=after,
        size=PAGE_SIZE,
        has_more=len(partners) > PAGE_SIZE,
        set_up_url=way_to("contracts.set_up") if may_add_partners() else None,
    )


@bp.get("/partners/<key>")
@requires(Permission.PARTNER_READ)
def show(key: str):
    partner = find(Partner, key, *PLACES)
    return page(
        "partners/show.html",
        partner=partner,
        survey=survey([partner]),
        history=history_of(partner),
        today=clock.today(partner.zone),
        countries=COUNTRIES,
        invite_url=way_to("accounts.new_user", partner=partner.key),
        tokens_url=way_to("api.tokens", partner=partner.key),
        scorecard_url=way_to("performance.scorecard", key=partner.key),
        new_contract_url=way_to("contracts.new", key=partner.key),
    )


@bp.route("/partners/<key>/edit", methods=["GET", "POST"])
@requires(Permission.PARTNER_EDIT)
def edit(key: str):
    partner = find(Partner, key)
    form, status = PartnerForm(obj=partner), 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with write():
                    _refuse_stale(partner, form.version_id.data)
                    about = (form.name.data, form.zone.data, form.number_style.data, form.remind_days.data)
                    service.change_partner(partner, *about)
                return back_to("partners.show", "Saved.", key=partner.key)
            except service.NameTaken as taken:
                form.name.errors = [taken.message]
    return page("partners/edit.html", partner=partner, form=form, zones=ZONES, status=status)


@bp.route("/partners/<key>/ending", methods=["GET", "POST"])
@requires(Permission.PARTNER_EDIT)
def ending(key: str):
    """The consequences first, then the date; nothing that was sent or judged changes."""
    partner = find(Partner, key, *PLACES)
    form, status = EndingForm(), 200
    if request.method == "POST":
        status = 422
        if form.validate() and _is_within(partner, form):
            with write():
                service.end_partner(partner, form.ended_on.data)
            return back_to("partners.show", _ends(partner), key=partner.key)
    return page("partners/ending.html", partner=partner, form=form, survey=survey([partner]), status=status)


@bp.post("/partners/<key>/resumption")
@requires(Permission.PARTNER_EDIT)
def resumption(key: str):
    partner = find(Partner, key)
    if partner.ended_on is None:
        abort(409)
    with write():
        service.resume_partner(partner)
    return back_to("partners.show", f"{partner.name} goes on.", key=partner.key)


def _ends(partner: Partner) -> str:
    """`Tundra ended on 31 Oct 2026.`"""
    return f"{partner.name} {'ended' if partner.has_ended(clock.now().date()) else 'ends'} on {day(partner.ended_on)}."


def _is_within(partner: Partner, form: EndingForm) -> bool:
    started_on = partner.created_at.date()
    if form.ended_on.data.year > started_on.year + 50:
        form.ended_on.errors = ["That is more than fifty years away. Check the year."]
        return False
    return True


def _refuse_stale(partner: Partner, seen: str | None) -> None:
    if seen != str(partner.version_id):
        raise Conflict("Somebody changed this partner since you opened it. Reload the page and look again.")
