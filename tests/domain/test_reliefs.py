"""Each day is relieved once, and the finding says by what."""

from datetime import date
from decimal import Decimal

from app.contracts.catalogue import CATALOGUE
from app.domain.events import Events, Forecast
from app.domain.facts import Line, ReportKey, ReportStatus, Standing
from app.domain.judging.evaluation import evaluate
from app.domain.periods import Month
from app.domain.prose.explain import why
from app.domain.rules.relief import Claim
from tests.domain.story import MEASURES, facts, level, limit, lines, one_level

JANUARY = Month(2026, 1)
BUSY, CALM = date(2026, 1, 9), date(2026, 1, 20)
ROLLING = {"kind": "rolling", "months": "2", "at_least": "2"}


def judged(kind, *claims, forecast, known=(BUSY, CALM)):
    """200 calls on the busy day, 100 on the calm one, half and nine tenths answered in time if known."""
    relief = {"kind": kind, "measure": "offered", "forecast": "forecast_volume", "over": "10", "clause": "6.2"}
    voice = level("voice", "service_level", limit(">=", "80"), relief=relief)
    measures = {key: {"source": "partner"} for key in (*MEASURES, "forecast_volume")}
    grain = {"service": {"grain": "day"}, "quality": {}, "staffing": {}}
    terms = one_level(voice, measures=measures, reports=grain, effective_from="2025-01-01")
    reported = facts(
        *(
            line
            for day, offered, answered in ((BUSY, "200", "100"), (CALM, "100", "90"))
            for line in lines(JANUARY, {"offered": offered, **_answered(day in known, answered)}, day=day)
            if line.kind == "service"
        )
    )
    events = Events(claims=claims, forecasts=(Forecast(date(2025, 12, 1), "forecast_volume", forecast),))
    return evaluate([terms], reported, {}, CATALOGUE, [JANUARY], events)[0].findings[0]


def _answered(is_known, answered):
    return {"answered_in_threshold": answered} if is_known else {}


def claim(key, *days, kind="days", **others):
    return Claim(key, "2026-01", kind, "granted", days=frozenset(days), clause="6.4", **others)


FORECAST = {str(BUSY): Decimal(100), str(CALM): Decimal(100)}


def test_volume_of_a_day_that_a_claim_took_is_not_excess_again():
    assert judged("excess", forecast=FORECAST).denominator == 220  # 300 less 80 above 110 % of 200
    found = judged("excess", claim("1", BUSY), forecast=FORECAST)
    assert (found.numerator, found.denominator) == (90, 100)
    assert [(each.source, each.figures["days"]) for each in found.relief] == [("1", "2026-01-09")]


def test_a_forecast_by_the_month_counts_in_proportion_to_the_days_that_are_left():
    """30 of 31 days of 310 are 300: 100 calls on the calm day are within it, and 300 would not be."""
    found = judged("excess", claim("1", BUSY), forecast={"2026-01": Decimal(62)})
    assert found.relief[1].figures == {
        **{"over": "10", "actual": "100", "forecast": "60", "limit": "66", "excess": "34"},
    }
    assert (found.numerator, found.denominator) == (66, 66)


def test_calls_that_a_claim_took_off_are_not_excess_again():
    taken = claim("1", kind="adjust", adjust={"offered": Decimal(80)})
    assert judged("excess", taken, forecast=FORECAST).denominator == 220


def test_the_terms_say_which_busy_day_a_claim_took_before_them():
    found = judged("day", claim("1", CALM), claim("2", BUSY, CALM), forecast={**FORECAST, str(CALM): Decimal(50)})
    assert [(each.source, each.figures["days"], each.figures.get("already_out")) for each in found.relief] == [
        ("1", "2026-01-20", None),
        ("2", "2026-01-09", "2026-01-20 by claim 1"),
        ("terms", "", "2026-01-09 by claim 2, 2026-01-20 by claim 1"),
    ]
    assert found.reason.code == "all_excused"
    told = [step.text for step in why(found.to_document()) if step.label == "Relief"]
    assert told[1] == "Claim 2, granted: days left out: 9 Jan 2026; out before: 20 Jan 2026 by claim 1; 6.4"
    assert told[2].endswith("left out: none; out before: 9 Jan 2026 by claim 2, 20 Jan 2026 by claim 1; 6.2")


def test_a_gap_on_a_day_that_a_claim_took_is_no_gap():
    """The telephone system was down on the busy day and counted no answers; the raw result stays unknown."""
    assert judged("period", forecast=FORECAST, known=(CALM,)).obstacle.code == "missing"
    found = judged("period", claim("1", BUSY), forecast=FORECAST, known=(CALM,))
    assert (found.raw, found.contractual, found.attainment) == (None, 90, "met")
    assert judged("period", claim("1", CALM), forecast=FORECAST, known=(CALM,)).obstacle.code == "missing"


def test_a_claim_for_figures_that_are_not_in_the_result_says_so():
    figures = facts(*lines(JANUARY, {"offered": "100", "answered_in_threshold": "70", "abandoned": "9"}))
    terms = one_level(level("voice", "service_level", limit(">=", "80")), effective_from="2025-01-01")
    for measure, told in (("abandoned", True), ("offered", False)):
        events = Events(claims=(claim("1", kind="adjust", adjust={measure: Decimal(9)}),))
        [found] = evaluate([terms], figures, {}, CATALOGUE, [JANUARY], events)[0].findings
        assert ("without_effect" in found.relief[0].figures) is told


def test_a_month_of_which_relief_leaves_nothing_to_report_still_counts_for_a_window():
    """The partner calls January nil, and the client counted one day of two, which a claim takes out."""
    before, day = JANUARY.previous(), {"offered": "100", "answered_in_threshold": "70"}
    quarter = level("voice", "service_level", limit(">=", "80"), window=ROLLING)
    agreed = {key: {"source": "agreed", "tolerance": "1"} for key in ("offered", "answered_in_threshold")}
    told = [
        line
        for party in ("partner", "client")
        for line in lines(before, day, party=party, day=before.first)
        if line.kind == "service"
    ]
    told += [line for line in lines(JANUARY, day, party="client", day=BUSY) if line.kind == "service"]
    told.append(Line(JANUARY, "service", "client", "BOG", "EN-VOICE", {}, "nil", day=CALM, nil=True))
    reported = facts(*told)
    reported.reports[ReportKey(JANUARY, "service", "partner")] = ReportStatus(Standing.NIL)
    grain = {"service": {"grain": "day"}, "quality": {}, "staffing": {}}
    terms = one_level(quarter, measures=agreed, reports=grain, effective_from="2025-12-01")
    [found] = evaluate([terms], reported, {}, CATALOGUE, [JANUARY], Events(claims=(claim("1", BUSY),)))[0].findings
    assert (found.contractual, found.attainment) == (70, "below_expected")
