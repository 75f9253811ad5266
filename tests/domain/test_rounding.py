"""Results that the terms round before they are compared."""

from decimal import Decimal

import pytest

from app.contracts.catalogue import CATALOGUE
from app.domain.judging.evaluation import evaluate
from app.domain.periods import Month
from app.domain.prose.explain import why
from app.domain.rules.rounding import Rounding
from tests.domain.story import facts, level, limit, lines, one_level

JANUARY = Month(2026, 1)


def judged(answered, rounding=None, charges=10_000_000, **others):
    voice = level("voice", "service_level", limit(">=", "80"), **({"rounding": rounding} if rounding else {}), **others)
    terms = one_level(voice, effective_from="2025-01-01", credits={"at_risk": "10"})
    reported = facts(*lines(JANUARY, {"offered": "10000", "answered_in_threshold": answered}))
    return evaluate([terms], reported, {JANUARY: charges}, CATALOGUE, [JANUARY])[0]


@pytest.mark.parametrize(
    ("answered", "rounding", "attainment"),
    [
        ("7996", None, "below_expected"),
        ("7995", {"places": "1"}, "met"),
        ("7994", {"places": "1"}, "below_expected"),
        ("7999", {"places": "1", "mode": "down"}, "below_expected"),
        ("7950", {"places": "0"}, "met"),
    ],
)
def test_a_result_is_rounded_before_it_is_compared_where_the_terms_agree_it(answered, rounding, attainment):
    assert judged(answered, rounding).findings[0].attainment.value == attainment


def test_a_half_is_rounded_away_from_zero_and_cutting_off_goes_toward_it():
    """Net promoter scores can be below zero."""
    assert Rounding(1).of(Decimal("-79.95"), Decimal(1)) == (-800, 10)
    assert Rounding(1, "down").of(Decimal("-79.99"), Decimal(1)) == (-799, 10)
    assert Rounding(1).of(Decimal(2), Decimal(3)) == (7, 10)


def test_points_under_the_target_are_those_of_the_rounded_result():
    credit = {"kind": "under_target", "amount": "100"}
    month = judged("7844", {"places": "1"}, credits_on="expected", credit=credit)
    assert month.credits.payable == 16_000


@pytest.mark.parametrize(("answered", "payable"), [("7844", 46_800), ("7994", 1_800), ("7996", 0)])
def test_units_beyond_the_expected_are_counted_and_not_taken_from_the_rounded_result(answered, payable):
    """8,000 of 10,000 are due: 156 are beyond at 78.44 %, six at 79.94 %, and none at 79.96 % that is rounded to 80."""
    credit = {"kind": "two_price", "price": "10", "lower_price": "7", "units": "beyond"}
    assert judged(answered, {"places": "1"}, credit=credit).credits.payable == payable


def test_the_finding_tells_the_result_before_and_after_with_the_clause():
    found = judged("7995", {"places": "1", "clause": "Schedule 3, 1.4"}).findings[0]
    document = found.to_document()
    assert (document["raw"], document["contractual"]) == ("80", "80")
    assert document["rounding"] == {"places": 1, "mode": "half_up", "clause": "Schedule 3, 1.4", "from": "79.95"}
    told = {step.label: step.text for step in why(document)}
    assert told["Calculation"] == "7,995 ÷ 10,000 × 100 = 79.95 %"
    assert told["Rounding"] == "Rounded to 1 decimal before it is compared: 80 %; Schedule 3, 1.4"
    assert "Raw" not in told
