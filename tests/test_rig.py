"""The rig itself: fresh databases, people who log in, forms that need their token."""

from urllib.request import Request, urlopen

import pytest
from sqlalchemy import func, select

from app.accounts.models import User
from app.events import record
from app.extensions import write
from app.partners.moments import hold
from tests.rig.locks import OutOfOrder
from tests.rig.people import People

pytestmark = pytest.mark.portable


@pytest.mark.parametrize("time", ["first", "second"])
def test_every_test_starts_with_the_people_alone(inside, time):
    with inside(), write() as session:
        assert session.scalar(select(func.count()).select_from(User)) == len(list(People()))
        session.delete(session.scalars(select(User).where(User.name == "Ana")).one())


@pytest.mark.parametrize("time", ["first", "second"])
def test_the_shared_server_sees_the_database_of_each_test(live_server, as_, inside, time):
    visitor = as_("ana")
    with inside(), write() as session:
        session.scalars(select(User).where(User.name == "Ana")).one().name = f"Ana the {time}"
    cookie = f"session={visitor.get_cookie('session').value}"
    with urlopen(Request(f"{live_server}/profile", headers={"Cookie": cookie}), timeout=60) as answer:
        assert f"Ana the {time}" in answer.read().decode()


def test_a_person_is_logged_in_and_a_stranger_is_not(as_, client):
    assert as_("ana").get("/").location != client.get("/").location == "/login"


def test_a_post_without_the_token_is_refused(as_):
    assert as_("ana").post("/logout", csrf=False).status_code == 400


def test_a_post_with_the_token_is_taken(as_):
    assert as_("ana").post("/logout").status_code == 303


def test_statements_are_counted(as_, count_statements):
    visitor = as_("ana")
    with count_statements() as statements:
        visitor.get("/")
    assert any("FROM login_session" in statement for statement in statements)


def changes_the_person(ana):
    ana.name = "Ana Maria"


ORDERS = {
    "a row is changed after the record": (lambda ana: record("user.renamed", subject=ana), changes_the_person),
    "partners are held after a row": (
        changes_the_person,
        lambda ana: hold(*[grant.partner_id for grant in ana.grants]),
    ),
    "partners are held after the record": (lambda ana: record("user.renamed", subject=ana), lambda ana: hold(1)),
}


@pytest.mark.parametrize("order", ORDERS)
def test_an_act_that_takes_its_locks_in_another_order_is_refused(app, inside, order):
    def act(*steps):
        with write():
            for step in steps:
                step(ana)
                session.flush()

    with inside() as session, app.test_request_context():
        ana = session.scalars(select(User).where(User.name == "Ana")).one()
        with pytest.raises(OutOfOrder):
            act(*ORDERS[order])
        act(lambda ana: hold(1), changes_the_person, lambda ana: record("user.renamed", subject=ana))
