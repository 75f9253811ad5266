"""A heading is read alike in a report and in a history import."""

import pytest

from app.reports.finding import plain
from app.reports.mapping.headings import is_average


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
