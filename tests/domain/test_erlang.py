"""Erlang C: figures that others printed, a second implementation in fractions, and what never may happen."""

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import exp, factorial
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.people.erlang import Demand, Objective, need, performance, probability_of_waiting
from app.domain.people.workforce import Unworkable

HALF_HOUR = Decimal(1800)
EIGHTY_IN_TWENTY = Objective(Decimal(80), Decimal(20))


def demand(contacts, aht, interval=HALF_HOUR):
    return Demand(Decimal(contacts), Decimal(aht), Decimal(interval))


def objective(target, threshold, max_occupancy=None):
    return Objective(Decimal(target), Decimal(threshold), None if max_occupancy is None else Decimal(max_occupancy))


def by_definition(load: Fraction, agents: int) -> Fraction:
    """Erlang C as it is printed: powers, factorials and a sum."""
    waiting = load**agents / factorial(agents) * agents / (agents - load)
    return waiting / (sum(load**busy / Fraction(factorial(busy)) for busy in range(agents)) + waiting)


def near(expected):
    return pytest.approx(Decimal(expected), abs=Decimal("1e-6"))


def test_the_table_of_two_hundred_and_fifty_calls_of_three_and_a_half_minutes():
    """ICMI, Call Center Management on Fast Forward: agents, chance of waiting, ASA, in 20 seconds, occupancy."""
    printed = [
        *((30, 83, 209, 24, 97), (31, 65, 75, 45, 94), (32, 51, 38, 61, 91)),
        *((33, 39, 21, 73, 88), (34, 29, 13, 82, 86), (35, 22, 8, 88, 83)),
    ]
    for agents, *others in printed:
        found = performance(demand(250, 210), agents, EIGHTY_IN_TWENTY)
        told = (found.probability_of_waiting * 100, found.asa_seconds, found.service_level_pct, found.occupancy_pct)
        assert [round(each) for each in told] == others


def test_a_hundred_calls_in_half_an_hour_as_pyworkforce_and_the_r_package_print_them():
    hundred, wanted = demand(100, 180), objective(80, 20, 85)
    assert hundred.erlangs == 10
    assert need(hundred, wanted).agents == 14
    reached = performance(hundred, 14, wanted)
    assert reached.probability_of_waiting == near("0.1741319335950498")
    assert reached.service_level_pct / 100 == near("0.8883500191794669")
    assert reached.asa_seconds == near("7.83593701177724")
    assert reached.occupancy_pct / 100 == near("0.7142857142857143")
    assert reached.immediate_answer_pct / 100 == near("0.8258681")
    assert reached.meets_objective


@pytest.mark.parametrize(
    ("agents", "printed"), [(11, "0.6821"), (12, "0.4494"), (13, "0.2853"), (14, "0.1741")], ids=str
)
def test_the_probability_of_waiting_at_ten_erlangs_is_that_of_the_tables(agents, printed):
    assert round(probability_of_waiting(Decimal(10), agents), 4) == Decimal(printed)


def test_eleven_agents_at_ten_erlangs_are_those_of_the_r_package():
    reached = performance(demand(100, 180), 11, EIGHTY_IN_TWENTY)
    assert reached.probability_of_waiting == pytest.approx(Decimal("0.6821182"), abs=Decimal("1e-7"))
    assert reached.service_level_pct / 100 == pytest.approx(Decimal("0.3896138"), abs=Decimal("1e-7"))


def test_a_tighter_occupancy_takes_an_agent_more_as_in_the_tests_of_pyworkforce():
    hundred, wanted = demand(100, 180), objective(80, "19.8", 70)
    assert need(hundred, wanted).agents == 15
    assert need(hundred, wanted).for_service_level == 14
    reached = performance(hundred, 15, wanted)
    assert round(reached.service_level_pct, 1) == Decimal("94.1")
    assert round(reached.occupancy_pct, 1) == Decimal("66.7")
    assert round(reached.probability_of_waiting, 3) == Decimal("0.102")


def test_the_example_of_mitan_against_the_formula_written_out():
    """360 calls of 4 minutes in half an hour, 55 agents, 15 seconds: http://www.mitan.co.uk/erlang/elgcmath.htm."""
    reached = performance(demand(360, 240), 55, objective(80, 15))
    waiting = float(by_definition(Fraction(48), 55))
    assert reached.erlangs == 48
    assert float(reached.probability_of_waiting) == pytest.approx(waiting, rel=1e-12)
    assert float(reached.asa_seconds) == pytest.approx(waiting * 240 / (55 * (1 - 48 / 55)), rel=1e-12)
    assert float(reached.service_level_pct) == pytest.approx(100 * (1 - waiting * exp(-7 * 15 / 240)), rel=1e-12)
    assert float(reached.occupancy_pct) == pytest.approx(100 * 48 / 55, rel=1e-12)


def test_long_calls_at_a_support_desk_as_another_implementation_has_them():
    """Quarter hours of calls of 752 seconds: 25 take 28 agents for 90/20, and 37 agents answer 90.42 % of 35."""
    assert need(demand(25, 752, 900), objective(90, 20)).agents == 28
    assert (
        Decimal("90.42")
        <= performance(demand(35, 752, 900), 37, objective(90, 20)).service_level_pct
        < Decimal("90.43")
    )


def test_a_small_team_as_a_third_implementation_has_it():
    """30 calls an hour of ten minutes within 30 seconds: 6, 7 and 8 agents reach 44.1, 70.7 and 85.6 %."""
    small, wanted = demand(30, 600, 3600), objective(80, 30)
    reached = [round(performance(small, agents, wanted).service_level_pct, 1) for agents in (6, 7, 8)]
    assert reached == [Decimal("44.1"), Decimal("70.7"), Decimal("85.6")]
    assert need(small, wanted).agents == 8


