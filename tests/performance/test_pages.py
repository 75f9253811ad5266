"""Who sees which result, on which page, with or without amounts."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import jobs, tenancy
from app.contracts.models import Charge, Contract
from app.domain.periods import Month
from app.extensions import db, write
from app.performance.judging.service import evaluate_contract
from app.performance.models import Finding
from app.performance.stored import month_to_open
from tests.domain.story import CHARGES, FIGURES, SEPTEMBER
from tests.performance.history import begin, by_kind, cedar_document, story
from tests.rig.people import THE_DAY

AMOUNT = re.compile(r"[$€£]|\bUSD\b|405,000|42,800|40,500|59,920|52,650|24,300|4050000|40500")
PLAIN = ("portfolio", "scorecard", "month", "finding")
MONEY = ("credits", "ledger")


@pytest.fixture(scope="session")
def told_addresses(build_once) -> dict[str, str]:
    """Built once; tests ask for `addresses`."""

    def build() -> dict[str, str]:
        with tenancy.unscoped("demo"):
            history = story()
            evaluate_contract(history.contract, THE_DAY)
            return addresses_of(history)

    return build_once("judged", "original", build)


@pytest.fixture
def addresses(told_addresses, begin_with) -> dict[str, str]:
    """The story as Cedar's, judged; the address of each page of it."""
    begin_with("judged")
    return told_addresses


@pytest.fixture
def birch(inside):
    """The same for Birch."""
    with inside():
        history = story("birch")
        evaluate_contract(history.contract, THE_DAY)
        return addresses_of(history)


def addresses_of(history) -> dict[str, str]:
    contract = history.contract
    found = Finding.service_level == "voice-service-level", Finding.month == "2026-09"
    key = db.session.scalars(select(Finding.key).where(Finding.partner_id == contract.partner_id, *found)).first()
    return {
        "portfolio": "/performance?month=2026-09",
        "scorecard": f"/partners/{contract.partner.key}/scorecard",
        "month": f"/contracts/{contract.key}/months/2026-09",
        "recomputation": f"/contracts/{contract.key}/months/2026-09/recomputation",
        "finding": f"/findings/{key}",
        "credits": "/credits?month=2026-09",
        "ledger": f"/contracts/{contract.key}/credits",
    }


def test_what_is_earned_back_is_a_step_of_the_month_and_an_entry_of_the_ledger(as_, inside):
    """A quality miss of August, and September without one: half of the credit comes back."""
    with inside():
        terms = cedar_document()
        kept = [level for level in terms["service_levels"] if level["key"] == "quality"]
        earn_back = {"kind": "months", "months": "1", "fraction": "50", "clause": "Schedule 3, 7"}
        history = begin(
            terms={**terms, "service_levels": kept, "credits": {**terms["credits"], "earn_back": earn_back}}
        )
        for month, figures in FIGURES.items():
            history.approve(month, figures)
        evaluate_contract(history.contract, THE_DAY)
        addresses = addresses_of_contract(history.contract)
    month = as_("finn").get(addresses["month"]).text
    assert "No credit is due" not in month
    assert "Earned back, Aug 2026" in month
    assert "Monthly cap" not in month, "no credit was given in this month, so no cap was looked at"
    assert "Schedule 3, 7" in month
    ledger = as_("finn").get(addresses["ledger"]).text
    assert "Earned back</th>" in ledger
    assert "−$8,560" in ledger
    assert "credit of Aug 2026" in ledger


def addresses_of_contract(contract) -> dict[str, str]:
    return {"month": f"/contracts/{contract.key}/months/2026-09", "ledger": f"/contracts/{contract.key}/credits"}


@pytest.mark.parametrize("name", [*PLAIN, *MONEY])
@pytest.mark.parametrize("who", ["dora", "finn", "mia", "gus"])
def test_internal_people_see_results_and_amounts(as_, addresses, who, name):
    answer = as_(who).get(addresses[name])
    assert answer.status_code == 200
    assert "$" in answer.text


@pytest.mark.parametrize("name", ["scorecard", "month", "finding", *MONEY])
@pytest.mark.parametrize("who", ["leo", "amy"])
def test_partner_people_with_the_sight_of_money_see_their_own_amounts(as_, addresses, who, name):
    answer = as_(who).get(addresses[name])
    assert answer.status_code == 200
    assert "$" in answer.text


