"""A forgotten password: the same answer for everybody, a link for those who exist."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app import clock
from app.accounts.models import LoginSession, User
from app.extensions import write
from app.jobs import Job
from tests.rig.people import PASSWORD, THE_DAY

NEW = "lantern canoe mustard"
TYPED = {"password": NEW, "again": NEW}


@pytest.fixture
def ask(client):
    return lambda email: client.post("/password-resets", data={"email": email})


@pytest.fixture
def link(ask, people, post, link_in):
    ask(people.ana.email)
    return link_in(post()[0])


def test_the_answer_is_the_same_whether_or_not_somebody_has_the_address(app, ask, people, count_statements):
    seen = []
    for email in (people.ana.email, "nobody@cedar.example"):
        with count_statements() as statements:
            answer = ask(email)
        seen.append((answer.status_code, answer.location, len(statements)))
    assert seen[0] == seen[1]
    assert seen[0][:2] == (303, "/login")


def test_only_somebody_who_exists_gets_a_mail(ask, people, post):
    ask("nobody@cedar.example")
    ask(people.ana.email.upper())
    (message,) = post()
    assert (message["To"], message["Subject"]) == (people.ana.email, "A new password for Accord")
    assert "\n\nSomebody, most likely you, asked" in message.get_content()


def test_the_login_page_says_what_happens_next(client, ask):
    ask("nobody@cedar.example")
    assert "a link for a new password is on its way" in client.get("/login").text


def test_nothing_typed_is_an_error(ask):
    assert ask("").status_code == 422


@pytest.mark.portable
def test_a_new_password_lets_in_and_ends_every_other_session(as_, client, link, people, inside):
    before = as_("ana")
    assert client.get(link).status_code == 200
    assert client.post(link, data=TYPED).location == "/"
    assert client.get("/profile").status_code == 200
    assert before.get("/profile").status_code == 302
    client.post("/logout")
    assert client.post("/login", data={"email": people.ana.email, "password": PASSWORD}).status_code == 422
    assert client.post("/login", data={"email": people.ana.email, "password": NEW}).status_code == 303


def test_the_link_works_once_and_for_two_hours(client, link):
    with clock.at(THE_DAY + timedelta(hours=2)):
        assert client.post(link, data=TYPED).status_code == 410
    assert client.post(link, data=TYPED).status_code == 303
    assert client.post(link, data=TYPED).status_code == 410


def test_a_bad_password_changes_nothing(client, link, inside):
    assert client.post(link, data={"password": "short", "again": "short"}).status_code == 422
    with inside() as session:
        assert session.scalar(select(func.count()).select_from(LoginSession)) == 0
    assert client.get(link).status_code == 200


def test_a_link_that_never_was_is_not_found(client):
    assert client.get("/password-resets/nonsense").status_code == 404


def test_somebody_invited_who_never_came_gets_the_invitation_again(ask, inside, people, post):
    with inside(), write() as session:
        session.scalars(select(User).where(User.email == people.ana.email)).one().password_hash = None
    ask(people.ana.email)
    assert post()[0]["Subject"] == "Your invitation to Accord"


def test_somebody_deactivated_gets_nothing(ask, inside, people, post):
    with inside(), write() as session:
        session.scalars(select(User).where(User.email == people.ana.email)).one().disabled_at = THE_DAY
    ask(people.ana.email)
    assert post() == []


def test_asking_again_and_again_is_refused_and_fills_no_mailbox(ask, people, inside):
    with clock.at(THE_DAY):
        answers = [ask(people.ana.email).status_code for _ in range(4)]
    assert answers == [303, 303, 303, 429]
    with inside() as session:
        assert session.scalar(select(func.count()).select_from(Job)) == 3


def test_the_throttle_is_the_same_for_an_address_that_nobody_has(ask):
    with clock.at(THE_DAY):
        assert [ask("nobody@cedar.example").status_code for _ in range(4)] == [303, 303, 303, 429]
