"""The page of events: who sees it, what it shows, how it is filtered."""

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.audit import subjects
from app.contracts.models import Contract
from app.events import Event, record
from app.extensions import write
from app.partners.models import Partner
from app.reports.models import Report
from tests.rig.people import THE_DAY


@pytest.mark.parametrize("who", ["ana", "amy", "leo", "bob", "mia", "max", "dora", "gus"])
@pytest.mark.parametrize("path", ["/events", "/events/KEY", "/events/verifications"])
def test_only_administrators_and_finance_read_the_log(as_, happened, who, path):
    assert as_(who).get(path.replace("KEY", happened("deck.issued"))).status_code == 403


def test_a_stranger_is_sent_to_the_login(client):
    assert client.get("/events").status_code == 302


def test_an_event_that_never_was_is_not_found(ada):
    assert ada.get("/events/nothing").status_code == 404


@pytest.mark.parametrize("path", ["/events", "/events/KEY"])
def test_nothing_is_posted_to_the_log(ada, happened, path):
    assert ada.post(path.replace("KEY", happened("deck.issued"))).status_code == 405


def test_an_empty_log_says_so(ada):
    assert "No events fit" in ada.get("/events").text


def test_an_event_reads_as_a_sentence_with_its_figures(ada, happened, people):
    happened("deck.issued", who=people.mia, quarter="2026-Q3", sha="ab" * 32)
    text = ada.get("/events").text
    assert "Mia issued the deck for Q3 2026" in text
    assert "abababababab…" in text
    assert "22 Nov 2026, 09:00 UTC" in text


def test_amounts_are_withheld_from_who_may_not_see_money(ada, happened):
    happened("charge.entered", month="2026-09", amount_minor=1234500, currency="USD")
    text = ada.get("/events").text
    assert "amount</span>&nbsp;withheld" in text
    assert "12,345" not in text
    assert "1234500" not in text


def test_the_partners_of_a_person_are_named(ada, inside):
    with inside() as session:
        keys = session.scalars(select(Partner.key).order_by(Partner.code)).all()
    typed = {"email": "n@cedar.example", "name": "N", "role": "partner_analyst", "partners": keys}
    assert ada.post("/users/new", data=typed).status_code == 303
    assert "Birch, Cedar" in ada.get("/events?kind=user.created").text


def test_somebody_who_sees_every_partner_is_not_said_to_see_none(ada):
    typed = {"email": "n@accord.example", "name": "N", "role": "finance", "reach": "all"}
    assert ada.post("/users/new", data=typed).status_code == 303
    assert "partners</span>&nbsp;every partner" in ada.get("/events?kind=user.created").text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, {"Issued", "Approved", "Returned"}),
        ({"kind": "submission"}, {"Approved", "Returned"}),
        ({"kind": "submission.approved"}, {"Approved"}),
        ({"kind": "sub"}, set()),
        ({"kind": "%"}, set()),
        ({"partner": "birch"}, {"Returned"}),
        ({"partner": "nobody"}, set()),
        ({"person": "mia"}, {"Issued", "Returned"}),
        ({"since": "2026-11-22"}, {"Issued"}),
        ({"until": "2026-11-21"}, {"Approved", "Returned"}),
        ({"since": "2026-11-21", "until": "2026-11-21"}, {"Approved"}),
        ({"since": "2026-11-21", "until": "9999-12-31"}, {"Approved", "Issued"}),
        ({"kind": "submission", "person": "mia", "partner": "birch", "until": "2026-11-20"}, {"Returned"}),
    ],
)
def test_the_log_is_filtered(ada, happened, inside, people, query, found):
    happened("submission.returned", "birch", people.mia, days=-2, version=1)
    happened("submission.approved", "cedar", people.mona, days=-1, version=1)
    happened("deck.issued", "cedar", people.mia)
    with inside() as session:
        keys = {f"partner {partner.code}": partner.key for partner in session.scalars(select(Partner))}
        keys |= {f"person {user.name.lower()}": user.key for user in session.scalars(select(User))}
    query = {name: keys.get(f"{name} {value}", value) for name, value in query.items()}
    text = ada.get("/events", query_string=query, htmx=True).text
    words = {"Issued": "issued the deck", "Approved": "approved version", "Returned": "returned version"}
    assert {name for name, sentence in words.items() if sentence in text} == found


def test_what_happened_to_a_person_is_found_by_the_person(ada, as_, inside, people):
    with inside() as session:
        key = session.scalars(select(User.key).where(User.email == people.ana.email)).one()
    ada.post(f"/users/{key}/deactivation")
    assert "Ada deactivated a person" in ada.get(f"/events?person={key}").text


