"""One finding and the Why? panel: from the result back to the clause, the submitted rows and who approved them."""

from sqlalchemy.orm import joinedload

from app.access import Permission, requires, sees_money
from app.contracts.models import Contract
from app.domain.periods import Month
from app.domain.prose.explain import why
from app.domain.wording import days
from app.partners.places import places_of
from app.performance import trends
from app.performance.claims.grounds import claims_about, grounds_of
from app.performance.credits.money import MonthCredit, as_written
from app.performance.judging.recorded import recorded_behind
from app.performance.judging.settling import may_yet_cost
from app.performance.levels import levels_of
from app.performance.models import Evaluation, Finding
from app.performance.outcomes import Outcome
from app.performance.scorecards import Course, card_of
from app.performance.sources import sources_of
from app.performance.stored import WITH_PLACES, in_force
from app.performance.views import bp
from app.reports.sending.causes import causes_behind
from app.web import find, page

WITH_EVALUATION = joinedload(Finding.evaluation).options(
    joinedload(Evaluation.contract).joinedload(Contract.partner).options(*WITH_PLACES), joinedload(Evaluation.terms)
)


@bp.get("/findings/<key>")
@requires(Permission.PERFORMANCE_READ)
def finding(key: str):
    """A superseded finding stays readable and names the one in force; htmx asks for the panel alone."""
    found = find(Finding, key, WITH_EVALUATION)
    contract = found.evaluation.contract
    places = places_of(contract.partner)
    course = _course(found)
    outcome = _outcome(found, course)
    recorded = recorded_behind(found)
    sources = [] if recorded else sources_of(found, places)
    chain = found.evaluation.credit_chain if sees_money() else None
    return page(
        "performance/finding.html",
        block="why",
        finding=found,
        contract=contract,
        outcome=outcome,
        claims=claims_about(found),
        grounds=grounds_of(found),
        window=days(found.detail["window"]["start"], found.detail["window"]["end"]),
        in_force=course.outcomes.get(found.month) if found.evaluation.superseded_at else None,
        steps=why(places.in_finding(found.detail), chain, as_written(contract.currency)),
        sources=sources,
        recorded=recorded,
        causes=causes_behind(filter(None, (source.submission for source in sources)), found.service_level),
        may_yet_cost=may_yet_cost(outcome),
        line=MonthCredit(found.evaluation, 0).line(found.service_level) if chain else None,
        bullet=trends.of_outcome(outcome) if outcome.value is not None else None,
        course=course,
        chart=trends.of_course(course) if course.outcomes else None,
        trends=trends,
    )


def _course(found: Finding) -> Course:
    """The course of this service level over the contract's judgements in force."""
    evaluations = in_force(Evaluation.contract_id == found.evaluation.contract_id, Evaluation.month <= found.month)
    course = {course.level.key: course for course in card_of(evaluations, Month.parse(found.month)).courses}.get(
        found.service_level
    )
    return course or Course(_level(found), (), {})


def _outcome(found: Finding, course: Course) -> Outcome:
    """The finding as stored, beside the window before it."""
    shown = course.outcomes.get(found.month)
    if shown is not None and shown.finding.id == found.id:
        return shown
    before = shown.before if shown else None
    return Outcome(found, _level(found), before, places_of(found.evaluation.contract.partner))


def _level(found: Finding):
    return levels_of(found.evaluation)[found.service_level].in_month(Month.parse(found.month))
