"""What the access table is asked with."""

from collections.abc import Callable

import pytest

from tests.access.asking import Asking, amounts, workbook_of
from tests.access.requests import Forms
from tests.access.walks import Opened, once, walk


@pytest.fixture(scope="session")
def kept_forms() -> dict[str, Forms]:
    """The world begins alike each time, and so do its forms: they are fetched once per process."""
    return {}


@pytest.fixture
def forms(app, world, inside, kept_forms) -> dict[str, Forms]:
    """For each partner, what each rule's form sends."""
    if kept_forms:
        return kept_forms
    visitor = world.visitor(app, "ada")
    with inside():
        books = {code: workbook_of(keys["report:drafted"]) for code, keys in world.keys.items()}
    manager = world.visitor(app, "mia")

    def get(path: str) -> str:
        answer = (visitor if "/items/" not in path and "terms" not in path else manager).get(path)
        assert answer.status_code == 200, f"{path}: {answer.status}"
        return answer.text

    kept_forms |= {code: Forms(keys, code, get, books[code]) for code, keys in world.keys.items()}
    return kept_forms


@pytest.fixture
def asking(app, world, databases, forms):
    """`asking("lead")`: that persona's requests, over the world."""
    visits: list[Asking] = []

    def leave() -> None:
        while visits:
            visits.pop().watch.close()

    def begin(persona: str) -> Asking:
        leave()
        visits.append(Asking(app, world, databases, forms, persona))
        return visits[-1]

    yield begin
    leave()


@pytest.fixture
def planted(inside, world) -> set[str]:
    """Every amount of money there is, as it is stored and as people read it."""
    with inside():
        return amounts()


@pytest.fixture
def opened(app, world, count_statements, shared_folder) -> Callable[[str], list[Opened]]:
    """`opened("lead")`: every page that the persona can open, in the world as it begins."""
    return lambda persona: once(shared_folder, persona, lambda: walk(app, world, persona, count_statements))
