"""Saying what the columns of a partner's own workbook are, once; and what was said, for everybody to look at."""

from flask import redirect, request, url_for
from flask_login import current_user
from sqlalchemy.orm import joinedload, undefer

from app import clock
from app.access import Permission, requires
from app.contracts.catalogue import CATALOGUE
from app.contracts.models import Contract
from app.extensions import write
from app.reports.asking import template_of
from app.reports.intake import check_as_mapped
from app.reports.mapping import form as forms
from app.reports.mapping import remembering
from app.reports.mapping.column_map import NO_FIGURES, PERIOD, PLACES, ColumnMap, roles_of, wrongs
from app.reports.mapping.first_rows import first_rows
from app.reports.mapping.models import RememberedMap
from app.reports.mapping.proposing import propose
from app.reports.mapping.sketch import Sketch, sketch_from
from app.reports.models import Report
from app.reports.permits import refusal_to_prepare
from app.reports.tasks import title
from app.reports.template import REASON, Template
from app.reports.uploads import Upload
from app.reports.views import bp
from app.web import back_to, find, page

WITH_SKETCH = (
    joinedload(Upload.report).joinedload(Report.contract).joinedload(Contract.partner),
    undefer(Upload.sketch),
)


@bp.get("/uploads/<key>/mapping")
@requires(Permission.REPORT_PREPARE)
def map_columns(key: str):
    upload = find(Upload, key, *WITH_SKETCH)
    if upload.state != "unmapped":
        return redirect(url_for("reports.upload_state", key=key))
    template, sketch = template_of(upload.report), sketch_from(upload.sketch)
    newest = remembering.newest(upload.report)
    form = forms.filled(sketch, sketch.chosen, sketch.tables[sketch.at], template, newest.number if newest else 0)
    return _mapping_page(upload, sketch, sketch.chosen, form, template)


@bp.post("/uploads/<key>/mapping")
@requires(Permission.REPORT_PREPARE)
def confirm_mapping(key: str):
    upload = find(Upload, key, *WITH_SKETCH)
    if upload.state != "unmapped":
        return redirect(url_for("reports.upload_state", key=key), code=303)
    template, sketch = template_of(upload.report), sketch_from(upload.sketch)
    about = request.form.get("about", sketch.at, type=int)
    layout = sketch.tables[about if 0 <= about < len(sketch.tables) else sketch.at]
    form = forms.posted(sketch, layout, template)
    is_valid = form.validate()
    if is_valid and sketch.tables[form.table.data] is not layout:
        return _another_table(upload, sketch, form, template)
    chosen, roles = forms.decided(form, sketch, layout)
    if is_valid and "look" in request.form:
        forms.show_left_out(form, chosen)
        return _mapping_page(upload, sketch, chosen, form, template)
    wrong = {each.role: each.words for each in wrongs(chosen, roles, template)}
    if forms.refuse(form, chosen, wrong) or not is_valid:
        return _mapping_page(upload, sketch, chosen, form, template, status=422)
    check_as_mapped(upload, chosen, int(form.seen.data or 0), current_user)
    return redirect(url_for("reports.upload_state", key=key), code=303)


@bp.get("/mappings/<key>")
@requires(Permission.REPORT_READ)
def mapping(key: str):
    kept = find(RememberedMap, key, joinedload(RememberedMap.contract).joinedload(Contract.partner))
    versions = remembering.versions(kept)
    return page(
        "reports/mapping.html",
        kept=kept,
        chosen=kept.chosen,
        versions=versions,
        is_in_use=kept.number == versions[0].number and kept.forgotten_at is None,
        names={each.role: _label(each.role) for each in kept.chosen.columns if each.role},
    )


@bp.post("/mappings/<key>/removal")
@requires(Permission.REPORT_PREPARE)
def forget_mapping(key: str):
    kept = find(RememberedMap, key)
    with write():
        remembering.forget(kept, current_user)
    return back_to("reports.mapping", "Forgotten. The next workbook of this kind is asked about anew.", key=key)


def _label(role: str) -> str:
    kind, _, key = role.partition(":")
    if kind == "measure":
        return CATALOGUE.measures[key].name if key in CATALOGUE.measures else key
    if kind == "stated":
        return f"{CATALOGUE.metrics[key].name if key in CATALOGUE.metrics else key}, stated"
    return {PERIOD: "Month or day", NO_FIGURES: REASON, **PLACES}[role]


def _another_table(upload: Upload, sketch: Sketch, form: forms.MappingForm, template: Template):
    layout = sketch.tables[form.table.data]
    known = remembering.known_of(upload.report, template)
    chosen = propose([layout], template, known)[0].chosen
    filled = forms.filled(sketch, chosen, layout, template, int(form.seen.data or 0))
    return _mapping_page(upload, sketch, chosen, filled, template)


def _mapping_page(
    upload: Upload, sketch: Sketch, chosen: ColumnMap, form: forms.MappingForm, template: Template, status: int = 200
):
    report = upload.report
    layout = sketch.tables[int(form.about.data or sketch.at)]
    return page(
        "reports/map_columns.html",
        status=status,
        upload=upload,
        report=report,
        title=title(report),
        form=form,
        sketch=sketch,
        layout=layout,
        chosen=chosen,
        roles=roles_of(template),
        rows=list(first_rows(chosen, layout, template, report.contract.partner.number_style)),
        before=remembering.newest(report) if sketch.differences else None,
        refusal=refusal_to_prepare(report, current_user, clock.now()),
    )
