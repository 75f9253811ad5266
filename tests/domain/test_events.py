"""An evaluation rests on what happened, and tells it apart."""

import pytest

from app.contracts.catalogue import CATALOGUE
from app.domain.events import Events
from app.domain.judging.evaluation import evaluate
from app.domain.periods import Month
from app.domain.reading.events_checks import check_events
from app.domain.reading.events_reader import read_events
from app.domain.terms import year_starts
from tests.domain.story import CHARGES, JULY, level, limit, one_level, story, terms

LINES = [("travel", 100), ("telephony", 200)]
NIL = {"month": "2026-07", "kind": "service", "standing": "nil"}


def forecast(values, **place):
    return {"issued_on": "2026-07-01", "measure": "offered", "values": values, **place}


def test_lines_of_an_invoice_enter_the_fingerprint():
    def fingerprint(events):
        return evaluate([terms()], story(), CHARGES, CATALOGUE, [JULY], events)[0].fingerprint

    invoiced = [Events(charge_lines={JULY: {"travel": amount}}) for amount in (100, 200)]
    assert len({fingerprint(Events()), *map(fingerprint, invoiced)}) == 3
    either_way = [Events(charge_lines={JULY: dict(order)}) for order in (LINES, LINES[::-1])]
    assert len(set(map(fingerprint, either_way))) == 1


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({"forecasts": [forecast({"20260803": "5"})]}, "forecasts.0.values.20260803"),
        ({"forecasts": [forecast({"2026-08": "90", "2026-08-03": "5"})]}, "forecasts.0.values.2026-08-03"),
        ({"charges": [{"month": "2026-07", "total": "5"}, {"month": "2026-07", "total": "7"}]}, "charges.1.month"),
        ({"reports": [dict(NIL), dict(NIL, standing="overdue")]}, "reports.1.month"),
    ],
)
def test_what_would_be_left_out_or_counted_twice_is_refused_at_its_place(document, path):
    assert [problem.path for problem in read_events(document)[1]] == [path]


def test_a_forecast_of_one_place_and_one_of_all_would_be_added_and_are_refused():
    """Each version of all places replaces the one before."""
    of_all, of_one = forecast({"2026-08": "90"}), forecast({"2026-08": "50"}, site="BOG")
    for forecasts, paths in (
        ([of_all, of_all], []),
        ([of_all, of_one], ["forecasts.1.site"]),
        ([of_all, forecast({"2026-09": "50"}, site="BOG")], []),
    ):
        happened, _ = read_events({"forecasts": forecasts})
        agreed = terms(corridor={"measure": "offered", "forecast": "offered", "variance": "10"})
        assert [problem.path for problem in check_events(happened.events, [agreed], CATALOGUE)] == paths


@pytest.mark.parametrize(
    ("window", "month", "paths"),
    [
        ("quarter", "2026-07", ["claims.0.month"]),
        ("quarter", "2026-09", []),
        ("contract_year", "2026-09", ["claims.0.month"]),
        ("contract_year", "2026-10", []),
        ("month", "2026-07", []),
        ({"kind": "fiscal_month", "starts_on": "22"}, "0001-01", []),
    ],
)
def test_a_claim_about_a_month_in_which_no_window_ends_is_refused(window, month, paths):
    """Contract years begin in November."""
    agreed = one_level(level("voice", "service_level", limit(">=", "80"), window=window))
    happened, _ = read_events({"claims": [{"key": "1", "month": month, "kind": "period", "decision": "granted"}]})
    assert [problem.path for problem in check_events(happened.events, [agreed], CATALOGUE)] == paths


def test_contract_years_begin_as_the_newest_terms_say_in_whatever_order_they_come():
    history = [
        terms(effective_from=day, contract_year={"starts": starts})
        for day, starts in (("2025-11-01", "2025-11-01"), ("2026-07-01", "2026-07-01"))
    ]
    assert {year_starts(history), year_starts(history[::-1])} == {Month(2026, 7)}


def test_a_claim_or_incident_that_stands_twice_is_refused():
    """A row that was pasted twice would be taken off twice."""
    claim = {"key": "C-1", "month": "2026-01", "kind": "adjust", "decision": "granted", "adjust": {"offered": "400"}}
    incident = {"key": "I-1", "month": "2026-01", "service_levels": ["voice", "quality"]}
    problems = read_events({"claims": [claim, {**claim, "key": "C-2"}, claim], "incidents": [incident, incident]})[1]
    assert [problem.path for problem in problems] == ["claims.2.key", "incidents.1.key"]
    assert problems[0].message == '"C-1" stands here twice: keep one of them, or give each a key of its own'
