"""States that several tests start from: built in the first process that asks, copied for every test."""

from collections.abc import Callable
from typing import Any

import pytest

from app import tenancy
from tests.rig.database import let_go


@pytest.fixture(scope="session")
def build_once(application, databases, shared_folder):
    """`build_once("world", "original", build)`: a database for all test processes, built in the first that asks."""

    def take_over(name: str, start: str, build: Callable[[], dict]) -> dict:
        def over_the_start() -> dict:
            with application.app_context():
                let_go()
            databases.restore(start)
            with application.app_context(), tenancy.unscoped("demo"):
                written = build()
                let_go()
            return written

        return databases.take_over(name, shared_folder, over_the_start)

    return take_over


@pytest.fixture(scope="session")
def kept_tellings() -> dict[str, Any]:
    """What this process knows of the states that `begin_told` has told."""
    return {}


@pytest.fixture
def begin_told(build_once, kept_tellings, begin_with) -> Callable[[str, Callable[[], Any]], Any]:
    """`begin_told("credits", tell)`: this test starts from what `tell` writes, told once for all tests; its answer."""

    def exchange(name: str, tell: Callable[[], Any]) -> Any:
        if name not in kept_tellings:
            kept_tellings[name] = build_once(name, "original", tell)
        begin_with(name)
        return kept_tellings[name]

    return exchange
