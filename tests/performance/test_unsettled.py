"""What is not known yet reads neither as none nor as zero: on pages, in files, in charts."""

import re
from datetime import timedelta

import pytest

from app.domain.periods import Month
from app.extensions import write
from app.performance.judging.service import evaluate_contract
from app.performance.judging.settling import unsettled_in, unsettled_of
from app.performance.models import Evaluation
from app.performance.stored import in_force
from tests.access.requests import fields_of
from tests.domain.story import AUGUST, FIGURES, JULY, SEPTEMBER, credited, level, limit
from tests.performance.history import begin, by_kind, cedar_document, history_of, story, version_in_force
from tests.performance.test_exports import rows
from tests.rig.people import THE_DAY

OCTOBER = Month(2026, 10)
WORDS = "2 of 5 results not settled yet. The partner&#39;s service report for {} awaits approval."
AMOUNTS = ("uncapped", "cap_applied", "offset", "waived", "earned_back", "payable", "posted")
GOOD = FIGURES[JULY] | {"answered_in_threshold": "40000"}


@pytest.fixture
def keys(begin_told):
    """July is settled, of August half and of September nothing costly is approved; October is overdue."""

    def tell() -> dict[str, str]:
        history = begin(charges={JULY: 41_200_000})
        history.approve(JULY, FIGURES[JULY])
        for month, figures in ((Month(2026, 8), FIGURES[SEPTEMBER]), (SEPTEMBER, GOOD)):
            kinds = by_kind(figures)
            history.send(month, "service", kinds.pop("service"))
            for kind, values in kinds.items():
                history.decide(history.send(month, kind, values))
        history.charge(Month(2026, 8), 42_800_000)
        history.expect(OCTOBER, "service")
        evaluate_contract(history.contract, THE_DAY)
        return {"contract": history.contract.key, "partner": history.contract.partner.key}

    return begin_told("unsettled", tell)


def flat(answer) -> str:
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.text)


def test_the_file_has_a_word_for_each_month_and_empty_cells_for_what_is_not_known(as_, keys):
    found = {row["month"]: row for row in rows(as_("finn").get("/credits.csv"))}
    assert {month: row["status"] for month, row in found.items()} == {
        "2026-07": "none_due", "2026-08": "due_so_far", "2026-09": "not_settled", "2026-10": "not_settled",
    }  # fmt: skip
    assert [found["2026-07"][name] for name in AMOUNTS] == ["0.00"] * 7
    for month in ("2026-09", "2026-10"):
        assert [found[month][name] for name in AMOUNTS] == [""] * 7
    assert found["2026-08"]["payable"] == found["2026-08"]["posted"] == "17120.00"
    assert (found["2026-09"]["results"], found["2026-09"]["unsettled"]) == ("5", "2")
    assert found["2026-09"]["waits_for"].endswith("The partner's service report for Sep 2026 awaits approval.")
    assert found["2026-07"]["waits_for"] == ""


def test_the_file_of_a_month_holds_that_month_and_the_page_leads_to_both(as_, keys):
    visitor = as_("finn")
    assert [row["month"] for row in rows(visitor.get("/credits.csv?month=2026-08"))] == ["2026-08"]
    assert visitor.get("/credits.csv?month=August").status_code == 404
    page = flat(visitor.get("/credits?month=2026-08"))
    assert re.search(r'href="/credits.csv\?month=2026-08"[^>]*>Aug 2026 as CSV', page)
    assert re.search(r'href="/credits.csv"[^>]*>All months as CSV', page)


def test_charges_that_are_missing_leave_the_cells_empty_too(as_, inside):
    with inside():
        evaluate_contract(story(charges={}).contract, THE_DAY)
    [september] = rows(as_("finn").get("/credits.csv?month=2026-09"))
    assert september["status"] == "not_priced"
    assert [september[name] for name in ("charges", *AMOUNTS)] == [""] * 8
    assert september["waits_for"] == "The month's charges are not entered."


@pytest.mark.parametrize(
    "address",
    ["/credits?month=2026-09", "/performance?month=2026-09", "/partners/{partner}/scorecard?month=2026-09"],
)
def test_the_figure_of_a_month_that_is_not_settled_is_no_amount(as_, keys, address):
    text = flat(as_("finn").get(address.format(**keys)))
    assert re.search(r'figure-value">(<a [^>]+>)?Not settled', text)
    assert "2 of 5 results not settled yet" in text
    assert "None due" not in text.partition("Payable by invoice month")[0]


