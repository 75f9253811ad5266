"""What every metric of the catalogue comes to, worked by hand from its published definition."""

from decimal import Decimal
from fractions import Fraction

import pytest

from app.contracts.catalogue import CATALOGUE

# One quarter of a partner. `months` is 3.
FIGURES = """
required_fte 140  actual_fte 128.8  average_headcount 200  opening_headcount 6500  closing_headcount 6380  leavers 15
on_leave 319  early_leavers 3  new_starters 20  cohort_leavers 4  cohort_starters 25
scheduled_hours 8000  shrinkage_hours 2400  planned_shrinkage_hours 1800  unplanned_shrinkage_hours 600
adherent_hours 7360  worked_hours 7600  paid_hours 8000  productive_hours 6000
offered 1040  answered 800  answered_in_threshold 624  abandoned 234  abandoned_in_threshold 208  short_abandoned 40
wait_seconds 24000  handle_seconds 288000  available_seconds 72000  transferred 60  escalated 20
forecast_volume 1000  forecast_error 80  service_cost 9900
cases_closed 1200  cases_on_time 1140  cases_reopened 30  backlog 300  daily_closures 60
first_responses 500  first_responses_on_time 450  first_response_hours 1250
service_minutes 43200  downtime_minutes 54  invoice_lines 800  invoice_lines_wrong 6
reports_due 24  reports_delivered 20  reports_on_time 18  reports_complete 19  reports_right_first 15
report_days_late 7  orders 2000  orders_defective 15  orders_cancelled 30  seller_cases_unresolved 4
orders_shipped 1600  orders_shipped_late 40  orders_tracked 1560  orders_delivered_on_time 1482
return_requests 80  returns_dissatisfied 6  buyer_messages 400  buyer_messages_in_24_hours 372
buyer_votes 90  buyer_votes_against 18
csat_responses 200  csat_satisfied 170  nps_responses 125  nps_promoters 80  nps_detractors 30
seller_nps_responses 80  seller_nps_promoters 20  seller_nps_detractors 30
qa_samples 400  qa_critical_errors 27  qa_error_free 380  qa_points 3600  qa_points_possible 4000
customer_critical_free 392  business_critical_free 388  compliance_critical_free 398
calibrated 40  calibration_points 90
resolution_checked 500  resolvable_first 450  resolved_first 360  repeat_contacts 40  repeat_contacts_30 60
complaints 3  contacts_handled 3000
"""
MONTHS = 3
RESULTS = {
    "service_level": "60",  # 624 / 1040
    "abandonment": "22.5",  # 234 / 1040
    "aht": "360",  # 288000 / 800
    "csat": "85",  # 170 / 200
    "qa": "93.25",  # (400 - 27) / 400
    "staffing_fill": "92",  # 128.8 / 140
    "attrition": "7.5",  # 15 / 200
    "leave_share": "5",  # 319 / 6380
    "shrinkage": "30",  # 2400 / 8000
    "answered_in_threshold_rate": "78",  # 624 / 800
    "service_level_abandons_good": "80",  # (624 + 208) / 1040
    "service_level_abandons_apart": "75",  # 624 / (1040 - 208)
    "service_level_short_abandons_good": "830/13",  # (624 + 40) / 1040 = 83 / 130
    "abandonment_net": "19.4",  # (234 - 40) / (1040 - 40)
    "not_answered": "300/13",  # (1040 - 800) / 1040 = 3 / 13
    "asa": "30",  # 24000 / 800
    "first_response_on_time": "90",  # 450 / 500
    "first_response_average": "2.5",  # 1250 / 500
    "transfer_rate": "7.5",  # 60 / 800
    "escalation_rate": "2.5",  # 20 / 800
    "turnaround_on_time": "95",  # 1140 / 1200
    "reopen_rate": "2.5",  # 30 / 1200
    "backlog_open": "300",
    "backlog_days": "5",  # 300 / 60
    "productivity": "0.2",  # 1200 / 6000
    "fcr": "72",  # 360 / 500
    "fcr_net": "80",  # 360 / 450
    "repeat_rate": "8",  # 40 / 500
    "repeat_rate_30": "12",  # 60 / 500
    "nps": "40",  # (80 - 30) / 125
    "seller_nps": "-12.5",  # (20 - 30) / 80
    "complaint_rate": "1",  # 3 / 3000 x 1000
    "qa_score": "90",  # 3600 / 4000
    "critical_error_accuracy": "95",  # 380 / 400
    "customer_critical_accuracy": "98",  # 392 / 400
    "business_critical_accuracy": "97",  # 388 / 400
    "compliance_critical_accuracy": "99.5",  # 398 / 400
    "calibration_variance": "2.25",  # 90 / 40
    "fte_required": "140",
    "fte_actual": "128.8",
    "headcount": "6440",  # (6500 + 6380) / 2
    "attrition_annualised": "30",  # 15 / 200 x 12 / 3
    "attrition_counted": "75/322",  # 15 / 6440 x 100 = 1500 / 6440
    "attrition_counted_annualised": "150/161",  # the same x 12 / 3
    "early_attrition": "15",  # 3 / 20
    "cohort_attrition": "16",  # 4 / 25
    "planned_shrinkage": "22.5",  # 1800 / 8000
    "unplanned_shrinkage": "7.5",  # 600 / 8000
    "adherence": "92",  # 7360 / 8000
    "conformance": "95",  # 7600 / 8000
    "occupancy": "80",  # 288000 / (288000 + 72000)
    "utilisation": "75",  # 6000 / 8000
    "forecast_accuracy": "92",  # (1000 - 80) / 1000
    "forecast_deviation": "4",  # |1040 - 1000| / 1000
    "cost_per_contact": "3.3",  # 9900 / 3000
    "order_defect_rate": "0.75",  # 15 / 2000
    "seller_cancellation_rate": "1.5",  # 30 / 2000
    "unresolved_case_rate": "0.2",  # 4 / 2000
    "platform_availability": "99.875",  # (43200 - 54) / 43200
    "invoice_accuracy": "99.25",  # (800 - 6) / 800
    "report_timeliness": "75",  # 18 / 24
    "report_completeness": "95",  # 19 / 20
    "report_first_time_right": "75",  # 15 / 20
    "report_lateness": "7",
    "late_shipment_rate": "2",  # 40 / 2000, not 40 / 1600: of the orders, not of those shipped
    "valid_tracking_rate": "97.5",  # 1560 / 1600
    "on_time_delivery": "95",  # 1482 / 1560
    "response_in_24_hours": "93",  # 372 / 400
    "return_dissatisfaction": "7.5",  # 6 / 80
    "seller_service_dissatisfaction": "20",  # 18 / 90
}


