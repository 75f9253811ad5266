"""Staffing over a day."""

from datetime import time
from decimal import Decimal

import pytest

from app.domain.people.erlang import Objective
from app.domain.people.intervals import Interval, staff
from app.domain.people.workforce import Unworkable

EIGHTY_IN_TWENTY = Objective(Decimal(80), Decimal(20))
THIRTY = Decimal(30)


def interval(start, contacts, aht=180):
    return Interval(time.fromisoformat(start), Decimal(contacts), Decimal(aht))


def day(*intervals, length=None):
    return staff([interval(*each) for each in intervals], EIGHTY_IN_TWENTY, THIRTY, length)


def test_each_interval_is_staffed_for_itself():
    staffed = day(("09:00", 100), ("09:30", 110), ("10:00", 0))
    assert [each.need.agents for each in staffed.intervals] == [14, 15, 0]
    assert [each.schedule.scheduled for each in staffed.intervals] == [20, 22, 0]


def test_the_days_hours_are_people_times_the_length_of_the_interval():
    staffed = day(("09:00", 100), ("09:30", 110), ("10:00", 0))
    assert staffed.interval_seconds == 1800
    assert staffed.contacts == 210
    assert staffed.workload_hours == Decimal("10.5")
    assert staffed.agent_hours == Decimal("14.5")
    assert staffed.fte_hours == 21
    assert round(staffed.fte_hours_unrounded, 4) == Decimal("20.7143")


def test_the_peak_is_the_earliest_of_equals():
    assert day(("09:00", 50), ("09:30", 110), ("10:00", 110)).peak.start == time(9, 30)


def test_the_length_is_the_least_distance_and_gaps_are_allowed():
    assert day(("09:00", 10), ("09:15", 10), ("12:00", 10)).interval_seconds == 900


def test_the_last_interval_may_end_at_midnight():
    assert day(("23:30", 100), length=Decimal(1800)).fte_hours == 10


@pytest.mark.parametrize(
    ("intervals", "length", "words"),
    [
        ([], Decimal(1800), "no interval to staff"),
        ([("09:00", 1)], None, "length of a single interval is not known"),
        ([("09:30", 1), ("09:00", 1)], Decimal(1800), "09:00 stands after 09:30"),
        ([("09:30", 1), ("09:00", 1)], None, "09:00 stands after 09:30"),
        ([("09:00", 1), ("09:00", 1)], None, "09:00 stands after 09:00"),
        ([("09:00", 1), ("09:15", 1)], Decimal(1800), "09:15 begins before the interval from 09:00 has ended"),
        ([("23:45", 1)], Decimal(1800), "from 23:45 runs past midnight"),
    ],
)
def test_a_day_that_does_not_fit_together_is_refused(intervals, length, words):
    with pytest.raises(Unworkable, match=words):
        day(*intervals, length=length)