def test_the_month_says_what_is_not_settled_and_by_which_report(as_, keys):
    visitor = as_("finn")
    september = flat(visitor.get(f"/contracts/{keys['contract']}/months/2026-09"))
    assert "Not known yet whether a credit is due" in september
    assert WORDS.format("Sep 2026") in september
    assert september.count(">not settled</td>") == 2
    assert "No credit is due" not in september
    august = flat(visitor.get(f"/contracts/{keys['contract']}/months/2026-08"))
    assert "So far: more may be due" in august
    assert "$17,120" in august
    assert "No credit is due for July 2026" in flat(visitor.get(f"/contracts/{keys['contract']}/months/2026-07"))


def test_the_contracts_months_and_the_course_tell_what_is_known_from_what_is_not(as_, keys):
    text = flat(as_("finn").get(f"/contracts/{keys['contract']}/credits"))
    assert "over 4 judged months, 3 of them not settled yet" in text
    assert text.count("Not settled</span>") == 2
    assert text.count("None due") == 1
    assert "so far</small>" in text
    course = flat(as_("finn").get("/credits?month=2026-10"))
    assert "Sep no value, not settled" in course


def test_what_needs_attention_and_its_finding_have_no_amount_either(as_, keys):
    portfolio = flat(as_("finn").get("/performance?month=2026-10"))
    assert re.search(r'data-label="Credit" class="n">Not settled', portfolio)
    key = re.search(r'/findings/([^"]+)"', portfolio)[1]
    finding = flat(as_("finn").get(f"/findings/{key}"))
    assert re.search(r"figure-value\">Not settled</p> <p class=\"figure-note\">known once the result is", finding)


@pytest.mark.portable
def test_what_is_read_in_one_statement_is_what_the_findings_say(inside, keys):
    with inside():
        evaluations = in_force()
        told = unsettled_in(evaluations)
        assert len(told) == 4
        assert {each.id: unsettled_of(each) for each in evaluations} == told


def test_a_month_that_is_met_and_settled_says_so(as_, inside):
    with inside():
        history = begin()
        perfect = GOOD | {"actual_fte": "140", "qa_critical_errors": "0"}
        history.approve(SEPTEMBER, perfect, at=THE_DAY - timedelta(days=30))
        evaluate_contract(history.contract, THE_DAY)
        key = history.contract.key
    assert "No credit is due for September 2026: every service level was met." in flat(
        as_("finn").get(f"/contracts/{key}/months/2026-09")
    )


def test_a_contract_that_nobody_could_judge_is_named_and_has_a_row_without_one_figure(as_, keys, inside):
    with inside():
        history = begin("birch")
        history.expect(Month(2026, 9), "service")
        history.expect(Month(2026, 11), "service")
        name = f"Birch, {history.contract.name}"
    visitor = as_("finn")
    assert "Not judged yet" not in flat(visitor.get("/credits?month=2026-10"))
    page = flat(visitor.get("/credits?month=2026-09"))
    assert "2 of 5 results not settled yet, 1 not judged yet</p>" in page
    assert re.search(rf"Not judged yet, and not in these figures: <a [^>]+>{name}</a>\. No report", page)
    *_, silent = rows(visitor.get("/credits.csv?month=2026-09"))
    assert (silent["partner"], silent["month"], silent["status"]) == ("Birch", "2026-09", "not_judged")
    assert [silent[name] for name in ("charges", *AMOUNTS, "results", "unsettled")] == [""] * 10
    months = [row["month"] for row in rows(visitor.get("/credits.csv"))]
    assert months == sorted(months, reverse=True)
    november = flat(visitor.get("/credits?month=2026-11"))
    assert "No contract that gives credits is judged in this month." in november
    assert "No contract gives credits" not in november
    assert "Birch" not in as_("leo").get("/credits.csv").text


@pytest.mark.parametrize("why", ["no credits", "ended contract", "ended partner"])
def test_a_contract_that_will_owe_no_credit_of_the_month_is_not_waited_for(as_, keys, inside, why):
    with inside():
        terms = cedar_document("birch", service_levels=[level("fill", "staffing_fill", limit(">=", "97"))])
        if why == "no credits":
            del terms["credits"]
        history = begin("birch", terms=terms)
        history.expect(OCTOBER, "service")
        with write():
            if why == "ended contract":
                history.contract.ends_on = SEPTEMBER.last
            elif why == "ended partner":
                history.contract.partner.ended_on = SEPTEMBER.last
    assert "Not judged yet" not in flat(as_("finn").get("/credits?month=2026-10"))
    assert {row["partner"] for row in rows(as_("finn").get("/credits.csv"))} == {"Cedar"}


