"""Term sheets come in: as a new contract, or as an amendment of one."""

from datetime import date

from flask import abort
from flask_login import current_user
from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from app.access import Permission, requires
from app.contracts import terms
from app.contracts.currencies import CURRENCIES
from app.contracts.forms.contract import SheetForm
from app.contracts.forms.fields import as_day
from app.contracts.models import Contract
from app.contracts.scrutiny import misfits
from app.contracts.sheets import Place, Sheet, SheetUnreadable, read_sheet
from app.contracts.views import bp
from app.domain.catalogue import Problem
from app.extensions import db, write
from app.formatting import day
from app.partners.choices import ZONES
from app.partners.models import Partner
from app.web import back_to, find, page

HEAD_KEYS = ("name", "reference", "currency", "zone")


@bp.get("/term-sheets/new")
@requires(Permission.CONTRACT_EDIT)
def new_sheet():
    return _page(SheetForm())


@bp.post("/term-sheets")
@requires(Permission.CONTRACT_EDIT)
def import_sheet():
    """A sheet with a contract head becomes a contract with its first draft."""
    form = SheetForm()
    sheet, problems = _read(form)
    if sheet is None:
        return _page(form, problems=problems, status=422)
    partner = _partner_of(sheet)
    problems = _head_problems(sheet, partner)
    if partner is not None:
        problems += misfits(partner.id, sheet.document)
    problems += sheet.problems()
    if problems or partner is None:
        return _page(form, problems=sheet.locate(problems), status=422)
    head = sheet.head
    ends_on = head.get("ends_on")
    try:
        with write():
            contract = terms.new_contract(
                partner,
                **{name: head[name] for name in HEAD_KEYS},
                starts_on=date.fromisoformat(head["starts_on"]),
                ends_on=date.fromisoformat(ends_on) if ends_on else None,
                actor=current_user,
            )
            draft = terms.new_draft(contract, sheet.document, current_user, form.note.data or "From a term sheet.")
    except terms.ReferenceTaken as taken:
        return _page(form, problems=sheet.locate([Problem("contract.reference", taken.message)]), status=422)
    return back_to("contracts.terms", "The sheet is a draft now. Look at it, then put it in force.", key=draft.key)


@bp.get("/contracts/<key>/term-sheets/new")
@requires(Permission.CONTRACT_EDIT)
def new_amendment_sheet(key: str):
    return _page(SheetForm(), find(Contract, key, joinedload(Contract.partner)))


@bp.post("/contracts/<key>/term-sheets")
@requires(Permission.CONTRACT_EDIT)
def import_amendment_sheet(key: str):
    """A sheet becomes an amendment's draft; its head, if it has one, must be this contract's."""
    contract = find(Contract, key, joinedload(Contract.partner))
    form = SheetForm()
    sheet, problems = _read(form)
    if sheet is None:
        return _page(form, contract, problems, 422)
    problems = [*sheet.problems(), *misfits(contract.partner_id, sheet.document)]
    reference = (sheet.head or {}).get("reference", contract.reference)
    if reference != contract.reference:
        problems.append(Problem("contract.reference", f'is "{reference}": this contract is {contract.reference}'))
    if not problems:
        problems = terms.problems_before(contract, sheet.document)
    if problems:
        return _page(form, contract, sheet.locate(problems), 422)
    with write():
        draft = terms.new_draft(contract, sheet.document, current_user, form.note.data or "From a term sheet.")
    return back_to("contracts.terms", "The sheet is a draft now. Look at it, then put it in force.", key=draft.key)


def _read(form: SheetForm) -> tuple[Sheet | None, list[Place]]:
    """The sheet that was sent; its text goes into the form, so that it can be mended there."""
    if not form.validate():
        abort(400)
    if form.file.data and form.file.data.filename:
        try:
            form.text.data = form.file.data.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            return None, [Place(1, "", "this file is not a text in UTF-8; export the sheet as YAML text")]
    if not (form.text.data or "").strip():
        return None, [Place(1, "", "choose a file or paste the sheet")]
    try:
        return read_sheet(form.text.data), []
    except SheetUnreadable as unreadable:
        return None, [Place(unreadable.line, "", unreadable.message)]


def _partner_of(sheet: Sheet) -> Partner | None:
    """The partner by name or code, within what the user may see."""
    named = str((sheet.head or {}).get("partner", "")).strip().lower()
    query = select(Partner).where(or_(func.lower(Partner.name) == named, func.lower(Partner.code) == named))
    return db.session.scalars(query).first()


def _head_problems(sheet: Sheet, partner: Partner | None) -> list[Problem]:
    if sheet.head is None:
        return [Problem("", "a new contract needs its head: contract with partner, name, reference, currency, zone")]
    if not isinstance(sheet.head, dict):
        return []
    said = {key: str(value) for key, value in sheet.head.items()}
    problems = []
    if partner is None and "partner" in said:
        problems.append(Problem("contract.partner", f'there is no partner "{said["partner"]}" that you may see'))
    if said.get("currency", "USD") not in CURRENCIES:
        problems.append(Problem("contract.currency", f'"{said["currency"]}" is not a currency that Accord knows'))
    if said.get("zone", "UTC") not in ZONES:
        problems.append(Problem("contract.zone", f'"{said["zone"]}" is not a time zone such as America/Bogota'))
    for name in ("starts_on", "ends_on"):
        if name in said and as_day(said[name]) is None:
            problems.append(Problem(f"contract.{name}", f'"{said[name]}" is not a date such as 2026-11-01'))
    starts_on, ends_on = as_day(said.get("starts_on")), as_day(said.get("ends_on"))
    if starts_on and ends_on and ends_on < starts_on:
        problems.append(Problem("contract.ends_on", f"is before it starts, {day(starts_on)}"))
    return problems


def _page(form: SheetForm, contract: Contract | None = None, problems=(), status: int = 200):
    return page("contracts/sheet.html", form=form, contract=contract, problems=problems, status=status)
