"""One partner: its service levels over the months, their courses, and what they add up to."""

from flask import abort, request
from sqlalchemy import select

from app import clock
from app.access import Permission, may, requires, sees_money
from app.contracts.models import Contract
from app.domain.periods import Month
from app.extensions import db
from app.partners.models import Partner
from app.performance import trends
from app.performance.credits.subtotals import subtotals
from app.performance.judging.pending import being_judged
from app.performance.models import Evaluation, LedgerEntry
from app.performance.rights.occurrences import rights_of
from app.performance.scorecards import MONTHS, cards_of
from app.performance.stored import in_force, judged_months, posted
from app.performance.views import bp, month_of
from app.performance.views.reporting import FIGURES
from app.reports.due.punctuality import punctuality_of
from app.web import page


@bp.get("/partners/<key>/scorecard")
@requires(Permission.PERFORMANCE_READ)
def scorecard(key: str):
    """`month` picks the month that the figures speak of; the map and the courses end with it."""
    partner, contracts = _with_contracts(key)
    months = judged_months(Evaluation.partner_id == partner.id)
    chosen = month_of(request.args["month"]) if "month" in request.args else None
    last = chosen or (Month.parse(months[0]) if months else None)
    window = (str(last.plus(-MONTHS)), str(last)) if last else ("", "")
    evaluations = in_force(Evaluation.partner_id == partner.id, Evaluation.month.between(*window)) if last else []
    cards = cards_of(evaluations, chosen)
    of_month = [evaluation for card in cards for evaluation in card.evaluations if evaluation.month == str(card.month)]
    ledger = posted({each.month for each in of_month}, LedgerEntry.partner_id == partner.id) if sees_money() else {}
    return page(
        "performance/scorecard.html",
        partner=partner,
        contracts=contracts,
        cards=cards,
        newer=next((newest for newest in months[:1] if any(str(card.month) < newest for card in cards)), None),
        subtotals={card.contract.id: subtotals(card.current, ledger) for card in cards} if sees_money() else {},
        rights=rights_of(contracts) if may(Permission.CONTRACT_READ) else [],
        trends=trends,
        judging=being_judged(contracts),
        record=punctuality_of(partner, chosen or Month.of(clock.today(partner.zone)).previous(), clock.now()),
        figures=FIGURES,
    )


def _with_contracts(key: str) -> tuple[Partner, list[Contract]]:
    """The partner and what it has agreed, in one statement, or 404."""
    found = db.session.execute(
        select(Partner, Contract).outerjoin(Contract, Contract.partner_id == Partner.id).where(Partner.key == key)
    ).all()
    if not found:
        abort(404)
    return found[0][0], [contract for _, contract in found if contract]
