"""Other targets on the approved months: what changes, who sees it, and the amendment that starts from it."""

import re

import pytest
from sqlalchemy import func, select

from app.contracts import terms
from app.contracts.models import Contract, TermsVersion
from app.domain.facts import ReportStatus, Standing
from app.domain.judging.backtest import backtest
from app.domain.periods import Month
from app.events import Event
from app.extensions import db, write
from app.performance.judging.known import known_at
from app.performance.tried import Cell
from app.performance.what_if import as_if, what_if
from tests.access.requests import fields_of
from tests.domain.story import FIGURES, SEPTEMBER, facts, judge, level, limit, lines, one_level
from tests.performance.history import begin, cedar_document, story
from tests.rig.people import THE_DAY

SL, ALLOCATION = "rows-0-value", "rows-0-allocation"
MONEY = re.compile(r"[$€£]\d")


@pytest.fixture
def contract(begin_told) -> str:
    """July to September, approved: the service level of voice was 79, 74 and 73.5 %, against 80 and a Minimum of 75."""
    return begin_told("unjudged", lambda: story().contract.key)


@pytest.fixture
def tries(as_, contract):
    """`tries("mia", **typed)`: the page's form as it stands, with other figures in it, sent by somebody."""

    def send(who: str, action: str = "", draft: str = "", **typed):
        visitor = as_(who)
        page = visitor.get(f"/contracts/{contract}/what-if" + (f"?draft={draft}" if draft else "")).text
        return visitor.post(f"/contracts/{contract}/what-if{action}", data=fields_of(page) | typed)

    return send


def test_the_page_starts_from_the_terms_in_force_and_judges_nothing_yet(as_, contract):
    page = as_("mia").get(f"/contracts/{contract}/what-if").text
    assert fields_of(page)[SL] == ["80"]
    assert "Judge the approved months" in page
    assert "Month by month" not in page


def test_totals_come_first_with_the_difference_in_misses_and_money(tries):
    """Under 70 and 65 voice would have met all three months; the credits of August and September go."""
    page = tries("mia", **{SL: "70", "rows-0-minimum_value": "65"}).text
    assert "Under these targets: 3 fewer misses and $" in page
    assert "less in credits over 3 months" in page
    assert page.index("fewer misses") < page.index("What would have come out otherwise") < page.index("Month by month")
    assert fields_of(page)[SL] == ["70"]


def test_the_amounts_are_those_of_the_engine(tries, inside, contract):
    with inside():
        found = _tried(contract, value="70", minimum="65")
        expected = [(month.payable_before, month.payable_after) for month in found.months]
        assert found.credits_after - found.credits_before == sum(after - before for before, after in expected) < 0
    page = tries("mia", **{SL: "70", "rows-0-minimum_value": "65"}).text
    for before, after in expected:
        for amount in filter(None, (before, after)):
            assert f"${amount // 100:,}" in page


def test_where_the_months_are_read_as_cards_each_figure_says_what_it_is(tries):
    """On a narrow screen the difference would else stand beyond the edge, out of sight."""
    page = tries("mia", **{SL: "70", "rows-0-minimum_value": "65"}).text
    table = re.search(r'<table class="stack"><caption[^>]*>Misses and credits by month.*?</table>', page, re.DOTALL)[0]
    rows = [re.findall(r'data-label="([^"]+)"', row) for row in re.findall(r'<tr><th scope="row".*?</tr>', table, re.S)]
    labels = [f"{what}, as {how}" for what in ("Misses", "Credits") for how in ("judged", "tried")]
    assert rows == [[*labels, "Difference"]] * 4


def test_a_changed_cell_says_what_it_is_and_what_it_was(tries):
    page = tries("mia", **{SL: "70", "rows-0-minimum_value": "65"}).text
    words = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "What if the targets were different?" in words
    assert "Met, was Below Expected" in words
    assert "Met, was Below Minimum" in words
    assert "Nothing changes for Satisfaction." in words


def test_names_of_what_stays_the_same_are_parted_by_semicolons_for_a_name_may_hold_a_comma(tries):
    assert re.search(r"Nothing changes for [\w ]+(; [\w ]+)+\.", tries("mia", **{SL: "78"}).text)