def numbers(**values: str) -> dict[str, Decimal]:
    return {name: Decimal(text) for name, text in values.items()}


WORDS = FIGURES.split()
QUARTER = numbers(**dict(zip(WORDS[::2], WORDS[1::2], strict=True)))


def exactly(key: str, values: dict[str, Decimal], months: int = 1) -> Fraction:
    numerator, denominator = CATALOGUE.parts(key, values, months)
    return Fraction(numerator) / Fraction(denominator) * Fraction(CATALOGUE.metrics[key].scale)


def test_every_metric_has_a_result_and_every_measure_a_figure():
    assert RESULTS.keys() == CATALOGUE.metrics.keys()
    assert QUARTER.keys() == CATALOGUE.measures.keys()


@pytest.mark.parametrize("key", RESULTS)
def test_a_metric_comes_to_what_its_definition_says(key):
    assert exactly(key, QUARTER, MONTHS) == Fraction(RESULTS[key])


@pytest.mark.parametrize("key", RESULTS)
def test_a_metric_asks_for_its_own_measures_and_for_nothing_else(key):
    measures = CATALOGUE.metrics[key].measures
    assert exactly(key, {measure: QUARTER[measure] for measure in measures}, MONTHS) == Fraction(RESULTS[key])
    for measure in measures:
        with pytest.raises(KeyError, match=measure):
            CATALOGUE.parts(key, {other: QUARTER[other] for other in measures if other != measure})


@pytest.mark.parametrize(
    ("key", "percent"),
    [
        ("service_level_abandons_good", "83.02"),
        ("answered_in_threshold_rate", "86.00"),
        ("service_level", "81.13"),
        ("service_level_abandons_apart", "82.69"),
        ("service_level_short_abandons_good", "82.08"),
    ],
)
def test_five_published_service_levels_of_the_same_month_differ_by_what_they_make_of_abandoned_calls(key, percent):
    """ICMI, QueueTips of March 2005; against 82 % the same month passes or fails by the formula."""
    month = numbers(
        answered="1000",
        abandoned="60",
        offered="1060",
        answered_in_threshold="860",
        abandoned_in_threshold="20",
        short_abandoned="10",
    )
    value = CATALOGUE.value(key, month)
    assert value is not None
    assert value.quantize(Decimal("0.01")) == Decimal(percent)


def test_attrition_of_a_quarter_and_as_if_it_went_on_for_a_year():
    """Leavers 4, 6, 5 are summed, average headcounts 200, 198, 202 averaged: 15 / 200, and that x 12 / 3."""
    quarter = numbers(leavers="15", average_headcount="200")
    assert CATALOGUE.value("attrition", quarter, 3) == Decimal("7.5")
    assert CATALOGUE.value("attrition_annualised", quarter, 3) == Decimal(30)


@pytest.mark.parametrize(("months", "percent"), [(1, "24"), (2, "12"), (12, "2")])
def test_the_fewer_months_a_window_has_the_more_a_year_makes_of_it(months, percent):
    assert exactly("attrition_annualised", numbers(leavers="4", average_headcount="200"), months) == Fraction(percent)


def test_average_headcount_is_the_mean_of_opening_and_closing():
    """Call Centre Helper's own example: 6,500 and 6,380 people."""
    assert CATALOGUE.value("headcount", numbers(opening_headcount="6500", closing_headcount="6380")) == 6440


@pytest.mark.parametrize(("offered", "percent"), [("1040", "4"), ("960", "4"), ("1000", "0")])
def test_a_forecast_is_off_alike_in_both_directions(offered, percent):
    values = numbers(offered=offered, forecast_volume="1000")
    assert CATALOGUE.value("forecast_deviation", values) == Decimal(percent)
