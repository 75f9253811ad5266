"""One set of terms: read, compared, amended, put in force, discarded."""

from flask import abort
from flask_login import current_user
from sqlalchemy.orm import joinedload, selectinload

from app import clock, formatting
from app.access import Permission, requires
from app.contracts import amending, prose, reading, terms
from app.contracts.differences import differences, without_money
from app.contracts.forms.contract import ActivationForm, AmendmentForm
from app.contracts.models import Contract, TermsVersion
from app.contracts.places import located
from app.contracts.scrutiny import TermsRefused, problems_of
from app.contracts.sheets import write_sheet
from app.contracts.views import bp
from app.contracts.views.sections import as_number
from app.domain.terms import TermsInvalid
from app.extensions import write
from app.partners.models import Partner
from app.partners.places import places_of
from app.web import back_to, download, find, page

WITH_CONTRACT = (
    joinedload(TermsVersion.contract).joinedload(Contract.partner),
    joinedload(TermsVersion.contract).selectinload(Contract.terms),
    joinedload(TermsVersion.created_by),
    joinedload(TermsVersion.activated_by),
)


@bp.get("/terms/<key>", endpoint="terms")
@requires(Permission.CONTRACT_READ)
def read(key: str):
    return _page(_readable(key))


@bp.get("/terms/<key>/sheet.yaml")
@requires(Permission.CONTRACT_READ)
def sheet(key: str):
    version = _readable(key)
    if not reading.sees_credit_terms():
        abort(403)
    text = write_sheet(version.document, reading.head_of(version.contract))
    filename = f"{version.contract.partner.code}-{version.contract.reference}-terms-{version.number}.yaml"
    return download(text.encode(), filename, "application/yaml; charset=utf-8")


@bp.get("/terms/<key>/differences/<other>")
@requires(Permission.CONTRACT_READ)
def compare(key: str, other: str):
    """What `key` says otherwise than `other`, two versions of one contract."""
    version, base = _readable(key), _readable(other)
    if base.contract_id != version.contract_id:
        abort(404)
    versions = reading.readable(version.contract.terms)
    return page(
        "contracts/differences.html",
        contract=version.contract,
        version=version,
        base=base,
        versions=versions,
        found=_differences(base, version),
    )


@bp.get("/contracts/<key>/amendments/new")
@requires(Permission.CONTRACT_EDIT)
def amend(key: str):
    contract = _to_amend(key)
    return _amendment_page(contract, AmendmentForm(effective_from=amending.next_start(contract)))


@bp.post("/contracts/<key>/amendments")
@requires(Permission.CONTRACT_EDIT)
def add_amendment(key: str):
    """Start a draft as a copy of the latest terms; a contract that has none yet starts from the usual."""
    contract = _to_amend(key)
    form = AmendmentForm()
    if not form.validate():
        return _amendment_page(contract, form, 422)
    latest = amending.latest(contract)
    if latest and form.effective_from.data <= latest.effective_from:
        said = formatting.day(latest.effective_from)
        form.effective_from.errors = [f"The terms it amends are effective from {said}. Write a later date."]
        return _amendment_page(contract, form, 422)
    start = terms.document_of(latest) if latest else terms.blank(contract.partner, contract.starts_on)
    document = {**start, "effective_from": form.effective_from.data.isoformat()}
    with write():
        draft = terms.new_draft(contract, document, current_user, form.note.data or "")
    return back_to(
        "contracts.terms", "The draft says what the terms before it say. Change what you need.", key=draft.key
    )


@bp.post("/terms/<key>/activation")
@requires(Permission.CONTRACT_EDIT)
def activate(key: str):
    version = _readable(key)
    form = ActivationForm()
    if not form.validate():
        abort(400)
    try:
        with write():
            terms.activate(version, current_user, seen=as_number(form.seen.data))
    except TermsRefused as refused:
        return _page(version, refused.problems, 422)
    said = formatting.day(version.effective_from)
    return back_to("contracts.show", f"The terms are in force from {said}.", key=version.contract.key)


@bp.post("/terms/<key>/discard")
@requires(Permission.CONTRACT_EDIT)
def discard(key: str):
    version = _readable(key)
    form = ActivationForm()
    if not form.validate():
        abort(400)
    with write():
        terms.discard(version, current_user, seen=as_number(form.seen.data))
    return back_to("contracts.show", "The draft is discarded.", key=version.contract.key)


def _readable(key: str) -> TermsVersion:
    version = find(TermsVersion, key, *WITH_CONTRACT)
    if not reading.readable([version]):
        abort(404)
    return version


def _page(version: TermsVersion, problems=None, status: int = 200):
    contract = version.contract
    in_force = [other for other in contract.terms if other.state == "in_force"]
    if problems is None:
        problems = problems_of(contract, version.document, in_force) if version.is_draft else ()
    base = _before(version, in_force)
    return page(
        "contracts/terms.html",
        contract=contract,
        version=version,
        base=base,
        standing=reading.standing(contract.terms, clock.today(contract.zone)),
        problems=located(version, problems),
        warnings=located(version, _warnings(version)) if not problems else [],
        found=_differences(base, version) if base and version.is_draft else (),
        form=ActivationForm(seen=version.version_id),
        prose=prose,
        places=places_of(contract.partner),
        sees_credit_terms=reading.sees_credit_terms(),
        status=status,
    )


def _warnings(version: TermsVersion):
    try:
        return terms.terms_of(version).warnings if version.is_draft else ()
    except TermsInvalid:
        return ()


def _differences(base: TermsVersion, version: TermsVersion):
    found = differences(base.document, version.document)
    return found if reading.sees_credit_terms() else without_money(found)


def _before(version: TermsVersion, in_force: list[TermsVersion]) -> TermsVersion | None:
    """The terms that a version amends: for a draft the latest in force, else the ones before it."""
    earlier = [
        other
        for other in in_force
        if other.id != version.id and (version.is_draft or other.effective_from < version.effective_from)
    ]
    return max(earlier, key=lambda other: other.effective_from, default=None)


def _to_amend(key: str) -> Contract:
    partner = joinedload(Contract.partner)
    with_places = (partner.selectinload(Partner.sites), partner.selectinload(Partner.queues))
    return find(Contract, key, selectinload(Contract.terms), *with_places)


def _amendment_page(contract: Contract, form: AmendmentForm, status: int = 200):
    drafts = [version for version in contract.terms if version.is_draft]
    return page(
        "contracts/amendment.html",
        contract=contract,
        form=form,
        latest=amending.latest(contract),
        drafts=drafts,
        status=status,
    )
