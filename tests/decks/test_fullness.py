"""A slide has no empty column, no lone row and no headline that its table or chart does not bear out."""

import re
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.decks import headlines as say
from app.decks.gathering import gather, slides_of
from app.decks.rendering import edition_of
from app.decks.service import request_deck
from app.domain.periods import Month
from app.extensions import write
from app.performance.claims.grounds import grounds_of
from app.relief.deciding import grant
from app.relief.filing import Asked, file_claim
from tests.decks.conftest import QUARTER
from tests.decks.test_editions import row
from tests.decks.test_headlines import PERFECT, content
from tests.domain.story import AUGUST, FIGURES, JULY, SEPTEMBER, level, limit, terms
from tests.performance.claiming import finding
from tests.performance.claiming import told as claimable
from tests.performance.history import begin, cedar_document

VOICE = level("voice-service-level", "service_level", limit(">=", "80"))
FILL = level("fill", "staffing_fill", limit(">=", "97"))


@pytest.fixture
def deck_of(inside, pdf_text):
    """`deck_of(LEVELS, quarter)` gives the words of each slide by its kicker, read back from the PDF."""

    def slides(levels, quarter=QUARTER, figures=FIGURES, imported=False, due=(), **changes) -> dict[str, str]:
        agreed = cedar_document(service_levels=levels, **changes)
        with inside() as session:
            history = begin(terms={name: value for name, value in agreed.items() if value is not None})
            batch = {"batch_id": history.batch(with_credits=False).id} if imported else {}
            for month, values in figures.items():
                history.approve(month, values, **batch)
            for month, kind in due:
                history.expect(month, kind)
            mia = session.scalars(select(User).where(User.name == "Mia")).one()
            with write():
                about = {"actor": mia, "held_on": date(2026, 11, 12), "commentary": ""}
                key = request_deck(history.contract, quarter, **about).key
            pdf = edition_of(slides_of(gather(row(session, key))))
        told = [re.sub(r"\s+", " ", page).strip() for page in pdf_text(pdf).split("\f")]
        return {page.split(" Cedar ·")[0]: page for page in told if " Cedar ·" in page}

    return slides


def test_a_column_that_no_service_level_fills_is_left_out(deck_of):
    bare = deck_of([VOICE, FILL], credits=None)
    assert "Clause" not in bare["Service levels"] + bare["Misses and reasons"]
    assert "Minimum" not in bare["Service levels"]
    assert "with a credit" not in bare["Summary"]
    assert "Not credited" not in " ".join(bare.values())


def test_two_service_levels_have_their_charts_beneath_their_table(deck_of):
    two = deck_of([VOICE, FILL], credits=None)
    assert "Trends" not in two
    assert two["Service levels"].count("Jul Aug Sep") == 2


def test_one_line_of_missing_reports_is_told_at_length_and_every_silent_month_named(deck_of):
    figures, due = {**FIGURES, Month(2026, 10): PERFECT}, [(Month(2026, 11), "service")]
    slide = deck_of([VOICE, FILL], "2026-Q4", figures, due=due, credits=None)["What is missing"]
    assert "November 2026: service" in slide
    assert "Cedar: sends it" in slide
    assert "December 2026: no report asked for yet" in slide


def test_results_that_were_imported_keep_their_colour_where_no_credit_was_agreed(deck_of):
    slide = deck_of([VOICE, FILL], imported=True, credits=None)["Service levels"]
    assert "not credited" not in slide
    assert "has no colour" not in slide


def test_results_that_are_set_aside_are_said_to_have_no_colour(deck_of):
    slide = deck_of([VOICE | {"credits_from": "2026-10-01"}, FILL])["Service levels"]
    assert "in grace" in slide
    assert "What is set aside has no colour." in slide


def test_a_service_level_is_met_again_since_the_first_month_after_its_miss():
    story = content({JULY: FIGURES[SEPTEMBER], AUGUST: PERFECT, SEPTEMBER: PERFECT})
    voice = story.levels[0]
    assert say.trend_headline(story, voice) == "Voice service level: missed in Jul 2026, met again since Aug 2026"


def test_two_service_levels_are_both_not_all():
    clean = content(dict.fromkeys(FIGURES, PERFECT), agreed=terms(service_levels=[VOICE, FILL], credits=None))
    assert say.summary_headline(clean) == "Both service levels were met in every month"


@pytest.mark.parametrize("words", [28, 450], ids=["as in the demo", "a page of it"])
def test_the_one_relief_of_a_quarter_begins_beneath_its_headline(inside, pdf_text, words):
    adjust = {"offered": Decimal(4900), "answered_in_threshold": Decimal(2450)}
    asked = Asked("adjust", cause="volume", reason="of much " * words, adjust=adjust, clause="Schedule 3, 6.2")
    with inside() as session:
        history = claimable()
        people = {user.name: user for user in session.scalars(select(User))}
        with write():
            claim = file_claim(grounds_of(finding("2026-08")), asked, actor=people["Leo"], form_key="one")
        with write():
            grant(claim, actor=people["Mona"], reason="Our own telephony agrees with it on both of these days.")
        with write():
            about = {"actor": people["Mia"], "held_on": date(2026, 11, 12), "commentary": ""}
            key = request_deck(history.contract, QUARTER, **about).key
        pdf = edition_of(slides_of(gather(row(session, key))))
    slides = [page for page in pdf_text(pdf).split("\f") if page.startswith("Relief")]
    assert "Voice service level, August 2026: 76.9 % after relief, 74.0 % as counted" in slides[0]
    assert "of much of much" in slides[0]
    assert ("Sep" in slides[0]) == (words == 28)
    assert (len(slides) == 1) == (words == 28)
