"""A partner that fell silent: every report that is overdue is named, and nothing is drawn where nothing was judged."""

import re

import pytest

from app.domain.periods import Month
from app.performance.judging.service import evaluate_contract
from tests.performance.history import story
from tests.rig.people import THE_DAY


@pytest.fixture
def scorecard(begin_told) -> str:
    """The story, and an October for which every report is overdue: the address of the partner's scorecard."""

    def tell() -> str:
        history = story()
        for kind in ("staffing", "service", "quality"):
            history.expect(Month(2026, 10), kind)
        evaluate_contract(history.contract, THE_DAY)
        return f"/partners/{history.contract.partner.key}/scorecard"

    return begin_told("silent", tell)


def test_its_scorecard_shows_it(as_, scorecard):
    text = as_("dora").get(scorecard).text
    assert "October 2026" in text
    assert "Not reported" in text


def test_what_to_look_at_first_names_every_report_and_parts_names_that_may_hold_a_comma(as_, scorecard):
    text = as_("dora").get("/performance").text
    assert "Cedar: 5 service levels" in text
    assert "service levels without figures, overdue" in text
    told = re.search(r"The partner&#39;s ([\w, ]+) reports for Oct 2026 are overdue\. ", text)
    assert set(re.split(", | and ", told[1])) == {"service", "staffing", "quality"}
    assert re.search(r"No figures for [\w ]+(; [\w ]+){4}\.", text)


def test_no_line_is_drawn_where_nothing_was_judged(as_, scorecard):
    dora = as_("dora")
    assert ": weighted score" in dora.get("/performance?month=2026-09").text
    assert ": weighted score" not in dora.get("/performance").text + dora.get(scorecard).text