@pytest.mark.parametrize("name", ["scorecard", "month", "finding"])
@pytest.mark.parametrize("who", ["ana", "ada"])
def test_who_may_not_see_money_sees_results_without_one_amount(as_, addresses, who, name):
    answer = as_(who).get(addresses[name])
    assert answer.status_code == 200
    assert "73.5" in answer.text
    assert not AMOUNT.findall(_without_scripts(answer.text))


def test_the_portfolio_holds_no_amount_for_who_may_not_see_money(as_, addresses):
    answer = as_("ada").get(addresses["portfolio"])
    assert answer.status_code == 200
    assert not AMOUNT.findall(_without_scripts(answer.text))


@pytest.mark.parametrize("name", MONEY)
@pytest.mark.parametrize("who", ["ana", "ada"])
def test_pages_of_money_are_refused_to_who_may_not_see_it(as_, addresses, who, name):
    assert as_(who).get(addresses[name]).status_code == 403


@pytest.mark.parametrize("name", ["scorecard", "month", "finding", "ledger"])
@pytest.mark.parametrize("who", ["bea", "bob", "max"])
def test_another_partners_page_is_not_found(as_, addresses, who, name):
    answer = as_(who).get(addresses[name])
    assert answer.status_code == (403 if (who, name) == ("bea", "ledger") else 404)
    assert "Cedar" not in answer.text


@pytest.mark.parametrize("name", ["scorecard", "month", "finding", "ledger"])
def test_what_does_not_exist_is_not_found(as_, addresses, name):
    made_up = re.sub(r"(partners|contracts|findings)/[^/]+", r"\1/nothing", addresses[name])
    assert as_("dora").get(made_up).status_code == 404


@pytest.mark.parametrize("name", [*PLAIN, *MONEY])
def test_nobody_sees_anything_without_logging_in(client, addresses, name):
    assert client.get(addresses[name]).status_code == 302


@pytest.mark.parametrize("name", [*PLAIN, *MONEY])
def test_performance_is_only_read(as_, addresses, name):
    assert as_("dora").post(addresses[name]).status_code == 405


def test_partner_people_go_straight_to_their_own_scorecard(as_, addresses, birch):
    answer = as_("bea").get("/performance")
    assert answer.status_code == 302
    assert answer.location == birch["scorecard"]


@pytest.mark.portable
def test_a_manager_of_one_partner_sees_a_map_of_that_one(as_, addresses, birch):
    answer = as_("max").get(addresses["portfolio"])
    assert answer.status_code == 200
    assert "Birch" in answer.text
    assert "Cedar" not in answer.text


def test_the_credits_of_a_manager_of_one_partner_hold_that_one(as_, addresses, birch):
    answer = as_("max").get(addresses["credits"])
    assert answer.status_code == 200
    assert "Birch" in answer.text
    assert "Cedar" not in answer.text


def test_from_the_map_to_the_submitted_row_takes_three_clicks(as_, addresses):
    visitor = as_("dora")
    card = re.search(r'href="(/partners/[^"/]+/scorecard[^"]*)"', visitor.get(addresses["portfolio"]).text)
    found = re.findall(r'href="(/findings/[^"]+)"', visitor.get(card[1].replace("&amp;", "&")).text)
    rows = re.findall(r'href="/submissions/[^"#]+#row-7"', visitor.get(found[0]).text)
    assert rows


def test_the_panel_alone_is_given_to_htmx(as_, addresses):
    answer = as_("dora").get(addresses["finding"], htmx=True)
    assert answer.text.lstrip().startswith('<section class="card" id="why"')
    assert "29,400 ÷ 40,000 × 100 = 73.5" in answer.text
    assert "<html" not in answer.text


def test_the_panel_names_clause_inputs_comparison_and_who_approved(as_, addresses):
    text = as_("dora").get(addresses["finding"]).text
    for words in ("Schedule 3, 2.1", "29,400", "at least 75", "Below Minimum", "Mia", "Leo", "Row 7"):
        assert words in text


def test_places_are_called_by_their_names_and_the_row_has_the_code_beside(as_, addresses):
    text = as_("dora").get(addresses["finding"]).text
    assert "Cedar One · Cedar voice" in text
    assert text.count("cedar-one") == text.count("cedar-one · cedar-voice</small>") == 1


