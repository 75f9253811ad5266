"""Entries are only ever added, and what they come to is what is payable."""

from dataclasses import replace
from decimal import Decimal

from app.domain.credits import CreditLine, MonthCredits, Pricing
from app.domain.rules.earn_back import EarnBack
from app.performance.ledger import (
    CAP,
    CREDIT,
    EARN_BACK,
    OFFSET,
    REVERSAL,
    Identity,
    Posting,
    clause_of,
    clauses,
    due,
    settle,
    standing,
)
from tests.domain.story import SEPTEMBER

FILL, LEVEL = Identity("fill", "", "2026-09"), Identity("voice-service-level", "", "2026-09")


def test_what_is_due_for_the_first_time_is_posted():
    assert list(settle({}, {FILL: {CREDIT: 1_620_000, CAP: -373_846}})) == [
        Posting(FILL, CREDIT, 1_620_000),
        Posting(FILL, CAP, -373_846),
    ]


def test_what_stands_as_it_should_is_left_alone():
    amounts = {FILL: {CREDIT: 1_620_000, CAP: -373_846}}
    assert list(settle(amounts, amounts)) == []


def test_a_change_reverses_the_whole_and_posts_anew():
    postings = list(settle({FILL: {CREDIT: 100, CAP: -30}}, {FILL: {CREDIT: 100}}))
    assert postings == [Posting(FILL, REVERSAL, -70), Posting(FILL, CREDIT, 100)]


def test_a_credit_that_is_no_longer_due_is_only_reversed():
    assert list(settle({FILL: {CREDIT: 100}}, {})) == [Posting(FILL, REVERSAL, -100)]


def test_a_reversal_leaves_nothing_standing_and_other_lines_alone():
    postings = [Posting(FILL, CREDIT, 100), Posting(LEVEL, CREDIT, 200), Posting(FILL, REVERSAL, -100)]
    assert standing(postings) == {LEVEL: {CREDIT: 200}}


def test_whatever_happened_before_the_sum_of_all_entries_is_what_is_wanted():
    wanted = [
        {FILL: {CREDIT: 100, CAP: -1}},
        {FILL: {CREDIT: 70}, LEVEL: {CREDIT: 5}},
        {},
        {LEVEL: {CREDIT: 9, CAP: -9}},
    ]
    posted: list[Posting] = []
    for amounts in wanted:
        posted += settle(standing(posted), amounts)
        assert sum(posting.amount for posting in posted) == sum(sum(kinds.values()) for kinds in amounts.values())


def test_the_bank_and_what_is_earned_back_are_entries_of_their_own_and_all_sum_to_what_is_payable():
    chain = _chain(
        lines=(_line("fill", uncapped=1_000, payable=550),),
        cap_applied=Decimal(200),
        offset=Decimal(250),
        returns={"level/2026-03": 630},
        earn_backs=(_earn_back("fill", "2026-09", "offset", 250), _earn_back("level", "2026-03", "earned", 630)),
        payable=-80,
    )
    wanted = due(chain)
    assert wanted == {
        FILL: {CREDIT: 1_000, CAP: -200, OFFSET: -250},
        Identity("level", "", "2026-03"): {EARN_BACK: -630},
    }
    assert sum(sum(kinds.values()) for kinds in wanted.values()) == chain.payable


def test_what_rounding_moves_between_lines_is_never_called_a_cap_where_none_took_anything_off():
    chain = _chain(
        lines=(_line("fill", uncapped="10.5", payable=10), _line("level", uncapped="10.5", payable=5)),
        offset=Decimal("5.5"),
        earn_backs=(_earn_back("level", "2026-09", "offset", "5.5"),),
        payable=15,
    )
    assert {kind for kinds in due(chain).values() for kind in kinds} <= {CREDIT, OFFSET}


def test_a_month_without_a_miss_posts_what_it_earns_back_with_the_clause_of_the_earn_back():
    chain = _chain(returns={"level/2026-03": 630}, earn_backs=(_earn_back("level", "2026-03", "earned", 630),))
    [posting] = settle({}, due(chain))
    assert posting == Posting(Identity("level", "", "2026-03"), EARN_BACK, -630)
    assert clause_of(posting, chain, {}) == "Schedule 3, 7"


def test_a_credit_that_its_own_month_gives_back_keeps_both_entries():
    """The average of a contract year decides the credit of the year's last month in that month."""
    chain = _chain(
        lines=(_line("level", uncapped=630, payable=630),),
        returns={"level/2026-09": 630},
        earn_backs=(_earn_back("level", "2026-09", "earned", 630),),
        payable=0,
    )
    assert due(chain) == {Identity("level", "", "2026-09"): {CREDIT: 630, EARN_BACK: -630}}


def test_a_reversal_has_the_clause_of_the_credit_that_it_reverses():
    """An amendment moved the clause since, or the credit is no longer due at all."""
    posted = [(Posting(FILL, CREDIT, 900), "Schedule 3, 2.1"), (Posting(FILL, CAP, -100), "Schedule 3, 5.2")]
    charged = clauses(posted)
    chain = _chain(lines=(_line("fill", uncapped=700, payable=700),))
    reversal, credit = settle(standing(posting for posting, _ in posted), due(chain))
    assert (reversal.kind, clause_of(reversal, chain, charged)) == (REVERSAL, "Schedule 3, 2.1")
    assert (credit.kind, clause_of(credit, chain, charged)) == (CREDIT, "")
    assert clause_of(reversal, _chain(), charged) == "Schedule 3, 2.1"


def _chain(**changes) -> MonthCredits:
    return replace(MonthCredits(SEPTEMBER, Pricing.PRICED, cap_applied=Decimal(0)), **changes)


def _line(level: str, uncapped: int | str, payable: int) -> CreditLine:
    return CreditLine(level, level, "", "2026-09", "minimum", Decimal(40), Decimal(uncapped), payable)


def _earn_back(level: str, month: str, state: str, amount: int | str) -> EarnBack:
    figures = (6, 6, Decimal(50), Decimal(1_260), Decimal(amount))
    return EarnBack(level, month, "months", state, *figures, clause="Schedule 3, 7")
