"""Failures that are forgiven: one of few, or some of however many."""

import pytest

from app.contracts.catalogue import CATALOGUE
from app.domain.judging.evaluation import evaluate
from app.domain.periods import Month
from app.domain.prose.explain import sentence
from app.domain.terms import TermsInvalid
from tests.domain.story import facts, level, limit, lines, one_level

JANUARY = Month(2026, 1)
FORGIVING = {"rule": "one_miss", "forgives": "20.5"}


def judged(offered, good, **low_volume):
    voice = level("voice", "service_level", limit(">=", "95"), low_volume={"rule": "one_miss", **low_volume})
    reported = facts(*lines(JANUARY, {"offered": str(offered), "answered_in_threshold": str(good)}))
    terms = one_level(voice, effective_from="2026-01-01")
    return evaluate([terms], reported, {}, CATALOGUE, [JANUARY])[0].findings[0]


@pytest.mark.parametrize(
    ("offered", "good", "low_volume", "attainment"),
    [
        (10, 9, {"minimum": "20"}, "met"),
        (10, 8, {"minimum": "20"}, "below_expected"),
        (20, 18, {"minimum": "20"}, "below_expected"),
        (10, 7, {"forgives": "3"}, "met"),
        (10, 6, {"forgives": "3"}, "below_expected"),
        (1000, 996, {"forgives": "3"}, "met"),  # the fourth fails, and 99.6 % are above 95 %
        (10, 10, {"forgives": "0"}, "met"),
    ],
)
def test_failures_are_forgiven_up_to_the_number_agreed(offered, good, low_volume, attainment):
    assert judged(offered, good, **low_volume).attainment == attainment


def test_failures_are_counted_exactly_where_means_do_not_come_out_even():
    """302/3 of 240.5/3 people: 20.5 are missing, not a digit more."""
    fill = level("fill", "staffing_fill", limit(">", "96"), window="quarter", low_volume=FORGIVING)
    months = [JANUARY.plus(each) for each in range(3)]
    people = [("100", "80"), ("101", "80"), ("101", "80.5")]
    reported = facts(
        *(
            line
            for month, (required, actual) in zip(months, people, strict=True)
            for line in lines(month, {"required_fte": required, "actual_fte": actual})
        )
    )
    terms = one_level(fill, effective_from="2026-01-01")
    assert evaluate([terms], reported, {}, CATALOGUE, months)[-1].findings[0].attainment == "met"


def test_what_is_forgiven_is_told_with_its_number():
    assert sentence(judged(10, 7, forgives="3").obstacle) == "3 of 10 failed, and 3 may."


@pytest.mark.parametrize(
    ("rule", "place"),
    [({"rule": "extend"}, "minimum"), ({"rule": "extend", "minimum": "9", "forgives": "2"}, "forgives")],
)
def test_a_rule_that_lacks_its_number_or_has_anothers_is_refused_at_its_place(rule, place):
    with pytest.raises(TermsInvalid, match=f"service_levels.0.low_volume.{place}"):
        judged(10, 7, **rule)
