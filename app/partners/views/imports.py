"""Bringing partners, sites, queues and people in from a file: a template, a row report, a second look, one step."""

from collections import Counter

from flask import request
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired

from app.access import Permission, requires
from app.accounts.service import AddressTaken
from app.extensions import write
from app.partners import import_checks, import_file, importing, service
from app.partners.views import bp
from app.partners.views.partners import may_add_partners
from app.reading import ACCEPTED, Unreadable
from app.web import XLSX, Refusal, back_to, download, page


class ImportForm(FlaskForm):
    file = FileField("File", [FileRequired("Choose a workbook (.xlsx) or a CSV file.")], render_kw={"accept": ACCEPTED})


@bp.get("/partner-imports/new")
@requires(Permission.PARTNER_EDIT)
def new_import():
    return _form(ImportForm())


@bp.get("/partner-imports/template.xlsx")
@requires(Permission.PARTNER_EDIT)
def import_template():
    return download(import_file.template_xlsx(), "accord-partners.xlsx", XLSX)


@bp.get("/partner-imports/template.csv")
@requires(Permission.PARTNER_EDIT)
def import_template_csv():
    return download(import_file.template_csv(), "accord-partners.csv", "text/csv; charset=utf-8")


@bp.post("/partner-imports/new")
@requires(Permission.PARTNER_EDIT)
def check_import():
    """Every row is checked and nothing is written; a file without problems is shown as what it would make."""
    form = ImportForm()
    if not form.validate():
        return _form(form, 422)
    upload = form.file.data
    try:
        rows = import_file.rows_of(upload.filename or "", upload.read())
    except Unreadable as unreadable:
        form.file.errors = [unreadable.message]
        return _form(form, 422)
    if problems := import_checks.problems_in(rows, may_add_partners()):
        return _form(form, 422, problems=problems, filename=upload.filename)
    return _second_look(rows, import_checks.shared_addresses(rows))


@bp.post("/partner-imports")
@requires(Permission.PARTNER_EDIT)
def create_import():
    """Everything in one transaction; the rows are checked again, for others may have written in between."""
    rows = import_file.unpacked(request.form.get("rows", ""))
    if problems := import_checks.problems_in(rows, may_add_partners()):
        return _form(ImportForm(), 422, problems=problems, filename="The file")
    if (shared := import_checks.shared_addresses(rows)) and not request.form.get("mailboxes"):
        return _second_look(rows, shared, 422)
    try:
        with write():
            importing.carry_out(rows)
    except (service.NameTaken, service.PartnerEnded, AddressTaken) as refusal:
        words = f"{refusal.message} Nothing was imported: choose the file again."
        raise Refusal(words, status=409, title="Nothing was imported") from refusal
    return back_to("partners.index", f"Imported: {_counted(rows)}. Everybody new gets an invitation by mail.")


def _second_look(rows, shared, status: int = 200):
    return page(
        "partners/import_check.html",
        status=status,
        rows=import_file.in_order(rows),
        packed=import_file.packed(rows),
        shared=shared,
        is_refused=status == 422,
    )


def _form(form: ImportForm, status: int = 200, problems=(), filename: str | None = None):
    columns, example = import_file.COLUMNS, import_file.EXAMPLE
    return page(
        "partners/import.html",
        form=form,
        problems=problems,
        filename=filename,
        columns=columns,
        example=example,
        status=status,
    )


def _counted(rows) -> str:
    counts = Counter(row["What"].casefold() for row in rows)
    plurals = {"partner": "partners", "site": "sites", "queue": "queues", "person": "people"}
    return ", ".join(
        f"{counts[noun]} {noun if counts[noun] == 1 else plurals[noun]}" for noun in plurals if counts[noun]
    )
