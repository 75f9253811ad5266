"""Relief and corridor against a forecast: whose figure is read, which issue counts, and what a gap means."""

from datetime import date
from decimal import Decimal

import pytest

from app.contracts.catalogue import CATALOGUE
from app.domain.events import Events, Forecast
from app.domain.facts import Facts
from app.domain.figures.issues import standing_of
from app.domain.judging.evaluation import evaluate
from app.domain.periods import Month
from app.domain.rules.relief import Claim
from tests.domain.story import MEASURES, facts, level, limit, lines, one_level

JANUARY = Month(2026, 1)
FIRST = {"effective_from": "2025-01-01"}
VERSIONS = ((1, ""), (5, "BOG"), (18, ""), (19, ""))
PERIOD = {"kind": "period", "measure": "offered", "forecast": "forecast_volume", "over": "10"}
PLACES = [{"site": "BOG", "queue": "EN-VOICE"}]
CORRIDOR = {"measure": "offered", "forecast": "forecast_volume", "variance": "10"}


def judged(events=Events(), reported=None, relief=PERIOD, offered="partner", coverage=PLACES, **others):  # noqa: B008 - frozen
    measures = {key: {"source": "partner"} for key in MEASURES} | {"forecast_volume": {"source": "partner"}}
    measures["offered"] = {"source": offered}
    voice = level("voice", "service_level", limit(">=", "80"), **({"relief": relief} if relief else {}), **others)
    terms = one_level(voice, measures=measures, corridor=CORRIDOR, coverage=coverage, **FIRST)
    reported = reported or facts(*lines(JANUARY, {"offered": "100", "answered_in_threshold": "50"}))
    return evaluate([terms], reported, {}, CATALOGUE, [JANUARY], events)[0]


def issued(values):
    return Events(forecasts=(Forecast(date(2025, 12, 1), "forecast_volume", values),))


def test_a_month_that_no_forecast_names_has_no_relief_and_no_corridor():
    month = judged(issued({"2026-02": Decimal(50)}))
    assert month.findings[0].disposition.value == "counts"
    assert month.corridor is None


def test_volume_is_read_from_its_source_of_record():
    figures = {"offered": "100", "answered_in_threshold": "50"}
    both = [*lines(JANUARY, figures), *lines(JANUARY, {"offered": "400"}, party="client")]
    month = judged(issued({"2026-01": Decimal(100)}), facts(*both), offered="client")
    assert month.corridor is not None
    assert (month.corridor.actual, month.findings[0].disposition.value) == (400, "excused")


def test_a_queue_with_nothing_to_report_adds_nothing_to_the_volume():
    reported = facts(*lines(JANUARY, {"offered": "0"}, nil=True))
    silent = Facts(tuple(line.__class__(**_nil(line)) for line in reported.lines), reported.reports)
    month = judged(issued({"2026-01": Decimal(100)}), silent)
    assert month.corridor is not None
    assert (month.corridor.actual, month.corridor.shortfall) == (0, 90)


def _nil(line):
    return {name: getattr(line, name) for name in line.__slots__} | {"values": {}}


def test_a_fiscal_month_is_held_against_the_forecast_of_its_own_days():
    """The 22nd to the 21st: 30 January belongs to February."""
    days = {"2026-01-02": "100", "2026-01-30": "500"}
    reported = facts(
        *(
            line
            for day, offered in {"2025-12-30": "100", **days}.items()
            for line in lines(
                *(Month.of(date.fromisoformat(day)), {"offered": offered, "answered_in_threshold": "50"}),
                day=date.fromisoformat(day),
            )
        )
    )
    forecast = {day: Decimal(number) for day, number in {"2025-12-30": 90, "2026-01-02": 90, "2026-01-30": 500}.items()}
    month = judged(issued(forecast), reported, window={"kind": "fiscal_month", "starts_on": "22"})
    assert month.findings[0].disposition.value == "excused"  # 200 against 180, not against 680


def test_a_busy_month_is_excused_also_where_the_result_is_missing():
    reported = facts(*lines(JANUARY, {"offered": "200"}))
    finding = judged(issued({"2026-01": Decimal(100)}), reported).findings[0]
    assert (finding.attainment.value, finding.disposition.value) == ("not_measured", "excused")


def test_where_everything_is_above_the_forecast_nothing_is_left_to_judge():
    excess = PERIOD | {"kind": "excess"}
    finding = judged(issued({"2026-01": Decimal(0)}), relief=excess).findings[0]
    assert (finding.attainment.value, finding.reason.code) == ("not_measured", "all_excused")


def test_days_that_were_granted_leave_monthly_rows_as_they_are_and_never_make_a_gap():
    claim = Claim("outage", "2026-01", "days", "granted", days=frozenset({date(2026, 1, 5), date(2026, 1, 6)}))
    by_month = judged(Events(claims=(claim,)), relief=None).findings[0]
    assert (by_month.value, by_month.attainment.value) == (50, "below_expected")
    figures = {"offered": "100", "answered_in_threshold": "50"}
    by_day = facts(*(line for day in (5, 6) for line in lines(JANUARY, figures, day=date(2026, 1, day))))
    finding = judged(Events(claims=(claim,)), by_day, relief=None).findings[0]
    assert (finding.attainment.value, finding.reason.code) == ("not_measured", "all_excused")


