"""An invitation: a mail with a link that works once, for a week, and lets somebody in."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock, mail
from app.accounts import service
from app.accounts.models import Token, User
from app.extensions import write
from tests.rig.people import THE_DAY

NORA = "nora@accord.example"
TYPED = {"name": "Nora Vega", "password": "lantern canoe mustard", "again": "lantern canoe mustard"}


@pytest.fixture
def invited(as_):
    """Ada invites Nora as finance."""
    answer = as_("ada").post("/users/new", data={"email": NORA, "name": "Nora", "role": "finance", "reach": "all"})
    assert answer.status_code == 303


@pytest.fixture
def link(invited, post, link_in):
    return link_in(post()[0])


def nora(session) -> User:
    return session.scalars(select(User).where(User.email == NORA)).one()


def test_the_mail_says_what_it_is(invited, post):
    (message,) = post()
    assert message["To"] == NORA
    assert message["Subject"] == "Your invitation to Accord"
    assert "Your role is finance." in message.get_content()
    assert "“Forgotten your password?” on the login page" in message.get_content()


def test_the_mail_to_a_partner_names_the_company(as_, post, partner_keys):
    about = {"email": NORA, "name": "Nora", "role": "partner_analyst", "mailbox": "y"}
    assert as_("ada").post("/users/new", data={**about, "partners": [partner_keys["cedar"]]}).status_code == 303
    (message,) = post()
    assert "Your role is partner analyst of Cedar." in message.get_content()


def test_the_link_opens_a_form_with_the_name(client, link):
    answer = client.get(link)
    assert answer.status_code == 200
    assert 'value="Nora"' in answer.text
    assert NORA in answer.text


def test_accepting_sets_name_and_password_and_lets_in(client, link, inside):
    assert client.post(link, data=TYPED).location == "/"
    assert "Nora Vega" in client.get("/profile").text
    with inside() as session:
        assert nora(session).has_joined
    client.post("/logout")
    assert client.post("/login", data={"email": NORA, "password": TYPED["password"]}).status_code == 303


@pytest.mark.portable
def test_the_link_works_once(app, client, link):
    client.post(link, data=TYPED)
    stranger = app.test_client()
    for answer in (stranger.get(link), stranger.post(link, data=TYPED)):
        assert answer.status_code == 410
        assert "<h1>This link no longer works</h1>" in answer.text
        assert "This link has been used, or it is too old. An invitation lets you in once" in answer.text
        assert 'href="/password-resets"' in answer.text


def test_the_link_works_for_a_week(client, link):
    with clock.at(THE_DAY + timedelta(days=7, seconds=-1)):
        assert client.get(link).status_code == 200
    with clock.at(THE_DAY + timedelta(days=7)):
        assert client.get(link).status_code == 410
        assert client.post(link, data=TYPED).status_code == 410


def test_a_bad_password_leaves_the_link_open(client, link):
    answer = client.post(link, data={**TYPED, "password": "nora", "again": "nora"})
    assert answer.status_code == 422
    assert "at least 12 characters" in answer.text
    assert 'value="Nora Vega"' in answer.text
    assert client.post(link, data=TYPED).status_code == 303


def test_the_address_is_no_password(client, link):
    assert client.post(link, data={**TYPED, "password": NORA, "again": NORA}).status_code == 422


def test_two_different_passwords_are_an_error(client, link):
    assert "The two passwords differ." in client.post(link, data={**TYPED, "again": "something else"}).text


def test_a_link_that_never_was_is_not_found(client):
    for answer in (client.get("/invitations/nonsense"), client.post("/invitations/nonsense", data=TYPED)):
        assert answer.status_code == 404


def test_a_link_for_a_password_is_no_invitation(client, link):
    assert client.get(link.replace("/invitations/", "/password-resets/")).status_code == 404


def test_a_second_mail_does_not_kill_the_first_link(as_, client, link, post, link_in, inside):
    with inside() as session:
        key = nora(session).key
    assert as_("ada").post(f"/users/{key}/invitation").status_code == 303
    assert len({link_in(message) for message in post()}) == 2
    assert client.get(link).status_code == 200


def test_accepting_kills_every_other_link(app, as_, client, link, post, link_in, inside):
    with inside() as session:
        key = nora(session).key
    as_("ada").post(f"/users/{key}/invitation")
    second = link_in(post()[-1])
    client.post(second, data=TYPED)
    assert app.test_client().get(link).status_code == 410


def test_deactivating_kills_the_link(inside, client, link, people):
    with inside(), write() as session:
        ada = session.scalars(select(User).where(User.email == people.ada.email)).one()
        service.deactivate(nora(session), actor=ada)
    assert client.get(link).status_code == 410


def test_the_link_is_nowhere_in_the_database(link, inside):
    token = link.rsplit("/", 1)[1]
    with inside() as session:
        hashes = session.scalars(select(Token.token_hash)).all()
        dump = "\n".join(session.connection().connection.dbapi_connection.iterdump())
    assert hashes
    assert token not in dump


def test_the_administrator_sees_that_a_mail_failed(app, as_, invited, post, inside, monkeypatch):
    def no_way(_message):
        raise OSError("no way")

    monkeypatch.setitem(mail.TRANSPORTS, "file", no_way)
    monkeypatch.setattr("app.jobs.log.exception", lambda *_: None)
    with inside() as session:
        key = nora(session).key
    assert "waiting to be sent" in as_("ada").get(f"/users/{key}").text
    post()
    assert "could not be sent" in as_("ada").get(f"/users/{key}").text


def test_the_administrator_sees_that_the_mail_is_sent(as_, link, inside):
    with inside() as session:
        key = nora(session).key
    assert "The invitation was sent on 22 Nov 2026, 09:00 UTC." in as_("ada").get(f"/users/{key}").text
