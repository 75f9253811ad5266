"""One command serves Accord: the background worker is started, kept running and stopped with it."""

import os
import shutil
import signal

import pytest

from tests.rig.serving import eventually


def test_a_worker_that_dies_is_started_again(server):
    assert eventually(lambda: len(server.background_workers()) == 1)
    first = server.background_workers()
    os.kill(*first, signal.SIGKILL)
    assert eventually(lambda: server.background_workers() - first)
    assert server.answers()


def test_the_worker_stops_with_the_server(server):
    assert eventually(server.background_workers)
    (worker,) = server.background_workers()
    server.process.terminate()
    assert server.process.wait(60) == 0
    assert not _runs(worker)


@pytest.mark.skipif(not shutil.which("setpriv"), reason="only Linux can tie a process to its parent's life")
def test_the_worker_does_not_outlive_a_killed_server(server):
    assert eventually(server.background_workers)
    (worker,) = server.background_workers()
    server.process.kill()
    assert eventually(lambda: not _runs(worker))


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