def test_a_version_counts_for_the_months_it_names_in_time_and_leaves_the_others_as_they_were_reported():
    reported = facts(*lines(JANUARY, {"offered": "200", "answered_in_threshold": "50", "forecast_volume": "100"}))
    locked = PERIOD | {"locks": "30"}
    for values in ({"2026-02": Decimal(900)}, {"2026-01": Decimal(900)}):  # another month; after the lock
        month = judged(issued(values), reported, relief=locked | {"locks": "40"})
        assert month.findings[0].disposition.value == "excused"
    assert judged(issued({"2026-01": Decimal(900)}), reported, relief=locked).findings[0].disposition.value == "counts"


def test_a_forecast_that_is_only_ever_issued_is_missing_until_it_is():
    unknown = PERIOD | {"forecast": "forecast_offered", "locks": "0"}
    for kind in ("period", "day"):
        assert judged(relief=unknown | {"kind": kind}).findings[0].disposition.value == "counts"


def test_a_forecast_that_is_only_ever_issued_needs_no_lock():
    """The version is of the last day of the month; neither relief nor corridor has a lock."""
    about = {"measure": "offered", "forecast": "foreseen"}
    voice = level("voice", "service_level", limit(">=", "80"), relief=about | {"kind": "period", "over": "10"})
    terms = one_level(voice, corridor=about | {"variance": "10"}, **FIRST)
    reported = facts(*lines(JANUARY, {"offered": "112", "answered_in_threshold": "50"}))
    version = Forecast(date(2026, 1, 31), "foreseen", {"2026-01": Decimal(100)})
    [month] = evaluate([terms], reported, {}, CATALOGUE, [JANUARY], Events(forecasts=(version,)))
    assert month.findings[0].disposition.value == "excused"
    assert (month.corridor.billable, month.corridor.surplus) == (112, 2)
    assert [warning.path for warning in terms.warnings] == ["corridor.forecast", "service_levels.0.relief.forecast"]


def test_only_the_newest_version_in_time_counts_and_a_late_one_says_so():
    forecasts = [
        Forecast(date(2025, 12, day), "forecast_volume", {"2026-01": Decimal(day)}, site) for day, site in VERSIONS
    ]
    found = standing_of(forecasts, "forecast_volume", JANUARY, 14)
    assert [(each.forecast.issued_on.day, each.state) for each in found] == [
        *((1, "replaced"), (5, "counts"), (18, "counts"), (19, "late")),
    ]


@pytest.mark.parametrize("kind", ["period", "day"])
def test_a_place_without_a_forecast_leaves_that_of_all_places_unknown(kind):
    """BOG's forecast is 100, MED has none; both together had 180."""
    reported = facts(
        *(
            line
            for site in ("BOG", "MED")
            for line in lines(JANUARY, {"offered": "90", "answered_in_threshold": "50"}, site, day=JANUARY.first)
        )
    )
    sites = [{"site": site, "queue": "EN-VOICE"} for site in ("BOG", "MED")]
    when = "2026-01-01" if kind == "day" else "2026-01"
    of_one = Forecast(date(2025, 12, 1), "forecast_volume", {when: Decimal(100)}, "BOG")
    of_other = Forecast(date(2025, 12, 1), "forecast_volume", {when: Decimal(10)}, "MED")
    for forecasts, excused in (((of_one,), False), ((of_one, of_other), True)):
        month = judged(Events(forecasts=forecasts), reported, PERIOD | {"kind": kind}, coverage=sites)
        assert any(relief.is_applied for relief in month.findings[0].relief) is excused


@pytest.mark.parametrize(("nil", "excused"), [("quality", False), ("service", True)])
def test_a_place_needs_no_forecast_where_it_had_none_of_that_volume(nil, excused):
    """MED has no forecast; that it had nothing to report on quality does not say that it had no calls."""
    told = lines(JANUARY, {"offered": "90", "answered_in_threshold": "50", "qa_samples": "5"})
    others = lines(JANUARY, {"offered": "90", "answered_in_threshold": "50", "qa_samples": "5"}, "MED")
    silent = [line.__class__(**(_nil(line) | {"nil": True})) if line.kind == nil else line for line in others]
    sites = [{"site": site, "queue": "EN-VOICE"} for site in ("BOG", "MED")]
    of_one = Forecast(date(2025, 12, 1), "forecast_volume", {"2026-01": Decimal(50)}, "BOG")
    month = judged(Events(forecasts=(of_one,)), facts(*told, *silent), coverage=sites)
    assert any(relief.is_applied for relief in month.findings[0].relief) is excused
    assert (month.corridor is not None) is excused


@pytest.mark.parametrize(("site", "excused"), [("", False), ("BOG", True)])
def test_a_forecast_of_the_whole_contract_is_not_that_of_one_site(site, excused):
    """BOG had 90 of the contract's calls. Against a forecast of 50 for both sites it is not above its own."""
    figures = {"offered": "90", "answered_in_threshold": "50"}
    reported = facts(*(line for place in ("BOG", "MED") for line in lines(JANUARY, figures, place)))
    sites = [{"site": place, "queue": "EN-VOICE"} for place in ("BOG", "MED")]
    forecast = Forecast(date(2025, 12, 1), "forecast_volume", {"2026-01": Decimal(50)}, site)
    month = judged(Events(forecasts=(forecast,)), reported, coverage=sites, scope={"sites": ["BOG"]})
    assert any(relief.is_applied for relief in month.findings[0].relief) is excused
