"""Problems and questions of a draft, in the words and at the place where it is mended."""

import pytest

from app.contracts.models import TermsVersion
from app.contracts.places import located
from app.domain.catalogue import Problem


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("have no edge at the Expected of 96: is that meant?", "have no edge at the Expected of 96: is that meant?"),
        ("is missing", "is missing."),
    ],
)
def test_a_question_ends_with_its_own_mark_and_a_statement_with_a_full_stop(app, message, shown):
    version = TermsVersion(key="k", document={"service_levels": [{"key": "voice", "name": "Voice"}]})
    with app.test_request_context():
        [(place, words, _)] = located(version, [Problem("service_levels.0.bands", message)])
    assert (place, words) == ("Voice, bands:", shown)
