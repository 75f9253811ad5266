"""Actions, decisions, risks and corrective action plans: one list, one life cycle."""

from flask import Blueprint, request
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app import clock, events
from app.access import Permission, requires
from app.contracts.models import Contract
from app.contracts.terms import terms_history
from app.extensions import db, write
from app.governance.forms import FORUMS, KINDS, ClosureForm, ItemForm
from app.governance.models import Item
from app.partners.forms import offered
from app.web import Conflict, back_to, find, page

bp = Blueprint("governance", __name__)
WRITTEN = ("kind", "title", "description", "side", "owner", "forum", "due_on")


@bp.get("/items")
@requires(Permission.ITEM_READ)
def index():
    """Open ones first, the longest overdue at the top; filtered by kind, side and state."""
    chosen = {name: request.args.get(name, "") for name in ("kind", "side", "state")}
    with_zones = joinedload(Item.partner), joinedload(Item.contract)
    query = select(Item).options(*with_zones).order_by(Item.state != "open", Item.due_on, Item.id)
    for name, value in chosen.items():
        if value:
            query = query.where(getattr(Item, name) == value)
    items = db.session.scalars(query.limit(200)).all()
    return page("governance/index.html", block="items", items=items, chosen=chosen, kinds=KINDS, now=clock.now())


@bp.route("/items/new", methods=["GET", "POST"])
@requires(Permission.ITEM_EDIT)
def new():
    form = _form(ItemForm(kind=request.args.get("kind"), contract=request.args.get("contract")))
    if request.method == "POST" and form.validate():
        contract = find(Contract, form.contract.data)
        with write() as session:
            item = Item(
                partner_id=contract.partner_id,
                contract_id=contract.id,
                opened_at=clock.now(),
                opened_by_id=current_user.id,
                service_level=_level_of(contract, request.args.get("service-level")),
                **{name: getattr(form, name).data for name in WRITTEN},
            )
            session.add(item)
            session.flush()
            events.record("item.opened", subject=item, item=item.kind, title=events.digest_of(item.title))
            key = item.key
        return back_to("governance.show", "Written down.", key=key)
    return page("governance/new.html", form=form, status=422 if request.method == "POST" else 200)


@bp.get("/items/<key>")
@requires(Permission.ITEM_READ)
def show(key: str):
    return _item_page(_load(key))


@bp.route("/items/<key>/edit", methods=["GET", "POST"])
@requires(Permission.ITEM_EDIT)
def edit(key: str):
    item = _load(key)
    _refuse_closed(item)
    form = _form(ItemForm(data=_as_written(item)))
    if request.method == "POST" and form.validate():
        with write():
            if form.version.data != str(item.version_id):
                raise Conflict("Somebody changed this after you opened it. Reload the page and look again.")
            changed = [name for name in WRITTEN if getattr(item, name) != getattr(form, name).data]
            for name in changed:
                setattr(item, name, getattr(form, name).data)
            events.record("item.changed", subject=item, fields=changed)
        return back_to("governance.show", "Changed.", key=key)
    return page("governance/edit.html", item=item, form=form, status=422 if request.method == "POST" else 200)


@bp.post("/items/<key>/closure")
@requires(Permission.ITEM_EDIT)
def close(key: str):
    item = _load(key)
    form = ClosureForm()
    if not form.validate():
        return _item_page(item, form, status=422)
    with write():
        _refuse_closed(item)
        item.state, item.outcome, item.closed_at = form.state.data, form.outcome.data, clock.now()
        events.record("item.closed", subject=item, state=item.state, outcome=events.digest_of(item.outcome))
    return back_to("governance.show", "Closed.", key=key)


def _item_page(item: Item, closure: ClosureForm | None = None, status: int = 200):
    return page(
        "governance/show.html",
        status=status,
        item=item,
        kinds=KINDS,
        forums=FORUMS,
        closure=closure or ClosureForm(formdata=None),
        now=clock.now(),
        timeline=events.timeline(item),
    )


def _level_of(contract: Contract, service_level: str | None) -> str | None:
    """The key of a service level of the contract's terms, when the page was opened from one."""
    known = {level.key for terms in terms_history(contract) for level in terms.service_levels}
    return service_level if service_level in known else None


def _load(key: str) -> Item:
    return find(Item, key, joinedload(Item.partner), joinedload(Item.contract), joinedload(Item.opened_by))


def _as_written(item: Item) -> dict:
    about = {name: getattr(item, name) for name in WRITTEN}
    return {**about, "contract": item.contract.key if item.contract else "", "version": item.version_id}


def _refuse_closed(item: Item) -> None:
    if item.state != "open":
        raise Conflict("This is closed already. Open a new one that refers to it.", title="This is closed already")


def _form(form: ItemForm) -> ItemForm:
    contracts = db.session.scalars(select(Contract).options(joinedload(Contract.partner)).order_by(Contract.name))
    named = {contract.key: f"{contract.partner.name}, {contract.name}" for contract in contracts}
    form.contract.choices = offered({"": "Choose", **named})
    return form
