"""No line of a slide holds the last word of a sentence alone."""

import pytest

from app.decks.rendering import edition_of


@pytest.mark.parametrize("size", range(26, 40, 2))
def test_the_last_word_of_a_heading_is_never_alone_on_its_line(app, pdf_text, size):
    said = "met again " * 8 + "in Jun 2026"
    with app.app_context():
        text = pdf_text(edition_of(f'<section class="slide"><h1>{said[-size - 40 :]}</h1></section>'))
    lines = [line.split() for line in text.splitlines() if line.strip() and "/" not in line]
    assert lines[-1][-3:] == ["in", "Jun", "2026"]


def test_a_line_is_filled_before_the_next_begins(app, pdf_text):
    said = (
        "A credit is owed for every month marked “not priced”. Its amount follows as soon as finance has entered the "
        "month's charges; it is not zero."
    )
    with app.app_context():
        text = pdf_text(edition_of(f'<section class="slide"><div class="panel big"><p>{said}</p></div></section>'))
    assert len(text.split("\n")[0].split()) > 8, text


def test_long_words_at_an_end_may_still_break(app, pdf_text):
    long = "ab" * 30
    with app.app_context():
        text = pdf_text(edition_of(f'<section class="slide"><h1>{long} {long}</h1></section>'))
    assert f"{long} {long}" not in text
