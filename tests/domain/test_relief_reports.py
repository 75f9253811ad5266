"""Relief rests on approved figures, whatever report they stand in: what may yet be approved leaves a result open."""

from datetime import date
from decimal import Decimal

import pytest

from app.contracts.catalogue import CATALOGUE
from app.domain.events import Events, Forecast
from app.domain.facts import Facts, ReportKey, ReportStatus, Standing
from app.domain.findings import Reason
from app.domain.judging.evaluation import evaluate
from app.domain.money.unsettled import unsettled_in
from app.domain.periods import Month
from app.domain.prose.explain import why
from app.domain.rules.relief import Claim
from tests.domain.story import MEASURES, level, limit, lines, one_level

DECEMBER, JANUARY, FEBRUARY = Month(2025, 12), Month(2026, 1), Month(2026, 2)
PERIOD = {"kind": "period", "measure": "offered", "forecast": "forecast_volume", "over": "10"}
DAY, EXCESS = PERIOD | {"kind": "day"}, PERIOD | {"kind": "excess"}
CORRIDOR = {"measure": "offered", "forecast": "forecast_volume", "variance": "10"}
DAILY = {"service": {"grain": "day"}, "quality": {"grain": "day"}, "staffing": {}}
PLACES = {"coverage": [{"site": site, "queue": "EN-VOICE"} for site in ("BOG", "MED")]}
SHEET = {"corridor": CORRIDOR, "reports": DAILY, "effective_from": "2025-01-01"}
ISSUED = (Forecast(date(2025, 12, 1), "forecast_volume", {"2026-01": Decimal(100), "2026-02": Decimal(100)}),)
BUSY = {"offered": "200", "answered_in_threshold": "100", "csat_responses": "100", "csat_satisfied": "70"}
WAITING, NOT_DUE, OVERDUE = Standing.AWAITING, Standing.NOT_DUE, Standing.OVERDUE
OFFERED = {"month": "2026-01", "kind": "service", "party": "partner", "measure": "Offered"}
FORESEEN = OFFERED | {"party": "client", "measure": "Forecast volume"}
CALM, FULL = date(2026, 1, 20), date(2026, 1, 9)


def judged(told, stands, *, metric="csat", forecasts=ISSUED, claims=(), month=JANUARY, sheet=SHEET, **others):
    """One service level over reports of which some (by month, kind and party) stand otherwise than approved."""
    others = {"default": {"expected": {}}, "allocation": "50", "relief": PERIOD} | others
    levels = [level("it", metric, limit(">=", "80"), **others)]
    measures = {key: {"source": "partner"} for key in MEASURES} | {"forecast_volume": {"source": "client"}}
    terms = one_level(*levels, measures=measures, **SHEET | sheet)
    reports = {ReportKey(line.month, line.kind, line.party): ReportStatus(Standing.APPROVED) for line in told}
    reports |= {ReportKey(*report): ReportStatus(standing) for report, standing in stands.items()}
    came = (Standing.APPROVED, WAITING)
    known = [line for line in told if reports[ReportKey(line.month, line.kind, line.party)].standing in came]
    events = Events(claims=claims, forecasts=forecasts)
    return evaluate(
        [terms], Facts(tuple(known), reports), dict.fromkeys((DECEMBER, JANUARY), 100_000), CATALOGUE, [month], events
    )[0]


def partners(*left_out, month=JANUARY, figures=BUSY, **others):
    return [line for line in lines(month, figures, **others) if line.kind not in left_out]


def clients(**figures):
    return [line for line in lines(JANUARY, figures, party="client") if line.kind == "service"]


def came_out(month):
    [found] = month.findings
    return found.attainment.value, found.disposition.value, found.obstacle


@pytest.mark.parametrize(
    ("told", "standing", "attainment", "disposition", "code"),
    [
        (partners(), Standing.APPROVED, "below_expected", "excused", None),
        (partners(), WAITING, "provisional", "counts", "relief_awaiting_approval"),
        (partners("service"), WAITING, "provisional", "counts", "relief_awaiting_approval"),
        (partners("service"), NOT_DUE, "provisional", "counts", "relief_not_due"),
        (partners("service"), OVERDUE, "below_expected", "counts", None),
        (partners("service"), Standing.NIL, "below_expected", "counts", None),
    ],
    ids=["approved", "sent", "returned before it was due", "not due", "did not come", "nil"],
)
def test_a_miss_is_excused_by_volume_of_another_report_only_when_that_is_approved(
    told, standing, attainment, disposition, code
):
    month = judged(told, {(JANUARY, "service", "partner"): standing})
    assert came_out(month) == (attainment, disposition, Reason(code, OFFERED) if code else None)
    is_open = attainment == "provisional"
    assert unsettled_in(month.findings, month.terms.credits).may_cost is is_open
    assert month.findings[0].contractual == 70
    assert month.credits.payable == (5_000 if (attainment, disposition) == ("below_expected", "counts") else 0)