@pytest.mark.parametrize(
    ("load", "agents", "exactly"), [("1", 2, Fraction(1, 3)), ("0.5", 1, "0.5"), ("0.8", 1, "0.8")]
)
def test_closed_forms_come_out_exactly(load, agents, exactly):
    expected = Fraction(exactly)
    assert probability_of_waiting(Decimal(load), agents) == Decimal(expected.numerator) / expected.denominator


def test_a_target_that_is_reached_exactly_is_reached():
    """At half an erlang one agent answers exactly half at once; a digit lost on the way would ask for two."""
    assert need(demand("0.5", 1, 1), objective(50, 0)).agents == 1
    assert need(demand("0.8", 1, 1), objective(20, 0)).agents == 1
    assert need(demand("0.8", 1, 1), objective("20.0000000001", 0)).agents == 2


def test_an_occupancy_that_is_reached_exactly_is_not_passed():
    assert need(demand(90, 1800), objective(1, 20, 90)).for_occupancy == 100
    assert need(demand(90, 1800), objective(1, 20, "89.9999999999")).for_occupancy == 101


def test_full_occupancy_is_still_more_agents_than_load():
    assert need(demand(10, 1800), objective(1, 20, 100)).for_occupancy == 11


@given(
    st.fractions(min_value=Fraction(1, 20), max_value=40, max_denominator=50), st.integers(min_value=1, max_value=25)
)
def test_it_agrees_with_the_formula_as_printed(load, more):
    agents = int(load) + more
    assert abs(Fraction(probability_of_waiting(load, agents)) - by_definition(load, agents)) < Fraction(1, 10**26)


@given(st.integers(1, 500), st.integers(10, 900), st.integers(0, 120))
def test_more_agents_are_never_worse(contacts, aht, threshold):
    calls, wanted = demand(contacts, aht), objective(80, threshold)
    fewest = int(calls.load) + 1
    reached = [performance(calls, agents, wanted) for agents in range(fewest, fewest + 6)]
    for fewer, more in pairwise(reached):
        assert more.service_level_pct >= fewer.service_level_pct
        assert more.probability_of_waiting <= fewer.probability_of_waiting
        assert more.asa_seconds <= fewer.asa_seconds
        assert more.occupancy_pct < fewer.occupancy_pct
    assert all(0 <= each.service_level_pct <= 100 for each in reached)
    assert all(0 <= each.probability_of_waiting <= 1 for each in reached)
    assert all(each.service_level_pct >= each.immediate_answer_pct for each in reached)


@given(st.integers(1, 400), st.integers(10, 900), st.integers(1, 99), st.integers(0, 120), st.integers(30, 100))
def test_what_is_needed_meets_both_and_one_agent_fewer_does_not(contacts, aht, target, threshold, occupancy):
    calls, wanted = demand(contacts, aht), objective(target, threshold, occupancy)
    agents = need(calls, wanted).agents
    assert performance(calls, agents, wanted).meets_objective
    assert agents - 1 <= calls.load or not performance(calls, agents - 1, wanted).meets_objective


@pytest.mark.parametrize("contacts", [100, 2000])
def test_the_service_level_is_that_of_the_exponential(contacts):
    calls = demand(contacts, 1800)
    agents = contacts + 10
    waiting = float(probability_of_waiting(calls.load, agents))
    expected = 100 * (1 - waiting * exp(-10 * 20 / 1800))
    assert float(performance(calls, agents, EIGHTY_IN_TWENTY).service_level_pct) == pytest.approx(expected, rel=1e-12)


def test_two_thousand_erlangs_are_exact_and_quick():
    started = process_time()
    needed = need(demand(2000, 1800), EIGHTY_IN_TWENTY)
    assert process_time() - started < 0.5
    exact = by_definition(Fraction(2000), needed.agents)
    assert abs(Fraction(probability_of_waiting(Decimal(2000), needed.agents)) - exact) < Fraction(1, 10**26)


def test_without_contacts_nobody_is_needed_and_nothing_is_measured():
    nothing = demand(0, 180)
    assert need(nothing, EIGHTY_IN_TWENTY).agents == 0
    reached = performance(nothing, 3, EIGHTY_IN_TWENTY)
    assert (reached.service_level_pct, reached.asa_seconds, reached.meets_objective) == (None, None, None)
    assert reached.occupancy_pct == 0


@pytest.mark.parametrize("agents", [9, 10])
def test_a_load_that_is_not_below_the_agents_is_refused(agents):
    with pytest.raises(Unworkable, match=r"10 erlangs are too much for .* grows without end; at least 11 are needed"):
        performance(demand(100, 180), agents, EIGHTY_IN_TWENTY)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: objective(100, 20), "100 % cannot be reached"),
        (lambda: objective(0, 20), "more than 0 %"),
        (lambda: objective(80, -1), "Threshold cannot be negative: -1"),
        (lambda: objective(80, 20, 0), "maximum occupancy must be more than 0 %"),
        (lambda: objective(80, 20, 101), "at most 100 %"),
        (lambda: demand(-1, 180), "Contacts cannot be negative: -1"),
        (lambda: demand(1, -180), "AHT cannot be negative: -180"),
        (lambda: demand(1, 0), "AHT must be more than 0"),
        (lambda: demand(1, 180, 0), "longer than 0 seconds"),
        (lambda: demand(10**9, 180), "more than 100,000 erlangs"),
        (lambda: probability_of_waiting(Decimal(1), 100_001), "No more than 100,000 agents"),
    ],
)
def test_what_has_no_answer_is_refused_in_words(wrong, words):
    with pytest.raises(Unworkable, match=words):
        wrong()
