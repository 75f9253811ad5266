"""The gross-up by shrinkage divides, and says what multiplying would have left short."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.people.shrinkage import Schedule
from app.domain.people.workforce import Unworkable


def test_a_hundred_on_the_phone_at_thirty_percent():
    """https://wewfm.com/post/contact-centre-capacity-planning-basics-part-2-of-2: 130 put 91 on the phone, 9 short."""
    schedule = Schedule(Decimal(100), Decimal(30))
    assert round(schedule.unrounded, 3) == Decimal("142.857")
    assert schedule.scheduled == 143
    assert (schedule.multiplied, schedule.multiplied_on_phone, schedule.multiplied_short) == (130, 91, 9)


def test_what_comes_out_even_is_not_rounded_up():
    """14 ÷ (1 − 0.3) is 20, where binary fractions say 20.000000000000004."""
    assert Schedule(Decimal(14), Decimal(30)).scheduled == 20


def test_without_shrinkage_who_is_scheduled_is_on_the_phone():
    assert Schedule(Decimal("14.5")).unrounded == Decimal("14.5")
    assert Schedule(Decimal("14.5")).scheduled == 15


@given(st.integers(0, 10_000), st.decimals(0, Decimal("99.99"), places=2))
def test_scheduled_people_put_the_requirement_on_the_phone_and_one_fewer_does_not(on_phone, shrinkage):
    schedule = Schedule(Decimal(on_phone), shrinkage)
    present = 1 - Fraction(shrinkage) / 100
    assert schedule.scheduled * present >= on_phone
    assert on_phone == 0 or (schedule.scheduled - 1) * present < on_phone
    assert schedule.multiplied_short >= 0


@pytest.mark.parametrize(
    ("on_phone", "shrinkage", "words"),
    [
        (100, 100, "below 100 %: at 100 % nobody"),
        (100, 130, "below 100 %"),
        (100, -1, "Shrinkage cannot be negative: -1"),
        (-100, 30, "On phone cannot be negative: -100"),
    ],
)
def test_what_has_no_answer_is_refused_in_words(on_phone, shrinkage, words):
    with pytest.raises(Unworkable, match=words):
        Schedule(Decimal(on_phone), Decimal(shrinkage))
