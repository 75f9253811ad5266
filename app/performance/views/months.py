"""One contract's month: every finding, and the chain from there to what is payable."""

from collections.abc import Mapping

from flask import abort, url_for
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.access import Permission, may, requires, sees_money
from app.concessions.models import KINDS, Concession
from app.contracts.models import Contract
from app.domain.periods import Month
from app.extensions import db
from app.formatting import month as month_name
from app.performance import trends
from app.performance.credits.conceding import concessions_of, openings_of
from app.performance.credits.money import credits_of
from app.performance.judging import recomputing
from app.performance.judging.pending import being_judged
from app.performance.judging.settling import may_yet_cost
from app.performance.models import Evaluation, LedgerEntry
from app.performance.outcomes import Outcome, in_sequence
from app.performance.stored import in_force, judged_months, judgement_of, posted
from app.performance.views import bp, month_of
from app.web import find, page


@bp.get("/contracts/<key>/months/<month>")
@requires(Permission.PERFORMANCE_READ)
def month(key: str, month: str):
    """A month that nobody judged yet says what it waits for; one that is being judged looks again by itself."""
    contract = find(Contract, key, joinedload(Contract.partner))
    chosen = month_of(month)
    if not contract.covers(chosen):
        abort(404)
    window = (str(chosen.previous()), str(chosen))
    evaluations = in_force(Evaluation.contract_id == contract.id, Evaluation.month.in_(window))
    current = next((each for each in evaluations if each.month == str(chosen)), None)
    outcomes = in_sequence(evaluations).get(str(chosen), {})
    credit, waterfall = None, None
    if current and sees_money():
        [credit] = credits_of([current], posted([str(chosen)], LedgerEntry.contract_id == contract.id))
        if credit.is_due and not credit.is_unpriced:
            title = f"Credits of {contract.partner.name}, {month_name(chosen)}"
            waterfall = trends.of_chain(credit, title, {name: each.reason for name, each in outcomes.items()})
    return page(
        "performance/month.html",
        contract=contract,
        month=chosen,
        months=judged_months(Evaluation.contract_id == contract.id),
        evaluation=current,
        outcomes=sorted(outcomes.values(), key=lambda outcome: outcome.severity),
        credit=credit,
        sums=credit.sums(_units(outcomes)) if credit else {},
        concessions=concessions_of(current_user, *_about(contract, chosen)) if credit else (),
        openings=openings_of(current) if credit and may(Permission.CONCESSION_ASK) else None,
        concession_kinds=KINDS,
        unpriced={line["service_level"] for line in credit.lines} if credit and credit.is_unpriced else (),
        unsettled={name for name, each in outcomes.items() if may_yet_cost(each)},
        links={name: url_for("performance.finding", key=each.finding.key) for name, each in outcomes.items()},
        waterfall=waterfall,
        judgements=_judgements(contract, chosen),
        judging=being_judged([contract]),
    )


@bp.get("/contracts/<key>/months/<month>/recomputation")
@requires(Permission.PERFORMANCE_READ)
def recomputation(key: str, month: str):
    """The judgement in force worked out again from the stored rows and terms, and held against what was stored."""
    of_month = Evaluation.contract.has(Contract.key == key), Evaluation.month == str(month_of(month))
    evaluation = judgement_of(*of_month) or abort(404)
    again = recomputing.recompute(evaluation)
    return page(
        "performance/recomputation.html",
        contract=evaluation.contract,
        evaluation=evaluation,
        month=month,
        again=again,
        same=again is not None and recomputing.is_the_same(evaluation, again),
        links={each.service_level: url_for("performance.finding", key=each.key) for each in evaluation.findings},
    )


def _units(outcomes: Mapping[str, Outcome]) -> dict[str, str]:
    return {name: outcome.finding.detail["metric"]["unit"] for name, outcome in outcomes.items()}


def _about(contract: Contract, month: Month) -> tuple:
    return Concession.contract_id == contract.id, Concession.month == str(month)


def _judgements(contract: Contract, month: Month) -> list[Evaluation]:
    """Every judgement of the month, the newest first."""
    return list(
        db.session.scalars(
            select(Evaluation)
            .where(Evaluation.contract_id == contract.id, Evaluation.month == str(month))
            .order_by(Evaluation.number.desc())
        )
    )
