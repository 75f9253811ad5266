"""Limits and bands."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.exact import add, divide, multiplied_out, quotient
from app.domain.targets import Band, Limit

EIGHTY = Decimal(80)


@pytest.mark.parametrize(
    ("comparator", "below", "at", "above"),
    [
        (">=", False, True, True),
        (">", False, False, True),
        ("<=", True, True, False),
        ("<", True, False, False),
    ],
)
def test_comparators_differ_at_the_boundary_only(comparator, below, at, above):
    limit = Limit(comparator, EIGHTY)
    assert [limit.is_met_by(Decimal(text)) for text in ("79.9999", "80", "80.0001")] == [below, at, above]


def test_a_ratio_is_compared_by_multiplying_out():
    third = Limit(">=", Decimal("33.33"))
    assert third.is_met_by(Decimal(3333), Decimal(100))
    assert not Limit(">", Decimal("33.33")).is_met_by(Decimal(3333), Decimal(100))
    assert not third.is_met_by(Decimal(33329999999), Decimal(1000000000))


def test_both_edges_belong_to_a_band_and_both_sides_miss_it():
    band = Band(Decimal(75), Decimal(88))
    assert [band.is_met_by(Decimal(value)) for value in ("74.9", "75", "80", "88", "88.1")] == [
        False,
        True,
        True,
        True,
        False,
    ]
    assert [band.headroom(Decimal(value)) for value in ("74", "77", "87", "90")] == [-1, 2, 1, -2]


def test_headroom_is_negative_short_of_the_target_whichever_way_is_better():
    assert Limit(">=", EIGHTY).headroom(Decimal("73.5")) == Decimal("-6.5")
    assert Limit("<=", EIGHTY).headroom(Decimal("73.5")) == Decimal("6.5")


@pytest.mark.parametrize(
    ("minimum", "expected", "contained"),
    [
        (Limit(">=", Decimal(75)), Limit(">=", EIGHTY), True),
        (Limit(">=", EIGHTY), Limit(">=", EIGHTY), True),
        (Limit(">", EIGHTY), Limit(">=", EIGHTY), False),
        (Limit(">=", Decimal(81)), Limit(">=", EIGHTY), False),
        (Limit("<=", Decimal(8)), Limit("<=", Decimal(5)), True),
        (Limit("<=", Decimal(5)), Limit("<=", Decimal(8)), False),
        (Limit("<=", Decimal(75)), Limit(">=", EIGHTY), False),
        (Band(Decimal(1), Decimal(9)), Band(Decimal(2), Decimal(8)), True),
        (Band(Decimal(3), Decimal(9)), Band(Decimal(2), Decimal(8)), False),
        (Limit(">=", EIGHTY), Band(Decimal(2), Decimal(8)), False),
    ],
)
def test_a_minimum_holds_whatever_meets_the_expected(minimum, expected, contained):
    assert minimum.contains(expected) is contained


def test_a_mean_that_does_not_come_out_even_is_not_rounded():
    upper = add([divide(Decimal(97), 3), divide(Decimal(97), 3), divide(Decimal(97), 3)])
    assert upper == 97
    assert Limit(">=", Decimal("0.97")).is_met_by(*multiplied_out(divide(Decimal(97), 3), divide(Decimal(100), 3)))
    assert quotient(divide(Decimal(97), 3), divide(Decimal(100), 3)) == Decimal("0.97")


@given(st.integers(0, 10**12), st.integers(1, 10**12), st.integers(0, 10**6))
def test_comparing_never_rounds(numerator, denominator, hundredths):
    target = Decimal(hundredths).scaleb(-2)
    expected = numerator * 100 >= hundredths * denominator
    assert Limit(">=", target).is_met_by(Decimal(numerator), Decimal(denominator)) is expected
