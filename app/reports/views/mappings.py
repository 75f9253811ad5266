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
from app.reports.mapping import remembering
from app.reports.mapping.column_map import CONTRACT, DAYS, NO_FIGURES, PERIOD, PLACES
from app.reports.mapping.models import RememberedMap
from app.reports.mapping.proposing import propose
from app.reports.mapping.sketch import sketch_from
from app.reports.models import Report
from app.reports.permits import refusal_to_prepare
from app.reports.tables.figures import PLAIN
from app.reports.tasks import title
from app.reports.template import REASON
from app.reports.uploads.intake import check_as_mapped
from app.reports.uploads.meant import meant_instead
from app.reports.uploads.models import Upload
from app.reports.uploads.reading_anew import map_anew, read_as
from app.reports.views import bp
from app.reports.views.drafts import WITH_DRAFT
from app.reports.views.map_columns import Asking, answer, ask
from app.web import Conflict, back_to, find, page

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
    return ask(_asking(upload))


@bp.post("/uploads/<key>/mapping")
@requires(Permission.REPORT_PREPARE)
def confirm_mapping(key: str):
    upload = find(Upload, key, *WITH_SKETCH)
    if upload.state == "unmapped":
        chosen, seen, again = answer(_asking(upload))
        if chosen is None:
            return again
        check_as_mapped(upload, chosen, seen, current_user)
    return redirect(url_for("reports.upload_state", key=key), code=303)


@bp.post("/reports/<key>/draft/mapping")
@requires(Permission.REPORT_PREPARE)
def change_mapping(key: str):
    report = find(Report, key, *WITH_DRAFT)
    if report.draft is None:
        raise Conflict("There is no draft here. Upload the file first.", title="There is no draft here")
    upload = map_anew(report, report.draft, current_user)
    return redirect(url_for("reports.upload_state", key=upload.key), code=303)


@bp.post("/reports/<key>/draft/number-style")
@requires(Permission.REPORT_PREPARE)
def change_number_style(key: str):
    report, style = find(Report, key, *WITH_DRAFT), request.form.get("style", "")
    if report.draft is None or style not in PLAIN:
        words = "There is no draft here whose numbers could be read so. Open the report to see where it stands."
        raise Conflict(words, title="There is no such draft here")
    upload = read_as(report, report.draft, style, current_user)
    return redirect(url_for("reports.upload_state", key=upload.key), code=303)


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
        names={
            role: _label(role) for role in (*(each.role for each in kept.chosen.columns), *kept.chosen.fixed) if role
        },
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
    of_a_history = {CONTRACT: "Contract", DAYS: "Days reported"}
    return {PERIOD: "Month or day", NO_FIGURES: REASON, **PLACES, **of_a_history}[role]


def _asking(upload: Upload) -> Asking:
    report, sketch = upload.report, sketch_from(upload.sketch)
    template, newest = template_of(report), remembering.newest(report)
    tasks = ("Tasks", url_for("reports.tasks"))
    reports = ("Reports", url_for("reports.index"))
    name = title(report)
    about = {
        "title": name,
        "filename": upload.filename,
        "blanked": [column["place"] for column in upload.personal],
        "of": f"{name}, {report.contract.partner.name}",
        "zone": report.contract.zone,
        "address": url_for("reports.confirm_mapping", key=upload.key),
        "trail": [
            tasks if current_user.role.is_partner else reports,
            (name, url_for("reports.show", key=report.key)),
        ],
        "before": newest if sketch.differences else None,
        "refusal": refusal_to_prepare(report, current_user, clock.now()),
        "report": report,
        "meant": meant_instead(sketch, report, current_user, clock.now()),
    }
    return Asking(
        sketch=sketch,
        template=template,
        style=report.contract.partner.number_style,
        seen=newest.number if newest else 0,
        propose=lambda layout: propose([layout], template, remembering.known_of(report, template))[0].chosen,
        about=about,
        left_out=newest.chosen.left_out_bare if newest and newest.forgotten_at is None else (),
    )
