"""Events in words: every kind that the product records has its sentence, figures are written for people."""

import ast

import pytest

from app import narrative
from app.events import Event
from tests.conventions.sources import modules
from tests.rig.people import THE_DAY


@pytest.fixture
def tell(app):
    def told(kind: str, zone: str = "UTC", **figures):
        with app.test_request_context():
            return narrative.tell(Event(kind=kind, at=THE_DAY, figures=figures, actor=None), zone)

    return told


def recorded_kinds() -> set[str]:
    """Every kind as it is written in the app; of one that is put together, its beginning or end."""
    calls = [(module, call) for module in modules() for call in module.nodes(ast.Call)]
    records = [call for _, call in calls if ast.unparse(call.func) in {"record", "events.record"} and call.args]
    strings = [node for call in records for node in ast.walk(call.args[0]) if isinstance(node, ast.Constant)]
    return {node.value for node in strings if isinstance(node.value, str) and "." in node.value}


def test_every_kind_that_is_recorded_has_its_sentence():
    known = set(narrative.SENTENCES)
    wordless = {
        kind for kind in recorded_kinds() if not any(name.startswith(kind) or name.endswith(kind) for name in known)
    }
    assert wordless == set()
    assert len(recorded_kinds()) > 20


def test_sentences_continue_a_name():
    for sentence in narrative.SENTENCES.values():
        assert sentence.words[0].islower()
        assert not sentence.words.endswith(".")


def test_an_event_reads_as_words_who_and_when(tell):
    told = tell("submission.approved", zone="America/Bogota", version=2)
    assert (told.what, told.who, told.when) == ("Approved version 2", "Accord", "22 Nov 2026, 04:00 UTC−05")
    assert told.sentence == "Accord approved version 2"


def test_an_unknown_kind_is_shown_plainly(tell):
    assert tell("well-being.doubted").what == "Well being: doubted"


def test_a_part_without_its_figure_is_left_out(tell):
    assert tell("deck.issued").what == "Issued the deck"
    assert tell("deck.issued", quarter="2026-Q3").what == "Issued the deck for Q3 2026"


def test_a_part_with_a_condition_is_shown_when_it_is_true(tell):
    assert tell("submission.sent", version=2, on_behalf=False, was_late=False).what == "Certified and sent version 2"
    assert (
        tell("submission.sent", version=2, on_behalf=True, was_late=True).what
        == "Certified and sent version 2 on the partner's behalf, late"
    )


def test_a_figure_that_is_missing_never_breaks_a_page(tell):
    for kind in narrative.SENTENCES:
        assert "{" not in tell(kind).what


def test_amounts_stay_hidden_from_nobody_in_particular(tell):
    assert tell("charge.entered", month="2026-09", amount_minor=100, currency="USD").note == ""


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ({"month": "2026-09"}, "September 2026"),
        ({"due_at": "2026-12-07T22:00:00+00:00"}, "7 Dec 2026, 22:00 UTC"),
        ({"effective_from": "2026-01-01"}, "1 Jan 2026"),
        ({"content": "0123456789abcdef" * 4}, "0123456789ab…"),
        ({"late": True}, "yes"),
        ({"reason": None}, "none"),
        ({"role": "partner_lead"}, "partner lead"),
        ({"states": ["below_minimum", "met"]}, "below minimum, met"),
        ({"rows": {"north": 3}}, "north 3"),
        ({"rows": []}, "none"),
    ],
)
def test_figures_are_written_for_people(app, figures, words):
    with app.test_request_context():
        event = Event(kind="x.y", at=THE_DAY, figures=figures)
        assert [written for _, written in narrative.figures(event)] == [words]
