"""A heading is read alike in a report and in a history import."""

import pytest

from app.reports.tables.finding import plain
from app.reports.tables.headings import is_average, likeness
from app.reports.template import Column


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("Offered (contacts)", "offered"),
        ("  Answered\n in  threshold (contacts) ", "answered in threshold"),
        ("Handling (talk) time (seconds)", "handling"),
        ("", ""),
    ],
)
def test_a_heading_without_unit_case_and_spaces(heading, words):
    assert plain(heading) == words


@pytest.mark.parametrize(
    ("heading", "known"),
    [
        ("AHT (s)", True),
        ("ACW", True),
        ("Avg talk + ACW", True),
        ("Talk+hold+ACW (min)", False),
        ("Talk, hold and ACW", False),
        ("Total ACW", False),
    ],
)
def test_work_after_a_contact_is_an_average_alone_and_a_part_beside_talk(heading, known):
    assert is_average((heading,)) is known


@pytest.mark.parametrize("heading", ["Answered <20s", "Handled <=20s", "Calls answered (within 30 sec)", "Ans ≤ 15 s"])
def test_what_is_answered_within_seconds_is_not_all_that_is_answered(heading):
    in_threshold = likeness((heading,), "answered_in_threshold", "Answered in threshold")
    assert in_threshold > 0.9 > likeness((heading,), "answered", "Answered")


@pytest.mark.parametrize(
    ("name", "unit", "heading"),
    [
        ("Offered", "contacts", "Offered (contacts)"),
        ("Required FTE", "fte", "Required FTE"),
        ("Paid hours", "hours", "Paid hours"),
        ("Handling time", "seconds", "Handling time (seconds)"),
    ],
)
def test_a_heading_says_its_unit_once_and_is_known_with_it_or_without(name, unit, heading):
    column = Column("key", name, unit, "")
    assert column.heading == heading
    assert plain(column.heading) == plain(f"{name} ({column.takes})")
