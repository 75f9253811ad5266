"""A value that the partner stated is called so wherever it is judged, down to the row that holds it."""

import csv
import io
import re
from decimal import Decimal

import pytest

from app.performance.claims.relieving import Change
from app.performance.judging.service import evaluate_contract
from app.performance.tried import shown
from tests.domain.story import AUGUST, FIGURES, JULY, facts, judge, level, limit, lines, one_level
from tests.performance.history import begin, by_kind, cedar_document
from tests.rig.people import THE_DAY

LEVELS = [level("resolution", "fcr", limit(">=", "85"), source="stated")]
AVERAGE = {"kind": "average"}


@pytest.fixture
def partner(inside) -> str:
    """The key of Cedar, whose July states 98.6 %."""
    with inside():
        history = begin(terms=cedar_document(service_levels=LEVELS, credits=None))
        for kind, values in by_kind(FIGURES[JULY]).items():
            stated = {"fcr": "98.6"} if kind == "quality" else {}
            history.decide(history.send(JULY, kind, values, row={"stated": stated}))
        evaluate_contract(history.contract, THE_DAY)
        return history.contract.partner.key


def test_the_map_the_scorecard_and_the_finding_call_it_stated(as_, partner):
    dora = as_("dora")
    card = dora.get(f"/partners/{partner}/scorecard?month=2026-07").text
    assert "as stated, 13.6 to spare" in card
    assert "no weights agreed" in card
    assert "nothing was judged" not in card
    assert "as stated, 13.6 to spare" in dora.get("/performance?month=2026-07").text
    finding = dora.get(re.search(r"/findings/[\w-]+", card)[0]).text
    assert "as stated, 13.6 points to spare" in finding
    assert "The value that the partner stated; Accord did not compute it" in finding
    assert re.search(r'<td class="n" data-label="Stated">98\.6', finding)


def test_the_mean_of_several_months_stands_beside_none_of_their_rows(as_, inside):
    """95 % is neither the 98.6 % of July nor the 91.4 % of August."""
    with inside():
        history = begin(terms=cedar_document(service_levels=[LEVELS[0] | {"window": AVERAGE}], credits=None))
        for month, percent in ((JULY, "98.6"), (AUGUST, "91.4")):
            values = by_kind(FIGURES[month])["quality"]
            history.decide(history.send(month, "quality", values, row={"stated": {"fcr": percent}}))
        evaluate_contract(history.contract, THE_DAY)
        key = history.contract.partner.key
    dora = as_("dora")
    card = dora.get(f"/partners/{key}/scorecard?month=2026-08").text
    finding = dora.get(re.search(r"/findings/[\w-]+", card)[0]).text
    assert "as stated, 10.0 points to spare" in finding
    assert finding.count('data-label="Sent by"') == 2
    assert 'data-label="Stated"' not in finding


def test_the_file_of_findings_says_where_each_value_is_from(as_, partner):
    body = as_("dora").get(f"/partners/{partner}/findings.csv").data.decode("utf-8-sig")
    assert [row["source"] for row in csv.DictReader(io.StringIO(body))] == ["stated"]


def test_a_miss_that_was_loaded_as_history_is_called_set_aside_not_excused(as_, inside):
    with inside():
        history = begin(terms=cedar_document(service_levels=[level("voice", "service_level", limit(">=", "80"))]))
        history.approve(JULY, FIGURES[JULY], batch_id=history.batch(with_credits=False).id)
        evaluate_contract(history.contract, THE_DAY)
    page = as_("dora").get("/performance?month=2026-07").text
    assert "of 1 judged service levels, 1 set aside" in page
    assert "excused or in grace" not in page
    assert "heat tone-bad" in page
    assert "set-aside" not in page
    assert "not credited" in page


def test_imported_history_has_its_colour_and_its_rank_where_no_credit_was_agreed(as_, inside):
    levels = [level("voice", "service_level", limit(">=", "80"))]
    with inside():
        history = begin(terms=cedar_document(service_levels=levels, credits=None))
        history.approve(JULY, FIGURES[JULY], batch_id=history.batch(with_credits=False).id)
        evaluate_contract(history.contract, THE_DAY)
        key = history.contract.partner.key
    for address in ("/performance?month=2026-07", f"/partners/{key}/scorecard?month=2026-07"):
        page = as_("dora").get(address).text
        assert "heat tone-bad" in page
        assert "set-aside" not in page
        assert "set aside" not in page
        assert "not credited" not in page.lower()


@pytest.mark.parametrize("stated", ["85.29", "85.2", "85", "85.125"])
def test_a_stated_value_is_shown_as_it_was_stated(as_, inside, stated):
    with inside():
        history = begin(terms=cedar_document(service_levels=LEVELS, credits=None))
        row = {"stated": {"fcr": stated}}
        history.decide(history.send(JULY, "quality", by_kind(FIGURES[JULY])["quality"], row=row))
        evaluate_contract(history.contract, THE_DAY)
        key = history.contract.partner.key
    dora = as_("dora")
    card = dora.get(f"/partners/{key}/scorecard?month=2026-07").text
    finding = dora.get(re.search(r"/findings/[\w-]+", card)[0]).text
    assert f"{stated}\u00a0% meets the Expected of at least 85\u00a0%." in finding
    assert "None: judged and shown as it was stated" in finding
    assert f"{stated}\u00a0%" in card
    assert f"{stated}\u00a0%" in dora.get("/performance?month=2026-07").text


def test_so_do_other_targets_that_are_tried_and_the_effect_of_a_claim():
    reported = facts(*lines(JULY, FIGURES[JULY], stated={"fcr": Decimal("84.29")}))
    [month] = judge(one_level(*LEVELS, credits=None), reported, JULY)
    [finding] = month.findings
    assert shown(finding) == "84.29\u00a0%"
    assert Change(finding, finding, None, None).without == "84.29\u00a0%"
