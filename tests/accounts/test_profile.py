"""The own page: what one may see, a new name, a new password, and where one is logged in."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from time import perf_counter

import pytest
from sqlalchemy import select

from app import clock
from app.accounts.models import LoginSession
from app.formatting import ago
from tests.rig.people import PASSWORD, THE_DAY

NEW = "lantern canoe mustard"
CHANGE = {"current": PASSWORD, "password": NEW, "again": NEW}


@pytest.mark.parametrize(
    ("who", "partners", "money"),
    [
        ("ana", "Cedar", "No. Your partner lead can grant it."),
        ("amy", "Cedar", "Yes"),
        ("leo", "Cedar", "Yes"),
        ("max", "Birch", "Yes"),
        ("mia", "Every partner", "Yes"),
        ("ada", "Every partner", "No, your role does not include them."),
    ],
)
def test_everybody_reads_what_they_see(as_, who, partners, money):
    text = as_(who).get("/profile").text
    assert f"<dd>{partners}</dd>" in text
    assert f"<dd>{money}</dd>" in text


def test_nobody_else_may_look(client):
    assert client.get("/profile").status_code == 302


def test_a_new_name_is_saved(as_):
    ana = as_("ana")
    assert ana.post("/profile", data={"name": " Ana Reyes "}).status_code == 303
    assert "<h1>Ana Reyes</h1>" in ana.get("/profile").text


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "two\nlines"])
def test_a_name_is_one_line_of_letters(as_, name):
    assert as_("ana").post("/profile", data={"name": name}).status_code == 422


def test_a_new_password_ends_the_other_sessions_and_tells_by_mail(as_, people, post):
    here, elsewhere, somebody_else = as_("ana"), as_("ana"), as_("bea")
    assert here.post("/profile/password-changes", data=CHANGE).status_code == 303
    assert here.get("/profile").status_code == 200
    assert elsewhere.get("/profile").status_code == 302
    assert somebody_else.get("/profile").status_code == 200
    (message,) = post()
    assert (message["To"], message["Subject"]) == (people.ana.email, "Your Accord password was changed")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"current": "wrong horse battery"}, "This is not your current password."),
        ({"current": ""}, "Type the password you have now."),
        ({"again": "another thing"}, "The two passwords differ."),
        ({"password": "ana@cedar.example", "again": "ana@cedar.example"}, "The password is your e-mail address."),
    ],
)
def test_a_password_that_cannot_be_changes_nothing(as_, client, people, typed, words):
    answer = as_("ana").post("/profile/password-changes", data={**CHANGE, **typed})
    assert answer.status_code == 422
    assert words in answer.text
    assert client.post("/login", data={"email": people.ana.email, "password": PASSWORD}).status_code == 303


def test_a_stolen_session_cannot_guess_the_password(as_):
    ana = as_("ana")
    with clock.at(THE_DAY):
        tries = [ana.post("/profile/password-changes", data={**CHANGE, "current": f"guess {n}"}) for n in range(5)]
        assert [answer.status_code for answer in tries] == [422] * 5
        assert ana.post("/profile/password-changes", data=CHANGE).status_code == 429


def test_open_sessions_are_listed(as_, client, people):
    agent = "Mozilla/5.0 (Windows NT 10.0; rv:130.0) Gecko/20100101 Firefox/130.0"
    client.post("/login", data={"email": people.ana.email, "password": PASSWORD}, headers={"User-Agent": agent})
    text = as_("ana").get("/profile").text
    assert "Firefox on Windows" in text
    assert text.count("(this one)") == 1


def seen_at(inside):
    with inside() as session:
        return session.scalars(select(LoginSession.seen_at)).all()


def writes(statements) -> list[str]:
    return [statement for statement in statements if not statement.startswith(("SELECT", "BEGIN", "PRAGMA"))]


@pytest.mark.portable
def test_a_session_is_noted_as_seen_every_five_minutes_and_otherwise_a_page_writes_nothing(
    as_, inside, count_statements
):
    with clock.at(THE_DAY):
        ana = as_("ana")
    for minutes, written in ((4, 0), (5, 1), (6, 0), (9, 0), (10, 1), (11, 0)):
        with clock.at(THE_DAY + timedelta(minutes=minutes)), count_statements() as statements:
            assert ana.get("/profile").status_code == 200
        assert [statement.split()[1] for statement in writes(statements)] == ["login_session"] * written, minutes
    assert seen_at(inside) == [THE_DAY + timedelta(minutes=10)]


def test_a_refused_page_and_somebody_elses_page_do_not_count_for_a_session(as_, client, inside):
    with clock.at(THE_DAY):
        as_("ana"), client.get("/profile")
    with clock.at(THE_DAY + timedelta(hours=1)):
        as_("bea").get("/profile")
        client.get("/profile")
    assert seen_at(inside) == [None, None]


def test_an_ended_session_is_not_seen_any_more(as_, inside):
    with clock.at(THE_DAY):
        ana = as_("ana")
    with clock.at(THE_DAY + timedelta(days=2)):
        assert ana.get("/profile").status_code == 302
    assert seen_at(inside) == [None]


def test_a_page_does_not_wait_for_a_writer_to_note_that_it_was_read(as_, inside, app):
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql"):
        pytest.skip("only SQLite has one lock for all writers")
    with clock.at(THE_DAY):
        ana = as_("ana")
    path = app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as writer, clock.at(THE_DAY + timedelta(hours=1)):
        writer.execute("BEGIN IMMEDIATE")
        began = perf_counter()
        assert ana.get("/profile").status_code == 200
        assert perf_counter() - began < 10
        writer.execute("ROLLBACK")
        assert seen_at(inside) == [None]
        ana.get("/profile")
    assert seen_at(inside) == [THE_DAY + timedelta(hours=1)]


def test_a_session_that_waits_elsewhere_says_when_it_was_last_seen(as_):
    with clock.at(THE_DAY):
        elsewhere = as_("ana")
    with clock.at(THE_DAY + timedelta(minutes=30)):
        elsewhere.get("/profile")
    with clock.at(THE_DAY + timedelta(minutes=42)):
        text = as_("ana").get("/profile").text
    assert '<td data-label="Last seen">12 minutes ago</td>' in text
    assert '<td data-label="Last seen">now</td>' in text


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(seconds=20), "now"),
        (timedelta(minutes=5), "5 minutes ago"),
        (timedelta(hours=23, minutes=59), "23 hours ago"),
        (timedelta(days=1), "21 Nov 2026, 09:00 UTC"),
    ],
)
def test_what_was_longer_than_a_day_ago_is_told_as_an_instant(before, words):
    assert ago(THE_DAY - before, THE_DAY) == words


def test_logging_out_everywhere_ends_every_session(as_):
    here, elsewhere, somebody_else = as_("ana"), as_("ana"), as_("bea")
    assert here.post("/profile/session-ends").location == "/login"
    assert (here.get("/profile").status_code, elsewhere.get("/profile").status_code) == (302, 302)
    assert somebody_else.get("/profile").status_code == 200


def test_the_page_takes_few_statements(as_, count_statements):
    leo = as_("leo")
    with count_statements() as statements:
        leo.get("/profile")
    assert len(statements) <= 4
