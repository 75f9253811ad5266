"""Which report a file is meant for that was brought to another one."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accounts.models import User
from app.contracts.models import Contract
from app.extensions import db
from app.reports.asking import NothingAsked, template_of
from app.reports.mapping.sketch import Sketch
from app.reports.models import Report
from app.reports.permits import refusal_to_prepare
from app.reports.tables.finding import Meant
from app.reports.tables.headings import SURE, likeness

LEAST_FIGURES = 2  # a heading that two reports have in common says nothing


def meant_by(meant: Meant, report: Report) -> Report | None:
    """By the code of a template, by the month that the file names, or by the figures that its headings name."""
    ours = select(Report).where(Report.partner_id == report.partner_id, Report.id != report.id)
    if meant.code:
        return db.session.scalars(ours.where(Report.key == meant.code)).one_or_none()
    beside = ours.where(Report.contract_id == report.contract_id, Report.party == report.party)
    if meant.month:
        of_month = beside.where(Report.month == str(meant.month), Report.kind == report.kind)
        return db.session.scalars(of_month).one_or_none()
    others = db.session.scalars(beside.where(Report.month == report.month)).all() if meant.headings else ()
    counted = [(_recognised(meant, other), other) for other in others]
    count, likeliest = max(counted, key=lambda each: each[0], default=(0, None))
    return likeliest if count >= LEAST_FIGURES else None


def report_meant(key: str, user: User, now: datetime) -> Report | None:
    """The report with this key, when this person may send it."""
    if not key:
        return None
    with_contract = joinedload(Report.contract).joinedload(Contract.partner)
    found = db.session.scalars(select(Report).where(Report.key == key).options(with_contract)).one_or_none()
    return found if found is not None and refusal_to_prepare(found, user, now) is None else None


def meant_instead(sketch: Sketch, report: Report, user: User, now: datetime) -> Report | None:
    """The report that a table of somebody's own is likely for, when nothing in it is recognised as one of ours."""
    if any(":" in column.role for column in sketch.chosen.columns):
        return None
    headings = tuple(heading.text for table in sketch.tables for heading in table.headings)
    found = meant_by(Meant(headings=headings), report)
    return report_meant(found.key, user, now) if found else None


def _recognised(meant: Meant, report: Report) -> int:
    try:
        template = template_of(report)
    except NothingAsked:
        return 0
    return sum(
        any(likeness((heading,), column.key, column.name) >= SURE for heading in meant.headings)
        for column in template.columns
    )
