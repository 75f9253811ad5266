"""A ramp's targets, a service level's own score and the contract's standings, on every page that tells results."""

import csv
import io

import pytest

from app.performance.judging.service import evaluate_contract
from tests.domain.story import level, limit
from tests.performance.history import cedar_document, story
from tests.rig.people import THE_DAY

STANDINGS = [{"standing": "gold", "at_least": "95"}, {"standing": "on notice", "at_least": "0"}]


@pytest.fixture
def keys(inside):
    """Of the partner and the contract; 79 % in July, 74 % in August, 73.5 % in September."""
    ramp = [{"from": "2026-08-01", "expected": limit(">=", "75"), "minimum": limit(">=", "73")}]
    scored = level(
        *("sl", "service_level", limit(">=", "70"), limit(">=", "65")),
        ramp=ramp,
        weight="20",
        score={"zero": "65", "upper": "90", "bonus": "10"},
    )
    rule = {"standings": STANDINGS, "decay": "0.5", "months": "2"}
    with inside():
        history = story(terms=cedar_document(service_levels=[scored], scorecard=rule))
        evaluate_contract(history.contract, THE_DAY)
        return history.contract.partner.key, history.contract.key


def test_results_stand_beside_the_targets_that_judged_them(as_, keys):
    table = as_("mia").get(f"/partners/{keys[0]}/findings.csv").data.decode("utf-8-sig")
    told = [(row["expected"], row["minimum"]) for row in csv.DictReader(io.StringIO(table))]
    assert [tuple(words.replace("\xa0", " ") for words in each) for each in told] == [
        ("at least 70 %", "65 %"),
        ("at least 75 %", "73 %"),
        ("at least 75 %", "73 %"),
    ]
    assert "1.5\xa0points\xa0under" in as_("mia").get("/performance?month=2026-09").text


def test_a_scorecard_is_reckoned_by_the_rule_of_its_contract(as_, keys):
    """September alone is 85 of 100 and August 90: (85 + 0.5 × 90) ÷ 1.5 = 86.67."""
    page = as_("mia").get(f"/partners/{keys[0]}/scorecard?month=2026-09").text
    assert "87 of 100" in page
    assert "Standing: on notice" in page
    assert as_("mia").get(f"/contracts/{keys[1]}/months/2026-09").status_code == 200
