"""Logging in and out: the way in, the way back, the throttle, and that a copied cookie dies."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app import clock
from app.accounts import passwords
from app.accounts.models import LoginAttempt, LoginSession, User
from app.extensions import write
from tests.rig.people import PASSWORD, THE_DAY


@pytest.fixture
def log_in(client, people):
    def try_it(email=people.ada.email, password=PASSWORD, **more):
        return client.post("/login", data={"email": email, "password": password, **more})

    return try_it


def test_the_right_password_opens_a_session(client, log_in):
    assert log_in().location == "/"
    assert client.get("/profile").status_code == 200


def test_the_address_is_read_however_it_is_capitalised(log_in):
    assert log_in(email=" ADA@Accord.Example ").status_code == 303


@pytest.mark.parametrize("email", ["ada@accord.example", "nobody@accord.example"])
def test_the_answer_does_not_tell_whether_the_address_exists(log_in, email):
    answer = log_in(email=email, password="wrong horse battery")
    assert answer.status_code == 422
    assert "The e-mail address or the password is wrong." in answer.text
    assert f'value="{email}"' in answer.text


def test_nothing_typed_is_an_error_with_words(log_in):
    answer = log_in(email="", password="")
    assert answer.status_code == 422
    assert "Type your e-mail address." in answer.text


def test_an_unknown_address_costs_as_much_as_a_known_one(app, log_in, monkeypatch):
    verified = []
    with app.app_context():
        hasher = passwords._hasher()
    monkeypatch.setattr(type(hasher), "verify", lambda _self, hash_, _password: verified.append(hash_) or True)
    log_in(email="nobody@accord.example")
    assert len(verified) == 1


def test_somebody_deactivated_cannot_log_in(inside, log_in, people):
    with inside(), write() as session:
        session.scalars(select(User).where(User.email == people.ada.email)).one().disabled_at = THE_DAY
    assert log_in().status_code == 422


def test_somebody_without_a_password_cannot_log_in(inside, log_in, people):
    with inside(), write() as session:
        session.scalars(select(User).where(User.email == people.ada.email)).one().password_hash = None
    assert log_in().status_code == 422


def test_a_hash_with_old_parameters_is_renewed(app, inside, log_in, people, monkeypatch):
    monkeypatch.setitem(app.config, "ARGON2", {"time_cost": 2, "memory_cost": 64, "parallelism": 1})
    assert log_in().status_code == 303
    with inside() as session:
        renewed = session.scalars(select(User.password_hash).where(User.email == people.ada.email)).one()
        assert ",t=2," in renewed
        assert passwords.matches(renewed, PASSWORD)


def test_one_goes_where_one_wanted_to(client, log_in):
    asked = client.get("/users?q=ana&page=1")
    assert asked.location == "/login?next=/users?q%3Dana%26page%3D1"
    words = "Then you go on to the page you asked for."
    assert [words in client.get(address).text for address in (asked.location, "/login")] == [True, False]
    assert log_in(next="/users?q=ana&page=1").location == "/users?q=ana&page=1"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/\t/evil",
        "x",
    ],
)
def test_nobody_is_sent_to_another_site(log_in, elsewhere):
    assert log_in(next=elsewhere).location == "/"


def test_who_is_logged_in_already_goes_on(as_):
    assert as_("ada").get("/login?next=/users").location == "/users"
    assert as_("ada").get("/login?next=//evil.example").location == "/"


def test_logging_out_kills_a_copied_cookie(app, client, log_in):
    log_in()
    copy = app.test_client()
    copy.set_cookie("session", client.get_cookie("session").value)
    assert copy.get("/profile").status_code == 200
    assert client.post("/logout").location == "/login"
    assert copy.get("/profile").status_code == 302


def test_logging_out_takes_a_post(as_):
    assert as_("ada").get("/logout").status_code == 405


def test_a_session_ends_by_itself(as_):
    visitor = as_("ada")
    with clock.at(THE_DAY + timedelta(hours=13)):
        assert visitor.get("/profile").status_code == 302


def test_logging_in_sweeps_sessions_that_ended(inside, log_in):
    log_in()
    with clock.at(THE_DAY + timedelta(days=2)):
        log_in()
    with inside() as session:
        assert session.scalar(select(func.count()).select_from(LoginSession)) == 1


def test_a_new_session_begins_with_a_new_token(client, log_in):
    log_in()
    first = client.get_cookie("session").value
    client.post("/logout")
    log_in()
    assert client.get_cookie("session").value != first


def test_the_token_itself_is_nowhere_in_the_database(client, inside, log_in):
    log_in()
    with client.session_transaction() as cookie, inside() as session:
        assert session.scalars(select(LoginSession.token_hash)).one() != cookie["_user_id"]


@pytest.mark.portable
def test_the_sixth_wrong_try_is_refused_even_with_the_right_password(log_in):
    with clock.at(THE_DAY):
        assert [log_in(password="wrong").status_code for _ in range(5)] == [422] * 5
        answer = log_in()
        assert answer.status_code == 429
        assert "Wait 15 minutes" in answer.text
        assert 'href="/password-resets"' in answer.text
        assert answer.headers["Retry-After"] == "900"


def test_the_throttle_opens_again(log_in):
    with clock.at(THE_DAY):
        for _ in range(6):
            log_in(password="wrong")
    with clock.at(THE_DAY + timedelta(minutes=15)):
        assert log_in().status_code == 303


def test_a_stranger_elsewhere_does_not_lock_somebody_out(client, log_in, people):
    with clock.at(THE_DAY):
        for _ in range(6):
            client.post(
                "/login",
                data={"email": people.ada.email, "password": "wrong"},
                environ_overrides={"REMOTE_ADDR": "203.0.113.9"},
            )
        assert log_in().status_code == 303


def test_one_network_cannot_try_many_addresses(log_in):
    with clock.at(THE_DAY):
        tried = [log_in(email=f"guess{number}@accord.example", password="wrong").status_code for number in range(61)]
    assert tried == [422] * 60 + [429]


def test_a_right_password_forgets_the_wrong_ones(inside, log_in):
    with clock.at(THE_DAY):
        for _ in range(4):
            log_in(password="wrong")
        log_in()
        assert [log_in(password="wrong").status_code for _ in range(5)] == [422] * 5


def test_attempts_hold_neither_address_nor_network(inside, log_in, people):
    log_in(password="wrong")
    with inside() as session:
        subjects = session.scalars(select(LoginAttempt.subject)).all()
    assert len(subjects) == 3
    assert not any(people.ada.email in subject or "127.0.0.1" in subject for subject in subjects)


def test_logging_in_needs_the_token_of_the_form(client, people):
    answer = client.post("/login", data={"email": people.ada.email, "password": PASSWORD}, csrf=False)
    assert answer.status_code == 400
    assert "This form has expired" in answer.text
