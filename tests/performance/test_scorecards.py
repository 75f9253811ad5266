"""What a scorecard says where a month has no result."""

from types import SimpleNamespace

import pytest

from app.performance.scorecards import Card
from tests.domain.story import AUGUST, SEPTEMBER, level, limit, one_level


@pytest.mark.parametrize(
    ("window", "judged", "words"),
    [
        ("month", "2026-09", "not judged yet"),
        ("month", "2026-08", "not in the terms of this month"),
        ("quarter", "2026-08", "judged by the quarter"),
        ("contract_year", "2026-08", "judged by the year"),
    ],
)
def test_a_month_without_a_result_says_why(window, judged, words):
    [voice] = one_level(level("voice", "service_level", limit(">=", "80"), window=window)).service_levels
    card = Card(None, SEPTEMBER, (), (), (), (SimpleNamespace(month=judged),))
    assert card.why_empty(voice, AUGUST) == words
