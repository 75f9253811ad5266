"""The own page: what one may see, a new name, a new password, and where one is logged in."""

import pytest

from app import clock
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
