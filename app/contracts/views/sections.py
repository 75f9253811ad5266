"""A draft's sections, each a page of its own that saves to the draft."""

from collections.abc import Callable, Sequence

from flask import request
from flask_login import current_user
from sqlalchemy.orm import joinedload

from app.access import Permission, requires
from app.contracts import prose, terms
from app.contracts.catalogue import CATALOGUE
from app.contracts.forms.coverage import CoverageForm
from app.contracts.forms.credits import CreditsForm
from app.contracts.forms.dates import DatesForm
from app.contracts.forms.fields import SectionForm, change_rows
from app.contracts.forms.reporting import ReportingForm
from app.contracts.models import Contract, TermsVersion
from app.contracts.views import bp
from app.extensions import write
from app.partners.models import Partner
from app.web import back_to, find, page

OVERTAKEN = (
    "Somebody changed this draft after you opened it. What you typed is still here: "
    "look at the draft in another window, then save again to put yours in place."
)


def _section(path: str, view: Callable) -> None:
    """Register a section's page: reading and saving have one address."""
    bp.add_url_rule(f"/terms/<key>/{path}", view_func=view, methods=["GET", "POST"])


@requires(Permission.CONTRACT_EDIT)
def edit_dates(key: str):
    version = draft_to_edit(key)
    form = _opened(DatesForm, version)
    if "fill" in request.form:
        form.validate()
        form.add_public_holidays()
        return _answer(version, form, "contracts/sections/dates.html")
    return _saved(version, form, "contracts/sections/dates.html", "effective_from", "calendar")


@requires(Permission.CONTRACT_EDIT)
def edit_coverage(key: str):
    partner = joinedload(TermsVersion.contract).joinedload(Contract.partner)
    version = draft_to_edit(key, partner.selectinload(Partner.sites), partner.selectinload(Partner.queues))
    form = _opened(CoverageForm, version)
    changed = change_rows(form.rows, request.form.get("add"), request.form.get("remove"))
    form.offer(version.contract.partner.sites, version.contract.partner.queues)
    if "markets" in request.form:
        form.with_markets.data, changed = "1", True
    if changed:
        return _answer(version, form, "contracts/sections/coverage.html")
    return _saved(version, form, "contracts/sections/coverage.html", "coverage")


@requires(Permission.CONTRACT_EDIT)
def edit_reporting(key: str):
    version = draft_to_edit(key)
    form = _opened(ReportingForm, version)
    changed = change_rows(form.rows, None, request.form.get("remove"))
    if "add" in request.form:
        form.add(request.form.get("further", ""))
        changed = True
    form.offer()
    if changed:
        return _answer(version, form, "contracts/sections/reporting.html")
    return _saved(version, form, "contracts/sections/reporting.html", "reports", "measures")


@requires(Permission.CONTRACT_EDIT)
def edit_credits(key: str):
    version = draft_to_edit(key)
    form = _opened(CreditsForm, version)
    form.offer(version.document)
    shares = [
        f"service_levels.{place}.{name}"
        for place in range(len(form.rows.entries))
        for name in ("credits_on", "allocation", "credits_from")
    ]
    return _saved(version, form, "contracts/sections/credits.html", "credits", *shares)


for section_path, section_view in (
    ("dates", edit_dates),
    ("coverage", edit_coverage),
    ("reporting", edit_reporting),
    ("credits", edit_credits),
):
    _section(section_path, section_view)


def draft_to_edit(key: str, *options) -> TermsVersion:
    """Raises NotADraft: terms in force never change."""
    options = options or (joinedload(TermsVersion.contract).joinedload(Contract.partner),)
    version = find(TermsVersion, key, *options)
    if not version.is_draft:
        raise terms.NotADraft("These terms can no longer be changed. Start an amendment from the contract's page.")
    return version


def _opened(form_class: type[SectionForm], version: TermsVersion) -> SectionForm:
    return form_class(data={**form_class.values_of(version.document), "seen": version.version_id})


def _saved(version: TermsVersion, form: SectionForm, template: str, *paths: str):
    """Show the section with its problems, or save it: what can be read is kept, what is wrong is said."""
    if request.method == "GET":
        form.show(problems_at(version, paths))
        return _answer(version, form, template)
    if not form.validate():
        return _answer(version, form, template, 422)
    document = terms.document_of(version)
    form.into(document)
    return keep(version, document, form, paths, lambda status: _answer(version, form, template, status))


def keep(
    version: TermsVersion,
    document: dict,
    form: SectionForm,
    paths: Sequence[str],
    again: Callable,
    address: tuple[str, dict] | None = None,
    message: str = "Saved in the draft.",
):
    """Write the draft and go on, or stay at the section (`address`) while something there is wrong."""
    try:
        with write():
            terms.change_draft(version, document, current_user, seen=as_number(form.seen.data))
    except terms.Overtaken:
        form.form_errors.append(OVERTAKEN)
        form.seen.data = version.version_id
        return again(409)
    if problems_at(version, paths):
        endpoint, values = address or (request.endpoint, request.view_args)
        return back_to(endpoint, f"{message} Something here has still to be put right.", "warning", **values)
    return back_to("contracts.terms", message, key=version.key)


def problems_at(version: TermsVersion, paths):
    return [
        problem
        for problem in terms.problems_before(version.contract, version.document)
        if any(problem.path == path or problem.path.startswith(f"{path}.") for path in paths)
    ]


def _answer(version: TermsVersion, form: SectionForm, template: str, status: int = 200):
    levels = {level.get("key"): level for level in version.document.get("service_levels") or ()}
    return page(
        template,
        version=version,
        contract=version.contract,
        form=form,
        levels=levels,
        catalogue=CATALOGUE,
        prose=prose,
        status=status,
    )


def as_number(text: str | None) -> int:
    """The version a form was opened at; -1, which none has, for anything else."""
    return int(text) if text and text.isdecimal() else -1
