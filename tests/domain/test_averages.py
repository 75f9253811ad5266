"""The mean of a month and the one before it, where one of the two has no result of its own."""

from datetime import date

from app.contracts.catalogue import CATALOGUE
from app.domain.events import Events
from app.domain.facts import ReportKey, ReportStatus, Standing
from app.domain.judging.evaluation import evaluate
from app.domain.periods import Month
from app.domain.rules.relief import Claim
from tests.domain.story import facts, level, limit, lines, one_level

JANUARY = Month(2026, 1)
DAILY = {"service": {"grain": "day"}, "quality": {}, "staffing": {"grain": "day"}}


def averaged(january, february, window=None, **others):
    """What February's window comes to; January's figures are None where its report is a nil return."""
    voice = level("voice", "service_level", limit(">=", "80"), window={"kind": "average", **(window or {})}, **others)
    months = [JANUARY, JANUARY.next()]
    reported = facts(
        *(
            line
            for month, counted in zip(months, (january, february), strict=True)
            if counted
            for line in lines(month, {"offered": counted[0], "answered_in_threshold": counted[1]})
        )
    )
    if january is None:
        reported.reports[ReportKey(JANUARY, "service", "partner")] = ReportStatus(Standing.NIL)
    terms = one_level(voice, effective_from="2026-01-01")
    return [month.findings[0] for month in evaluate([terms], reported, {}, CATALOGUE, months)]


def test_a_month_of_low_volume_does_not_enter_the_mean():
    assert averaged(("10", "1"), ("100", "90"), minimum_volume="50")[1].value == 90


def test_a_nil_return_does_not_enter_the_mean():
    found = averaged(None, ("100", "90"))
    assert [finding.value for finding in found] == [None, 90]


def test_a_mean_of_at_least_two_months_waits_for_the_second_month_of_the_contract():
    found = averaged(("100", "70"), ("100", "90"), {"at_least": "2"})
    assert [finding.value for finding in found] == [None, 80]
    assert found[0].reason.code == "window_too_short"


def test_a_claims_days_leave_the_month_of_the_mean_that_they_lie_in():
    """January 60 % of 200 without its bad day 80 %, and February 90 %: the claim of February takes the day out."""
    days = {date(2026, 1, 5): ("100", "80"), date(2026, 1, 9): ("100", "40"), date(2026, 2, 3): ("100", "90")}
    reported = facts(
        *(
            line
            for day, (offered, answered) in days.items()
            for line in lines(Month.of(day), {"offered": offered, "answered_in_threshold": answered}, day=day)
            if line.kind == "service"
        )
    )
    voice = level("voice", "service_level", limit(">=", "80"), window={"kind": "average"})
    terms = one_level(voice, effective_from="2026-01-01", reports=DAILY)
    claim = Claim("7", "2026-02", "days", "granted", days=frozenset({date(2026, 1, 9)}), clause="6.4")
    [found] = evaluate([terms], reported, {}, CATALOGUE, [JANUARY.next()], Events(claims=(claim,)))[0].findings
    assert (found.raw, found.contractual, found.averaged) == (75, 85, (80, 90))
    assert [(relief.effect, relief.clause) for relief in found.relief] == [("applied", "6.4")]
