"""A slide uses its area: its last words stand in the lower part of it, and what is thin is set larger or joined."""

import re
import subprocess
from datetime import date

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.decks import drawings
from app.decks.gathering import gather, slides_of
from app.decks.rendering import edition_of
from app.decks.service import request_deck
from app.extensions import write
from app.performance.credits.subtotals import Subtotal
from tests.decks.conftest import QUARTER
from tests.decks.test_editions import row
from tests.decks.test_fullness import FILL, VOICE
from tests.decks.test_headlines import PERFECT, content
from tests.domain.story import AUGUST, FIGURES, JULY, SEPTEMBER
from tests.performance.history import begin, cedar_document

TOP, FOOT = 0.85 * 72, (7.5 - 0.62) * 72
LEAST = 0.64


def depths(pdf: bytes) -> list[float]:
    """How far down its area the last words of each slide stand, the cover left out."""
    boxes = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    slides = boxes.split("<page ")[2:]
    ends = [[float(end) for end in re.findall(r'yMax="([\d.]+)"', slide) if float(end) < FOOT] for slide in slides]
    return [(max(found) - TOP) / (FOOT - TOP) for found in ends]


@pytest.mark.parametrize(
    "figures",
    [FIGURES, {JULY: FIGURES[JULY]}, {JULY: PERFECT}, {}],
    ids=["the whole quarter", "one month missed", "one month met", "no report"],
)
def test_no_slide_leaves_a_third_of_its_area_empty(inside, record_count, figures):
    with inside() as session:
        history = begin(terms=cedar_document(service_levels=[VOICE, FILL]))
        for month in FIGURES:
            if month in figures:
                history.approve(month, figures[month])
            else:
                history.expect(month, "service")
        mia = session.scalars(select(User).where(User.name == "Mia")).one()
        with write():
            about = {"actor": mia, "held_on": date(2026, 11, 12), "commentary": ""}
            key = request_deck(history.contract, QUARTER, **about).key
        found = depths(edition_of(slides_of(gather(row(session, key)))))
    assert [round(depth, 2) for depth in found if depth < LEAST] == []
    record_count("slides whose area is used", len(found))


def test_a_chain_of_credits_names_each_miss_and_says_what_the_cap_did():
    steps = drawings.steps_of(content({JULY: PERFECT, AUGUST: PERFECT, SEPTEMBER: FIGURES[SEPTEMBER]}))
    assert [step.label for step in steps] == [
        *("Sep: Voice service level", "Sep: Fill", "Sep: Abandonment", "Caps", "Payable")
    ]
    assert [step.note for step in steps if step.note] == ["More was owed in September 2026 than the cap allows"]


def test_without_a_cap_the_dearest_miss_of_a_chain_says_why():
    steps = drawings.steps_of(content({JULY: PERFECT, AUGUST: PERFECT, SEPTEMBER: PERFECT | {"actual_fte": "128"}}))
    assert [(step.label, step.note) for step in steps] == [
        ("Sep: Fill", "91.4\u00a0% misses the Minimum of at least 93\u00a0%."),
        ("Payable", ""),
    ]


def test_where_nobody_owes_anything_no_month_is_annotated():
    assert Subtotal("USD", ()).origin == ""
