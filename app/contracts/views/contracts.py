"""The contract's page, a new contract, and changes to its head."""

from flask_login import current_user
from sqlalchemy.orm import joinedload, selectinload

from app import clock
from app.access import Permission, requires, sees_money
from app.contracts import prose, reading, terms
from app.contracts.charges import latest_charges, price_nothing
from app.contracts.forms.contract import ContractForm, NewContractForm
from app.contracts.models import Contract, TermsVersion
from app.contracts.panels import panels_of
from app.contracts.views import bp
from app.domain.periods import Month
from app.extensions import write
from app.partners.choices import ZONES
from app.partners.models import Partner
from app.partners.places import places_of
from app.web import Conflict, back_to, find, page

WITH_TERMS = (
    joinedload(Contract.partner),
    selectinload(Contract.terms).joinedload(TermsVersion.activated_by),
    selectinload(Contract.terms).joinedload(TermsVersion.created_by),
)


@bp.get("/contracts/<key>")
@requires(Permission.CONTRACT_READ)
def show(key: str):
    contract = find(Contract, key, *WITH_TERMS)
    today, now = clock.today(contract.zone), clock.now()
    versions = reading.readable(contract.terms)
    standing = reading.standing(versions, today)
    history = [terms.terms_of(version) for version in versions if version.state == "in_force"]
    charges = latest_charges(contract) if sees_money() else {}
    return page(
        "contracts/show.html",
        contract=contract,
        versions=versions,
        standing=standing,
        today=today,
        deadlines=[
            reading.about(found, contract.zone, now) for found in reading.next_deadlines(contract, history, now)
        ],
        months=_recent_months(contract, Month.of(today)),
        charges=charges,
        no_credits=price_nothing(history),
        told=reading.told(contract, versions),
        panels=panels_of(contract),
        prose=prose,
        places=places_of(contract.partner),
        sees_credit_terms=reading.sees_credit_terms(),
    )


@bp.get("/partners/<key>/contracts/new")
@requires(Permission.CONTRACT_EDIT)
def new(key: str):
    partner = find(Partner, key)
    form = NewContractForm(zone=partner.zone, starts_on=clock.today(partner.zone).replace(day=1))
    return page("contracts/new.html", partner=partner, form=form, zones=ZONES)


@bp.post("/partners/<key>/contracts")
@requires(Permission.CONTRACT_EDIT)
def add(key: str):
    """Write the contract with an empty first draft, which is filled in section by section."""
    partner = find(Partner, key, selectinload(Partner.sites), selectinload(Partner.queues))
    form = NewContractForm()
    if form.validate():
        names = ("name", "reference", "currency", "zone", "starts_on", "ends_on")
        try:
            with write():
                contract = terms.new_contract(partner, **{name: form[name].data for name in names}, actor=current_user)
                draft = terms.new_draft(contract, terms.blank(partner, form.starts_on.data), current_user)
        except terms.ReferenceTaken as taken:
            form.reference.errors = [taken.message]
        else:
            return back_to("contracts.terms", f"{contract.name} is drafted. Fill in its terms.", key=draft.key)
    return page("contracts/new.html", partner=partner, form=form, zones=ZONES, status=422)


@bp.get("/contracts/<key>/edit")
@requires(Permission.CONTRACT_EDIT)
def edit(key: str):
    contract = find(Contract, key, joinedload(Contract.partner))
    return page("contracts/edit.html", contract=contract, form=ContractForm(obj=contract))


@bp.post("/contracts/<key>/edit")
@requires(Permission.CONTRACT_EDIT)
def change(key: str):
    contract = find(Contract, key, joinedload(Contract.partner))
    form = ContractForm()
    valid = form.validate()
    if form.ends_on.data and form.ends_on.data < contract.starts_on:
        form.ends_on.errors = ["It cannot end before it starts."]
    elif valid:
        try:
            with write():
                if str(contract.version_id) != form.version_id.data:
                    raise Conflict("Somebody changed this contract after you opened it. Open it again and look.")
                terms.change_contract(contract, form.name.data, form.reference.data, form.ends_on.data)
        except terms.ReferenceTaken as taken:
            form.reference.errors = [taken.message]
        else:
            return back_to("contracts.show", "The contract is changed.", key=contract.key)
    return page("contracts/edit.html", contract=contract, form=form, status=422)


def _recent_months(contract: Contract, this_month: Month) -> list[Month]:
    """The last six months that are over, newest first, within the contract."""
    first, last = Month.of(contract.starts_on), this_month.previous()
    if contract.ends_on:
        last = min(last, Month.of(contract.ends_on))
    return [month for month in (last.plus(-back) for back in range(6)) if month >= first]
