"""What is printed at the start: who may log in, or how the first person of an empty house comes in."""

import pytest
from sqlalchemy import delete

from app.accounts.models import Grant, User
from app.extensions import write


@pytest.fixture
def printed(app):
    return lambda: app.test_cli_runner().invoke(args=["demo", "logins"]).output


def test_an_empty_house_names_the_command_for_its_first_administrator_at_its_own_address(
    app, inside, printed, monkeypatch
):
    with inside(), write() as session:
        session.execute(delete(Grant))
        session.execute(delete(User))
    monkeypatch.setitem(app.config, "BASE_URL", "http://127.0.0.1:8331")
    assert "ACCORD_URL=http://127.0.0.1:8331 .venv/bin/flask users create-admin you@example.com" in printed()
    assert "Mails, such as invitations, are files in" in printed()


def test_a_house_with_people_of_its_own_prints_nothing(printed, people):
    assert printed() == ""
