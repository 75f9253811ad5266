"""What the access table is asked with."""

import pytest

from tests.access.asking import Asking, amounts, workbook_of
from tests.access.requests import Forms


@pytest.fixture
def asking(app, world, databases, inside):
    """`asking("lead")`: that persona's requests, over the world."""
    visitor = world.visitor(app, "ada")
    with inside():
        books = {code: workbook_of(keys["report:drafted"]) for code, keys in world.keys.items()}
    manager = world.visitor(app, "mia")

    def get(path: str) -> str:
        answer = (visitor if "/items/" not in path and "terms" not in path else manager).get(path)
        assert answer.status_code == 200, f"{path}: {answer.status}"
        return answer.text

    forms = {code: Forms(keys, code, get, books[code]) for code, keys in world.keys.items()}
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
