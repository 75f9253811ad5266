"""What is left of a month's credits after caps, waivers, the bank and the end of the contract."""

from datetime import date
from decimal import Decimal

import pytest

from app.contracts.catalogue import CATALOGUE
from app.domain.events import Approval, Events, Waiver
from app.domain.judging.evaluation import evaluate
from app.domain.periods import Month
from tests.domain.story import facts, level, limit, lines, one_level

JANUARY = Month(2026, 1)


def settled(percents, agreed, events, credit, charges=10_000_000, unbilled=()):
    months = [JANUARY.plus(place) for place in range(len(percents))]
    reported = facts(
        *(
            line
            for month, percent in zip(months, percents, strict=True)
            for line in lines(month, {"offered": "100", "answered_in_threshold": percent})
        )
    )
    voice = level("voice", "service_level", limit(">=", "80"), credits_on="expected", credit=credit)
    terms = one_level(voice, credits=agreed, effective_from="2025-01-01")
    billed = {month: charges for month in months if month not in unbilled}
    return [month.credits for month in evaluate([terms], reported, billed, CATALOGUE, months, events)]


def test_what_was_waived_is_not_charged_again_when_a_part_is_earned_back_under_a_cap():
    """1,000 capped to 600 after the earn-back, of which 200 are waived: a tenth that comes back changes nothing."""
    agreed = {
        "at_risk": "10",
        "caps": [{"over": "month", "amount": "600", "after_earn_back": "yes"}],
        "earn_back": {"kind": "months", "months": "1", "fraction": "10"},
    }
    waived = Events(waivers=(Waiver(JANUARY, amount=Decimal(200)),))
    first, second = settled(["50", "90"], agreed, waived, {"kind": "fixed", "amount": "1000"})
    assert (first.payable, second.payable) == (40_000, 0)


@pytest.mark.parametrize(("late", "february"), [("no", 20_000), ("yes", 50_000)])
def test_a_waiver_gives_room_to_a_cap_on_what_is_paid_in_the_end_and_none_to_one_on_what_accrues(late, february):
    """A year's 1,200: 1,000 in January, of which 300 are waived; February's 1,000 finds 200, or 500."""
    agreed = {"at_risk": "10", "caps": [{"over": "contract_year", "amount": "1200", "after_earn_back": late}]}
    waived = Events(waivers=(Waiver(JANUARY, amount=Decimal(300)),))
    months = settled(["50", "50"], agreed, waived, {"kind": "fixed", "amount": "1000"})
    assert [month.payable for month in months] == [70_000, february]


@pytest.mark.parametrize("order", [1, -1])
def test_the_first_of_two_decisions_on_an_earn_back_holds_however_they_are_listed(order):
    agreed = {"at_risk": "10", "earn_back": {"kind": "months", "months": "1", "approval": "required"}}
    decided = [
        Approval("voice", JANUARY, granted=True, decided_on=date(2026, 3, 5)),
        Approval("voice", JANUARY, granted=False, decided_on=date(2026, 4, 5)),
    ]
    happened = Events(approvals=tuple(decided[::order]))
    months = settled(["50", "90", "90", "90"], agreed, happened, {"kind": "fixed", "amount": "1000"})
    assert [month.payable for month in months] == [100_000, 0, -100_000, 0]


def test_the_bank_ends_with_the_contract_also_where_that_month_cannot_be_priced():
    agreed = {"at_risk": "10", "earn_back": {"kind": "bank", "deposit": {"amount": "300"}}}
    ended = Events(terminated_on=date(2026, 2, 20))
    credit = {"kind": "under_target", "percent": "1"}
    months = [JANUARY.plus(place) for place in range(3)]
    reported = facts(
        *(
            line
            for month, percent in zip(months, ("90", "50", "79"), strict=True)
            for line in lines(month, {"offered": "100", "answered_in_threshold": percent})
        )
    )
    voice = level("voice", "service_level", limit(">=", "80"), credits_on="expected", credit=credit)
    terms = one_level(voice, credits=agreed, effective_from="2025-01-01")
    billed = {months[0]: 10_000_000, months[2]: 10_000_000}
    january, february, march = (
        month.credits for month in evaluate([terms], reported, billed, CATALOGUE, months, ended)
    )
    assert january.bank == {"": 30_000}
    assert (february.pricing.value, [each.state for each in february.earn_backs]) == ("not_priced", ["expired"])
    assert (march.offset, march.payable) == (0, 100_000)


def test_what_the_bank_offsets_is_not_known_before_the_charges_that_filled_it():
    """January puts 1 % of its charges into the bank, which offsets February's 1,000: without them nothing is known."""
    agreed = {"at_risk": "10", "earn_back": {"kind": "bank", "deposit": {"percent": "1"}}}
    credit = {"kind": "fixed", "amount": "1000"}
    january, february = settled(["90", "50"], agreed, Events(), credit, unbilled=[JANUARY])
    assert (january.payable, january.bank, january.earn_backs) == (0, {}, ())
    assert (february.pricing.value, february.payable) == ("not_priced", None)
    assert settled(["90", "50"], agreed, Events(), credit, charges=5_000_000)[1].payable == 50_000


def test_a_month_that_is_not_priced_may_have_emptied_the_bank():
    agreed = {"at_risk": "10", "earn_back": {"kind": "bank", "deposit": {"amount": "300"}}}
    credit = {"kind": "under_target", "percent": "1"}
    months = settled(["90", "50", "50"], agreed, Events(), credit, unbilled=[JANUARY.next()])
    assert [month.pricing.value for month in months] == ["priced", "not_priced", "not_priced"]


def test_what_a_division_leaves_of_a_waived_credit_is_not_earned_back():
    """Three equal credits under a cap that does not divide by three, waived to the last digit."""
    agreed = {
        "at_risk": "10",
        "caps": [{"over": "month", "amount": "1000"}],
        "earn_back": {"kind": "months", "months": "1"},
    }
    levels = [
        level(key, "service_level", limit(">=", "80"), credits_on="expected", credit={"kind": "fixed", "amount": "700"})
        for key in ("a", "b", "c")
    ]
    waived = Events(waivers=tuple(Waiver(JANUARY, key, Decimal("333.33333333333333333333333333333")) for key in "abc"))
    terms = one_level(*levels, credits=agreed, effective_from="2025-01-01")
    months = [JANUARY, JANUARY.next()]
    reported = facts(
        *(
            line
            for month, percent in zip(months, ("50", "90"), strict=True)
            for line in lines(month, {"offered": "100", "answered_in_threshold": percent})
        )
    )
    january, february = evaluate([terms], reported, {}, CATALOGUE, months, waived)
    assert january.credits.payable == 0
    assert february.credits.earn_backs == ()


def test_each_line_says_what_was_waived_of_it_and_each_waiver_what_it_took():
    """The second waiver asks for more than the first left; a chain without waivers says nothing of them."""
    waivers = (Waiver(JANUARY, "voice", Decimal(200), clause="5.9", key="1"), Waiver(JANUARY, amount=Decimal(5000)))
    credit = {"kind": "fixed", "amount": "1000"}
    [waived] = settled(["50"], {"at_risk": "10"}, Events(waivers=waivers), credit)
    assert [(each.key, each.amount, each.clause) for each in waived.waivers] == [("1", 20_000, "5.9"), ("", 80_000, "")]
    assert (waived.lines[0].waived, waived.lines[0].payable, waived.payable) == (100_000, 0, 0)
    [plain] = settled(["50"], {"at_risk": "10"}, Events(), credit)
    assert "waivers" not in plain.to_document()
    assert "waived" not in plain.to_document()["lines"][0]
