"""What of a month's results has still to come, by the findings as they are stored."""

from collections.abc import Collection

from sqlalchemy import case, select

from app.domain.attainment import WITHOUT_RESULT, Default, Disposition
from app.domain.findings import Reason
from app.domain.unsettled import Result, Unsettled, unsettled
from app.extensions import db
from app.performance.models import Evaluation, Finding
from app.performance.outcomes import Outcome, outcomes_of, terms_of


def result_of(outcome: Outcome) -> Result:
    finding, reason = outcome.finding, outcome.finding.detail["reason"]
    why = Reason(reason["code"], reason["figures"])
    return Result(outcome.level, finding.window_start, why, Default(finding.default), outcome.disposition)


def may_yet_cost(outcome: Outcome) -> bool:
    return terms_of(outcome.finding.evaluation).credits is not None and result_of(outcome).may_yet_cost


def unsettled_of(evaluation: Evaluation) -> Unsettled:
    """Of one judgement whose findings are there."""
    return unsettled(map(result_of, outcomes_of(evaluation).values()))


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
    levels = {each.id: {level.key: level for level in terms_of(each).service_levels} for each in evaluations}
    results: dict[int, list[Result]] = {evaluation.id: [] for evaluation in evaluations}
    for evaluation_id, key, first, why, default, disposition in rows:
        told = Reason(why["code"], why["figures"]) if why else None
        axes = Default(default), Disposition(disposition)
        results[evaluation_id].append(Result(levels[evaluation_id][key], first, told, *axes))
    return {evaluation_id: unsettled(found) for evaluation_id, found in results.items()}
