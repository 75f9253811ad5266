"""What an earlier month rests on is in the fingerprint of every later one that can come out otherwise by it."""

import pytest

from app.contracts.catalogue import CATALOGUE
from app.domain.judging.evaluation import evaluate
from tests.domain.story import AUGUST, CHARGES, JULY, SEPTEMBER, credited, facts, level, limit, lines, one_level

TARGETS = ("service_level", limit(">=", "80"), limit(">=", "75"))
AT_RISK = {"at_risk": "10", "pool": "200", "clause": "5"}
QUARTERLY = one_level(
    credited("sl", *TARGETS, "100"), credits=AT_RISK | {"caps": [{"over": "quarter", "percent": "2"}]}
)
BLOCKS = {"kind": "blocks", "failures": "3000", "within": "3", "amount": "500", "counted": "once"}
BY_BLOCKS = one_level(level("sl", *TARGETS, credit=BLOCKS), credits={"clause": "5"})
AT_ONCE = one_level(level("sl", *TARGETS, credits_on="expected", allocation="100"), credits=AT_RISK)
TWICE = {"expected": {"misses": "2", "within": "3"}}
COUNTING = one_level(
    level("sl", *TARGETS, default=TWICE, allocation="100"), credits=AT_RISK, effective_from="2026-08-01"
)


def august(history, july: tuple[str, str], answered: str, charges=CHARGES):
    figures = {JULY: july, AUGUST: (answered, "10000"), SEPTEMBER: ("9000", "10000")}
    sent = [
        line
        for month, (within, offered) in figures.items()
        for line in lines(month, {"offered": offered, "answered_in_threshold": within})
    ]
    return evaluate(history, facts(*sent), charges, CATALOGUE, figures)[1]


@pytest.mark.parametrize(
    ("history", "answered", "before", "after"),
    [
        pytest.param(
            *([QUARTERLY], "7000", {"july": ("9000", "10000")}),
            {"july": ("9000", "10000"), "charges": CHARGES | {JULY: 500_000_000}},
            id="July's charges widen the quarter's cap",
        ),
        pytest.param(
            *([BY_BLOCKS], "8500", {"july": ("9000", "10000")}, {"july": ("18000", "20000")}),
            id="July's failures complete a block, at the same percentage",
        ),
        pytest.param(
            *([AT_ONCE, COUNTING], "7700", {"july": ("8500", "10000")}, {"july": ("7600", "10000")}),
            id="July's miss is counted by terms that came after it",
        ),
    ],
)
def test_what_changes_an_earlier_month_changes_the_fingerprint_of_a_later_one_that_rests_on_it(
    history, answered, before, after
):
    first, second = (august(history, answered=answered, **each) for each in (before, after))
    assert first.credits.payable != second.credits.payable
    assert first.fingerprint != second.fingerprint


def test_a_cap_that_lacks_an_earlier_months_charges_and_takes_something_off_leaves_the_credit_unpriced():
    def priced(answered, charges):
        return august([QUARTERLY], ("9000", "10000"), answered, charges).credits.pricing.value

    assert priced("7000", {AUGUST: CHARGES[AUGUST]}) == "not_priced"
    assert priced("7000", {JULY: CHARGES[JULY], AUGUST: CHARGES[AUGUST]}) == "priced"
    assert priced("7700", {AUGUST: CHARGES[AUGUST]}) == "priced"


def test_a_cap_that_an_unpriced_month_may_have_used_up_leaves_the_credit_unpriced():
    """July owes a credit of unknown size, of which up to 100,000 count against the quarter's cap before August's."""
    capped = AT_RISK | {"caps": [{"over": "quarter", "amount": "100000"}]}
    history = [one_level(credited("sl", *TARGETS, "100"), credits=capped)]

    def priced(july, charges):
        return august(history, july, "7000", charges).credits.pricing.value

    assert priced(("7000", "10000"), {AUGUST: CHARGES[AUGUST]}) == "not_priced"
    assert priced(("9000", "10000"), {AUGUST: CHARGES[AUGUST]}) == "priced"
    assert priced(("7000", "10000"), CHARGES) == "priced"
