"""A manager grants a later lock."""

from flask_login import current_user

from app.access import Permission, requires
from app.extensions import write
from app.formatting import moment
from app.reports.due.deferring import NotDeferred, defer
from app.reports.forms import DeferralForm
from app.reports.models import Report
from app.reports.views import bp
from app.reports.views.reports import WITH_EVERYTHING, show_page
from app.web import back_to, find


@bp.post("/reports/<key>/deferrals")
@requires(Permission.LOCK_DEFER)
def grant_deferral(key: str):
    report = find(Report, key, *WITH_EVERYTHING)
    form = DeferralForm()
    if not form.validate():
        return show_page(report, status=422, deferral_form=form)
    try:
        with write():
            deferred = defer(
                report,
                until=form.until.data,
                whole_month=form.covers.data == "month",
                reason=form.why.data,
                actor=current_user,
            )
    except NotDeferred as refusal:
        form.until.errors = [refusal.message]
        return show_page(find(Report, key, *WITH_EVERYTHING), status=422, deferral_form=form)
    count = "This report stays" if len(deferred) == 1 else f"{len(deferred)} reports of the month stay"
    said = f"{count} open until {moment(report.locks_at, report.contract.zone)}. The partner is told by mail."
    return back_to("reports.show", said, key=report.key, _anchor="lock")
