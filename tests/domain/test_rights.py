"""Consecutive failures that open a right: what is passed over, and what a run is of."""

from app.contracts.catalogue import CATALOGUE
from app.domain.judging.evaluation import evaluate
from app.domain.periods import Month
from tests.domain.story import facts, level, limit, lines, one_level

JANUARY = Month(2026, 1)
TWICE = {"key": "exit", "name": "Termination", "of": "misses", "consecutive": "2"}


POINTS = {"at_risk": "10", "points": {"kind": "rate", "amount": "1"}}


def opened(figures, right=TWICE, money=None, **others):
    months = [JANUARY.plus(place) for place in range(len(figures))]
    reported = facts(
        *(
            line
            for month, (offered, good) in zip(months, figures, strict=True)
            for line in lines(month, {"offered": str(offered), "answered_in_threshold": str(good)})
        )
    )
    voice = level("voice", "service_level", limit(">=", "80"), **others)
    agreed = {} if money is None else {"credits": money}
    terms = one_level(voice, rights=[right], effective_from="2025-01-01", **agreed)
    judged = evaluate([terms], reported, {}, CATALOGUE, months)
    return [str(month.month) for month in judged if month.rights]


def test_a_month_of_low_volume_neither_counts_nor_breaks_a_run_of_misses():
    figures = [(100, 50), (10, 1), (100, 50)]
    assert opened(figures, minimum_volume="50") == ["2026-03"]
    assert opened(figures, TWICE | {"per": "contract"}, minimum_volume="50") == ["2026-03"]
    assert opened([(100, 50), (100, 90), (100, 50)]) == []


def test_a_month_of_low_volume_breaks_no_run_of_points_either():
    points = {"money": POINTS, "credits_on": "expected", "credit": {"kind": "points", "points": "5"}}
    right = TWICE | {"of": "points", "at_least": "5"}
    assert opened([(100, 50), (10, 1), (100, 50)], right, minimum_volume="50", **points) == ["2026-03"]
    assert opened([(100, 50), (100, 90), (100, 50)], right, minimum_volume="50", **points) == []


def test_quarters_are_consecutive_quarter_by_quarter():
    assert opened([(100, 50)] * 6, window="quarter") == ["2026-06"]
