"""The command that lets the first administrator of a new house in."""

import re

import pytest
from sqlalchemy import select

from app.access import Role
from app.accounts.models import User
from app.jobs import Job

TYPED = {"name": "Olga", "password": "lantern canoe mustard", "again": "lantern canoe mustard"}


@pytest.fixture
def create_admin(app):
    runner = app.test_cli_runner()
    return lambda *words: runner.invoke(args=["users", "create-admin", *words])


def test_it_prints_a_link_that_lets_an_administrator_in(create_admin, client):
    answer = create_admin("Olga@Accord.Example")
    assert answer.exit_code == 0
    path = re.search(r"http://127\.0\.0\.1:8000(/invitations/\S+)", answer.output)[1]
    assert client.post(path, data=TYPED).status_code == 303
    assert client.get("/users").status_code == 200


def test_it_sends_no_mail(create_admin, inside):
    create_admin("olga@accord.example", "--name", "Olga Stein")
    with inside() as session:
        user = session.scalars(select(User).where(User.email == "olga@accord.example")).one()
        assert (user.name, user.role) == ("Olga Stein", Role.ADMINISTRATOR)
        assert session.scalars(select(Job)).all() == []


def test_whoever_lost_the_link_gets_another_and_the_first_one_ends(create_admin, client):
    """Nobody can log in yet, so nobody could look for the address in the list of people."""
    first, second = (re.search(r"(/invitations/\S+)", create_admin("olga@accord.example").output)[1] for _ in range(2))
    assert client.get(first).status_code == 410
    assert client.post(second, data=TYPED).status_code == 303
    assert create_admin("olga@accord.example").exit_code == 1


def test_an_address_that_is_taken_is_an_error_in_words(create_admin, people):
    answer = create_admin(people.ada.email)
    assert answer.exit_code == 1
    assert "Somebody has this e-mail address already." in answer.output


@pytest.mark.parametrize("email", ["olga", "@accord.example", "olga@", "a@b@c"])
def test_what_is_no_address_is_an_error_in_words(create_admin, email):
    answer = create_admin(email)
    assert answer.exit_code == 2
    assert "is not an e-mail address" in answer.output
