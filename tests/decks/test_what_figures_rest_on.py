"""A slide says what a figure rests on: a month that was not reported whole, a value that the partner stated."""

import re
from datetime import date

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.decks.gathering import gather, slides_of
from app.decks.rendering import edition_of
from app.decks.service import request_deck
from app.extensions import write
from tests.decks.test_editions import row
from tests.domain.story import FIGURES, JULY, level, limit
from tests.performance.history import begin, by_kind, cedar_document

LEVELS = [
    level("voice-service-level", "service_level", limit(">=", "80")),
    level("resolution", "fcr", limit(">=", "85"), source="stated"),
]


@pytest.fixture
def slides(inside, pdf_text):
    """The text of a third-quarter deck by slide: July was reported for 7 of 31 days, its resolution is stated."""
    terms = cedar_document(service_levels=LEVELS)
    del terms["credits"]
    with inside() as session:
        history = begin(terms=terms)
        for month, figures in FIGURES.items():
            for kind, values in by_kind(figures).items():
                about = {"stated": {"fcr": "98.6"} if kind == "quality" else {}}
                about |= {"days_reported": 7} if (month, kind) == (JULY, "service") else {}
                history.decide(history.send(month, kind, values, row=about))
        mia = session.scalars(select(User).where(User.name == "Mia")).one()
        with write():
            about = {"actor": mia, "held_on": date(2026, 11, 12), "commentary": ""}
            key = request_deck(history.contract, "2026-Q3", **about).key
        pdf = edition_of(slides_of(gather(row(session, key))))
    told = [re.sub(r"\s+", " ", page) for page in pdf_text(pdf).split("\f")]
    return {page.split(" ")[0]: page for page in told}


def test_a_month_that_was_not_reported_whole_says_so_where_its_figure_stands(slides):
    assert slides["Service"].count("7 of 31 days") == 1
    assert "80 %. 7 of 31 days." in slides["Misses"]
    assert not any(f"of {days} days" in page for page in slides.values() for days in (28, 30))


def test_a_stated_value_is_called_stated_on_every_slide_that_shows_it(slides):
    assert slides["Service"].count("as stated") == 3
    assert "98.6 %, as stated" in slides["Quality"]
    assert "As the partner states it" in slides["Glossary"]


def test_of_a_stated_value_no_count_is_told(slides):
    rows = re.findall(r"98\.6 %, as stated (\S+)", slides["Quality"])
    assert rows == ["–", "–", "–"]