@pytest.mark.parametrize("query", ["since=yesterday", "until=2026-13-01", "since=2026-11-22&until=2026-11-21"])
def test_days_that_cannot_be_are_said_in_words(ada, query):
    answer = ada.get(f"/events?{query}")
    assert answer.status_code == 422
    assert "Please put the days right" in answer.text


def test_htmx_gets_the_events_alone(ada, happened):
    happened("deck.issued")
    text = ada.get("/events", htmx=True).text
    assert text.lstrip().startswith("<section")
    assert 'data-announce="1 event found."' in text


@pytest.mark.portable
def test_pages_keep_the_filter_and_cost_the_same(ada, happened, people, count_statements):
    happened("deck.issued", who=people.mia)
    with count_statements() as few:
        ada.get("/events?kind=deck")
    for number in range(51):
        happened("deck.issued", "birch" if number % 2 else "cedar", people.mona if number % 3 else people.mia)
    with count_statements() as many:
        text = ada.get("/events?kind=deck").text
    assert "Page 1 of 2" in text
    assert "/events?kind=deck&amp;page=2" in text
    assert len(many) == len(few) <= 10
    assert ada.get("/events?kind=deck&page=2", htmx=True).text.count("issued the deck") == 2


def test_an_event_shows_its_figures_and_its_links(ada, happened, inside, people):
    first, second = happened("partner.created", who=people.ada), happened("deck.issued", quarter="2026-Q3")
    text = ada.get(f"/events/{second}").text
    with inside() as session:
        one, two = (session.scalars(select(Event).where(Event.key == key)).one() for key in (first, second))
        assert two.previous == one.hash
        assert one.hash in text
        assert two.hash in text
    assert "Q3 2026" in text
    assert "Set up the partner" in text


def test_one_event_takes_few_statements(ada, happened, people, count_statements):
    keys = [happened("deck.issued", who=person) for person in (people.mia, people.mona, people.dora, people.ada)]
    with count_statements() as statements:
        ada.get(f"/events/{keys[0]}")
    assert len(statements) <= 8


def test_an_event_leads_to_what_it_is_about(ada, people, inside):
    with inside() as session:
        key = session.scalars(select(User.key).where(User.email == people.ana.email)).one()
    ada.post(f"/users/{key}/deactivation")
    assert '<td data-label="About">Ana</td>' in ada.get("/events").text
    with inside() as session:
        event = session.scalars(select(Event.key).where(Event.kind == "user.deactivated")).one()
    assert f'href="/users/{key}"' in ada.get(f"/events/{event}").text


def test_no_link_leads_where_the_reader_may_not_go(ada, inside, app):
    with app.test_request_context():
        assert all(endpoint in app.view_functions for _, endpoint in subjects.PAGES.values())
        assert subjects.page_of(Event(subject="deck", subject_id=1)) is None


def test_a_report_is_named_by_its_month(ada, inside):
    with inside(), write() as session:
        cedar = session.scalars(select(Partner.id).where(Partner.code == "cedar")).one()
        about = {"partner_id": cedar, "zone": "UTC", "currency": "USD", "starts_on": THE_DAY.date()}
        contract = Contract(name="Voice", reference="1", created_at=THE_DAY, **about)
        report = Report(
            contract=contract,
            partner_id=cedar,
            month="2026-09",
            kind="service",
            due_at=THE_DAY,
            lock_at=THE_DAY,
            opened_at=THE_DAY,
        )
        session.add(report)
        record("report.opened", subject=report, month="2026-09")
    text = ada.get("/events").text
    assert "Cedar, service report for Sep 2026" in text
    assert "Accord opened the report for September 2026" in text


def test_the_log_is_told_in_the_words_of_the_pages(ada, inside):
    with inside() as session, write():
        partner = session.scalars(select(Partner)).first()
        record("personal-data.found", subject=partner, content="ab" * 32, fingerprint="cd" * 32, party="partner")
    page = ada.get("/events").text
    for words in ("Judgement</option>", "Removed files</option>", "Sight of amounts</option>"):
        assert words in page
    for words in (
        "content, by its SHA-256</span>&nbsp;abab",
        "fingerprint of its inputs</span>&nbsp;cdcd",
        "figures of the</span>&nbsp;partner",
    ):
        assert words in page
    assert "Evaluation" not in page
    assert "Blob" not in page
