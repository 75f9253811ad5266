"""What can be claimed about a stored finding."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.domain.clauses import ServiceLevel
from app.domain.findings import MISSES, Attainment, Disposition
from app.extensions import db
from app.performance.levels import levels_of, terms_of
from app.performance.models import Evaluation, Finding
from app.relief.filing import Grounds
from app.relief.models import Claim


def grounds_of(found: Finding) -> Grounds:
    """With the others that were missed in the same window, since one cause seldom hits one service level alone."""
    evaluation, terms = found.evaluation, terms_of(found.evaluation)
    level = levels_of(evaluation)[found.service_level]
    return Grounds(
        contract=evaluation.contract,
        month=found.month,
        service_level=level.key,
        name=level.name,
        ended_on=found.window_end,
        terms=terms.claims,
        obstacle=_obstacle(found, evaluation, terms.allows_claim(level)),
        kinds=kinds_of(level, found.detail),
        measures={measure: Decimal(number) for measure, number in found.detail["measures"].items()},
        days=_by_day(found.detail["contributions"]),
        others={
            other.service_level: other.name
            for other in evaluation.findings
            if other.id != found.id and is_claimable(other) and other.window_end == found.window_end
        },
    )


def claims_about(found: Finding) -> list[Claim]:
    """Every claim that was filed about this service level and month, whatever became of it."""
    filed = (
        select(Claim)
        .where(Claim.contract_id == found.evaluation.contract_id, Claim.month == found.month)
        .options(joinedload(Claim.filed_by), joinedload(Claim.decided_by))
        .order_by(Claim.number)
    )
    return [claim for claim in db.session.scalars(filed) if found.service_level in claim.service_levels]


def is_claimable(found: Finding) -> bool:
    """A result below its target that counts, as it was judged or as it stands while it waits to be: the deadline of a
    claim does not wait for who decides on the figures. A window that still runs has none yet.
    """
    if found.disposition != Disposition.COUNTS:
        return False
    if found.attainment != Attainment.PROVISIONAL:
        return Attainment(found.attainment) in MISSES
    compared = found.detail["comparisons"]  # with the Expected first
    return bool(compared) and not compared[0]["is_met"] and found.detail["reason"]["code"] != "running"


def _obstacle(found: Finding, evaluation: Evaluation, is_allowed: bool) -> str:
    if not is_allowed:
        return f"The terms of this contract know no claim about {found.name}. Amend them first, if relief was agreed."
    if evaluation.superseded_at is not None:
        return "This is an earlier judgement. Open the finding in force, and claim from there."
    if not is_claimable(found):
        return f"{found.name} needs no relief: only a result below its target that counts can be excused."
    return ""


def kinds_of(level: ServiceLevel, detail: Mapping) -> tuple[str, ...]:
    """Figures can be taken off what was counted, days only where the figures came by the day."""
    if level.source == "stated" or level.window.kind == "average" or detail["numerator"] is None:
        return ("period",)
    return ("days", "adjust", "period") if _by_day(detail["contributions"]) else ("adjust", "period")


def _by_day(contributions: list[dict]) -> dict[date, dict[str, Decimal]]:
    """What each day brought, over all places; empty when some figure came by the month."""
    days: dict[date, dict[str, Decimal]] = {}
    for part in contributions:
        if part.get("day") is None:
            return {}
        brought = days.setdefault(date.fromisoformat(part["day"]), {})
        for measure, number in part["values"].items():
            brought[measure] = brought.get(measure, Decimal(0)) + Decimal(number)
    return dict(sorted(days.items()))
