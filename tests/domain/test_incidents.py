"""Misses of one incident: one of them is paid, and incidents that share a miss are one."""

from datetime import date
from itertools import permutations

import pytest

from app.contracts.catalogue import CATALOGUE
from app.domain.events import Events, Incident
from app.domain.judging.evaluation import evaluate
from app.domain.periods import Month
from tests.domain.story import facts, level, limit, lines, one_level

JANUARY = Month(2026, 1)
COSTS = {"alpha": "100", "beta": "50", "gamma": "120", "delta": "40", "spare": "70"}
LINKED = (("I-1", "alpha", "beta"), ("I-2", "gamma", "delta"), ("I-3", "beta", "gamma"))


def paid(incidents, unmissed=()):
    """Service levels whose credit is paid; all but `unmissed` are missed at 50 %."""
    levels = [
        level(
            *(key, "service_level", limit(">=", "40" if key in unmissed else "80")),
            credits_on="expected",
            credit={"kind": "fixed", "amount": amount},
        )
        for key, amount in COSTS.items()
    ]
    agreed = {"at_risk": "10", "incidents": {"choose_within": "5"}}
    terms = one_level(*levels, credits=agreed, effective_from="2025-01-01")
    reported = facts(*lines(JANUARY, {"offered": "100", "answered_in_threshold": "50"}))
    [month] = evaluate([terms], reported, {}, CATALOGUE, [JANUARY], Events(incidents=tuple(incidents)))
    return {line.service_level for line in month.credits.lines if line.payable}, month.credits.lines


def incident(key, *levels, **choice):
    return Incident(key, JANUARY, levels, **choice)


@pytest.mark.parametrize("order", list(permutations(LINKED)))
def test_incidents_that_share_a_miss_are_one_in_whatever_order_they_are_listed(order):
    """The third links the first two; what is not named is paid as ever."""
    keys, lines = paid(incident(*each) for each in order)
    assert keys == {"gamma", "spare"}
    assert {line.incident for line in lines if line.incident} == {"I-1 and I-2 and I-3"}


def test_a_service_level_that_was_met_links_no_incidents():
    assert paid((incident(*each) for each in LINKED), unmissed=("beta",))[0] == {"alpha", "gamma", "spare"}


@pytest.mark.parametrize(("day", "expected"), [(6, "delta"), (9, "gamma")])
def test_a_choice_in_time_for_one_of_them_decides_for_all(day, expected):
    """Five business days after January end on 6 February."""
    first, second, third = LINKED
    chosen = incident(*second, chosen="delta", chosen_on=date(2026, 2, day))
    assert paid([incident(*first), chosen, incident(*third)])[0] == {expected, "spare"}
