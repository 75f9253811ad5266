"""What is due, and what one report asks for and has come to."""

from flask import request
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app import clock
from app.access import Permission, requires
from app.api import documents
from app.api.views import answer, v1
from app.contracts.models import Contract
from app.extensions import db
from app.reports.asking import NothingAsked, template_of, terms_of
from app.reports.models import Report, Submission
from app.reports.sending.causes import causes_by_version
from app.web import Refusal, find

PAGE_ROWS = 100
LAST_PAGE = 100_000
STATES = ("owed", "all", "due", "drafted", "sent", "returned", "approved", "dropped")
WITH_CONTRACT = joinedload(Report.contract).joinedload(Contract.partner)
WITH_PEOPLE = joinedload(Submission.prepared_by), joinedload(Submission.certified_by), joinedload(Submission.review)
WITH_VERSIONS = (WITH_CONTRACT, selectinload(Report.submissions).options(*WITH_PEOPLE))


class UnknownState(Refusal):
    """There is no such state of a report."""

    status = 400


@v1.get("/reports")
@requires(Permission.REPORT_READ)
def reports():
    """Those that the partner sends, the most urgent first; what is owed unless another state is asked for."""
    state, number = request.args.get("state", "owed"), min(max(1, request.args.get("page", 1, type=int)), LAST_PAGE)
    if state not in STATES:
        raise UnknownState(f"A report is none of that. Ask for one of: {', '.join(STATES)}.")
    wanted = select(Report).where(Report.party == "partner").options(WITH_CONTRACT)
    if state != "all":
        wanted = wanted.where(Report.is_owed if state == "owed" else Report.stands_as(state))
    for name, column in (("month", Report.month), ("kind", Report.kind)):
        if request.args.get(name):
            wanted = wanted.where(column == request.args[name])
    wanted = wanted.order_by(Report.due_at, Report.id).offset((number - 1) * PAGE_ROWS).limit(PAGE_ROWS + 1)
    found, now = db.session.scalars(wanted).all(), clock.now()
    shown = [documents.report(each, current_user, now) for each in found[:PAGE_ROWS]]
    return answer({"reports": shown, "next_page": number + 1 if len(found) > PAGE_ROWS else None})


@v1.get("/reports/<key>")
@requires(Permission.REPORT_READ)
def report(key: str):
    found = find(Report, key, *WITH_VERSIONS)
    told = documents.report(found, current_user, clock.now())
    try:
        terms = terms_of(found)
        told["asks"] = documents.asked(template_of(found, terms), terms)
    except NothingAsked:
        told["asks"] = None
    causes = causes_by_version(found.id, [each.number for each in found.submissions])
    told["versions"] = [documents.submission(each, causes[each.number]) for each in found.submissions]
    return answer(told)