def test_the_panel_names_the_sites_of_a_narrow_scope_and_the_place_of_a_missing_figure(as_, inside):
    written = cedar_document()
    written["service_levels"][0] |= {"scope": {"sites": ["cedar-one"], "queues": ["cedar-voice"]}}
    with inside():
        history = begin(terms=written)
        history.approve(SEPTEMBER, {**FIGURES[SEPTEMBER], "answered_in_threshold": ""})
        evaluate_contract(history.contract, THE_DAY)
        addresses = addresses_of(history)
    panel = as_("dora").get(addresses["finding"], htmx=True).text
    assert "in the partner&#39;s report for Cedar One, Cedar voice, Sep 2026" in panel
    assert "<dt>Scope</dt><dd>Cedar One · Cedar voice</dd>" in panel
    assert "cedar-one" not in panel


@pytest.mark.portable
def test_the_chain_of_the_month_is_on_its_page(as_, addresses):
    text = as_("finn").get(addresses["month"]).text
    for amount in ("$52,650", "−$12,150", "$40,500", "$24,300", "$16,200"):
        assert amount in text


def test_an_earlier_judgement_stays_readable_and_names_the_one_in_force(as_, inside, addresses):
    with inside() as session:
        contract = session.scalars(select(Contract)).one()
        with write() as changes:
            changes.add(
                Charge(
                    partner_id=contract.partner_id,
                    contract_id=contract.id,
                    month="2026-09",
                    number=2,
                    amount_minor=40_000_000,
                    entered_at=THE_DAY,
                    entered_by_id=1,
                )
            )
        evaluate_contract(contract, THE_DAY)
    text = as_("dora").get(addresses["finding"]).text
    assert "Superseded" in text
    assert "Read the finding in force" in text


def test_a_month_without_a_judgement_says_what_it_waits_for(as_, addresses):
    answer = as_("dora").get(addresses["month"].replace("2026-09", "2026-05"))
    assert answer.status_code == 200
    assert "not judged yet" in answer.text


def test_a_judgement_is_computed_again_and_held_against_what_is_stored(as_, addresses):
    answer = as_("ana").get(addresses["month"] + "/recomputation")
    assert answer.status_code == 200
    assert "the same bytes" in answer.text
    assert not AMOUNT.findall(_without_scripts(answer.text))
    assert as_("bob").get(addresses["month"] + "/recomputation").status_code == 404
    assert as_("dora").get(addresses["month"].replace("-09", "-05") + "/recomputation").status_code == 404


@pytest.mark.parametrize("month", ["2026-13", "september", "2020-01"])
def test_a_month_outside_the_contract_is_not_found(as_, addresses, month):
    assert as_("dora").get(addresses["month"].replace("2026-09", month)).status_code == 404


def test_a_page_says_when_a_judgement_is_on_its_way(as_, inside, addresses):
    with inside() as session:
        contract = session.scalars(select(Contract)).one()
        with write():
            jobs.enqueue("contract.evaluate", contract.id, partner_id=contract.partner_id)
    for name in ("scorecard", "month", "ledger"):
        text = as_("dora").get(addresses[name]).text
        assert 'id="judging"' in text
        assert 'http-equiv="refresh"' in text


def test_without_any_judgement_the_pages_say_what_to_do(as_, inside):
    with inside():
        contract = begin().contract
        key, partner = contract.key, contract.partner.key
    for address in ("/performance", "/credits", f"/partners/{partner}/scorecard", f"/contracts/{key}/credits"):
        answer = as_("dora").get(address)
        assert answer.status_code == 200, address
    assert "No month is judged yet" in as_("dora").get("/performance").text


def test_charges_that_are_missing_are_said_and_finance_is_led_to_them(as_, inside):
    with inside():
        history = begin(charges={})
        history.approve(SEPTEMBER, FIGURES[SEPTEMBER])
        evaluate_contract(history.contract, THE_DAY)
        addresses = addresses_of(history)
    for name in ("month", "credits", "finding"):
        assert "ot priced" in as_("dora").get(addresses[name]).text
    assert f"{history_key(addresses)}/charges" in as_("finn").get(addresses["month"]).text
    assert f"{history_key(addresses)}/charges" not in as_("dora").get(addresses["month"]).text


