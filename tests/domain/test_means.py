"""The mean of a headcount over months: of its days where it is reported by the day, else of its months."""

from datetime import date, timedelta
from decimal import Decimal

from app.contracts.catalogue import CATALOGUE
from app.domain.facts import Line
from app.domain.judging.evaluation import evaluate
from app.domain.periods import Month
from app.domain.prose.explain import why
from tests.domain.story import facts, level, limit, one_level

JANUARY, MARCH = Month(2026, 1), Month(2026, 3)
DAILY = {"service": {}, "quality": {}, "staffing": {"grain": "day"}}


def filled(window, month, people, reports=DAILY):
    """How many of 100 are there, by the first day from which on so many are."""
    fill = level("fill", "staffing_fill", limit(">=", "90"), window=window)
    terms = one_level(fill, effective_from="2026-01-01", reports=reports)
    reported = []
    days = [JANUARY.first + timedelta(days=each) for each in range((month.last - JANUARY.first).days + 1)]
    for day in days if reports is DAILY else [each.first for each in JANUARY.through(month)]:
        there = [number for since, number in people if date.fromisoformat(since) <= day][-1]
        values = {"required_fte": Decimal(100), "actual_fte": Decimal(there)}
        when = {"day": day} if reports is DAILY else {}
        reported.append(Line(Month.of(day), "staffing", "partner", "BOG", "EN-VOICE", values, submission="s", **when))
    return evaluate([terms], facts(*reported), {}, CATALOGUE, [month])[0].findings[0]


def test_a_fiscal_month_weighs_its_two_parts_by_their_days():
    """Ten days with 62 people and twenty-one with 93 are 83 on average; (62 + 93) ÷ 2 would be 77.5."""
    fiscal = {"kind": "fiscal_month", "starts_on": "22"}
    found = filled(fiscal, Month(2026, 2), [("2026-01-01", 62), ("2026-02-01", 93)])
    assert (found.value, dict(found.weights)) == (83, {"2026-01": 10, "2026-02": 21})
    told = {step.label: step.text for step in why(found.to_document())}
    assert told["Mean"] == "Of the days that were reported: 10 of Jan 2026, 21 of Feb 2026"


def test_a_quarter_of_daily_reports_is_the_mean_of_its_days():
    found = filled("quarter", MARCH, [("2026-01-01", 90), ("2026-02-01", 0), ("2026-03-01", 90)])
    assert found.measures["actual_fte"] == 62  # 90 × 62 ÷ 90


def test_a_quarter_of_monthly_reports_counts_each_month_once():
    found = filled(
        "quarter", MARCH, [("2026-01-01", 90), ("2026-02-01", 0), ("2026-03-01", 90)], {**DAILY, "staffing": {}}
    )
    assert (found.measures["actual_fte"], dict(found.weights)) == (60, {})
