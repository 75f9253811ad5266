"""Charges: added, never changed; typed as people write numbers; refused with a reason."""

import re

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from app.contracts.amounts import NotAnAmount, minor_units, written
from app.contracts.charges import ChargeRefused, charges_of, enter_charge
from app.contracts.models import Charge
from app.contracts.terms import activate
from app.domain.periods import Month
from app.extensions import write
from app.jobs import Job
from app.web import Conflict
from tests.contracts.conftest import partner, user, version
from tests.contracts.pages import filled_form

SEPTEMBER = Month(2026, 9)


@pytest.mark.parametrize(
    ("text", "currency", "style", "minor"),
    [
        ("412000", "USD", "1,234.5", 41200000),
        ("412,000", "USD", "1,234.5", 41200000),
        ("$412,000.5", "USD", "1,234.5", 41200050),
        ("412.000,50", "EUR", "1.234,5", 41200050),
        ("412\u00a0000,05 EUR", "EUR", "1 234,5", 41200005),
        ("412,000", "JPY", "1,234.5", 412000),
        ("1.234", "BHD", "1,234.5", 1234),
        ("0", "USD", "1,234.5", 0),
    ],
)
def test_amounts_are_read_as_their_people_write_them(text, currency, style, minor):
    assert minor_units(text, currency, style) == minor
    assert minor_units(written(minor, currency, style), currency, style) == minor


@pytest.mark.parametrize(
    ("text", "style", "words"),
    [
        (
            "555.000",
            "1,234.5",
            "has 3 decimal places, and USD has 2; the decimal mark here is “.”. If it means 555,000",
        ),
        (
            "555,000",
            "1.234,5",
            "has 3 decimal places, and USD has 2; the decimal mark here is “,”. If it means 555.000",
        ),
        (
            "555,000.25",
            "1.234,5",
            "is not an amount as this partner writes it. If it means 555.000,25, write it like that.",
        ),
        (
            "555.000,25",
            "1,234.5",
            "is not an amount as this partner writes it. If it means 555,000.25, write it like that.",
        ),
        (
            "1.555,25",
            "1 234,5",
            "is not an amount as this partner writes it. If it means 1 555,25, write it like that.",
        ),
        ("555.25", "1.234,5", "is not an amount as this partner writes it. If it means 555,25, write it like that."),
        ("1 2", "1.234,5", "is not an amount as this partner writes it. Write it as 412.000,00."),
        ("-5", "1,234.5", "is negative"),
        ("abc", "1,234.5", "is not an amount"),
        ("1,23", "1,234.5", "is not an amount"),
        ("1.2.3", "1,234.5", "is not an amount"),
        ("١٢٣", "1,234.5", "is not an amount"),
        ("EUR 5", "1,234.5", "is not an amount"),
        ("9" * 16, "1,234.5", "larger than any charge"),
    ],
)
def test_amounts_that_could_mean_something_else_are_refused(text, style, words):
    with pytest.raises(NotAnAmount, match=re.escape(words)):
        minor_units(text, "USD", style)


def test_a_later_entry_replaces_and_the_earlier_stays(contract, inside):
    with write():
        enter_charge(contract, SEPTEMBER, 40_000_000, user("finn"))
        enter_charge(contract, SEPTEMBER, 40_500_000, user("finn"), "Invoice corrected.")
    assert charges_of(contract) == {SEPTEMBER: 40_500_000}
    with inside() as session:
        assert session.scalars(select(Charge.number).order_by(Charge.id)).all() == [1, 2]


def test_a_replacement_needs_its_reason(contract):
    with write():
        enter_charge(contract, SEPTEMBER, 40_000_000, user("finn"))
    with pytest.raises(ChargeRefused, match="Say in the note why"), write():
        enter_charge(contract, SEPTEMBER, 40_500_000, user("finn"), "  ")


def test_the_same_amount_again_is_no_entry(contract):
    with write():
        assert enter_charge(contract, SEPTEMBER, 40_000_000, user("finn"))
        assert enter_charge(contract, SEPTEMBER, 40_000_000, user("finn")) is None


def test_an_entry_that_was_not_seen_is_not_replaced(contract):
    with write():
        enter_charge(contract, SEPTEMBER, 40_000_000, user("finn"))
    with pytest.raises(Conflict), write():
        enter_charge(contract, SEPTEMBER, 1, user("finn"), "note", seen=0)


def test_a_month_outside_the_contract_has_no_charges(contract):
    with pytest.raises(ChargeRefused, match="outside the contract"), write():
        enter_charge(contract, Month(2025, 10), 1, user("finn"))


@pytest.mark.portable
def test_the_database_itself_refuses_to_change_an_entry(contract):
    with write():
        enter_charge(contract, SEPTEMBER, 40_000_000, user("finn"))
    with pytest.raises((DatabaseError, IntegrityError)), write() as session:
        session.execute(update(Charge).values(amount_minor=1))


