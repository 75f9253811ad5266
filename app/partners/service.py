"""Writing partners and their places: the row, its code and its event together; callers hold the transaction."""

from datetime import date

from sqlalchemy import func, select

from app import clock, jobs
from app.events import record
from app.extensions import db
from app.formatting import day
from app.partners.codes import code_from
from app.partners.ends import state_end
from app.partners.models import Partner, Queue, Site
from app.web import Refusal


class NameTaken(Refusal):
    """Another partner, or another place of this partner, is called so already."""


class PartnerEnded(Refusal):
    """Nothing is added to a partnership that is over."""

    status = 409
    title = "This partnership has ended"


def add_partner(name: str, zone: str, code: str | None = None, number_style: str = "1,234.5") -> Partner:
    """Raises NameTaken. Needs a scope over all partners."""
    refuse_taken_name(name)
    codes = set(db.session.scalars(select(Partner.code)))
    partner = Partner(
        code=code or code_from(name, codes).lower(),
        name=name,
        zone=zone,
        number_style=number_style,
        created_at=clock.now(),
    )
    if partner.code in codes:
        raise NameTaken(f"Another partner has the code {partner.code}. Choose another code.")
    db.session.add(partner)
    record("partner.created", subject=partner)
    return partner


def refuse_taken_name(name: str, own: Partner | None = None) -> None:
    """Raises NameTaken when another partner has this name, however it is capitalised."""
    same = db.session.scalars(select(Partner.id).where(func.lower(Partner.name) == name.lower())).all()
    if set(same) - {own.id if own else None}:
        raise NameTaken(f"There is a partner called {name} already. Open it from the list, or choose another name.")


def change_partner(partner: Partner, name: str, zone: str, number_style: str, remind_days: int | None = None) -> None:
    refuse_taken_name(name, partner)
    partner.name, partner.zone, partner.number_style = name, zone, number_style
    if remind_days is not None:
        partner.remind_days = remind_days
    record("partner.changed", subject=partner, zone=zone, number_style=number_style, remind_days=partner.remind_days)


def end_partner(partner: Partner, ended_on: date) -> None:
    _state_end(partner, ended_on)
    record("partner.ended", subject=partner, ended_on=ended_on)


def resume_partner(partner: Partner) -> None:
    _state_end(partner, None)
    record("partner.resumed", subject=partner)


def _state_end(partner: Partner, last_day: date | None) -> None:
    """Whether somebody owes a report may depend on it, so what was judged is judged again."""
    state_end(partner.id, last_day)
    partner.ended_on = last_day
    jobs.enqueue("reports.open", 0, partner_id=partner.id)
    jobs.enqueue("partner.evaluate", partner.id, partner_id=partner.id)


def add_site(partner: Partner, name: str, code: str | None = None, country: str | None = None) -> Site:
    """Raises NameTaken, PartnerEnded."""
    _refuse_ended(partner)
    site = Site(partner_id=partner.id, name=name, code=_new_code(Site, partner, name, code), country=country or None)
    db.session.add(site)
    record("site.created", subject=site, code=site.code)
    return site


def add_queue(partner: Partner, name: str, code: str | None = None, **about) -> Queue:
    """`about`: business, channel, language, live_on. Raises NameTaken, PartnerEnded."""
    _refuse_ended(partner)
    queue = Queue(partner_id=partner.id, name=name, code=_new_code(Queue, partner, name, code), **about)
    db.session.add(queue)
    record("queue.created", subject=queue, code=queue.code)
    return queue


def change_place(place: Site | Queue, closed_on: date | None, **about) -> None:
    """Change what a site or queue says of itself; closing and reopening are events of their own."""
    noun = place.__tablename__
    was_closed_on, place.closed_on = place.closed_on, closed_on
    for name, value in about.items():
        setattr(place, name, value)
    if closed_on == was_closed_on:
        record(f"{noun}.changed", subject=place, code=place.code)
    elif closed_on is None:
        record(f"{noun}.reopened", subject=place, code=place.code)
    else:
        record(f"{noun}.closed", subject=place, code=place.code, closed_on=closed_on)


def _refuse_ended(partner: Partner) -> None:
    if partner.has_ended(clock.today(partner.zone)):
        raise PartnerEnded(f"{partner.name} ended on {day(partner.ended_on)}. Resume the partnership first.")


def _new_code(model: type[Site] | type[Queue], partner: Partner, name: str, code: str | None) -> str:
    codes = set(db.session.scalars(select(model.code).where(model.partner_id == partner.id)))
    if code in codes:
        noun = model.__tablename__
        raise NameTaken(f"{partner.name} has a {noun} with the code {code} already. Choose another code.")
    return code or code_from(name, codes)
