"""Two at once: the throttle counts them all, a link lets one in, and an administrator is left."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from app import clock
from app.access import Role
from app.accounts import links, passwords, service
from app.accounts.models import LoginSession, User
from app.extensions import write
from tests.rig.people import PASSWORD, THE_DAY, Persona

pytestmark = pytest.mark.portable
CROWD = 8
EVE = Persona("eve", Role.ADMINISTRATOR)
TYPED = {"name": "Nora", "password": "lantern canoe mustard", "again": "lantern canoe mustard"}


@pytest.fixture
def at_once():
    """Call the functions at the same moment, each in a thread of its own; their answers."""

    def run(functions: list) -> list:
        gate = Barrier(len(functions))

        def start(function):
            gate.wait()
            with clock.at(THE_DAY):
                return function()

        with ThreadPoolExecutor(len(functions)) as pool:
            return list(pool.map(start, functions))

    return run


def test_simultaneous_tries_all_count(client, at_once, people, app):
    def wrong():
        return app.test_client().post("/login", data={"email": people.ada.email, "password": "wrong"}).status_code

    assert sorted(at_once([wrong] * CROWD)) == [422] * 5 + [429] * (CROWD - 5)


def test_a_link_lets_one_of_many_in(client, at_once, inside, app):
    with inside(), write() as session:
        nora = service.add_user("nora@accord.example", "Nora", Role.FINANCE, invited=False)
        link = links.make_link(nora, "invitation").removeprefix(app.config["BASE_URL"])
    visitors = [app.test_client() for _ in range(CROWD)]
    answers = at_once([lambda visitor=visitor: visitor.post(link, data=TYPED).status_code for visitor in visitors])
    assert sorted(answers) == [303] + [410] * (CROWD - 1)
    with inside() as session:
        assert session.scalar(select(func.count()).select_from(LoginSession)) == 1


def test_two_administrators_cannot_remove_each_other(as_, at_once, inside, people, key_of):
    with inside(), write():
        eve = service.add_user("eve@accord.example", "Eve", Role.ADMINISTRATOR, invited=False)
        eve.password_hash = passwords.hashed(PASSWORD)
    eves_key, adas_key = key_of(EVE), key_of(people.ada)
    ada, eve = as_("ada"), as_(EVE)
    answers = at_once(
        [
            lambda: ada.post(f"/users/{eves_key}/deactivation").status_code,
            lambda: eve.post(f"/users/{adas_key}/deactivation").status_code,
        ]
    )
    assert sorted(answers)[0] == 303
    assert sorted(answers)[1] != 303
    with inside() as session:
        active = select(func.count()).where(User.role == Role.ADMINISTRATOR, User.disabled_at.is_(None))
        assert session.scalar(active) == 1
