"""Entries are only ever added, and what they come to is what is payable."""

from app.performance.ledger import CAP, CREDIT, REVERSAL, Identity, Posting, settle, standing

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
