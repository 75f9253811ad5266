"""A heading is read alike in a report and in a history import."""

import pytest

from app.reports.finding import plain


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
