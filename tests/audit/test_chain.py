"""The hash chain: whole when nothing was touched, and every kind of tampering shows."""

import sqlite3

import pytest

from tests.rig.database import POSTGRES

pytestmark = pytest.mark.skipif(POSTGRES, reason="tampers with the file of SQLite") if POSTGRES else []


@pytest.fixture
def ada(as_):
    """Ada, after three events."""
    ada = as_("ada")
    for name in ("One", "Two", "Three"):
        ada.post("/profile", data={"name": name})
    return ada


@pytest.fixture
def tamper(ada, databases):
    """Somebody with the database in hand takes the triggers away and runs a statement."""

    def run(*statements: str) -> None:
        connection = sqlite3.connect(databases.under_test)
        for action in ("update", "delete"):
            connection.execute(f"DROP TRIGGER IF EXISTS event_refuses_{action}")
        for statement in statements:
            assert connection.execute(statement).rowcount > 0
        connection.commit()
        connection.close()

    return run


@pytest.fixture
def verify(app):
    return lambda: app.test_cli_runner().invoke(args=["verify-events"])


def test_a_whole_chain_is_whole(ada, verify):
    answer = verify()
    assert (answer.exit_code, "3 events, unbroken" in answer.output) == (0, True)
    assert "The log is whole" in ada.get("/events/verification").text


def test_an_empty_chain_is_whole(as_, verify):
    assert verify().exit_code == 0
    assert "The log is whole" in as_("ada").get("/events/verification").text


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET figures = '{\"amount\": 1}' WHERE id = 2",
        "UPDATE event SET actor_id = 1 WHERE id = 2",
        "UPDATE event SET at = '2026-11-21 09:00:00.000000' WHERE id = 2",
        "UPDATE event SET kind = 'user.joined' WHERE id = 1",
        "UPDATE event SET subject_id = 1 WHERE id = 3",
        "UPDATE event SET partner_id = 1 WHERE id = 1",
        "DELETE FROM event WHERE id = 1",
        "DELETE FROM event WHERE id = 2",
        "UPDATE chain_head SET length = 2",
    ],
)
def test_tampering_shows(ada, tamper, verify, statement):
    tamper(statement)
    assert verify().exit_code == 1
    text = ada.get("/events/verification").text
    assert "The log was tampered with" in text
    assert "The log is whole" not in text


def test_a_tail_that_was_cut_off_shows_by_the_head(ada, tamper, verify):
    tamper("DELETE FROM event WHERE id = 3")
    assert verify().exit_code == 1
    assert "Events are missing at the end" in ada.get("/events/verification").text


def test_the_page_names_the_first_wrong_event(ada, tamper):
    tamper("UPDATE event SET kind = 'user.joined' WHERE id = 2")
    assert "open it" in ada.get("/events/verification").text


def test_the_database_itself_refuses_a_change(ada, databases):
    connection = sqlite3.connect(databases.under_test)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute("UPDATE event SET kind = 'x'")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute("DELETE FROM event")
    connection.close()
