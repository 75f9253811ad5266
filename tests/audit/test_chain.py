"""The hash chain: whole when nothing was touched, and every kind of tampering shows."""

import sqlite3

import pytest

from tests.rig.database import POSTGRES

pytestmark = pytest.mark.skipif(POSTGRES, reason="tampers with the file of SQLite") if POSTGRES else []


@pytest.fixture
def ada(ada):
    """Ada, after three events."""
    for name in ("One", "Two", "Three"):
        ada.post("/profile", data={"name": name})
    return ada


@pytest.fixture
def verify(app):
    return lambda: app.test_cli_runner().invoke(args=["verify-events"])


def test_a_whole_chain_is_whole(ada, verify, prove):
    answer = verify()
    assert (answer.exit_code, "3 events, unbroken" in answer.output) == (0, True)
    assert "The log is whole" in prove()


def test_an_empty_chain_is_whole(verify):
    assert verify().exit_code == 0


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
        "DELETE FROM chain_head",
    ],
)
def test_tampering_shows(ada, tamper, verify, prove, statement):
    tamper(statement)
    assert verify().exit_code == 1
    text = prove()
    assert "The log was tampered with" in text
    assert "The log is whole" not in text


def test_a_tail_that_was_cut_off_shows_by_the_head(ada, tamper, verify, prove):
    tamper("DELETE FROM event WHERE id = 3")
    assert verify().exit_code == 1
    assert "Events are missing at the end" in prove()


def test_an_event_that_the_head_does_not_name_shows(ada, tamper, verify, prove):
    tamper("UPDATE chain_head SET length = 2, hash = (SELECT hash FROM event WHERE id = 2)")
    assert verify().exit_code == 1
    assert "events at the end that the head of the chain does not name" in prove()


def test_the_database_itself_refuses_a_change(ada, databases):
    connection = sqlite3.connect(databases.under_test)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute("UPDATE event SET kind = 'x'")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute("DELETE FROM event")
    connection.close()
