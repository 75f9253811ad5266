"""A right that failures opened is put before the forum, as it stood at the deck's instant."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app import clock
from app.accounts.models import User
from app.decks.gathering import gather, slides_of
from app.decks.service import request_deck
from app.extensions import db, write
from app.performance.judging.service import evaluate_contract
from app.performance.models import OpenedRight
from app.performance.rights.exercising import decline
from app.performance.rights.occurrences import standing
from tests.decks.test_editions import row
from tests.performance.history import cedar_document, story
from tests.rig.people import THE_DAY

EXIT = {
    "key": "exit", "name": "Termination for chronic failure", "kind": "termination", "of": "minimum_misses",
    "consecutive": "2", "service_levels": ["voice-service-level"], "lapses_after": "90", "clause": "Section 14.3",
}  # fmt: skip
PLAN = {"key": "plan", "name": "Improvement plan", "kind": "plan", "of": "misses", "at_least": "1", "within": "1"}


@pytest.fixture
def deck_of(inside):
    """`deck_of(EXIT)` gives the text of a third-quarter deck under those rights, and again after `then(right)`."""

    def told(*rules: dict, quarter: str = "2026-Q3", then=None) -> list[str]:
        with inside() as session:
            history = story(terms=cedar_document(**({"rights": [*rules]} if rules else {})))
            evaluate_contract(history.contract, THE_DAY)
            mia = session.scalars(select(User).where(User.name == "Mia")).one()
            with write():
                about = {"actor": mia, "held_on": date(2026, 11, 25), "commentary": ""}
                key = request_deck(history.contract, quarter, **about).key
            slides = [_words(slides_of(gather(row(session, key))))]
            if then:
                with clock.at(THE_DAY + timedelta(hours=2)), write():
                    then(standing(OpenedRight.right_key == rules[0]["key"])[-1], mia)
                db.session.expire_all()
                slides.append(_words(slides_of(gather(row(session, key)))))
            return slides

    return told


def _words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))


def test_an_open_right_is_asked_about_with_its_reason_and_its_last_day(deck_of):
    [slides] = deck_of(EXIT)
    assert "Termination for chronic failure stands open until 29 Dec 2026" in slides
    assert "An open right waits for a decision of the client" in slides
    assert "A right to terminate, for Voice service level. Opened on 30 Sep 2026 by Section 14.3." in slides
    assert "2 in a row with at least 1 miss of the Minimum; 2 in a row open the right." in slides
    assert "Nothing is on the agenda" not in slides


def test_what_was_made_of_a_right_after_the_decks_instant_is_not_in_it(deck_of):
    before, after = deck_of(EXIT, then=lambda right, mia: decline(right, "A plan is agreed.", mia))
    assert after == before
    assert "stands open" in after


def test_rights_of_several_service_levels_are_told_together(deck_of):
    [slides] = deck_of(PLAN, EXIT)
    assert "Five rights stand open" in slides
    assert "Abandonment; Quality; Fill: 1 miss within one month" in slides
    assert "31 Aug 2026until it is exercised or declined" in slides


def test_a_deck_of_a_contract_without_rights_has_no_such_slide(deck_of):
    [slides] = deck_of()
    assert "stands open" not in slides
    assert "Nothing is on the agenda of this review." in slides
