"""A month that begins on the 22nd: who works in it, from when it is measured, and that it is one month."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from app.contracts.catalogue import CATALOGUE
from app.domain.facts import Line
from app.domain.judging.evaluation import evaluate
from app.domain.periods import Month
from tests.domain.story import facts, level, limit, one_level

FEBRUARY, MARCH = Month(2026, 2), Month(2026, 3)
FIRST, LAST = date(2026, 1, 1), date(2026, 3, 31)
FISCAL = {"kind": "fiscal_month", "starts_on": "22"}
DAILY = {"service": {"grain": "day"}, "quality": {}, "staffing": {"grain": "day"}}


def reported(site, values, since=FIRST, until=LAST):
    """One row a day; `values` are those of a day."""
    days = [since + timedelta(days=each) for each in range((until - since).days + 1)]
    kind = CATALOGUE.measures[next(iter(values(since)))].kind
    return [Line(Month.of(day), kind, "partner", site, "EN", values(day), submission="s", day=day) for day in days]


def answered(number):
    return lambda day: {"offered": Decimal(100), "answered_in_threshold": Decimal(number)}


def judged(metric, target, lines, month, coverage=(("BOG", {}),), measures=("offered", "answered_in_threshold"), **own):
    terms = one_level(
        level("voice", metric, target, window=FISCAL, **own),
        effective_from="2026-01-01",
        reports=DAILY,
        measures={measure: {"source": "partner"} for measure in measures},
        coverage=[{"site": site, "queue": "EN", **when} for site, when in coverage],
        credits=None,
    )
    return evaluate([terms], facts(*lines), {}, CATALOGUE, [month])[0].findings


@pytest.mark.parametrize(
    ("month", "second", "worked", "result"),
    [
        (FEBRUARY, {"from": "2026-02-22"}, (date(2026, 2, 22), LAST), (2635, 3100)),
        (MARCH, {"from": "2026-02-22"}, (date(2026, 2, 22), LAST), (4340, 5600)),
        (FEBRUARY, {"until": "2026-02-10"}, (FIRST, date(2026, 2, 10)), (4035, 5100)),
        (MARCH, {"until": "2026-02-10"}, (FIRST, date(2026, 2, 10)), (2380, 2800)),
    ],
)
def test_a_site_is_asked_for_the_days_of_the_window_in_which_it_works(month, second, worked, result):
    """100 calls a day at either site, 85 and 70 of them in time."""
    lines = [*reported("BOG", answered(85)), *reported("MED", answered(70), *worked)]
    [found] = judged("service_level", limit(">=", "80"), lines, month, (("BOG", {}), ("MED", second)))
    assert (found.numerator, found.denominator) == result


def test_a_window_that_begins_on_the_day_from_which_is_measured_is_measured_whole():
    lines = reported("BOG", lambda day: answered(50 if day.month == 1 else 85)(day))
    [found] = judged("service_level", limit(">=", "80"), lines, FEBRUARY, measured_from="2026-01-22")
    assert (found.numerator, found.denominator) == (500 + 1785, 3100)


def test_it_is_one_month_where_a_formula_counts_months():
    """2 leavers of 100 people in a month are 24 % a year."""
    lines = reported(
        "BOG", lambda day: {"leavers": Decimal(2 if day.day == 25 else 0), "average_headcount": Decimal(100)}
    )
    [found] = judged(
        "attrition_annualised", limit("<=", "20"), lines, FEBRUARY, measures=("leavers", "average_headcount")
    )
    assert (found.value, found.attainment) == (24, "below_expected")


def test_a_fiscal_month_that_an_amendment_restarts_holds_the_days_from_that_month_on():
    """50 of 100 on each day of January, 85 in February: the ten days from 22 January are in no window."""
    window = FISCAL | {"amendment": "restart"}
    versions = [
        one_level(
            level("voice", "service_level", limit(">=", "80"), window=window),
            effective_from=day,
            reports=DAILY,
            measures={key: {"source": "partner"} for key in ("offered", "answered_in_threshold")},
            coverage=[{"site": "BOG", "queue": "EN"}],
            credits=None,
        )
        for day in ("2026-01-01", "2026-02-01")
    ]
    lines = reported("BOG", lambda day: answered(50 if day.month == 1 else 85)(day))
    january, february, march = (
        month.findings[0]
        for month in evaluate(versions, facts(*lines), {}, CATALOGUE, [FEBRUARY.previous(), FEBRUARY, MARCH])
    )
    assert [found.value for found in (january, february, march)] == [50, 85, 85]
    assert [found.denominator for found in (january, february, march)] == [2100, 2100, 2800]


def test_a_fiscal_month_that_ended_before_the_contract_began_is_no_window():
    """A contract from the 22nd has its first fiscal month in February; a missing January would cost 100."""
    own = {"default": {"expected": {}, "not_measured": "yes"}, "credit": {"kind": "fixed", "amount": "100"}}
    terms = one_level(
        level("voice", "service_level", limit(">=", "80"), window=FISCAL, **own),
        effective_from="2026-01-22",
        reports=DAILY,
        measures={measure: {"source": "partner"} for measure in ("offered", "answered_in_threshold")},
        coverage=[{"site": "BOG", "queue": "EN"}],
        credits={"at_risk": "10"},
    )
    lines = reported("BOG", answered(85), since=date(2026, 1, 22))
    months = evaluate([terms], facts(*lines), {}, CATALOGUE, [FEBRUARY.previous(), FEBRUARY])
    assert [[str(finding.window) for finding in month.findings] for month in months] == [[], ["2026-01-22..2026-02-21"]]
    assert [month.credits.payable for month in months] == [0, 0]
