"""Examples that contracts and handbooks print, in their own numbers, through a term sheet and a history."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from app.contracts.catalogue import CATALOGUE
from app.domain.events import Events, Forecast
from app.domain.judging.evaluation import MonthEvaluation, evaluate
from app.domain.periods import Month
from app.domain.terms import Terms
from tests.domain.story import MEASURES, facts, level, limit, lines, one_level

JANUARY = Month(2026, 1)
FIRST = {"effective_from": "2025-01-01"}


def of(percent: str) -> dict[str, str]:
    """The figures of a month whose service level is so many percent."""
    return {"offered": "10000", "answered_in_threshold": str(Decimal(percent) * 100)}


def run(levels, percents, agreed, charges="100000.00", **changes) -> list[MonthEvaluation]:
    """One month per result from January 2026 on, each billed with the same charges and the next one with them too."""
    months = [JANUARY.plus(place) for place in range(len(percents))]
    reported = [
        line
        for month, percent in zip(months, percents, strict=True)
        for line in lines(month, of(percent))
        if line.values
    ]
    minor = int(Decimal(charges) * 100)
    billed = dict.fromkeys((*months, months[-1].next()), minor)
    terms = one_level(*levels, credits=agreed, **FIRST, **changes)
    return list(evaluate([terms], facts(*reported), billed, CATALOGUE, months))


def with_forecast(relief=None, **changes) -> Terms:
    voice = level("voice", "service_level", limit(">=", "80"), **({"relief": relief} if relief else {}))
    measures = {key: {"source": "partner"} for key in MEASURES} | {"forecast_volume": {"source": "client"}}
    return one_level(voice, measures=measures, **FIRST, **changes)


def missed(key: str, **others):
    """A service level that 50 % misses."""
    return level(key, "service_level", limit(">=", "95"), limit(">=", "90"), credits_on="minimum", **others)


def euros(amount: str) -> int:
    return int(Decimal(amount) * 100)


def test_texas_dir_at_risk_times_pool_times_allocation():
    """Texas DIR, Data Center Services MSA, Exhibit 3 (lawinsider.com/clause/service-level-credits/_2)."""
    agreed = {"at_risk": "10", "pool": "50"}
    [month] = run([missed("voice", allocation="20")], ["50"], agreed)  # 40 % of a pool of 50 %
    assert month.credits.payable == euros("2000.00")


def test_texas_dir_credits_are_summed_and_then_capped_at_the_amount_at_risk():
    """Texas DIR, Exhibit 3, items 2 and 3: the rule is printed there, the numbers are ours."""
    agreed = {"at_risk": "10", "pool": "200", "monthly_cap": "10"}
    shares = {"a": "60", "b": "35", "c": "20"}
    [month] = run([missed(key, allocation=share) for key, share in shares.items()], ["50"], agreed)
    priced = month.credits
    assert (priced.uncapped, priced.cap, priced.cap_applied) == (1_150_000, 1_000_000, 150_000)
    assert priced.payable == euros("10000.00")


@pytest.mark.parametrize(("failures", "payable"), [(1, "30.00"), (2, "60.00"), (3, "60.00")])
def test_on_demand_three_percent_a_failure_and_six_at_most(failures, payable):
    """On Demand service SLA (lawinsider.com/clause/credits-rewards): 3 % of 1,000 is printed, the others follow."""
    each = {"kind": "fixed", "percent": "3"}
    levels = [missed(f"level-{number}", credit=each) for number in range(failures)]
    [month] = run(levels, ["50"], {"at_risk": "100", "pool": "100", "monthly_cap": "6"}, charges="1000.00")
    assert month.credits.payable == euros(payable)


def test_crown_commercial_service_a_percent_for_each_point_under_the_target():
    """CCS Call Off Schedule 6, Annex 1 (lawinsider.com/dictionary/service-level-performance-measure)."""
    credit = {"kind": "under_target", "percent": "1"}
    voice = level("voice", "service_level", limit(">=", "98"), credits_on="expected", credit=credit)
    [month] = run([voice], ["75"], {"at_risk": "100", "pool": "100"})
    assert month.credits.payable == euros("23000.00")


@pytest.mark.parametrize(
    ("points", "credit"),
    [(5, "0"), (9, "0"), (10, "1000"), (20, "3000"), (29, "4000"), (30, "5000"), (45, "5000")],
)
def test_telus_points_are_looked_up_in_a_table_of_the_next_months_bill(points, credit):
    """IVR services SLA, 3.1-3.3 (markettransfer.info/clause/calculation-of-service-level-credits)."""
    steps = [(5, 0), (10, 2), (15, 4), (20, 6), (25, 8), (30, 10)]
    table = {"kind": "table", "steps": [{"points": str(least), "percent": str(percent)} for least, percent in steps]}
    voice = missed("voice", credit={"kind": "points", "points": str(points)})
    [month] = run([voice], ["50"], {"points": table, "base": {"month": "next"}}, charges="50000.00")
    assert (month.credits.points, month.credits.payable) == (points, euros(credit))
    assert month.credits.invoice_month == JANUARY.next()


BANDS = [
    {"label": "met", "at_least": "98"},
    {"label": "minor", "points": "1", "at_least": "96", "below": "98"},
    {"label": "serious", "points": "2", "at_least": "94", "below": "96"},
    {"label": "severe", "points": "3", "at_least": "92", "below": "94"},
    {"label": "below threshold", "points": "4", "below": "92"},
]
ONE_EACH = {"points": {"kind": "rate", "amount": "1"}}


def banded(bands, expected, **others):
    return level(
        *("voice", "service_level", limit(">=", expected)),
        **{"credits_on": "expected", "bands": bands, "credit": {"kind": "points"}} | others,
    )


@pytest.mark.parametrize(
    ("actual", "points"),
    [("100", 0), ("98", 0), ("97.99", 1), ("96", 1), ("95", 2), ("94", 2), ("93.5", 3), ("92", 3), ("91.99", 4)],
)
def test_model_services_bands_hold_their_lower_edge(actual, points):
    """A signed UK contract's quarterly KPI (lawinsider.com/dictionary/severe-kpi-failure)."""
    [month] = run([banded(BANDS, "98")], [actual], ONE_EACH)
    assert month.credits.points == points