def test_a_default_that_alone_would_be_another_is_named():
    rules = {}, {"default": {"expected": {}, "not_reported": "yes"}}
    sheets = [one_level(level("voice", "service_level", limit(">=", "80"), **rule)) for rule in rules]
    overdue = facts(*lines(SEPTEMBER, FIGURES[SEPTEMBER]), service=ReportStatus(Standing.OVERDUE))
    [month] = backtest(*(judge(sheet, overdue, SEPTEMBER) for sheet in sheets))
    [change] = month.changes
    assert Cell(change, None).default == "default: Reporting, was None"


def test_a_stricter_target_is_more_misses(tries):
    page = tries("mia", **{"rows-4-value": "87", "rows-0-allocation": "55"}).text
    assert "1 more miss and" in page


def test_targets_that_change_nothing_say_so(tries):
    page = tries("mia").text
    assert "Under these targets: as many misses and the same credits over 3 months" in page
    assert "What would have come out otherwise" not in page


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        (SL, "eighty", "Voice service level, expected: Write a number such as 97.5"),
        ("rows-0-minimum_value", "85", "Voice service level, minimum"),
        ("rows-1-allocation", "", "Abandonment, allocation"),
        ("pool", "100", "Credits, pool: the allocations come to 200"),
        (ALLOCATION, "400", "Credits, pool"),
    ],
)
def test_a_wrong_target_is_said_at_its_place_and_stays_as_it_was_typed(tries, field, typed, said):
    answer = tries("mia", **{field: typed})
    assert answer.status_code == 422
    assert said in answer.text
    assert fields_of(answer.text)[field] == [typed]
    assert "Month by month" not in answer.text


def test_nothing_is_stored_by_trying(tries, inside):
    before = _counts(inside)
    assert tries("dora", **{SL: "78"}).status_code == 200
    assert _counts(inside) == before


def test_who_sees_no_money_sees_the_misses_and_no_amount(tries):
    page = tries("ada", **{SL: "70", "rows-0-minimum_value": "65"})
    assert page.status_code == 200
    assert "3 fewer misses over 3 months" in page.text
    assert not MONEY.findall(page.text)


@pytest.mark.parametrize("who", ["ana", "amy", "leo", "finn", "gus"])
def test_only_who_may_try_terms_opens_the_page_or_finds_its_link(as_, contract, who):
    assert as_(who).get(f"/contracts/{contract}/what-if").status_code == 403
    assert "what-if" not in as_(who).get(f"/contracts/{contract}").text


def test_the_contract_and_its_draft_lead_to_the_page(as_, contract, inside):
    draft = _draft(inside, contract, lambda level: level["expected"].update(value="70"))
    assert f"/contracts/{contract}/what-if" in as_("dora").get(f"/contracts/{contract}").text
    assert f"/contracts/{contract}/what-if?draft={draft}" in as_("mia").get(f"/terms/{draft}").text


def test_a_draft_is_judged_as_it_stands(as_, contract, inside):
    draft = _draft(inside, contract, lambda level: level["expected"].update(value="78"))
    page = as_("dora").get(f"/contracts/{contract}/what-if?draft={draft}").text
    assert "Under the draft: 1 fewer miss and the same credits" in page
    assert fields_of(page)[SL] == ["78"]
    assert "Start a draft" not in page


def test_a_draft_that_cannot_be_read_says_where(as_, contract, inside):
    draft = _draft(inside, contract, lambda level: level.pop("expected"))
    page = as_("mia").get(f"/contracts/{contract}/what-if?draft={draft}")
    assert page.status_code == 200
    assert "cannot judge anything yet" in page.text
    assert "Voice service level, expected" in page.text


def test_a_draft_of_another_contract_is_not_found(as_, contract, inside):
    with inside():
        other = begin(terms=cedar_document()).contract.key
    draft = _draft(inside, other, lambda level: None)
    assert as_("mia").get(f"/contracts/{contract}/what-if?draft={draft}").status_code == 404


def test_the_targets_become_a_draft_that_is_not_in_force(tries, inside, contract):
    answer = tries("mia", "/drafts", **{SL: "78", "at_risk": "8"})
    assert answer.status_code == 303
    with inside():
        draft = db.session.scalars(select(TermsVersion).where(TermsVersion.state == "draft")).one()
        assert answer.location.endswith(draft.key)
        assert draft.document["service_levels"][0]["expected"] == {"comparator": ">=", "value": "78"}
        assert draft.document["credits"]["at_risk"] == "8"
        assert str(draft.effective_from) == "2026-12-01"
        assert "3 approved months" in draft.note
        assert "$" not in draft.note