def test_finance_enters_what_is_missing_on_one_page(as_, inside, paper, others):
    finn = as_("finn")
    shown = finn.get("/charges")
    assert "12 months&#39; charges are missing" in shown.text
    fields = filled_form(shown.text, "/charges?page=1")
    name = f"amount-{paper.contract}-2026-10"
    assert name in fields
    answer = finn.post("/charges?page=1", data=fields | {name: ["405,000.50"]})
    assert answer.status_code == 303
    shown = finn.get(answer.location)
    assert "1 month entered." in shown.text
    assert "$405,000.50" in shown.text
    with inside() as session:
        assert session.scalars(select(Job.kind).order_by(Job.id.desc())).first() == "contract.evaluate"


def test_a_contract_without_credits_has_no_charges_missing_and_may_have_them_entered(as_, plain_paper):
    finn, key = as_("finn"), plain_paper.contract
    shown = finn.get("/charges").text
    assert "Nothing is missing." in shown
    assert shown.count('placeholder="no credits"') == 6
    for page in (finn.get(f"/contracts/{key}/charges").text, finn.get(f"/contracts/{key}").text):
        assert "no credits" in page
        assert "Missing" not in page
    answer = finn.post("/charges", data={f"amount-{key}-2026-10": "1,000"})
    assert "$1,000" in finn.get(answer.location).text


def test_what_changed_nothing_is_not_told_as_a_success(as_, paper):
    finn, entry = as_("finn"), {"month": "2026-09", "amount": "400,000"}
    url = f"/contracts/{paper.contract}/charges"
    finn.post(url, data=entry)
    for address, data, said in (("/charges", {}, "Nothing was entered."), (url, entry, "That amount stands already.")):
        answer = finn.post(address, data=data, follow_redirects=True)
        assert f'<p class="notice" data-announce="{said}">' in answer.text


def test_one_wrong_amount_enters_none_and_is_said_in_its_cell(as_, inside, paper):
    right, wrong = f"amount-{paper.contract}-2026-10", f"amount-{paper.contract}-2026-09"
    answer = as_("finn").post("/charges", data={right: "1,000", wrong: "1.000"})
    assert answer.status_code == 422
    assert "has 3 decimal places" in answer.text
    assert 'value="1,000"' in answer.text
    with inside() as session:
        assert session.scalars(select(Charge)).all() == []


def test_an_amount_for_a_month_that_somebody_entered_meanwhile_is_not_dropped_silently(as_, inside, paper):
    finn, url = as_("finn"), "/charges"
    taken, free = f"amount-{paper.contract}-2026-10", f"amount-{paper.contract}-2026-09"
    finn.post(url, data={taken: "1,000"})
    late = finn.post(url, data={taken: "2,000", free: "3,000"})
    assert late.status_code == 409
    assert "entered by somebody else meanwhile" in late.text
    assert 'value="3,000"' in late.text
    with inside() as session:
        assert session.scalars(select(Charge.amount_minor)).all() == [100_000]


def test_a_month_is_entered_and_replaced_with_its_reason(as_, inside, paper):
    finn, url = as_("finn"), f"/contracts/{paper.contract}/charges"
    entry = {"month": "2026-09", "amount": "400,000"}
    assert finn.post(url, data=entry).status_code == 303
    again = finn.post(url, data=entry | {"amount": "405,000"})
    assert again.status_code == 422
    assert "Say in the note why" in again.text
    assert 'value="405,000"' in again.text
    assert finn.post(url, data=entry | {"amount": "405,000", "note": "Corrected invoice"}).status_code == 303
    shown = finn.get(url).text
    assert "1 replaced" in shown
    assert "Corrected invoice" in shown


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"month": "2026-09", "amount": ""}, "Write the amount."),
        ({"month": "2020-01", "amount": "1"}, "Not a valid choice"),
        ({"month": "2026-09", "amount": "40 %"}, "is not an amount"),
    ],
)
def test_a_wrong_entry_is_refused(as_, paper, entry, words):
    answer = as_("finn").post(f"/contracts/{paper.contract}/charges", data=entry)
    assert answer.status_code == 422
    assert words in answer.text


def test_a_year_is_entered_from_a_list(as_, inside, paper, contract_charges):
    rows = "Month\tCharges\n2026-01\t$412,000.00\n2026-02;428000\n2026-03, 405,000.50\n2026-04 1,000 \n2026-05,7\n"
    answer = as_("finn").post(f"/contracts/{paper.contract}/charge-lists", data={"rows": rows})
    assert answer.status_code == 303
    assert contract_charges() == {
        "2026-01": 41200000,
        "2026-02": 42800000,
        "2026-03": 40500050,
        "2026-04": 100000,
        "2026-05": 700,
    }


def test_a_list_with_a_wrong_row_enters_nothing_and_reports_each(as_, paper, contract_charges):
    rows = "2026-01 412,000\nJanuary 5\n2026-02\n2026-03 4.000.000\n2026-04 1\n2026-04 2"
    answer = as_("finn").post(f"/contracts/{paper.contract}/charge-lists", data={"rows": rows})
    assert answer.status_code == 422
    for words in ("Line 2:", "Line 3:", "There is no amount", "Line 4:", "Line 5:", "Line 6:", "more than once"):
        assert words in answer.text
    assert "2026-04 1" in answer.text, "what was pasted is still there"
    assert contract_charges() == {}