def test_a_quarter_is_told_by_the_terms_at_its_start_where_those_judge_it(as_, inside):
    """They price it and expect 80 %; the amendment within it does neither."""
    quarter = {"kind": "quarter", "amendment": "start"}
    begun = credited("voice", "service_level", limit(">=", "80"), limit(">=", "60"), "40") | {"window": quarter}
    amended = level("voice", "service_level", limit(">=", "50"), window=quarter)
    with inside():
        history = begin(terms=cedar_document(service_levels=[begun]))
        later = cedar_document(service_levels=[amended], effective_from="2026-09-01")
        with write() as session:
            session.add(version_in_force(history.contract, later, history.reviewer, number=2))
        for month in (JULY, JULY.next()):
            history.approve(month, FIGURES[month])
        sent = history.send(SEPTEMBER, "service", by_kind(FIGURES[SEPTEMBER])["service"])
        evaluate_contract(history.contract, THE_DAY)
        key = history.contract.key
    [*_, september] = rows(as_("finn").get("/credits.csv?month=2026-09"))
    assert september["status"] == "not_settled"
    assert "at least 80" in flat(as_("finn").get(f"/contracts/{key}/months/2026-09"))
    with inside() as session:
        [waiting] = in_force(Evaluation.month == "2026-09")
        superseded = waiting.findings[0].key
        history_of(waiting.contract).decide(session.merge(sent))
        evaluate_contract(waiting.contract, THE_DAY)
    page = flat(as_("finn").get(f"/findings/{superseded}"))
    assert "Expected 80" in page
    assert "Expected 50" not in page


@pytest.fixture
def claimable(begin_told):
    """The same August under terms that know claims: its service report waits, its quality and staffing cost so far."""

    def tell() -> dict[str, str]:
        history = begin(terms=cedar_document(claims={"within": "120"}), charges={AUGUST: 42_800_000})
        kinds = by_kind(FIGURES[SEPTEMBER])
        history.send(AUGUST, "service", kinds.pop("service"))
        for kind, values in kinds.items():
            history.decide(history.send(AUGUST, kind, values))
        evaluate_contract(history.contract, THE_DAY)
        [evaluation] = in_force(Evaluation.contract_id == history.contract.id)
        missed = next(each for each in evaluation.findings if each.service_level == "fill")
        recounted = by_kind(FIGURES[SEPTEMBER])["staffing"] | {"actual_fte": "139"}
        correction = history.send(AUGUST, "staffing", recounted, THE_DAY, correction_reason="Recounted.")
        return {"contract": history.contract.key, "finding": missed.key, "correction": correction.key}

    return begin_told("claimable while unsettled", tell)


def test_what_a_correction_would_change_is_told_so_far_while_a_result_may_still_cost(as_, claimable):
    page = flat(as_("mia").get(f"/submissions/{claimable['correction']}/effect"))
    assert 'data-label="Payable now">$17,120 so far</td>' in page
    assert 'data-label="Corrected">not settled</td>' in page
    assert "and credits fall by $17,120 so far" in page


def test_what_a_claim_would_change_is_told_so_far_while_a_result_may_still_cost(as_, claimable):
    address = f"/findings/{claimable['finding']}/claim?kind=period"
    page = flat(as_("leo").post(address, data={"cause": "outage", "reason": "No line.", "form_key": "one"}))
    assert "Credits of the month without it" in page
    assert "$17,120 so far" in page
    assert "Not settled" in page
    assert "Credit avoided so far" in page


def test_what_a_waiver_would_change_is_told_so_far_while_a_result_may_still_cost(as_, claimable):
    address = f"/contracts/{claimable['contract']}/months/2026-08/concessions/new?kind=waiver"
    typed = {"about": "fill", "amount": "120", "reason": "Agreed.", "form_key": "one"}
    page = flat(as_("mia").post(address, data=typed))
    assert 'data-label="As it stands">$17,120 so far</td>' in page
    assert 'data-label="Then">$17,000 so far</td>' in page


def test_what_other_targets_would_change_is_told_so_far_while_a_result_may_still_cost(as_, keys):
    address = f"/contracts/{keys['contract']}/what-if"
    visitor = as_("mia")
    page = flat(visitor.post(address, data=fields_of(visitor.get(address).text)))
    august, september = (page.partition(f"{month} 2026</th>")[2].partition("</tr>")[0] for month in ("Aug", "Sep"))
    assert 'as judged">$17,120 so far</td>' in august
    assert 'as tried">$17,120 so far</td>' in august
    assert ">not settled</td>" in september
    assert "2 not settled yet" in page
