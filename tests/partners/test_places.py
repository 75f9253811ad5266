"""Sites and queues: added with codes that never change, changed, closed and reopened."""

import pytest
from sqlalchemy import select

from app.events import Event
from app.partners.codes import code_from
from app.partners.models import Partner, Queue, Site

QUEUE = {"name": "Spanish voice", "code": "", "business": "Support", "channel": "voice", "language": "Spanish"}


@pytest.fixture
def cedar(inside):
    with inside() as session:
        return session.scalars(select(Partner.key).where(Partner.code == "cedar")).one()


@pytest.fixture
def key_of(inside):
    def find(model, code):
        with inside() as session:
            return session.scalars(select(model.key).where(model.code == code)).one()

    return find


@pytest.mark.parametrize(
    ("name", "taken", "code"),
    [
        ("Bogotá Norte", (), "BOGOTA-NORTE"),
        ("Łódź", (), "ODZ"),
        ("东京", (), "CODE"),
        ("Cali", ("CALI", "CALI-2"), "CALI-3"),
        ("A very long name of a very small site", (), "A-VERY-LONG-NAME-OF-A-VE"),
    ],
)
def test_a_code_is_made_from_the_name(name, taken, code):
    assert code_from(name, taken) == code


def test_a_site_is_added_with_the_code_that_was_typed(as_, inside, cedar):
    typed = {"name": "Medellín", "code": "MDE", "country": "CO"}
    assert as_("ada").post(f"/partners/{cedar}/sites/new", data=typed).status_code == 303
    with inside() as session:
        site = session.scalars(select(Site).where(Site.code == "MDE")).one()
        assert (site.name, site.country, site.closed_on) == ("Medellín", "CO", None)


def test_a_queue_is_added_with_a_code_made_from_its_name(as_, inside, cedar):
    assert as_("mia").post(f"/partners/{cedar}/queues/new", data=QUEUE).status_code == 303
    with inside() as session:
        queue = session.scalars(select(Queue).where(Queue.code == "SPANISH-VOICE")).one()
        assert (queue.business, queue.language, queue.live_on) == ("Support", "Spanish", None)


@pytest.mark.parametrize(
    ("noun", "typed", "words"),
    [
        ("sites", {"name": ""}, "Write the site&#39;s name"),
        ("sites", {"name": "Cali", "code": "cedar-one"}, "code cedar-one already"),
        ("sites", {"name": "Cali", "code": "C A/L"}, "letters, digits and single hyphens"),
        ("sites", {"name": "Cali", "code": "X" * 25}, "at most 24"),
        ("sites", {"name": "Cali", "country": "ZZ"}, "Not a valid choice"),
        ("queues", {**QUEUE, "language": ""}, "Say the language."),
        ("queues", {**QUEUE, "channel": "fax"}, "Not a valid choice"),
        ("queues", {**QUEUE, "live_on": "soon"}, "Write a date such as"),
    ],
)
def test_bad_input_is_said_and_what_was_typed_is_kept(as_, cedar, noun, typed, words):
    answer = as_("ada").post(f"/partners/{cedar}/{noun}/new", data=typed)
    assert answer.status_code == 422
    assert words in answer.text
    assert typed["name"] in answer.text


def test_closing_and_reopening_are_recorded(as_, inside, key_of):
    url = f"/sites/{key_of(Site, 'cedar-one')}/edit"
    about = {"name": "Cedar One", "country": ""}
    assert as_("ada").post(url, data={**about, "closed_on": "2026-12-31"}).status_code == 303
    assert as_("ada").post(url, data={**about, "closed_on": ""}).status_code == 303
    assert as_("ada").post(url, data={**about, "name": "Cedar First"}).status_code == 303
    with inside() as session:
        kinds = session.scalars(select(Event.kind).where(Event.kind.startswith("site.")).order_by(Event.id)).all()
        assert kinds == ["site.closed", "site.reopened", "site.changed"]


def test_a_code_cannot_be_changed(as_, inside, key_of):
    key = key_of(Queue, "cedar-voice")
    assert as_("ada").post(f"/queues/{key}/edit", data={**QUEUE, "code": "OTHER"}).status_code == 303
    with inside() as session:
        assert session.scalars(select(Queue.code).where(Queue.key == key)).one() == "cedar-voice"


def test_a_queue_cannot_close_before_it_goes_live(as_, key_of):
    days = {"live_on": "2026-12-01", "closed_on": "2026-11-01"}
    answer = as_("ada").post(f"/queues/{key_of(Queue, 'cedar-voice')}/edit", data={**QUEUE, **days})
    assert answer.status_code == 422
    assert "cannot close before it goes live" in answer.text


def test_a_channel_from_elsewhere_survives_an_edit(as_, inside, key_of):
    from app.extensions import write

    with inside() as session, write():
        session.scalars(select(Queue).where(Queue.code == "cedar-voice")).one().channel = "fax"
    url = f"/queues/{key_of(Queue, 'cedar-voice')}/edit"
    assert 'value="fax"' in as_("ada").get(url).text
    assert as_("ada").post(url, data={**QUEUE, "channel": "fax"}).status_code == 303


@pytest.mark.parametrize(("model", "noun"), [(Site, "sites"), (Queue, "queues")])
def test_who_may_change_a_place(as_, key_of, model, noun):
    code = "cedar-one" if model is Site else "cedar-voice"
    url = f"/{noun}/{key_of(model, code)}/edit"
    assert {who: as_(who).get(url).status_code for who in ("ada", "mia", "max", "leo", "dora")} == {
        "ada": 200,
        "mia": 200,
        "max": 404,
        "leo": 403,
        "dora": 403,
    }
    assert as_("max").post(url, data=QUEUE).status_code == 404
    assert as_("ada").get(f"/{noun}/nothing/edit").status_code == 404