@pytest.mark.parametrize(
    ("standing", "is_not"),
    [(WAITING, "is not approved yet."), (NOT_DUE, "has not come in, and is not overdue.")],
)
def test_why_names_the_report_and_the_measure_that_relief_waits_for(standing, is_not):
    said = f"Offered decides on relief, and the partner's service report for Jan 2026 {is_not}"
    month = judged(partners("service"), {(JANUARY, "service", "partner"): standing})
    told = {step.label: step.text for step in why(month.findings[0].to_document())}
    assert (told["Reason"], told["Result"], told["Calculation"]) == (said, "Provisional", "70 ÷ 100 × 100 = 70 %")
    assert "Relief" not in told
    assert str(unsettled_in(month.findings, month.terms.credits)) == f"1 of 1 result not settled yet. {said}"


@pytest.mark.parametrize("relief", [PERIOD, EXCESS], ids=["period", "excess"])
def test_a_forecast_that_was_reported_counts_when_it_is_approved(relief):
    """Of one that the client owes and did not send it is known that there is none."""
    told = [*partners(), *clients(forecast_volume="100")]
    report = (JANUARY, "service", "client")
    for standing, code in ((WAITING, "relief_awaiting_approval"), (NOT_DUE, "relief_not_due"), (OVERDUE, None)):
        month = judged(told, {report: standing}, metric="service_level", relief=relief, forecasts=())
        assert came_out(month)[1:] == ("counts", Reason(code, FORESEEN) if code else None)
        assert month.findings[0].contractual == 50
    month = judged(told, {}, metric="service_level", relief=relief, forecasts=())
    assert [each.figures["forecast"] for each in month.findings[0].relief] == ["100"]


def test_nobody_waits_for_volume_that_has_no_forecast():
    """The client's report did not come and nothing was issued: whatever is approved yet, there is no relief."""
    stands = {(JANUARY, "service", "partner"): WAITING, (JANUARY, "service", "client"): OVERDUE}
    assert came_out(judged(partners(), stands, forecasts=())) == ("below_expected", "counts", None)
    stands[JANUARY, "service", "client"] = NOT_DUE
    assert came_out(judged(partners(), stands, forecasts=()))[0] == "provisional"


@pytest.mark.parametrize(
    ("forecast", "scope", "attainment"),
    [
        ("BOG", {}, "provisional"),
        ("MED", {"sites": ["BOG"]}, "below_expected"),
        ("", {"sites": ["BOG"]}, "below_expected"),
    ],
    ids=["of one of the places", "of another place", "of more than what is judged"],
)
def test_a_place_without_a_forecast_may_yet_turn_out_to_have_had_nothing(forecast, scope, attainment):
    """Until then its report is waited for, unless no forecast is about what is judged, and of it alone."""
    of_place = (Forecast(date(2025, 12, 1), "forecast_volume", {"2026-01": Decimal(100)}, forecast),)
    told = [*partners(), *partners(site="MED")]
    stands = {(JANUARY, "service", "partner"): WAITING}
    month = judged(told, stands, forecasts=of_place, scope=scope, sheet=PLACES)
    assert came_out(month)[0] == attainment


def test_a_window_waits_for_each_of_its_months_and_for_none_that_did_not_come():
    told = [*partners(), *partners(month=FEBRUARY)]
    rolling = {"kind": "rolling", "months": "2", "at_least": "2"}
    for standing, attainment in ((WAITING, "provisional"), (OVERDUE, "below_expected")):
        month = judged(told, {(JANUARY, "service", "partner"): standing}, window=rolling, month=FEBRUARY)
        assert came_out(month)[:2] == (attainment, "counts")
    stands = {(JANUARY, "service", "partner"): WAITING, (FEBRUARY, "service", "partner"): OVERDUE}
    assert came_out(judged(told, stands, window=rolling, month=FEBRUARY))[0] == "below_expected"


