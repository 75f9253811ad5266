"""What failures cost at the edges of the formulas: nothing failed, nothing known, nothing approved."""

from app.contracts.catalogue import CATALOGUE
from app.domain.events import Events
from app.domain.facts import ReportKey, ReportStatus, Standing
from app.domain.judging.evaluation import evaluate
from app.domain.periods import Month
from tests.domain.story import facts, level, limit, lines, one_level

JANUARY = Month(2026, 1)
FIRST = {"effective_from": "2025-01-01"}
DOUBLED = {"steps": [{"failure": "2", "times": "2"}]}
BILLED = {JANUARY.plus(place): 10_000_000 for place in range(12)}


def priced(credit, *figures, charges=BILLED, awaiting=(), overdue=(), agreed=None, metric="service_level", **others):
    months = [JANUARY.plus(place) for place in range(len(figures))]
    reported = facts(*(line for month, values in zip(months, figures, strict=True) for line in lines(month, values)))
    for month in awaiting:
        reported.reports[ReportKey(month, "service", "partner")] = ReportStatus(Standing.AWAITING)
    for month in overdue:
        reported.reports[ReportKey(month, "service", "partner")] = ReportStatus(Standing.OVERDUE)
    target = level("target", metric, limit(">=", "80"), credit=credit, **{"credits_on": "expected"} | others)
    terms = one_level(target, credits={"at_risk": "10", "pool": "100"} | (agreed or {}), **FIRST)
    return [month.credits for month in evaluate([terms], reported, charges, CATALOGUE, months)]


def calls(offered, good):
    return {"offered": str(offered), "answered_in_threshold": str(good)}


def test_more_people_than_required_are_no_failure_below_nothing():
    credit = {"kind": "two_price", "price": "4", "lower_price": "1"}
    [month] = priced(credit, {"required_fte": "100", "actual_fte": "120"}, metric="staffing_fill")
    assert month.payable == 0


def test_failures_count_towards_a_block_once_they_are_approved():
    credit = {"kind": "blocks", "amount": "100", "failures": "20", "within": "6", "counted": "again"}
    first = priced(credit, calls(100, 85), calls(100, 90), awaiting=[JANUARY])
    assert [month.payable for month in first] == [0, 0]
    assert [month.payable for month in priced(credit, calls(100, 85), calls(100, 90))] == [0, 10_000]


def test_no_failure_costs_nothing_also_of_unknown_charges():
    blocks = {"kind": "blocks", "percent": "1", "failures": "50", "within": "6"}
    few = {"kind": "occurrences", "percent": "1", "free": "90"}
    free = {"points": {"kind": "rate", "percent": "1", "free": "5"}}
    months = (
        *priced(blocks, calls(100, 90), charges={}),
        *priced(few, calls(100, 50), charges={}),
        *priced({"kind": "points", "points": "3"}, calls(100, 50), charges={}, agreed=free),
    )
    assert [(month.pricing.value, month.payable) for month in months] == [("priced", 0)] * 3


def test_nothing_percent_of_unknown_charges_is_nothing_whatever_the_formula():
    """A band at 0 %, a fixed share, points at 0 % and in a band of factor 0, nothing at risk, a cap of 0 %."""
    bands = [{"label": "slight", "percent": "0", "above": "40"}, {"label": "bad", "percent": "5", "at_most": "40"}]
    points = {"kind": "points", "points": "3"}
    free_of_charge = {"kind": "bands", "percent": "1", "bands": [{"up_to": "5", "factor": "0"}, {"factor": "1"}]}
    months = (
        *priced({"kind": "band"}, calls(100, 50), charges={}, bands=bands),
        *priced({"kind": "fixed", "percent": "0"}, calls(100, 50), charges={}),
        *priced({"kind": "under_target", "percent": "0"}, calls(100, 50), charges={}),
        *priced(points, calls(100, 50), charges={}, agreed={"points": {"kind": "rate", "percent": "0"}}),
        *priced(points, calls(100, 50), charges={}, agreed={"points": free_of_charge}),
        *priced({"kind": "allocation", "percent": "20"}, calls(100, 50), charges={}, agreed={"at_risk": "0"}),
        *priced({"kind": "fixed", "amount": "500"}, calls(100, 50), charges={}, agreed={"monthly_cap": "0"}),
    )
    assert [(month.pricing.value, month.payable) for month in months] == [("priced", 0)] * len(months)
    [worse] = priced({"kind": "band"}, calls(100, 40), charges={}, bands=bands)
    assert worse.pricing.value == "not_priced"


def test_an_overdue_report_that_is_a_default_is_a_repeat_also_where_gaps_are_passed_over():
    credit = {"kind": "fixed", "amount": "1000"}
    rule = {"default": {"expected": {}, "not_reported": "yes"}, "repeats": {"gaps": "pass", **DOUBLED}}
    months = priced(credit, calls(100, 50), {}, calls(100, 50), overdue=[JANUARY.plus(1)], credits_on=None, **rule)
    assert [[line.failures for line in month.lines] for month in months] == [[1], [2], [3]]
    assert [month.payable for month in months] == [100_000, 200_000, 200_000]


def test_an_allocation_that_begins_at_nothing_is_priced_from_its_day_on():
    credit = {"kind": "allocation", "percent": "0", "dated": [{"from": "2026-02-01", "percent": "20"}]}
    months = priced(credit, calls(100, 50), calls(100, 50))
    assert [month.payable for month in months] == [0, 200_000]


def test_a_cap_on_unknown_charges_leaves_a_fixed_amount_unpriced():
    credit = {"kind": "fixed", "amount": "500"}
    [month] = priced(credit, calls(100, 50), charges={}, agreed={"monthly_cap": "10"})
    assert (month.pricing.value, month.payable) == ("not_priced", None)


def test_an_invoice_of_less_than_nothing_is_no_base_for_credits():
    credit = {"kind": "fixed", "percent": "10"}
    target = level("target", "service_level", limit(">=", "80"), credit=credit, credits_on="expected")
    base = {"at_risk": "10", "base": {"kind": "invoice_net", "less": ["travel"]}}
    terms = one_level(target, credits=base, **FIRST)
    events = Events(charge_lines={JANUARY: {"travel": 500}})
    reported = facts(*lines(JANUARY, calls(100, 50)))
    [month] = evaluate([terms], reported, {JANUARY: 0}, CATALOGUE, [JANUARY], events)
    assert (month.credits.charges, month.credits.payable) == (0, 0)


def test_a_failure_that_stands_alone_leaves_nothing_of_the_other_credits():
    """3 % beside 5 % are 8 %; where the 5 % stand in the place of all others they are all."""
    voice = level("voice", "service_level", limit(">=", "80"), credit={"kind": "fixed", "percent": "3"})
    critical = level("critical", "service_level", limit(">=", "60"), credit={"kind": "fixed", "percent": "5"})
    alone = {**critical, "credit": {**critical["credit"], "replaces": "others"}}
    reported = facts(*lines(JANUARY, calls(100, 50)))

    def month(*levels, good=50):
        agreed = one_level(*({**each, "credits_on": "expected"} for each in levels), **FIRST, credits={"clause": "5"})
        figures = reported if good == 50 else facts(*lines(JANUARY, calls(100, good)))
        return evaluate([agreed], figures, BILLED, CATALOGUE, [JANUARY])[0].credits

    assert month(voice, critical).payable == 800_000
    assert month(voice, alone).payable == 500_000
    assert month(voice, alone, good=70).payable == 300_000
    second = month(voice, alone).lines[1]
    assert (second.service_level, second.replaced_by, second.figures["priced"]) == ("voice", "critical", "3000")
