"""What was not reported never helps: an agreed figure that one of the two leaves out, a month of a mean, a run."""

import pytest

from app.contracts.catalogue import CATALOGUE
from app.domain.facts import Facts, Line, ReportKey, ReportStatus, Standing
from app.domain.judging.evaluation import evaluate
from app.domain.periods import Month
from tests.domain.story import MEASURES, facts, level, limit, lines, one_level

JANUARY = Month(2026, 1)
FIGURES = {"offered": "1000", "answered_in_threshold": "800"}
OTHER = {"client": "partner", "partner": "client"}
AGREED = {key: {"source": "partner"} for key in MEASURES} | {"offered": {"source": "agreed", "tolerance": "2"}}


def service(month, figures, **others):
    return [line for line in lines(month, figures, **others) if line.kind == "service"]


def judged(level, reported, months=1, **changes):
    terms = one_level(level, **{"effective_from": "2026-01-01", **changes})
    asked = [JANUARY.plus(place) for place in range(months)]
    found = evaluate([terms], reported, {}, CATALOGUE, asked)[-1].findings
    return found[0] if found else None


@pytest.mark.parametrize("silent", ["partner", "client"])
@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("offered", ["5000", "0"])
def test_an_agreed_figure_that_one_of_the_two_calls_nil_is_missing(silent, whole, offered):
    """Nil of the whole report, or of the one row; a 0 that the other tells is a figure."""
    figures = {"offered": offered, "answered_in_threshold": "0"}
    told = service(JANUARY, figures if silent == "client" else {"offered": offered}, party=OTHER[silent])
    reported = facts(*told)
    if whole:
        reported.reports[ReportKey(JANUARY, "service", silent)] = ReportStatus(Standing.NIL)
    else:
        row = Line(JANUARY, "service", silent, "BOG", "EN-VOICE", {}, "nil", nil=True)
        reported = facts(*told, row)
    found = judged(level("voice", "service_level", limit(">=", "80")), reported, measures=AGREED)
    assert (found.attainment, found.reason.code, found.reason.figures["party"]) == ("not_measured", "missing", silent)


def test_an_agreed_figure_that_both_call_nil_is_nothing_to_report():
    reported = Facts(
        (), {ReportKey(JANUARY, "service", party): ReportStatus(Standing.NIL) for party in ("partner", "client")}
    )
    found = judged(level("voice", "service_level", limit(">=", "80")), reported, measures=AGREED)
    assert found.reason.code == "nil_return"


def test_a_month_of_a_mean_whose_figure_is_missing_leaves_the_mean_unmeasured():
    reported = facts(*service(JANUARY, {"offered": "1000"}), *service(JANUARY.next(), FIGURES))
    voice = level("voice", "service_level", limit(">=", "80"), window={"kind": "average"})
    found = judged(voice, reported, 2)
    assert (found.attainment, found.reason.code, found.reason.figures["month"]) == (
        *("not_measured", "missing"),
        "2026-01",
    )


@pytest.mark.parametrize(("gaps", "default"), [("pass", "expected"), ("break", "none")])
def test_a_run_passes_over_months_in_which_nobody_works_where_gaps_pass(gaps, default):
    """The queue rests in March."""
    months = [JANUARY, JANUARY.plus(1), JANUARY.plus(3)]
    reported = facts(*(line for month in months for line in service(month, FIGURES)))
    rule = {"expected": {"misses": "3", "consecutive": "yes"}, "gaps": gaps}
    seasons = [{"until": "2026-02-28"}, {"from": "2026-04-01"}]
    coverage = [{"site": "BOG", "queue": "EN-VOICE", **season} for season in seasons]
    found = judged(level("voice", "service_level", limit(">=", "90"), default=rule), reported, 4, coverage=coverage)
    assert found.default == default


@pytest.mark.parametrize(
    "window", [{"kind": "rolling", "months": "3", "at_least": "2"}, {"kind": "average", "at_least": "2"}]
)
def test_a_month_with_nothing_to_report_is_none_of_the_months_with_figures_that_a_window_needs(window):
    reported = facts(*service(JANUARY.next(), FIGURES))
    reported.reports[ReportKey(JANUARY, "service", "partner")] = ReportStatus(Standing.NIL)
    found = judged(level("voice", "service_level", limit(">=", "80"), window=window), reported, 2)
    assert (found.attainment, found.reason.code) == ("not_measured", "window_too_short")


@pytest.mark.parametrize(
    ("silent", "gap", "default"),
    [
        (("client",), "overdue", "none"),
        (("partner",), "overdue", "reporting"),
        (("partner", "client"), "overdue", "reporting"),
        (("client",), "missing", "none"),
        (("partner", "client"), "missing", "reporting"),
    ],
)
def test_what_the_client_alone_left_out_is_no_default_of_the_partners(silent, gap, default):
    told = [
        line
        for party in ("partner", "client")
        for line in service(JANUARY, {"abandoned": "9"} if party in silent else FIGURES, party=party)
    ]
    reported = facts(*told)
    for party in silent if gap == "overdue" else ():
        reported.reports[ReportKey(JANUARY, "service", party)] = ReportStatus(Standing.OVERDUE)
    rule = {"expected": {}, "not_reported": "yes", "not_measured": "yes"}
    found = judged(level("voice", "service_level", limit(">=", "80"), default=rule), reported, measures=AGREED)
    assert (found.attainment, found.default) == ("not_reported" if gap == "overdue" else "not_measured", default)
