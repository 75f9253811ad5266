"""Files hold the page's figures, and nothing that a spreadsheet would run."""

import csv
import io

import pytest

from app.domain.periods import Month
from app.performance.judging.service import evaluate_contract
from tests.domain.story import AUGUST, FIGURES, SEPTEMBER
from tests.performance.history import begin, cedar_document, story
from tests.rig.people import THE_DAY

OCTOBER = Month(2026, 10)


@pytest.fixture
def contract(begin_told):
    """Keys of the story's partner and contract, judged."""

    def tell() -> dict[str, str]:
        contract = story().contract
        evaluate_contract(contract, THE_DAY)
        return {"partner": contract.partner.key, "contract": contract.key}

    return begin_told("exported", tell)


def rows(answer) -> list[dict[str, str]]:
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_the_findings_of_a_partner(as_, contract):
    found = rows(as_("leo").get(f"/partners/{contract['partner']}/findings.csv"))
    assert len(found) == 15
    [level] = [row for row in found if row["month"] == "2026-09" and row["service_level"] == "voice-service-level"]
    assert (level["contractual"], level["attainment"], level["credit"]) == ("73.5", "below_minimum", "18692.31")


def test_the_findings_carry_no_amount_for_who_may_not_see_money(as_, contract):
    found = rows(as_("ana").get(f"/partners/{contract['partner']}/findings.csv"))
    assert "credit" not in found[0]
    assert "18692" not in str(found)


def test_a_finding_has_a_word_for_its_credit_and_an_empty_cell_for_what_is_not_known(as_, inside):
    with inside():
        history = begin(charges={SEPTEMBER: 40_500_000})
        history.approve(SEPTEMBER, FIGURES[SEPTEMBER])
        history.approve(AUGUST, FIGURES[SEPTEMBER])
        history.expect(OCTOBER, "service")
        evaluate_contract(history.contract, THE_DAY)
        key = history.contract.partner.key
    found = rows(as_("finn").get(f"/partners/{key}/findings.csv"))
    told = {(row["month"], row["service_level"]): (row["credit"], row["credit_status"]) for row in found}
    assert told["2026-09", "voice-service-level"] == ("18692.31", "due")
    assert told["2026-09", "quality"] == ("0.00", "none_due")
    assert told["2026-08", "voice-service-level"] == ("", "not_priced")
    assert told["2026-10", "voice-service-level"] == ("", "not_settled")


def test_the_ledger_comes_to_what_is_payable(as_, contract):
    found = rows(as_("finn").get(f"/contracts/{contract['contract']}/ledger.csv"))
    september = [float(row["amount"]) for row in found if row["invoice_month"] == "2026-09"]
    assert round(sum(september), 2) == 40_500


@pytest.mark.portable
def test_the_credits_of_every_month_hold_the_chain(as_, contract):
    found = rows(as_("finn").get("/credits.csv"))
    [september] = [row for row in found if row["month"] == "2026-09"]
    chain = [float(september[name]) for name in ("charges", "uncapped", "cap_applied", "payable", "posted")]
    assert chain == [405_000, 52_650, 12_150, 40_500, 40_500]


@pytest.mark.parametrize("who", ["ana", "ada"])
def test_files_of_money_are_refused_to_who_may_not_see_it(as_, contract, who):
    assert as_(who).get("/credits.csv").status_code == 403
    assert as_(who).get(f"/contracts/{contract['contract']}/ledger.csv").status_code == 403


def test_another_partners_files_are_not_found(as_, contract):
    assert as_("bob").get(f"/partners/{contract['partner']}/findings.csv").status_code == 404
    assert as_("bob").get(f"/contracts/{contract['contract']}/ledger.csv").status_code == 404
    assert rows(as_("bob").get("/credits.csv")) == []


def test_a_text_that_looks_like_a_formula_is_neutralised(as_, inside):
    with inside():
        terms = cedar_document()
        terms["service_levels"][0]["name"] = "=cmd|' /C calc'!A0"
        history = begin(terms=terms)
        history.approve(SEPTEMBER, FIGURES[SEPTEMBER])
        evaluate_contract(history.contract, THE_DAY)
        key = history.contract.partner.key
    found = rows(as_("dora").get(f"/partners/{key}/findings.csv"))
    assert found[0]["name"] == "'=cmd|' /C calc'!A0"