def test_model_services_a_repeated_failure_doubles_its_own_points_and_no_more():
    """UK Model Services Agreement, Schedule 2.2, Annex 1, example 1 (lawinsider.com/clause/example-2/_2)."""
    bands = [
        {"label": "met", "at_least": "99"},
        {"label": "minor", "points": "1", "at_least": "97", "below": "99"},
        {"label": "severe", "points": "3", "below": "97"},
    ]
    repeats = {"steps": [{"failure": "2", "times": "2"}]}
    months = run([banded(bands, "99", repeats=repeats)], ["98.5", "96.5", "96.5"], ONE_EACH)
    assert [month.credits.points for month in months] == [1, 6, 6]


def test_ppp_ratchet_prices_each_point_by_its_own_band():
    """UK PPP accommodation contract, 5.2 (ppponline.affinitext.com, book 3131): 240 + 72, neither 360 nor 432."""
    bands = [{"up_to": "100", "factor": "1.0"}, {"up_to": "200", "factor": "1.2"}, {"factor": "1.5"}]
    ratchet = {"kind": "bands", "amount": "3.00", "free": "20", "bands": bands}
    [month] = run([missed("voice", credit={"kind": "points", "points": "120"})], ["50"], {"points": ratchet})
    assert month.credits.payable == euros("312.00")


