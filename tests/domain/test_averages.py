"""The mean of a month and the one before it, where one of the two has no result of its own."""

from app.contracts.catalogue import CATALOGUE
from app.domain.evaluation import evaluate
from app.domain.facts import ReportKey, ReportStatus, Standing
from app.domain.periods import Month
from tests.domain.story import facts, level, limit, lines, one_level

JANUARY = Month(2026, 1)


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
