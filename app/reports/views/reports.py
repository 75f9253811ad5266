"""The list of reports, and one report with everything that happened to it."""

from flask import request
from flask_login import current_user
from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app import clock, events, narrative
from app.access import Permission, may, requires
from app.contracts.models import Contract
from app.domain.catalogue import KINDS
from app.domain.terms import Terms
from app.evidence.forms import EvidenceForm, attach_from
from app.evidence.service import card_of, with_files
from app.extensions import db, write
from app.partners.models import Partner
from app.reports.asking import NothingAsked, template_of, terms_of
from app.reports.differences import lines_of, rows_of
from app.reports.due.deadlines import deadline_in_words, month_runs
from app.reports.due.deferrals import Deferral
from app.reports.due.deferring import refusal_to_defer
from app.reports.forms import DeferralForm, NilReturnForm, RemarkForm, UploadForm
from app.reports.mapping.remembering import newest
from app.reports.models import Draft, Report, Review, Submission
from app.reports.permits import refusal_to_prepare
from app.reports.remarks import Remark
from app.reports.sending.certifying import contest_of, write_remark
from app.reports.sending.preview import levels_fed_by
from app.reports.sending.requesting import with_requests
from app.reports.tables.workbook import write_workbook
from app.reports.tasks import next_step, title
from app.reports.uploads.drafting import refusal_of_nil
from app.reports.uploads.intake import unfinished_upload
from app.reports.uploads.meant import report_meant
from app.reports.uploads.returned import returned_version
from app.reports.views import bp
from app.web import XLSX, back_to, download, find, page, with_link

PAGE_ROWS = 50
WITH_EVERYTHING = (
    joinedload(Report.contract).joinedload(Contract.partner),
    joinedload(Report.draft).options(joinedload(Draft.prepared_by), with_requests()),
    selectinload(Report.submissions).joinedload(Submission.review).joinedload(Review.reviewer),
    selectinload(Report.submissions).joinedload(Submission.certified_by),
    selectinload(Report.submissions).joinedload(Submission.prepared_by),
    selectinload(Report.submissions).joinedload(Submission.batch),
    selectinload(Report.deferrals).joinedload(Deferral.granted_by),
    selectinload(Report.remarks).joinedload(Remark.author),
    with_files(Report.files),
)


