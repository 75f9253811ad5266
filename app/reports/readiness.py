"""What a partner sends next, as part of its survey: reports that wait for it, soonest due first."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app import clock
from app.access import Permission, may
from app.contracts.models import Contract
from app.extensions import db
from app.formatting import moment, month
from app.partners.models import Partner
from app.partners.survey import Entry, Point, Survey, surveyor, way_to
from app.reports.models import Report


@surveyor
def due(partners: Sequence[Partner], survey: Survey) -> None:
    if not may(Permission.REPORT_READ):
        return
    now = clock.now()
    since = f"{now - timedelta(days=1):%Y-%m}"  # west of Greenwich it may still be the month before
    waits_or_is_new = Report.is_owed | (Report.month >= since)
    reports = db.session.scalars(
        select(Report)
        .where(Report.partner_id.in_([partner.id for partner in partners]), waits_or_is_new)
        .options(joinedload(Report.contract).joinedload(Contract.partner))
        .order_by(Report.due_at, Report.id)
    ).all()
    for report in reports:
        if report.is_owed:
            survey.due[report.partner_id].append(_entry(report, now))
    if may(Permission.PARTNER_EDIT):
        reporting = {report.partner_id for report in reports if _counts(report, now)}
        for partner in partners:
            survey.points[partner.id] += _points(partner, survey, partner.id in reporting)


def _counts(report: Report, now) -> bool:
    """Whether it shows that reports fall due."""
    return report.is_owed or _is_new(report, now)


def _is_new(report: Report, now) -> bool:
    return report.month >= f"{clock.today(report.contract.zone, now):%Y-%m}"


def _entry(report: Report, now) -> Entry:
    party = "" if report.party == "partner" else ", client figures"
    return Entry(
        label=f"{month(report.month)}, {report.kind}{party}",
        url=way_to("reports.show", key=report.key),
        note=f"due {moment(report.due_at, report.contract.zone)}",
        status="overdue" if report.is_overdue(now) else report.state,
        file_url=way_to("reports.template", key=report.key),
        is_ours=report.party == "client",
    )


def _points(partner: Partner, survey: Survey, is_reporting: bool) -> list[Point]:
    """Reports open by themselves once terms are in force; none although they are is worth a look."""
    if survey.due[partner.id]:
        first = survey.due[partner.id][0]
        return [Point("Reports", True, f"Next: {first.label}, {first.note}.", first.url)]
    running = [entry for entry in survey.contracts[partner.id] if entry.status == "active"]
    if is_reporting or not running:
        return []
    advice = "No report is open this month: the terms cover no site and queue, or the worker is not running."
    return [Point("Reports", False, advice, running[0].url, "Look at the contract")]
