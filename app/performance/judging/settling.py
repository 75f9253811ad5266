"""What of a month's results has still to come, by the findings as they are stored."""

from collections.abc import Collection

from sqlalchemy import case, select

from app.domain.attainment import WITHOUT_RESULT, Default, Disposition
from app.domain.clauses import ServiceLevel
from app.domain.findings import Reason
from app.domain.money.unsettled import Result, Unsettled, unsettled
from app.extensions import db
from app.performance.levels import levels_of, terms_of
from app.performance.models import Evaluation, Finding
from app.performance.outcomes import Outcome


def may_yet_cost(outcome: Outcome) -> bool:
    terms = terms_of(outcome.finding.evaluation)
    return terms.credits is not None and _result(outcome.level, outcome.finding).may_yet_cost


def unsettled_of(evaluation: Evaluation) -> Unsettled:
    """Of one judgement whose findings are there."""
    levels = levels_of(evaluation)
    return unsettled(_result(levels[finding.service_level], finding) for finding in evaluation.findings)


def unsettled_in(evaluations: Collection[Evaluation]) -> dict[int, Unsettled]:
    """By judgement, in one statement that leaves the findings' long documents where they are."""
    reason = case((Finding.attainment.in_(WITHOUT_RESULT), Finding.detail["reason"]))
    rows = db.session.execute(
        select(
            *(Finding.evaluation_id, Finding.service_level, Finding.window_start, reason),
            *(Finding.default, Finding.disposition),
        )
        .where(Finding.evaluation_id.in_([evaluation.id for evaluation in evaluations]))
        .order_by(Finding.id)
    )
    levels = {evaluation.id: levels_of(evaluation) for evaluation in evaluations}
    results: dict[int, list[Result]] = {evaluation.id: [] for evaluation in evaluations}
    for evaluation_id, key, first, why, default, disposition in rows:
        told = Reason(why["code"], why["figures"]) if why else None
        axes = Default(default), Disposition(disposition)
        results[evaluation_id].append(Result(levels[evaluation_id][key], first, told, *axes))
    return {evaluation_id: unsettled(found) for evaluation_id, found in results.items()}


def _result(level: ServiceLevel, finding: Finding) -> Result:
    why, axes = finding.detail["reason"], (Default(finding.default), Disposition(finding.disposition))
    return Result(level, finding.window_start, Reason(why["code"], why["figures"]), *axes)