def test_texas_dir_the_fourth_miss_of_expected_in_twelve_months_is_a_default():
    """Texas DIR (lawinsider.com/dictionary/minimum-service-level); a miss of the Minimum is not counted."""
    default = {"minimum": {}, "expected": {"misses": "4", "within": "12"}}
    voice = level("voice", "service_level", limit(">=", "95"), limit(">=", "90"), default=default, allocation="10")
    actual = ["96", "94", "93", "95", "94.9", "97", "92", "89", "94", "95", "95", "95", "95", "94"]
    months = run([voice], actual, {"at_risk": "10", "pool": "100"})
    found = [month.findings[0].default.value for month in months]
    assert found == ["none"] * 6 + ["expected", "minimum", "expected"] + ["none"] * 4 + ["expected"]


@pytest.mark.parametrize(("sixth", "returned"), [("95.4", "1000.00"), ("94.9", "0")])
def test_half_a_credit_is_earned_back_after_six_good_months(sixth, returned):
    """Earn Back sample clauses (lawinsider.com/clause/earn-back); the numbers are ours."""
    agreed = {"at_risk": "10", "pool": "100", "earn_back": {"kind": "months", "months": "6", "fraction": "50"}}
    actual = ["50", "95.0", "96.1", "95.2", "97.0", "95.0", sixth]
    months = run([missed("voice", allocation="20")], actual, agreed)
    assert months[0].credits.payable == euros("2000.00")
    assert [month.credits.payable for month in months[1:]] == [0] * 5 + [-euros(returned)]


def test_sears_a_target_moves_halfway_to_the_average_of_twelve_better_months():
    """Sears/CSC MSA (lawinsider.com/clause/continuous-improvement-reviews)."""
    improvement = {"kind": "halfway", "months": "12"}
    voice = level("voice", "service_level", limit(">=", "95.00"), improvement=improvement)
    months = run(
        [voice],
        ["96", "97", "96", "98", "97", "96", "97", "98", "97", "96", "97", "97"],
        {"at_risk": "10", "pool": "100"},
    )
    [proposal] = months[-1].proposals
    assert (proposal.average, proposal.proposed) == (Decimal("96.8333"), Decimal("95.9167"))
    assert not any(month.proposals for month in months[:-1])


@pytest.mark.parametrize(
    ("actual", "billable", "surplus"),
    [(8500, 9000, 0), (9000, 9000, 0), (10500, 10500, 0), (11400, 11400, 400)],
)
def test_bpo_corridor_pays_the_shortfall_and_takes_the_surplus_out(actual, billable, surplus):
    """BPO agreement (markettransfer.info/clause/volume-forecasts/_5); the 10 % is ours."""
    forecast = Forecast(date(2025, 12, 1), "forecast_volume", {"2026-01": Decimal(10000)})
    [month] = evaluate(
        [with_forecast(corridor={"measure": "offered", "forecast": "forecast_volume", "variance": "10"})],
        facts(*lines(JANUARY, {"offered": str(actual), "answered_in_threshold": "1"})),
        *({}, CATALOGUE, [JANUARY], Events(forecasts=(forecast,))),
    )
    assert month.corridor is not None
    assert (month.corridor.billable, month.corridor.surplus) == (billable, surplus)


def test_call_centre_a_day_above_forecast_by_more_than_ten_percent_is_left_out_of_both_sides():
    """AT&T/STI (lawinsider.com/dictionary/service-level-requirement); exactly 110 % stays in."""
    days = {
        f"2026-01-{day:02}": counted for day, counted in enumerate(((390, 320), (460, 250), (440, 350), (410, 340)), 1)
    }
    forecast = Forecast(date(2025, 12, 1), "forecast_volume", dict.fromkeys(days, Decimal(400)))
    reported = [
        line
        for day, (offered, good) in days.items()
        for line in lines(
            *(JANUARY, {"offered": str(offered), "answered_in_threshold": str(good)}),
            day=date.fromisoformat(day),
        )
    ]
    relief = {"kind": "day", "measure": "offered", "forecast": "forecast_volume", "over": "10"}
    terms = with_forecast(relief=relief)
    [month] = evaluate([terms], facts(*reported), {}, CATALOGUE, [JANUARY], Events(forecasts=(forecast,)))
    assert month.findings[0].value == Fraction(1010 * 100, 1240)


