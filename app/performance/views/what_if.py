"""Trying other targets on the months that were approved, and starting the amendment that has them."""

from flask import abort, request
from flask_login import current_user
from sqlalchemy.orm import joinedload, selectinload

from app import clock
from app.access import Permission, may, requires, sees_money
from app.contracts import amending, places, terms
from app.contracts.catalogue import CATALOGUE
from app.contracts.forms.targets import TargetsForm, has_band, has_share, uses_shares
from app.contracts.models import Contract, TermsVersion
from app.contracts.prose import COMPARATORS
from app.domain.terms import Terms, TermsInvalid
from app.extensions import write
from app.performance import tried
from app.performance.judging.known import known_now
from app.performance.views import bp
from app.performance.what_if import WhatIf
from app.performance.what_if import what_if as judged_by
from app.web import Conflict, back_to, find, page

WITH_TERMS = (joinedload(Contract.partner), selectinload(Contract.terms))


@bp.get("/contracts/<key>/what-if")
@requires(Permission.CONTRACT_TRY)
def what_if(key: str):
    """`draft` names a draft of the contract, which is judged at once; without one a target is changed first."""
    contract = find(Contract, key, *WITH_TERMS)
    draft = request.args.get("draft", "")
    base = _base(contract, draft)
    if base is None:
        return _page(contract, None, None, {})
    form = _form_of(base, draft)
    if not draft:
        return _page(contract, base, form, base.document)
    try:
        found = _tried(contract, base.document)
    except TermsInvalid as invalid:
        return _page(contract, base, form, base.document, problems=places.located(base, invalid.problems))
    return _page(contract, base, form, base.document, found)


@bp.post("/contracts/<key>/what-if")
@requires(Permission.CONTRACT_TRY)
def try_targets(key: str):
    """Judge by what was typed; nothing is stored."""
    contract, base, form = _typed(key)
    document, found = _judged(contract, base, form)
    return _page(contract, base, form, document, found, status=422 if found is None else 200)


@bp.post("/contracts/<key>/what-if/drafts")
@requires(Permission.CONTRACT_EDIT)
def draft_targets(key: str):
    """Keep what was typed: in the draft that was tried, or else in a new one. The draft's own page does the rest."""
    contract, base, form = _typed(key)
    document, found = _judged(contract, base, form)
    if found is None:
        return _page(contract, base, form, document, status=422)
    with write():
        if base.is_draft:
            terms.change_draft(base, document, current_user, int(form.seen.data))
            draft, said = base, "The targets are saved in the draft."
        else:
            note = f"Tried on {len(found.months)} approved months: {tried.summary(found, None)}."
            draft, said = amending.begin(contract, document, current_user, note), "The draft holds the targets."
    return back_to("contracts.terms", f"{said} Look at it, then put it in force.", key=draft.key)


def _base(contract: Contract, draft: str) -> TermsVersion | None:
    """The draft that is named, or the terms that an amendment would amend."""
    if not draft:
        return amending.latest(contract)
    return next((each for each in contract.terms if each.key == draft and each.is_draft), None) or abort(404)


def _form_of(base: TermsVersion, draft: str) -> TargetsForm:
    values = {**TargetsForm.values_of(base.document), "draft": draft, "seen": base.version_id}
    return TargetsForm(formdata=None, data=values)


def _typed(key: str) -> tuple[Contract, TermsVersion, TargetsForm]:
    contract = find(Contract, key, *WITH_TERMS)
    form = TargetsForm()
    base = _base(contract, form.draft.data or "") or abort(404)
    if form.seen.data != str(base.version_id) or not form.fits(base.document):
        raise Conflict("Somebody changed these terms after you opened them. Open the page again and look.")
    return contract, base, form


def _judged(contract: Contract, base: TermsVersion, form: TargetsForm) -> tuple[dict, WhatIf | None]:
    """The document with what was typed, and what it would have changed; what is wrong is said at its field."""
    document = terms.document_of(base)
    if not form.validate():
        form.name_errors(document)
        return document, None
    form.into(document)
    try:
        return document, _tried(contract, document)
    except TermsInvalid as invalid:
        form.show_in(document, invalid.problems)
        return document, None


def _tried(contract: Contract, document: dict) -> WhatIf:
    """Raises TermsInvalid."""
    known = known_now(contract, clock.now(), [Terms.from_document(document, CATALOGUE)])
    return judged_by(known, _in_force(contract), document)


def _in_force(contract: Contract) -> list[TermsVersion]:
    return [version for version in contract.terms if version.state == "in_force"]


def _page(contract, base, form, document, found: WhatIf | None = None, problems=(), status: int = 200):
    currency = contract.currency if sees_money() else None
    return page(
        "performance/what_if.html",
        contract=contract,
        base=base,
        form=form,
        levels=document.get("service_levels") or (),
        metrics=CATALOGUE.metrics,
        comparators=COMPARATORS,
        has_band=has_band,
        has_share=has_share,
        shares=uses_shares(document),
        drafts=[version for version in contract.terms if version.is_draft and version is not base],
        problems=problems,
        found=found,
        tried=tried,
        currency=currency,
        may_draft=may(Permission.CONTRACT_EDIT),
        status=status,
    )
