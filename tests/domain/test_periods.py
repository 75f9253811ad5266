"""Months, quarters and deadlines."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.periods import Month, Quarter, deadline, is_overdue, nth_working_day

FIVE = time(17)


def test_a_month_is_written_the_way_it_is_read():
    assert str(Month.parse("2026-09")) == "2026-09"


@pytest.mark.parametrize(
    "text", ["2026-13", "2026-00", "2026-9", "26-09", "2026/09", "September", "", "2026-09-01", "٢٠٢٦-٠٩"]
)
def test_what_is_not_a_month_is_refused(text):
    with pytest.raises(ValueError, match="is not a month"):
        Month.parse(text)


def test_february_has_29_days_in_a_leap_year():
    assert (Month(2028, 2).days, Month(2028, 2).last) == (29, date(2028, 2, 29))
    assert Month(2026, 2).days == 28


def test_months_run_over_the_turn_of_the_year():
    assert Month(2026, 12).next() == Month(2027, 1)
    assert Month(2026, 1).previous() == Month(2025, 12)
    assert [str(month) for month in Month(2025, 11).through(Month(2026, 2))] == [
        "2025-11",
        "2025-12",
        "2026-01",
        "2026-02",
    ]


@given(st.integers(2000, 2100), st.integers(1, 12), st.integers(-60, 60))
def test_going_and_coming_back_is_the_same_month(year, number, months):
    assert Month(year, number).plus(months).plus(-months) == Month(year, number)


def test_a_quarter_knows_its_months():
    quarter = Quarter.parse("2026-Q3")
    assert [str(month) for month in quarter.months] == ["2026-07", "2026-08", "2026-09"]
    assert (quarter.first, quarter.last, str(quarter)) == (date(2026, 7, 1), date(2026, 9, 30), "2026-Q3")
    assert all(month.quarter == quarter for month in quarter.months)
    assert quarter.next() == Quarter(2026, 4)
    assert Quarter(2026, 1).previous() == Quarter(2025, 4)


@pytest.mark.parametrize("text", ["2026-Q5", "2026-Q0", "2026Q3", "2026-3"])
def test_what_is_not_a_quarter_is_refused(text):
    with pytest.raises(ValueError, match="is not a quarter"):
        Quarter.parse(text)


def test_working_days_skip_weekends_and_the_contracts_holidays():
    assert nth_working_day(Month(2026, 11), 1) == date(2026, 11, 2)
    assert nth_working_day(Month(2026, 11), 5) == date(2026, 11, 6)
    assert nth_working_day(Month(2026, 11), 5, {date(2026, 11, 2)}) == date(2026, 11, 9)


def test_a_deadline_is_in_the_month_after_the_period_at_local_time():
    due = deadline(Month(2026, 10), 5, FIVE, "America/Bogota")
    assert due == datetime(2026, 11, 6, 22, 0, tzinfo=UTC)
    assert due.tzinfo is UTC


def test_a_time_that_the_clock_skips_means_the_later_instant():
    """Cairo goes from 0:00 to 1:00 on Friday 24 April 2026."""
    due = deadline(Month(2026, 3), 18, time(0, 30), "Africa/Cairo")
    assert due == datetime(2026, 4, 23, 22, 30, tzinfo=UTC)


def test_a_time_that_the_clock_shows_twice_means_the_second():
    """Cairo shows 23:30 twice on Thursday 29 October 2026."""
    due = deadline(Month(2026, 9), 21, time(23, 30), "Africa/Cairo")
    assert due == datetime(2026, 10, 29, 21, 30, tzinfo=UTC)


def test_one_second_after_the_deadline_is_late_and_the_deadline_itself_is_not():
    due = deadline(Month(2026, 10), 5, FIVE, "America/Bogota")
    assert not is_overdue(due, due)
    assert is_overdue(due, due + timedelta(seconds=1))
    assert not is_overdue(due, due - timedelta(seconds=1))
