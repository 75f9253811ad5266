"""Finance reads what belongs to the partners it may see, and cannot tell that there is more."""

import re

import pytest
from sqlalchemy import select

from app.accounts.models import Grant, User
from app.audit import listing
from app.decks.models import Deck
from app.events import Event, record
from app.extensions import write
from app.partners.models import Partner

pytestmark = pytest.mark.portable
TOTAL = re.compile(r'data-announce="(\d+) events? found')


@pytest.fixture
def finn(as_):
    """Finance of every partner."""
    return as_("finn")


@pytest.fixture
def confined(inside, people, as_):
    """Finn once more, whom somebody limits to Birch."""
    with inside() as session, write():
        user = session.scalars(select(User).where(User.email == people.finn.email)).one()
        birch = session.scalars(select(Partner.id).where(Partner.code == "birch")).one()
        session.add(Grant(user_id=user.id, partner_id=birch))
    return as_("finn")


@pytest.fixture
def of_the_house(inside, people):
    """An event that belongs to no partner; its key."""

    def write_event(kind: str = "user.deactivated", who=people.ana) -> str:
        with inside() as session, write():
            return record(kind, subject=session.scalars(select(User).where(User.email == who.email)).one()).key

    return write_event


def counted(visitor, query: str = "") -> int:
    return int(TOTAL.search(visitor.get(f"/events{query}").text)[1])


def test_finance_finds_the_audit_in_the_menu_and_reads_it(finn, happened, people):
    key = happened("charge.entered", who=people.finn, month="2026-09", amount_minor=1234500, currency="USD")
    text = finn.get("/events").text
    assert '<a href="/events" aria-current="page">Audit</a>' in text
    assert "Finn entered the charges for September 2026" in text
    assert "$12,345" in finn.get(f"/events/{key}").text


def test_what_belongs_to_no_partner_is_for_administrators(finn, as_, happened, of_the_house):
    seen, hidden = (
        happened("deck.issued"),
        [of_the_house(), of_the_house("session.opened"), of_the_house("user.joined")],
    )
    text = finn.get("/events").text
    assert seen in text
    assert not [key for key in hidden if key in text or finn.get(f"/events/{key}").status_code != 404]
    assert all(as_("ada").get(f"/events/{key}").status_code == 200 for key in hidden)


@pytest.mark.parametrize("query", ["", "?kind=user", "?kind=user.deactivated", "?person=ANA", "?since=2026-11-22"])
def test_counts_and_pages_are_those_of_what_is_seen(finn, as_, happened, of_the_house, inside, people, query):
    with inside() as session:
        key = session.scalars(select(User.key).where(User.email == people.ana.email)).one()
    query = query.replace("ANA", key)
    happened("deck.issued", who=people.ana)
    before = counted(finn, query)
    for _ in range(listing.PAGE_SIZE + 1):
        of_the_house()
    assert counted(finn, query) == before <= 1
    assert "Page 1 of 2" not in finn.get(f"/events{query}").text
    assert counted(as_("ada"), query) > before


def test_the_neighbours_of_an_event_do_not_tell_of_each_other(finn, happened, of_the_house, inside):
    first, _, last = happened("partner.changed"), of_the_house(), happened("partner.ended")
    with inside() as session:
        hidden, event = session.scalars(select(Event).order_by(Event.id).offset(1).limit(2)).all()
        assert event.previous == hidden.hash
    text = finn.get(f"/events/{last}").text
    assert event.hash in text
    assert hidden.hash not in text
    assert "Changed the partner" in text
    assert hidden.hash not in finn.get(f"/events/{first}").text


def test_the_head_and_the_length_of_the_chain_are_for_administrators(finn, as_, happened):
    happened("deck.issued")
    assert "Events in the chain" in as_("ada").get("/events").text
    text = finn.get("/events").text
    assert "Events in the chain" not in text
    assert "/events/verifications" not in text


def test_nothing_is_offered_that_can_never_be_found(finn, as_, happened):
    happened("deck.issued")
    asked = {who: set(re.findall(r'<option value="([\w-]+)"', as_(who).get("/events").text)) for who in ("finn", "ada")}
    assert asked["ada"] - asked["finn"] >= listing.OF_THE_HOUSE
    assert {"deck", "charge", "money-sight"} <= asked["finn"]


def test_the_kinds_of_the_house_are_those_without_a_partner(inside, world):
    with inside() as session:
        found = session.execute(select(Event.kind, Event.partner_id.is_(None)).distinct()).all()
    assert {kind.split(".")[0] for kind, of_nobody in found if of_nobody} <= listing.OF_THE_HOUSE
    assert not {kind.split(".")[0] for kind, of_nobody in found if not of_nobody} & listing.OF_THE_HOUSE


def test_somebody_limited_to_a_partner_reads_of_no_other(confined, happened, people):
    own, other = happened("site.created", "birch", people.max), happened("site.created", "cedar", people.leo)
    text = confined.get("/events").text
    assert own in text
    assert other not in text
    assert "Cedar" not in text
    assert counted(confined) == 1
    assert confined.get(f"/events/{own}").status_code == 200
    assert confined.get(f"/events/{other}").status_code == 404


def test_somebody_limited_to_a_partner_is_offered_its_people_alone(confined, happened, people):
    happened("site.created", "birch", people.mona)
    happened("site.created", "cedar", people.mia)
    text = confined.get("/events").text
    offered = set(re.findall(r'<option value="[\w-]+">(\w+)</option>', text.partition('id="person"')[2]))
    assert offered == {"Bea", "Bob", "Finn", "Max", "Mona"}


def test_another_partners_key_as_a_filter_finds_nothing(confined, happened, inside):
    happened("site.created", "birch")
    happened("site.created", "cedar")
    with inside() as session:
        cedar = session.scalars(select(Partner.key).where(Partner.code == "cedar")).one()
    assert "No events fit" in confined.get(f"/events?partner={cedar}").text


def test_a_draft_of_a_deck_has_no_link_for_who_may_not_open_it(app, inside, world):
    with inside() as session:
        asked = select(Event.key, Deck.issued_at.is_(None)).join(Deck, Deck.id == Event.subject_id)
        decks = session.execute(asked.where(Event.subject == "deck", Event.kind == "deck.requested")).all()
    finn = world.visitor(app, "finn")
    for key, is_draft in decks:
        assert ("Open what it is about" in finn.get(f"/events/{key}").text) is not is_draft
    assert {is_draft for _, is_draft in decks} == {True, False}


def test_every_link_of_the_log_opens(app, inside, world):
    """Each thing that has a page leads where finance is let in."""
    with inside() as session:
        found = session.scalars(select(Event).where(Event.partner_id.is_not(None))).all()
        keys = {(event.subject, event.subject_id): event.key for event in found}.values()
    finn, places = world.visitor(app, "finn"), set()
    for key in keys:
        places |= set(re.findall(r'href="([^"]+)">Open what it is about', finn.get(f"/events/{key}").text))
    assert {place.split("/")[1] for place in places} >= {"contracts", "decks", "reports", "submissions", "terms"}
    assert not [place for place in places if finn.get(place).status_code != 200]