def history_key(addresses: dict[str, str]) -> str:
    return addresses["ledger"].removesuffix("/credits")


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("portfolio", 8),
        ("credits", 8),
        ("scorecard", 12),
        ("month", 12),
        ("finding", 12),
        ("ledger", 12),
        ("recomputation", 12),
    ],
)
def test_a_page_takes_the_same_statements_however_much_there_is(as_, inside, count_statements, name, allowed):
    with inside():
        small = begin(charges=CHARGES)
        small.approve(SEPTEMBER, FIGURES[SEPTEMBER])
        evaluate_contract(small.contract, THE_DAY)
        few = addresses_of(small)
    visitor = as_("dora")
    with count_statements() as before:
        visitor.get(few[name])
    with inside():
        large = story("birch")
        for month in Month(2025, 11).through(Month(2026, 6)):
            large.approve(month, FIGURES[SEPTEMBER])
        evaluate_contract(large.contract, THE_DAY)
        many = addresses_of(large)
    with count_statements() as after:
        visitor.get(many[name])
    assert len(after) == len(before)
    assert len(after) <= allowed + 2


def _without_scripts(text: str) -> str:
    """The page without what is the same for everybody."""
    return re.sub(r"<head>.*?</head>", "", text, flags=re.DOTALL)


@pytest.mark.parametrize(
    ("months", "opened"),
    [(["2026-11", "2026-10", "2026-09"], "2026-10"), (["2026-10"], "2026-10"), (["2026-12", "2026-11"], "2026-12")],
)
def test_a_month_that_still_runs_does_not_hide_the_last_whole_one(app, monkeypatch, months, opened):
    monkeypatch.setattr("app.clock.now", lambda: THE_DAY)
    assert month_to_open(months) == opened


def test_a_month_whose_reports_are_not_due_is_no_verdict_and_not_where_a_scorecard_opens(as_, inside):
    november = Month(2026, 11)
    with inside():
        history = story()
        service = by_kind(FIGURES[SEPTEMBER])["service"]
        history.decide(history.send(november, "service", service, THE_DAY - timedelta(days=1)), at=THE_DAY)
        evaluate_contract(history.contract, THE_DAY)
        scorecard = f"/partners/{history.contract.partner.key}/scorecard"
    text = as_("mia").get(f"/performance?month={november}").text
    assert "no figures are overdue" not in text
    assert re.findall(r"none is overdue[^<]*", text) == ["none is overdue, 3 not due yet"]
    assert "so far</span>" in text
    opened = as_("leo").get(scorecard).text
    assert "September 2026</h2>" in opened
    assert "no figures are overdue" in opened
    assert f'href="{scorecard}?month={november}">Newest: Nov 2026' in opened
    running = as_("leo").get(f"{scorecard}?month={november}").text
    assert "November 2026</h2>" in running
    assert "so far</p>" in running


def test_a_credit_that_waits_for_charges_is_called_not_priced_and_never_nothing(as_, inside):
    with inside():
        history = story(charges={})
        evaluate_contract(history.contract, THE_DAY)
    visitor = as_("finn")
    for address in ("/performance?month=2026-09", "/credits?month=2026-09"):
        text = visitor.get(address).text
        assert re.search(r'figure-value">(<a [^>]+>)?Not priced', text), address
        assert "$0" not in text, address


def test_where_nothing_is_owed_the_figure_says_so(as_, addresses):
    assert re.search(r'figure-value">(<a [^>]+>)?None due', as_("finn").get("/performance?month=2026-07").text)


def test_an_empty_cell_of_the_map_says_that_the_contract_does_not_judge_it(as_, addresses, inside):
    written = cedar_document("birch")
    written["service_levels"] = written["service_levels"][:1]
    with inside():
        history = begin("birch", terms=written)
        history.approve(SEPTEMBER, FIGURES[SEPTEMBER])
        evaluate_contract(history.contract, THE_DAY)
    empty = re.findall(r'<td class="heat-none">(.+?)</td>', as_("dora").get(addresses["portfolio"]).text)
    assert len(empty) == 4
    assert all(cell.endswith('<span class="visually-hidden">not in this contract</span>') for cell in empty)
