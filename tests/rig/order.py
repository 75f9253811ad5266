"""Each process begins with its share of the long tests: what is left for the end is short, and none goes on alone."""

import pytest

LONG = ("live_server", "server", "asking", "told_story")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """Deals the tests as xdist does, in equal pieces of one list; the long ones come first in each."""
    processes = getattr(config, "workerinput", {}).get("workercount", 1)
    long = sorted(filter(_kind, items), key=_kind)
    short = [item for item in items if not _kind(item)]
    dealt = []
    for number in range(processes):
        share = long[_begin(number, processes, long) : _begin(number + 1, processes, long)]
        room = _begin(number + 1, processes, items) - _begin(number, processes, items) - len(share)
        dealt += share + short[: max(room, 0)]
        del short[: max(room, 0)]
    items[:] = dealt + short


def _kind(item) -> int:
    """Which of the long ones a test is, from 1; 0 for a short one."""
    return next((number for number, name in enumerate(LONG, 1) if name in item.fixturenames), 0)


def _begin(number: int, processes: int, tests: list) -> int:
    return number * len(tests) // processes
