"""The same figures as CSV files."""

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.access import Permission, requires, sees_money
from app.contracts.models import Contract
from app.extensions import db
from app.partners.models import Partner
from app.performance.credits import exports
from app.performance.credits.money import credits_of
from app.performance.judging.settling import unsettled_in
from app.performance.models import Evaluation, LedgerEntry
from app.performance.stored import chains, in_force, posted, unjudged
from app.performance.views import bp, month_of, need_money
from app.web import download, find

CSV = "text/csv; charset=utf-8"


@bp.get("/partners/<key>/findings.csv")
@requires(Permission.PERFORMANCE_READ)
def findings_file(key: str):
    partner = find(Partner, key)
    body = exports.findings_csv(in_force(Evaluation.partner_id == partner.id), sees_money())
    return download(body, f"{partner.code}-findings.csv", CSV)


@bp.get("/credits.csv")
@requires(Permission.PERFORMANCE_READ)
def credits_file():
    """`month` keeps to one invoice month, as its page shows it; without it everything that the reader may see."""
    need_money()
    month = month_of(request.args["month"]) if "month" in request.args else None
    evaluations = chains(Evaluation.month == str(month)) if month else chains()
    months = {evaluation.month for evaluation in evaluations}
    credits = credits_of(evaluations, posted(months), unsettled_in(evaluations))  # noqa: A001
    body = exports.credits_csv(credits, unjudged(months))
    return download(body, f"credits-{month}.csv" if month else "credits.csv", CSV)


@bp.get("/contracts/<key>/ledger.csv")
@requires(Permission.PERFORMANCE_READ)
def ledger_file(key: str):
    need_money()
    contract = find(Contract, key)
    entries = db.session.scalars(
        select(LedgerEntry)
        .where(LedgerEntry.contract_id == contract.id)
        .options(joinedload(LedgerEntry.evaluation), joinedload(LedgerEntry.contract))
        .order_by(LedgerEntry.id)
    )
    return download(exports.ledger_csv(entries), f"{contract.reference}-ledger.csv", CSV)
