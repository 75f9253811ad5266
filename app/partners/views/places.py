"""Adding and changing the sites and queues of a partner; closing one is a date."""

from flask import request

from app.access import Permission, requires
from app.extensions import write
from app.partners import service
from app.partners.choices import CHANNELS
from app.partners.forms import QueueForm, SiteForm, offered
from app.partners.models import Partner, Queue, Site
from app.partners.views import bp
from app.web import back_to, find, page


@bp.route("/partners/<key>/sites/new", methods=["GET", "POST"])
@requires(Permission.PARTNER_EDIT)
def new_site(key: str):
    return _add(find(Partner, key), SiteForm(), "site", service.add_site)


@bp.route("/partners/<key>/queues/new", methods=["GET", "POST"])
@requires(Permission.PARTNER_EDIT)
def new_queue(key: str):
    return _add(find(Partner, key), QueueForm(), "queue", service.add_queue)


@bp.route("/sites/<key>/edit", methods=["GET", "POST"])
@requires(Permission.PARTNER_EDIT)
def edit_site(key: str):
    site = find(Site, key)
    return _change(site, SiteForm(obj=site), "site")


@bp.route("/queues/<key>/edit", methods=["GET", "POST"])
@requires(Permission.PARTNER_EDIT)
def edit_queue(key: str):
    queue = find(Queue, key)
    form = QueueForm(obj=queue)
    if queue.channel not in CHANNELS:
        form.channel.choices = offered([queue.channel, *CHANNELS])
    return _change(queue, form, "queue")


def _add(partner: Partner, form, noun: str, add):
    del form.closed_on
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with write():
                    add(partner, **_typed(form))
                return back_to("partners.show", f"The {noun} {form.name.data} was added.", key=partner.key)
            except service.NameTaken as taken:
                form.code.errors = [taken.message]
    return page("partners/place.html", partner=partner, place=None, noun=noun, form=form, status=status)


def _change(place: Site | Queue, form, noun: str):
    del form.code
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            with write():
                service.change_place(place, **_typed(form))
            return back_to("partners.show", "Saved.", key=place.partner.key)
    return page("partners/place.html", partner=place.partner, place=place, noun=noun, form=form, status=status)


def _typed(form) -> dict:
    return {name: value for name, value in form.data.items() if name != "csrf_token"}