def by_day():
    """A full day of 200 calls, on which half were content, and a calm one of 100, on which 90 of 100 were."""
    calm = BUSY | {"offered": "100", "csat_satisfied": "90"}
    days = ((FULL, BUSY | {"csat_satisfied": "50"}), (CALM, calm))
    return [line for day, figures in days for line in lines(JANUARY, figures, day=day) if line.kind != "staffing"]


def test_no_day_is_left_out_for_volume_that_is_not_approved():
    daily = (Forecast(date(2025, 12, 1), "forecast_volume", {str(FULL): Decimal(100), str(CALM): Decimal(100)}),)
    report = (JANUARY, "service", "partner")
    for standing, value, attainment in (
        (Standing.APPROVED, 90, "met"),
        (WAITING, 70, "provisional"),
        (OVERDUE, 70, "below_expected"),
    ):
        month = judged(by_day(), {report: standing}, relief=DAY, forecasts=daily)
        assert (month.findings[0].contractual, month.findings[0].attainment.value) == (value, attainment)
    found = judged(by_day(), {report: WAITING}, relief=DAY).findings[0]  # forecast by the month: no day is relieved
    assert found.attainment.value == "below_expected"


def test_days_that_a_claim_took_wait_for_no_volume():
    """What is left of the month is nothing: no volume can excuse it."""
    granted = Claim("1", "2026-01", "days", "granted", days=frozenset({FULL, CALM}))
    month = judged(by_day(), {(JANUARY, "service", "partner"): WAITING}, claims=(granted,))
    assert came_out(month)[2] == Reason("all_excused")


def test_figures_that_wait_for_approval_excuse_nothing_of_their_own_report_either():
    """What the partner typed is not yet why its miss costs nothing."""
    for relief in (PERIOD, EXCESS):
        month = judged(partners(), {(JANUARY, "service", "partner"): WAITING}, metric="service_level", relief=relief)
        [found] = month.findings
        assert (found.contractual, found.disposition.value, found.relief) == (50, "counts", ())
        assert (found.obstacle.code, found.attainment.value) == ("awaiting_approval", "provisional")
        assert unsettled_in(month.findings, month.terms.credits).may_cost


def test_a_result_without_figures_is_provisional_while_its_window_may_be_excused():
    """A missing figure is a default by these terms, unless the month turns out to be excused."""
    told = partners(figures={key: text for key, text in BUSY.items() if key != "csat_satisfied"})
    for standing, attainment, default in ((WAITING, "provisional", "none"), (OVERDUE, "not_measured", "reporting")):
        stands = {(JANUARY, "service", "partner"): standing}
        month = judged(told, stands, default={"expected": {}, "not_measured": "yes"})
        assert (month.findings[0].attainment.value, month.findings[0].default.value) == (attainment, default)


def test_a_corridor_is_held_against_approved_volume_and_approved_forecast():
    told = [*partners(), *clients(forecast_volume="100")]
    assert judged(told, {}, forecasts=()).corridor.surplus == 90
    for party in ("partner", "client"):
        assert judged(told, {(JANUARY, "service", party): WAITING}, forecasts=()).corridor is None


@pytest.mark.parametrize(("standing", "state"), [(Standing.APPROVED, "earned"), (WAITING, "lost")])
def test_a_years_average_waits_for_the_forecast_of_each_of_its_months_by_itself(standing, state):
    """December's credit. That February's forecast did not come does not say what was above January's."""
    good = BUSY | {"offered": "1000", "answered_in_threshold": "990"}
    months = {DECEMBER: BUSY, JANUARY: BUSY, FEBRUARY: good}
    told = [line for month, figures in months.items() for line in partners(month=month, figures=figures)]
    told += clients(forecast_volume="100")
    stands = {(JANUARY, "service", "client"): standing, (FEBRUARY, "service", "client"): OVERDUE}
    issued = (Forecast(date(2025, 11, 1), "forecast_volume", {"2025-12": Decimal(190)}),)
    year = {"effective_from": "2025-12-01", "contract_year": {"starts": "2025-03-01"}}
    rules = {"relief": EXCESS, "earn_back": {"kind": "annual_average"}, "sheet": year}
    month = judged(told, stands, metric="service_level", forecasts=issued, month=FEBRUARY, **rules)
    [back] = [each for each in month.credits.earn_backs if each.credit_month == "2025-12"]
    assert (back.state, "average" in back.figures) == (state, True)
