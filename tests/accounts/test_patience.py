"""A mail server that is down loses no link: tried for most of a day, made anew each time, not sent when called off."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app import clock, jobs, mail
from app.accounts import service
from app.accounts.models import Token, User
from app.extensions import write
from app.jobs import Job
from tests.rig.people import THE_DAY

pytestmark = pytest.mark.portable
NORA = "nora@accord.example"
NEW = "lantern canoe mustard"
KINDS = pytest.mark.parametrize("kind", ["invitation", "password-reset"])
TEN_HOURS = timedelta(hours=10)
ONCE_MORE = timedelta(seconds=10 * (2**12 - 1))  # when the thirteenth attempt is due


@pytest.fixture
def down(monkeypatch):
    """`down.until` is when the mail server comes back; what it would have got before is listed in `down.lost`."""

    class Server:
        until, lost, meanwhile = THE_DAY + TEN_HOURS, [], staticmethod(lambda: None)

    monkeypatch.setattr("app.jobs.log.exception", lambda *_: None)
    to_file = mail.TRANSPORTS["file"]

    def transport(message) -> None:
        if clock.now() < Server.until:
            Server.lost.append(message)
            Server.meanwhile()
            raise OSError("nobody answers")
        to_file(message)

    monkeypatch.setitem(mail.TRANSPORTS, "file", transport)
    return Server


@pytest.fixture
def asked(as_, client, people):
    """`asked("invitation")`: Ada invites Nora, or Ana asks for a new password; whom the mail is for."""

    def ask(kind: str) -> str:
        if kind == "invitation":
            typed = {"email": NORA, "name": "Nora", "role": "finance", "reach": "all"}
            assert as_("ada").post("/users/new", data=typed).status_code == 303
            return NORA
        assert client.post("/password-resets", data={"email": people.ana.email}).status_code == 303
        return people.ana.email

    return ask


@pytest.fixture
def work(app):
    """`work(ONCE_MORE)`: the worker's day until then; it does each attempt when its pause is over."""

    def live(until: timedelta) -> None:
        for attempt in range(mail.ATTEMPTS):
            due = jobs.PAUSE * (2**attempt - 1)
            while due <= until:
                with app.app_context(), clock.at(THE_DAY + due):
                    if not jobs.work_once():
                        break

    return live


@pytest.fixture
def states(inside):
    """How the jobs that send links stand."""

    def read() -> list[str]:
        with inside() as session:
            return list(session.scalars(select(Job.state).where(Job.kind.endswith(".send")).order_by(Job.id)))

    return read


@pytest.fixture
def person(inside, people):
    """`person(NORA, lambda user, ada: …)`: something is done to somebody."""

    def act(email: str, change) -> None:
        with inside() as session, write():
            ada = session.scalars(select(User).where(User.email == people.ada.email)).one()
            change(session.scalars(select(User).where(User.email == email)).one(), ada)

    return act


def deactivate(user: User, ada: User) -> None:
    service.deactivate(user, ada)


def move(user: User, ada: User) -> None:
    there = [grant.partner_id for grant in user.grants]
    service.change_user(user, email=f"new-{user.email}", name="N", role=user.role, partner_ids=there, actor=ada)


@KINDS
def test_a_server_that_is_down_for_hours_gets_the_link_when_it_is_back(
    down, asked, work, states, post, link_in, client, kind
):
    to = asked(kind)
    work(TEN_HOURS)
    assert (states(), len(down.lost)) == (["waiting"], mail.ATTEMPTS - 2)
    work(ONCE_MORE)
    (message,) = post()
    assert (message["To"], states()) == (to, ["done"])
    lifetime = Token.LIFETIME[kind]
    with clock.at(THE_DAY + ONCE_MORE + lifetime - timedelta(seconds=1)):
        assert client.get(link_in(message)).status_code == 200
    with clock.at(THE_DAY + ONCE_MORE + lifetime):
        assert client.get(link_in(message)).status_code == 410


@KINDS
def test_who_is_deactivated_meanwhile_gets_nothing_even_when_let_in_again(
    down, asked, work, states, person, post, kind
):
    to = asked(kind)
    work(timedelta(hours=1))
    person(to, deactivate)
    person(to, lambda user, _ada: service.reactivate(user))
    work(ONCE_MORE)
    assert (states(), post()) == (["called off"], [])


def test_a_new_address_gets_the_only_invitation(down, asked, work, states, person, post):
    person(asked("invitation"), move)
    work(ONCE_MORE)
    assert [message["To"] for message in post()] == [f"new-{NORA}"]
    assert states() == ["called off", "done"]


def test_a_link_asked_for_from_an_old_address_goes_to_no_new_one(down, asked, work, states, person, post):
    person(asked("password-reset"), move)
    work(ONCE_MORE)
    assert (states(), post()) == (["called off"], [])


def test_who_has_a_new_password_meanwhile_gets_no_further_link(down, asked, work, states, client, link_in, post):
    """The server took the first mail and only said that it had not."""
    asked("password-reset")
    work(timedelta(0))
    assert client.post(link_in(down.lost[0]), data={"password": NEW, "again": NEW}).status_code == 303
    work(ONCE_MORE)
    assert (states(), post()) == (["called off"], [])


def test_an_invitation_that_is_sent_again_takes_the_place_of_the_one_that_waits(
    down, asked, work, states, as_, key_of, post
):
    asked("invitation")
    work(timedelta(minutes=5))
    key = key_of(type("Nora", (), {"email": NORA}))
    assert as_("ada").post(f"/users/{key}/invitation").status_code == 303
    work(ONCE_MORE)
    assert states()[0] == "called off"
    assert len(post()) == 1


def test_who_asks_for_a_reset_again_in_an_outage_gets_one_link(down, asked, work, states, client, people, post):
    asked("password-reset")
    work(timedelta(minutes=5))
    assert client.post("/password-resets", data={"email": people.ana.email}).status_code == 303
    work(ONCE_MORE)
    assert states() == ["called off", "done"]
    assert len(post()) == 1


def test_what_is_called_off_while_it_is_being_sent_is_not_tried_again(down, asked, work, states, person, post):
    to = asked("invitation")
    down.meanwhile = lambda: person(to, deactivate) if states() == ["running"] else None
    work(timedelta(0))
    assert states() == ["called off"]
    person(to, lambda user, _ada: service.reactivate(user))
    work(ONCE_MORE)
    assert (len(down.lost), post()) == (1, [])


def test_a_job_that_was_called_off_after_it_was_taken_makes_no_link(app, asked, inside, post):
    asked("invitation")
    with app.app_context(), clock.at(THE_DAY):
        taken = jobs.claim()
    with inside() as session, write():
        session.execute(update(Job).where(Job.id == taken.id).values(state="called off"))
    with app.app_context(), clock.at(THE_DAY):
        jobs.perform(taken)
    with inside() as session:
        assert session.scalars(select(Token)).all() == []
    assert post() == []


def test_the_administrator_reads_what_is_in_the_way_while_it_waits(down, asked, work, as_, key_of):
    asked("invitation")
    work(timedelta(0))
    text = as_("ada").get(f"/users/{key_of(type('Nora', (), {'email': NORA}))}").text
    assert "the last attempt failed, and Accord tries again by itself" in text
    assert "<p>nobody answers</p>" in text