@bp.get("/reports")
@requires(Permission.REPORT_READ)
def index():
    now = clock.now()
    wanted = _filtered(request.args, now)
    total = db.session.scalar(select(func.count()).select_from(wanted.subquery()))
    pages = max(1, -(-total // PAGE_ROWS))
    number = min(max(1, request.args.get("page", 1, type=int)), pages)
    reports = db.session.scalars(
        wanted.options(contains_eager(Report.contract).contains_eager(Contract.partner))
        .order_by(Report.month.desc(), Partner.name, Report.contract_id, Report.kind, Report.party)
        .limit(PAGE_ROWS)
        .offset((number - 1) * PAGE_ROWS)
    ).all()
    return page(
        "reports/index.html",
        block="results",
        reports=reports,
        now=now,
        month_runs=month_runs,
        total=total,
        number=number,
        pages=pages,
        kinds=KINDS,
        months=db.session.scalars(select(Report.month).distinct().order_by(Report.month.desc())).all(),
        partners=db.session.scalars(select(Partner).order_by(Partner.name)).all(),
        chosen={name: request.args.get(name, "") for name in ("partner", "month", "kind", "state")},
    )


@bp.get("/reports/<key>")
@requires(Permission.REPORT_READ)
def show(key: str):
    return show_page(find(Report, key, *WITH_EVERYTHING))


def show_page(report: Report, status: int = 200, **forms):
    """The report's page; after a refused post with the form as it was sent."""
    now = clock.now()
    happened = [*events.timeline(report), *events.timeline(*report.submissions)]
    terms, asked, holidays = _terms(report)
    levels = levels_fed_by(report)
    unfinished = None if "upload_form" in forms else unfinished_upload(report)
    return page(
        "reports/show.html",
        status=status,
        report=report,
        title=title(report),
        now=now,
        month_runs=month_runs,
        when=deadline_in_words(report.due_at, now, report.contract.zone, holidays),
        certification=asked,
        refusal=refusal_to_prepare(report, current_user, now),
        next_step=next_step(report, current_user, now, asked),
        returned=returned_version(report),
        unfinished=unfinished,
        meant=report_meant(unfinished.meant_for if unfinished else forms.get("meant_for", ""), current_user, now),
        told=narrative.narrated(sorted(happened, key=lambda event: -event.id), report.contract.zone),
        has_terms=terms is not None,
        mapping=newest(report),
        contested={each.id for each in report.submissions if contest_of(each)},
        card=card_of(report, current_user, levels),
        evidence_form=forms.get("evidence_form")
        or EvidenceForm(formdata=None, about=request.args.get("about", "")).about_levels(levels),
        upload_form=forms.get("upload_form") or UploadForm(formdata=None),
        remark_form=forms.get("remark_form") or RemarkForm(formdata=None),
        may_defer=may(Permission.LOCK_DEFER) and refusal_to_defer(report) is None,
        deferral_form=forms.get("deferral_form") or DeferralForm(formdata=None),
        nil_refusal=_refusal_of_nil(report, terms),
        nil_form=forms.get("nil_form") or NilReturnForm(formdata=None),
    )


@bp.get("/reports/<key>/template.xlsx")
@requires(Permission.REPORT_READ)
def template(key: str):
    report = find(
        Report, key, joinedload(Report.contract).joinedload(Contract.partner), selectinload(Report.submissions)
    )
    name = f"{report.contract.partner.code}-{report.kind}-{report.month}"
    suffix = "-client" if report.party == "client" else ""
    rows = rows_of(lines_of(report.approved_version)) if report.approved_version else ()
    return download(write_workbook(report, template_of(report), rows), f"{name}{suffix}.xlsx", XLSX)


@bp.post("/reports/<key>/remarks")
@requires(Permission.REMARK_WRITE)
def remark(key: str):
    report = find(Report, key, *WITH_EVERYTHING)
    form = RemarkForm()
    if not form.validate():
        return show_page(report, status=422, remark_form=form)
    with write():
        write_remark(report, form.text.data, current_user)
    return back_to("reports.show", "Your remark is there for both sides.", key=report.key, _anchor="remarks")


@bp.post("/reports/<key>/evidence-files")
@requires(Permission.EVIDENCE_ATTACH)
def attach_evidence(key: str):
    report = find(Report, key, *WITH_EVERYTHING)
    form = EvidenceForm().about_levels(levels_fed_by(report))
    with write():
        attached = attach_from(form, report, current_user)
    if attached is None:
        return show_page(report, status=422, evidence_form=form)
    told = f"Attached: {attached.filename}."
    if report.draft:
        told = with_link(told, "Back to the figures", "reports.draft", key=key)
    return back_to("reports.show", told, key=report.key, _anchor="evidence")


def _refusal_of_nil(report: Report, terms: Terms | None) -> str:
    asks = terms is not None and report.is_owed and may(Permission.REPORT_PREPARE)
    return refusal_of_nil(template_of(report, terms)) if asks else ""


def _filtered(chosen, now):
    wanted = select(Report).join(Report.contract).join(Contract.partner)
    if chosen.get("partner"):
        wanted = wanted.where(Partner.key == chosen["partner"])
    if chosen.get("month"):
        wanted = wanted.where(Report.month == chosen["month"])
    if chosen.get("kind"):
        wanted = wanted.where(Report.kind == chosen["kind"])
    if chosen.get("state") == "overdue":
        return wanted.where(Report.is_overdue(now))
    return wanted.where(Report.stands_as(chosen["state"])) if chosen.get("state") else wanted


def _terms(report: Report):
    """The terms, how the report is certified, and the holidays; a report without terms can still be read."""
    try:
        terms = terms_of(report)
    except NothingAsked:
        return None, "second_person", ()
    return terms, terms.reports[report.kind].certification, terms.calendar.holidays
