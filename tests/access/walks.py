"""Every page that a persona can open in the world as it begins: opened once for all tests that look at pages."""

import fcntl
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.access.asking import COLUMNS, rules
from tests.access.requests import address, object_of
from tests.rig.world import World


@dataclass(frozen=True)
class Opened:
    """An answer of 200: the statements it took, and its text where it is a page."""

    endpoint: str
    has_object: bool
    statements: list[str]
    text: str


def walk(app, world: World, persona: str, count_statements) -> list[Opened]:
    """Ask every address that can be read, about the persona's own objects."""
    visitor = world.visitor(app, COLUMNS[persona])
    keys = world.keys["birch" if persona == "manager of Birch" else "cedar"]
    found = []
    for (endpoint, method), rule in rules(app).items():
        if method != "GET" or endpoint == "static":
            continue
        wanted = object_of(rule, endpoint)
        with count_statements() as statements:
            answer = visitor.get(address(rule, keys.get(wanted or "", "")))
        if answer.status_code == 200:
            text = answer.text if answer.mimetype == "text/html" else ""
            found.append(Opened(endpoint, wanted is not None, statements, text))
        answer.close()
    return found


def once(folder: Path, persona: str, walked: Callable[[], list[Opened]]) -> list[Opened]:
    """What the first of the test processes wrote down of its walk."""
    notes = folder / f"opened by {persona}.json"
    with notes.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not notes.exists():
            notes.write_text(json.dumps([asdict(each) for each in walked()]))
    return [Opened(**each) for each in json.loads(notes.read_text())]