def test_a_quarter_is_judged_by_its_sums_and_not_by_the_mean_of_its_months():
    """Our own numbers: 85, 60 and 83 % are 82.67 % together, while their mean of 76 % would be a miss."""
    counted = ((9000, 7650), (1000, 600), (5000, 4150))
    months = [JANUARY.plus(place) for place in range(3)]
    reported = [
        line
        for month, (offered, good) in zip(months, counted, strict=True)
        for line in lines(month, {"offered": str(offered), "answered_in_threshold": str(good)})
    ]
    voice = level("voice", "service_level", limit(">=", "80"), window="quarter")
    judged = evaluate([one_level(voice, **FIRST)], facts(*reported), {}, CATALOGUE, months)
    assert [len(month.findings) for month in judged] == [0, 0, 1]
    [finding] = judged[-1].findings
    assert (finding.value, finding.attainment.value) == (Fraction(12400 * 100, 15000), "met")


ICMI = {"answered": "1000", "answered_in_threshold": "860", "abandoned": "60", "offered": "1060"}


@pytest.mark.parametrize(
    ("metric", "percent", "attainment"),
    [("answered_in_threshold_rate", "86.00", "met"), ("service_level", "81.13", "below_expected")],
)
def test_icmi_the_formula_decides_whether_the_same_calls_meet_82_percent(metric, percent, attainment):
    """ICMI QueueTips, March 2005 (Service-Level-Calculations.aspx): its second and third formula."""
    voice = level("voice", metric, limit(">=", "82"))
    measures = {key: {"source": "partner"} for key in ICMI}
    terms = one_level(voice, measures=measures, reports={"service": {}}, **FIRST)
    reported = [line for line in lines(JANUARY, ICMI) if line.kind == "service"]
    [month] = evaluate([terms], facts(*reported), {}, CATALOGUE, [JANUARY])
    [finding] = month.findings
    assert finding.contractual is not None
    assert (finding.contractual.quantize(Decimal("0.01")), finding.attainment.value) == (Decimal(percent), attainment)


def test_icmi_attrition_of_a_quarter_divides_by_the_mean_headcount_of_its_months():
    """ICMI's formula (citehr.com/showthread.php?t=97361): 15 leavers of 200 people; times 4 it is 30 % a year."""
    months = [JANUARY.plus(place) for place in range(3)]
    counted = zip(months, ("4", "6", "5"), ("200", "198", "202"), strict=True)
    reported = [
        line
        for month, leavers, people in counted
        for line in lines(month, {"leavers": leavers, "average_headcount": people})
        if line.kind == "staffing"
    ]
    measures = {key: {"source": "partner"} for key in ("leavers", "average_headcount")}
    leaving = level("attrition", "attrition", limit("<=", "7.5"), window="quarter")
    terms = one_level(leaving, measures=measures, reports={"staffing": {}}, **FIRST)
    [finding] = evaluate([terms], facts(*reported), {}, CATALOGUE, months)[-1].findings
    assert (finding.value, finding.attainment.value) == (Fraction("7.5"), "met")
    assert finding.value is not None
    assert finding.value * 4 == 30


@pytest.mark.parametrize(("actual", "points"), [("100", 20), ("110", 22), ("120", 24), ("130", 24)])
def test_jobctrl_points_rise_in_proportion_up_to_the_upper_limit(actual, points):
    """JobCtrl, point calculation (hd.jobctrl.com/wiki/website/pointcalculation): 20 points and 20 % of them more."""
    fill = level(*("fill", "staffing_fill", limit(">=", "100")), weight="20", score={"upper": "120", "bonus": "20"})
    reported = lines(JANUARY, {"required_fte": "100", "actual_fte": actual})
    [month] = evaluate([one_level(fill, **FIRST)], facts(*reported), {}, CATALOGUE, [JANUARY])
    assert month.scorecard.total == points
