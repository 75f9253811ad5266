"""Credits by invoice month, over all contracts and for one with every entry of its ledger."""

from collections.abc import Iterable
from itertools import accumulate

from flask import request
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.access import Permission, requires
from app.concessions.models import KINDS, Concession
from app.contracts.models import Contract
from app.extensions import db
from app.performance import trends
from app.performance.credits.conceding import awaiting_in, concessions_of
from app.performance.credits.subtotals import subtotals
from app.performance.judging.pending import being_judged
from app.performance.judging.settling import unsettled_in
from app.performance.models import Evaluation, LedgerEntry
from app.performance.stored import chains, judged_months, month_to_open, names_of, posted, unjudged
from app.performance.views import bp, month_of, need_money
from app.web import find, page

MONTHS = 6


@bp.get("/credits")
@requires(Permission.PERFORMANCE_READ)
def credits():  # noqa: A001
    """`month` picks the invoice month, by default the newest judged one that has ended; currencies are never added."""
    need_money()
    months = judged_months()
    if not months:
        return page("performance/no_credits.html")
    month = month_of(request.args.get("month", month_to_open(months)))
    window = [str(each) for each in month.plus(1 - MONTHS).through(month)]
    evaluations, ledger = chains(Evaluation.month.in_(window)), posted(window)
    told = unsettled_in(evaluations)
    return page(
        "performance/credits.html",
        month=month,
        months=months,
        window=window,
        subtotals=subtotals([each for each in evaluations if each.month == str(month)], ledger, told),
        over_time=subtotals(evaluations, ledger, told),
        unjudged=[contract for contract, _ in unjudged([str(month)])],
        awaiting=_awaiting(evaluations),
        waiting=concessions_of(current_user, Concession.decision == "open"),
        concession_kinds=KINDS,
        trends=trends,
    )


@bp.get("/contracts/<key>/credits")
@requires(Permission.PERFORMANCE_READ)
def contract_credits(key: str):
    """Every entry as it was posted, with the running balance, beside each month's chain."""
    need_money()
    contract = find(Contract, key, joinedload(Contract.partner))
    entries = db.session.scalars(
        select(LedgerEntry)
        .where(LedgerEntry.contract_id == contract.id)
        .options(joinedload(LedgerEntry.evaluation))
        .order_by(LedgerEntry.id)
    ).all()
    evaluations = chains(Evaluation.contract_id == contract.id)
    balances = accumulate(entry.amount_minor for entry in entries)
    ledger = posted([each.month for each in evaluations], LedgerEntry.contract_id == contract.id)
    return page(
        "performance/contract_credits.html",
        contract=contract,
        entries=list(zip(entries, balances, strict=True))[::-1],
        months=subtotals(evaluations, ledger, unsettled_in(evaluations)),
        concessions=concessions_of(current_user, Concession.contract_id == contract.id),
        awaiting=_awaiting(evaluations),
        concession_kinds=KINDS,
        names={level: name for (_, level), name in names_of([contract.id]).items()},
        judging=being_judged([contract]),
    )


def _awaiting(evaluations: Iterable[Evaluation]) -> list[tuple[Contract, dict]]:
    """Earn-backs that await approval by the newest judgement of each contract; they come newest first."""
    newest: dict[int, Evaluation] = {}
    for evaluation in evaluations:
        newest.setdefault(evaluation.contract_id, evaluation)
    return [(each.contract, earn_back) for each in newest.values() for earn_back in awaiting_in(each)]
