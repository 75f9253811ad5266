"""A contract that begins within a month, a quarter or a year: its days, and what a window begins with."""

from datetime import date
from decimal import Decimal

import pytest

from app.contracts.catalogue import CATALOGUE
from app.domain.events import Events, Forecast
from app.domain.judging.evaluation import evaluate
from app.domain.periods import Month
from tests.domain.story import facts, level, limit, lines, one_level

JANUARY = Month(2026, 1)
FIGURES = {"offered": "100", "answered_in_threshold": "70"}
DAILY = {"service": {"grain": "day"}, "quality": {}, "staffing": {}}
RELIEF = {"kind": "period", "measure": "offered", "forecast": "foreseen", "over": "10", "locks": "0"}


def judged(begins, reported, months=(JANUARY,), events=Events(), reports=None, money=None, **own):  # noqa: B008 - frozen
    others = {"reports": reports} if reports else {}
    voice = level("voice", "service_level", limit(">=", "80"), credits_on="expected", **own)
    terms = one_level(voice, effective_from=begins, credits=money, **others)
    return evaluate([terms], facts(*reported), {}, CATALOGUE, months, events)


def by_day(first, last, month=JANUARY):
    return [
        line
        for day in range(first, last + 1)
        for line in lines(month, FIGURES, day=date(month.year, month.number, day))
        if line.kind == "service"
    ]


def test_its_first_month_has_the_days_since_it_began():
    [month] = judged("2026-01-10", lines(JANUARY, FIGURES))
    assert (month.findings[0].days_reported, month.findings[0].days_expected) == (22, 22)
    [month] = judged("2026-01-10", lines(JANUARY, FIGURES, days_reported=7))
    assert (month.findings[0].days_reported, month.findings[0].days_expected) == (7, 22)


@pytest.mark.parametrize("window", ["month", {"kind": "fiscal_month", "starts_on": "22"}])
def test_rows_of_days_before_it_are_none_of_its_figures(window):
    [month] = judged("2026-01-10", by_day(1, 31), reports=DAILY, window=window)
    [finding] = month.findings
    days = 22 if window == "month" else 12
    assert (finding.days_reported, finding.days_expected, finding.denominator) == (days, days, days * 100)


def test_a_forecast_of_its_first_month_is_of_the_days_since_it_began():
    """Of 2,200 for 22 days 1,200 are of the 12 up to the 21st: 1,320 would be 10 % more, 1,321 are too many."""
    foreseen = Events(forecasts=(Forecast(date(2025, 12, 1), "foreseen", {"2026-01": Decimal(2200)}),))
    window = {"kind": "fiscal_month", "starts_on": "22"}
    for more, disposition in ((120, "counts"), (121, "excused")):
        busy = {"offered": str(100 + more), "answered_in_threshold": "70"}
        extra = [line for line in lines(JANUARY, busy, day=date(2026, 1, 10)) if line.kind == "service"]
        rows = [*extra, *by_day(11, 31)]
        [month] = judged("2026-01-10", rows, events=foreseen, reports=DAILY, window=window, relief=RELIEF)
        assert month.findings[0].disposition.value == disposition


@pytest.mark.parametrize(
    ("window", "dates"),
    [
        ("quarter", {"credits_from": "2026-02-01"}),
        ({"kind": "rolling", "months": "12"}, {"credits_from": "2026-02-01"}),
        ({"kind": "rolling", "months": "12"}, {"measured_from": "2026-02-01", "credits_from": "2026-02-01"}),
    ],
)
def test_a_window_begins_with_what_is_measured_of_it(window, dates):
    """Nothing before February is in it, so credits from February on leave no window in grace."""
    begins = "2026-01-01" if "measured_from" in dates else "2026-02-01"
    rows = [line for place in range(3) for line in lines(JANUARY.plus(place), FIGURES)]
    march = judged(begins, rows, [JANUARY.plus(2)], window=window, **dates)[0]
    assert (march.findings[0].disposition.value, march.findings[0].denominator) == ("counts", 200)


def test_what_is_measured_from_the_contracts_first_day_has_its_first_month():
    [month] = judged("2026-01-10", by_day(10, 31), reports=DAILY, measured_from="2026-01-10")
    assert [finding.denominator for finding in month.findings] == [2200]
