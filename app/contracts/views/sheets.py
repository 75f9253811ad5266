"""Term sheets come in: as new contracts, or as an amendment of one."""

from hashlib import sha256

from flask import abort
from flask_login import current_user
from sqlalchemy.orm import joinedload

from app.access import Permission, requires
from app.contracts import bundles, terms
from app.contracts.forms.contract import SheetForm, SheetsForm
from app.contracts.models import Contract
from app.contracts.scrutiny import misfits
from app.contracts.sheets import Place, Sheet, SheetUnreadable, read_sheet
from app.contracts.views import bp
from app.domain.catalogue import Problem
from app.extensions import write
from app.web import back_to, find, page


@bp.get("/term-sheets/new")
@requires(Permission.CONTRACT_EDIT)
def new_sheet():
    return _page(SheetsForm())


@bp.post("/term-sheets")
@requires(Permission.CONTRACT_EDIT)
def import_sheet():
    """A sheet with a contract head becomes a contract with its first draft; several are looked at once more first."""
    form = SheetsForm()
    problems = _take(form)
    parts = [] if problems else bundles.parts_of(form.text.data)
    if parts and (excess := bundles.excess_of(form.text.data, parts)):
        problems = [Place(1, "", excess)]
    if problems:
        return _page(form, problems=problems, status=422)
    rows = bundles.rows_of(parts or [form.text.data])
    wrong = any(row.problems for row in rows)
    if len(rows) > 1 and (wrong or form.seen.data != _digest(form)):
        form.seen.data = "" if wrong else _digest(form)
        return _page(form, rows=rows, status=422 if wrong else 200)
    if wrong:
        return _page(form, problems=rows[0].problems, status=422)
    try:
        with write():
            drafts = bundles.made_of(rows, current_user, form.note.data)
    except terms.ReferenceTaken as taken:
        return _page(form, problems=[Place(rows[0].line, "contract.reference", taken.message)], status=422)
    if len(drafts) == 1:
        return back_to(
            "contracts.terms", "The sheet is a draft now. Look at it, then put it in force.", key=drafts[0].key
        )
    told = f"{len(drafts)} sheets are drafts now. Look at each on its partner's page, then put it in force."
    return back_to("partners.index", told)


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
        return _page(form, contract, problems, status=422)
    problems = [*sheet.problems(), *misfits(contract.partner_id, sheet.document)]
    reference = (sheet.head or {}).get("reference", contract.reference)
    if reference != contract.reference:
        problems.append(Problem("contract.reference", f'is "{reference}": this contract is {contract.reference}'))
    if not problems:
        problems = terms.problems_before(contract, sheet.document)
    if problems:
        return _page(form, contract, sheet.locate(problems), status=422)
    with write():
        draft = terms.new_draft(contract, sheet.document, current_user, form.note.data or "From a term sheet.")
    return back_to("contracts.terms", "The sheet is a draft now. Look at it, then put it in force.", key=draft.key)


def _read(form: SheetForm) -> tuple[Sheet | None, list[Place]]:
    if problems := _take(form):
        return None, problems
    try:
        return read_sheet(form.text.data), []
    except SheetUnreadable as unreadable:
        return None, [Place(unreadable.line, "", unreadable.message)]


def _take(form: SheetForm) -> list[Place]:
    """What was sent goes into the form as text, so that it can be mended there."""
    if not form.validate():
        abort(400)
    chosen = form.file.data if isinstance(form.file.data, list) else [form.file.data]
    files = []
    for file in filter(None, chosen):
        whose = f"{file.filename}: " if len(chosen) > 1 else ""
        try:
            files.append(bundles.SentFile(file.filename, file.read().decode("utf-8-sig")))
        except UnicodeDecodeError:
            return [Place(1, "", f"{whose}this file is not a text in UTF-8; export the sheet as YAML text")]
        if bundles.says_nothing(files[-1].text):
            return [Place(1, "", f"{whose}there is no term sheet in this file")]
    if files:
        form.text.data = bundles.joined(files)
    return [] if (form.text.data or "").strip() else [Place(1, "", "choose a file or paste the sheet")]


def _digest(form: SheetsForm) -> str:
    return sha256("\n".join((form.text.data or "").splitlines()).encode()).hexdigest()


def _page(form: SheetForm, contract: Contract | None = None, problems=(), rows=(), status: int = 200):
    return page("contracts/sheet.html", form=form, contract=contract, problems=problems, rows=rows, status=status)
