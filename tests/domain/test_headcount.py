"""Whether a headcount adds up, attrition on average headcount, and its two ways to a year."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.people.headcount import Headcount, LeaversOfMonth, attrition, attrition_over, average_headcount
from app.domain.people.staffing import fill_rate, shortage
from app.domain.people.workforce import Unworkable

PEOPLE = st.integers(0, 5000).map(Decimal)


def headcount(**figures):
    return Headcount(**{name: Decimal(figure) for name, figure in figures.items()})


def quarter(leavers=(4, 6, 5), averages=(200, 198, 202)):
    return attrition([LeaversOfMonth(Decimal(a), Decimal(b)) for a, b in zip(leavers, averages, strict=True)])


def test_the_average_headcount_is_between_opening_and_closing():
    """https://www.callcentrehelper.com/attrition-89611.htm: 6,500 and 6,380 are 6,440."""
    assert average_headcount(Decimal(6500), Decimal(6380)) == 6440


def test_attrition_over_months_is_all_leavers_by_the_mean_of_the_averages():
    found = quarter()
    assert (found.leavers, found.average_headcount, found.months, found.period_pct) == (15, 200, 3, Decimal("7.5"))


def test_a_year_is_named_by_its_method():
    icmi, compounding = quarter().annualised
    assert (icmi.method, icmi.pct) == ("icmi_proportional", 30)
    assert (compounding.method, compounding.pct) == ("compounding", Decimal("26.7905859375"))


def test_monthly_rates_of_different_headcounts_are_not_summed():
    """1 of 10 and 0 of 190: 1 %, where the sum of the rates would say 10 %."""
    assert quarter(leavers=(1, 0), averages=(10, 190)).period_pct == 1


def test_opening_and_closing_of_each_month_lead_to_its_average():
    months = [LeaversOfMonth.between(Decimal(100), Decimal(90), Decimal(10)) for _ in range(2)]
    assert attrition(months).average_headcount == 95


def test_a_year_that_the_period_does_not_divide_is_compounded_too():
    """5 % in seven months: 0.95 ^ (12 ÷ 7) stay."""
    compounding = attrition_over(Decimal(5), Decimal(100), 7).annualised[1]
    assert float(compounding.pct) == pytest.approx(100 * (1 - 0.95 ** (12 / 7)), rel=1e-12)


def test_a_whole_year_is_the_same_by_both_methods():
    assert {each.pct for each in attrition_over(Decimal(30), Decimal(200), 12).annualised} == {15}


def test_when_more_leave_than_are_there_compounding_has_no_figure():
    assert [each.pct for each in attrition_over(Decimal(22), Decimal(10), 3).annualised] == [880, None]
    assert [each.pct for each in attrition_over(Decimal(10), Decimal(10), 5).annualised] == [240, 100]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: attrition([]), "at least one month"),
        (lambda: attrition_over(Decimal(1), Decimal(10), 0), "at least one month: 0"),
        (lambda: attrition_over(Decimal(1), Decimal(0), 1), "average headcount is 0"),
        (lambda: attrition_over(Decimal(-1), Decimal(10), 1), "Leavers cannot be negative: -1"),
        (lambda: LeaversOfMonth.between(Decimal(-1), Decimal(10), Decimal(1)), "Opening cannot be negative"),
        (lambda: LeaversOfMonth(Decimal(1), Decimal(-10)), "Average headcount cannot be negative"),
    ],
)
def test_attrition_of_nobody_is_refused(wrong, words):
    with pytest.raises(Unworkable, match=words):
        wrong()


def test_a_headcount_that_adds_up():
    people = headcount(
        opening=120, joiners=8, leavers=5, transfers_in=2, transfers_out=1, closing_given=124, on_leave=3
    )
    assert people.balances
    assert people.available == 121
    assert people.sentence.endswith("− 1 transfers out = 124: the closing headcount")


@pytest.mark.parametrize(("counted", "mismatch", "size"), [(126, 2, "2 more"), (121, -3, "3 fewer")])
def test_a_mismatch_has_a_size_and_a_sentence(counted, mismatch, size):
    people = headcount(opening=120, joiners=8, leavers=5, transfers_in=2, transfers_out=1, closing_given=counted)
    assert not people.balances
    assert people.mismatch == mismatch
    assert people.sentence.endswith(f"= 124, but the closing headcount is {counted}: {size} than the movements explain")


def test_a_closing_that_nobody_counted_is_what_the_movements_give():
    assert headcount(opening=120, joiners=8, leavers=5).closing == 123


@given(PEOPLE, PEOPLE, PEOPLE, PEOPLE, PEOPLE, PEOPLE)
def test_the_mismatch_is_what_is_missing_to_the_identity(opening, joiners, leavers, coming, going, closing):
    people = Headcount(opening, joiners, leavers, coming, going, closing)
    assert opening + joiners - leavers + coming - going + people.mismatch == closing
    assert people.balances == (people.mismatch == 0)


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ({"opening": -1}, "Opening cannot be negative: -1"),
        ({"opening": 1, "transfers_in": -1}, "Transfers in cannot be negative: -1"),
        ({"opening": 1, "closing_given": -1}, "Closing cannot be negative: -1"),
        ({"opening": 10, "leavers": 12}, "closing would be -2"),
        ({"opening": 10, "on_leave": 11}, "11 on leave are more than the closing headcount of 10"),
    ],
)
def test_impossible_headcounts_are_refused_in_words(figures, words):
    with pytest.raises(Unworkable, match=words):
        headcount(**figures)


def test_fill_is_actual_by_required():
    assert round(fill_rate(Decimal(128), Decimal(140)), 2) == Decimal("91.43")
    assert shortage(Decimal(128), Decimal(140)) == 12
    assert shortage(Decimal(150), Decimal(140)) == 0
    assert fill_rate(Decimal(1), Decimal(0)) is None