def test_a_list_that_replaces_needs_its_reasons(as_, paper, contract_charges):
    finn, url = as_("finn"), f"/contracts/{paper.contract}/charge-lists"
    finn.post(url, data={"rows": "2026-01 1,000"})
    assert finn.post(url, data={"rows": "2026-01 2,000\n2026-02 5"}).status_code == 422
    assert contract_charges() == {"2026-01": 100000}
    assert finn.post(url, data={"rows": "2026-01\t2,000\tInvoice corrected\n2026-02\t5"}).status_code == 303
    assert contract_charges() == {"2026-01": 200000, "2026-02": 500}


def test_who_may_see_and_enter_charges(as_, paper, others):
    url = f"/contracts/{paper.contract}/charges"
    for name in ("finn", "mia", "dora", "leo", "amy"):
        assert as_(name).get(url).status_code == 200
    for name in ("ana", "ada", "gus"):
        assert as_(name).get(url).status_code == 403
    for name in ("leo", "mia", "dora", "ada"):
        assert as_(name).get("/charges").status_code == 403
        assert as_(name).post("/charges").status_code == 403
        assert as_(name).post(url, data={"month": "2026-09", "amount": "1"}).status_code == 403
        assert as_(name).post(f"/contracts/{paper.contract}/charge-lists").status_code == 403
    assert as_("leo").get(f"/contracts/{others.contract}/charges").status_code == 404
    assert as_("max").get(url).status_code == 404
    assert as_("finn").post("/contracts/nothing/charges").status_code == 404


@pytest.fixture
def contract_charges(inside):
    """The amounts of Cedar's contract by month, as they stand."""

    def stand() -> dict[str, int]:
        with inside() as session:
            rows = session.scalars(
                select(Charge).where(Charge.partner_id == partner("cedar").id).order_by(Charge.number)
            )
            return {charge.month: charge.amount_minor for charge in rows}

    return stand


def test_the_field_shows_an_example_in_the_partners_way_of_writing(as_, inside, paper):
    with inside(), write():
        partner("cedar").number_style = "1.234,5"
    shown = as_("finn").get(f"/contracts/{paper.contract}/charges").text
    assert "In USD, for example 412.000,00." in shown
    assert "for example 2026-01 412.000,00." in shown
    assert "USD, for example 412.000,00" in as_("finn").get("/charges").text
    url = f"/contracts/{paper.contract}/charges"
    refused = as_("finn").post(url, data={"month": "2026-09", "amount": "555,000.25"})
    assert refused.status_code == 422
    assert "If it means 555.000,25, write it like that." in refused.text
    assert 'value="555,000.25"' in refused.text
    entered = as_("finn").post(url, data={"month": "2026-09", "amount": "555.000,25"}, follow_redirects=True)
    assert "September 2026: $555,000.25 entered." in entered.text


def test_an_empty_list_is_answered_with_a_line_as_it_is_written_there(as_, inside, paper):
    with inside(), write():
        partner("cedar").number_style = "1.234,5"
    answer = as_("finn").post(f"/contracts/{paper.contract}/charge-lists", data={"rows": " "})
    assert answer.status_code == 422
    assert "Paste at least one row, such as 2026-01 412.000,00." in answer.text


def leave_out(inside, paper, *names):
    """The amendment leaves lines of the invoice out."""
    paper.change(inside, lambda document: document["credits"].update(base={"kind": "invoice_net", "less": list(names)}))
    with inside(), write():
        activate(version(paper.draft), user("mia"))


def test_the_parts_that_do_not_count_are_typed_with_the_month(as_, inside, paper):
    leave_out(inside, paper, "travel", "telephony carrier")
    finn = as_("finn")
    page = f"/contracts/{paper.contract}/charges"
    shown = finn.get(f"{page}?month=2026-09")
    fields = filled_form(shown.text, page)
    refused = finn.post(page, data=fields | {"amount": ["405,000"], "part_0": ["1,200"], "part_1": [""]})
    assert refused.status_code == 422
    assert "Write the amount, 0 if there was none." in refused.text
    assert 'value="1,200"' in refused.text
    answer = finn.post(page, data=fields | {"amount": ["405,000"], "part_0": ["1,200"], "part_1": ["0"]})
    assert answer.status_code == 303
    assert "of these travel: $1,200" in finn.get(answer.location).text
    with inside() as session:
        assert session.scalars(select(Charge.lines)).one() == {"travel": 120_000, "telephony carrier": 0}


def test_a_list_cannot_say_the_parts_and_leads_to_where_they_are_typed(as_, inside, paper):
    leave_out(inside, paper, "travel")
    finn = as_("finn")
    page = f"/contracts/{paper.contract}/charges"
    fields = filled_form(finn.get(page).text, f"/contracts/{paper.contract}/charge-lists")
    refused = finn.post(f"/contracts/{paper.contract}/charge-lists", data=fields | {"rows": ["2026-09 405,000"]})
    assert refused.status_code == 422
    assert "no share of travel" in refused.text
