"""The director's page: every partner's service levels in one month, the worst and newest first."""

from datetime import date

from flask import redirect, request, url_for
from sqlalchemy import func, select

from app.access import Permission, may, requires, sees_money
from app.contracts.models import Contract
from app.domain.periods import Month
from app.extensions import db
from app.partners.models import Partner
from app.performance import trends
from app.performance.credits.subtotals import subtotals
from app.performance.models import Evaluation
from app.performance.portfolio import TREND_MONTHS, Portfolio
from app.performance.portfolio import portfolio as portfolio_of
from app.performance.stored import in_force, judged_months, month_to_open, posted
from app.performance.views import bp, month_of
from app.web import page


@bp.get("/performance")
@requires(Permission.PERFORMANCE_READ)
def portfolio():
    """`month` picks the month, by default the newest judged one that has ended; who has one partner: its scorecard."""
    partners = db.session.scalars(select(Partner).order_by(Partner.name)).all()
    if len(partners) == 1 and not may(Permission.PORTFOLIO_READ):
        return redirect(url_for("performance.scorecard", key=partners[0].key))
    months = judged_months()
    if not months:
        return page("performance/nothing.html", partners=partners)
    month = month_of(request.args.get("month", month_to_open(months)))
    evaluations = in_force(Evaluation.month.between(str(month.plus(1 - TREND_MONTHS)), str(month)))
    shown = portfolio_of(month, evaluations, [partner for partner in partners if not partner.has_ended(month.first)])
    of_month = [evaluation for evaluation in evaluations if evaluation.month == str(month)]
    return page(
        "performance/portfolio.html",
        portfolio=shown,
        months=months,
        month=month,
        sparklines={row.partner.id: trends.of_scores(row.scores, row.partner.name) for row in shown.rows},
        subtotals=subtotals(of_month, posted([str(month)])) if sees_money() else (),
        starts=_starts(shown, month),
    )


def _starts(shown: Portfolio, month: Month) -> dict[int, date]:
    """By partner without a judgement, the day on which its first contract starts, where that is still to come."""
    silent = [row.partner.id for row in shown.rows if not row.cells]
    first = func.min(Contract.starts_on)
    wanted = select(Contract.partner_id, first).where(Contract.partner_id.in_(silent)).group_by(Contract.partner_id)
    return dict(db.session.execute(wanted.having(first > month.last)).all())
