"""Sums over rows, days and months."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.facts import Line
from app.domain.findings import Attainment
from app.domain.periods import Month
from tests.domain.story import AUGUST, JULY, SEPTEMBER, facts, judge, level, limit, lines, one_level

BOGOTA, MEDELLIN = {"site": "BOG", "queue": "EN-VOICE"}, {"site": "MDE", "queue": "EN-VOICE"}
counts = st.integers(0, 10**9)


def voice(**others):
    return level("voice", "service_level", limit(">=", "80")) | others


def counted(month: Month, in_threshold: object, offered: object, **others) -> list[Line]:
    return lines(month, {"answered_in_threshold": str(in_threshold), "offered": str(offered)}, **others)


def test_sites_are_summed_and_never_averaged():
    both = one_level(voice(), coverage=[BOGOTA, MEDELLIN])
    reported = facts(*counted(JULY, 50, 100), *counted(JULY, 900, 900, site="MDE"))
    [finding] = judge(both, reported, JULY)[0].findings
    assert (finding.numerator, finding.denominator, finding.raw) == (950, 1000, 95)


@given(st.lists(st.tuples(counts, counts), min_size=3, max_size=3))
def test_a_quarter_is_the_sum_of_its_months_over_the_sum(months):
    reported = facts(
        *(line for month, row in zip((JULY, AUGUST, SEPTEMBER), months, strict=True) for line in counted(month, *row))
    )
    evaluations = judge(one_level(voice(window="quarter")), reported, JULY, AUGUST, SEPTEMBER)
    assert [len(evaluation.findings) for evaluation in evaluations] == [0, 0, 1]
    [finding] = evaluations[2].findings
    upper, lower = (sum(column) for column in zip(*months, strict=True))
    if lower:
        assert (finding.numerator, finding.denominator) == (upper, lower)
        assert (finding.attainment == Attainment.MET) is (upper * 100 >= 80 * lower)
    else:
        assert finding.reason.code == "zero_denominator"


@given(st.permutations(range(4)))
def test_the_order_of_lines_changes_nothing(order):
    reported = [*counted(JULY, 50, 100), *counted(JULY, 7, 9, site="MDE"), *counted(AUGUST, 1, 2)]
    both = one_level(voice(), coverage=[BOGOTA, MEDELLIN])
    straight, shuffled = (
        judge(both, facts(*each), JULY)[0] for each in (reported, [reported[i] for i in order] + reported[4:])
    )
    assert (straight.fingerprint, straight.findings[0].raw) == (shuffled.fingerprint, shuffled.findings[0].raw)


def test_people_are_averaged_over_months_and_leavers_summed():
    leaving = level("attrition", "attrition", limit("<=", "10"), window="quarter")
    measures = {"leavers": {"source": "partner"}, "average_headcount": {"source": "partner"}}
    months = zip((JULY, AUGUST, SEPTEMBER), (4, 5, 6), (100, 120, 110), strict=True)
    reported = [
        line
        for month, leavers, heads in months
        for line in lines(month, {"leavers": str(leavers), "average_headcount": str(heads)})
    ]
    [finding] = judge(one_level(leaving, measures=measures), facts(*reported), SEPTEMBER)[0].findings
    assert finding.measures == {"leavers": 15, "average_headcount": 110}
    assert finding.contractual == Decimal("13.63636363636363636363636364")


def test_a_backlog_is_that_of_the_last_month():
    days = level("backlog", "backlog_days", limit("<=", "3"), window="quarter")
    measures = {"backlog": {"source": "partner"}, "daily_closures": {"source": "partner"}}
    months = zip((JULY, AUGUST, SEPTEMBER), (900, 100, 330), strict=True)
    reported = [
        line
        for month, open_cases in months
        for line in lines(month, {"backlog": str(open_cases), "daily_closures": "110"})
    ]
    [finding] = judge(one_level(days, measures=measures), facts(*reported), SEPTEMBER)[0].findings
    assert finding.contractual == 3


def test_equality_at_the_target_survives_a_mean_that_does_not_come_out_even():
    """97, 98 and 96 of 100, 100 and 100 FTE are exactly 97 %, though a third of 291 + 1 has no last digit."""
    fill = level("fill", "staffing_fill", limit(">=", "97"), window="quarter")
    for actual in (("97", "98", "96"), ("97.1", "96.8", "97.1")):
        months = zip((JULY, AUGUST, SEPTEMBER), actual, ("100", "100.3", "99.7"), strict=True)
        reported = [
            line for month, has, needs in months for line in lines(month, {"actual_fte": has, "required_fte": needs})
        ]
        [finding] = judge(one_level(fill), facts(*reported), SEPTEMBER)[0].findings
        assert (finding.attainment, finding.contractual) == (Attainment.MET, 97)


def daily(day: int, values: dict[str, str], kind: str = "service") -> Line:
    figures = {measure: Decimal(text) for measure, text in values.items()}
    return Line(JULY, kind, "partner", "BOG", "EN-VOICE", figures, submission="july", day=date(2026, 7, day))


def test_days_are_folded_into_their_month():
    rows = [daily(day, {"answered_in_threshold": "8", "offered": "10"}) for day in (1, 2, 3)]
    [finding] = judge(one_level(voice()), facts(*rows), JULY)[0].findings
    assert (finding.numerator, finding.denominator) == (24, 30)
    assert (finding.days_reported, finding.days_expected, finding.is_partial) == (3, 31, True)
    assert len(finding.contributions) == 3


def test_people_are_averaged_over_days():
    fill = level("fill", "staffing_fill", limit(">=", "97"))
    days = [
        daily(day, {"actual_fte": actual, "required_fte": "10"}, "staffing")
        for day, actual in ((1, "9"), (2, "10"), (3, "10.1"))
    ]
    [finding] = judge(one_level(fill), facts(*days), JULY)[0].findings
    assert (finding.attainment, finding.raw) == (Attainment.MET, 97)


def test_a_day_without_its_figure_is_missing_and_not_zero():
    rows = [daily(1, {"answered_in_threshold": "8", "offered": "10"}), daily(2, {"offered": "10"})]
    [finding] = judge(one_level(voice()), facts(*rows), JULY)[0].findings
    assert (finding.attainment, finding.reason.code) == (Attainment.NOT_MEASURED, "missing")


def test_the_same_row_twice_is_refused():
    with pytest.raises(ValueError, match="reported twice"):
        judge(one_level(voice()), facts(*counted(JULY, 1, 2), *counted(JULY, 1, 2)), JULY)