def test_the_targets_are_saved_in_the_draft_that_was_tried(tries, inside, contract):
    draft = _draft(inside, contract, lambda level: None)
    assert tries("mia", "/drafts", draft=draft, **{SL: "78"}).location.endswith(draft)
    with inside():
        [kept] = db.session.scalars(select(TermsVersion).where(TermsVersion.state == "draft")).all()
        assert kept.document["service_levels"][0]["expected"]["value"] == "78"


def test_a_draft_that_changed_meanwhile_is_not_overwritten(tries, inside, contract):
    draft = _draft(inside, contract, lambda level: None)
    assert tries("mia", "/drafts", draft=draft, seen="0").status_code == 409


def test_the_director_tries_and_does_not_draft(tries):
    assert "draft amendment" not in tries("dora").text
    assert tries("dora", "/drafts").status_code == 403


def test_a_contract_without_an_approved_month_says_so(as_, inside):
    with inside():
        key = begin().contract.key
    visitor = as_("mia")
    page = visitor.post(f"/contracts/{key}/what-if", data=fields_of(visitor.get(f"/contracts/{key}/what-if").text)).text
    assert "No month is approved yet" in page
    assert "See which reports are due" in page


def test_what_was_reported_stays_as_the_terms_of_the_time_had_it(inside, contract):
    """A draft that moves the contract to another queue is tried on the months of the queue that was worked."""
    with inside():
        found = db.session.scalars(select(Contract).where(Contract.key == contract)).one()
        document = terms.document_of(found.terms[0])
        document |= {"effective_from": "2027-01-01", "calendar": {**document["calendar"], "holidays": ["2027-01-01"]}}
        document["coverage"] = [{"site": "cedar-one", "queue": "cedar-chat"}]
        [tried] = as_if(found.terms, document)
        assert str(tried.effective_from) == "2025-11-01"
        assert [row.queue for row in tried.rows(SEPTEMBER)] == ["cedar-voice"]
        known = known_at(found, THE_DAY)
        assert not any(month.is_changed for month in what_if(known, found.terms, document).months)


def test_the_last_24_approved_months_are_shown(inside):
    with inside():
        history = begin(terms=cedar_document(effective_from="2024-08-01"))
        months = list(Month(2024, 8).through(Month(2026, 9)))
        for month in months:
            history.approve(month, FIGURES[SEPTEMBER])
        history.expect(Month(2026, 10), "service")
        found = what_if(known_at(history.contract, THE_DAY), history.contract.terms, cedar_document())
        assert [month.month for month in found.months] == months[-24:]


def test_months_without_charges_add_up_to_no_amount(as_, inside):
    with inside():
        history = begin(terms=cedar_document(), charges={})
        history.approve(SEPTEMBER, FIGURES[SEPTEMBER])
        key = history.contract.key
    visitor = as_("mia")
    page = visitor.post(f"/contracts/{key}/what-if", data=fields_of(visitor.get(f"/contracts/{key}/what-if").text)).text
    foot = re.search(r"<tfoot>.*?</tfoot>", page, re.DOTALL)[0]
    assert re.findall(r'data-label="Credits, as (?:judged|tried)">([^<]*)<', foot) == ["not priced", "not priced"]


def _tried(key: str, value: str, minimum: str):
    contract = db.session.scalars(select(Contract).where(Contract.key == key)).one()
    document = terms.document_of(contract.terms[0])
    document["service_levels"][0] |= {
        "expected": {"comparator": ">=", "value": value},
        "minimum": {"comparator": ">=", "value": minimum},
    }
    return what_if(known_at(contract, THE_DAY), contract.terms, document)


def _draft(inside, key: str, edit) -> str:
    with inside():
        contract = db.session.scalars(select(Contract).where(Contract.key == key)).one()
        document = {**terms.document_of(contract.terms[0]), "effective_from": "2027-01-01"}
        edit(document["service_levels"][0])
        actor = contract.terms[0].created_by
        with write():
            return terms.new_draft(contract, document, actor).key


def _counts(inside) -> tuple:
    with inside():
        return tuple(db.session.scalar(select(func.count()).select_from(table)) for table in (TermsVersion, Event))
