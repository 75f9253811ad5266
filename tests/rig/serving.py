"""The real server: gunicorn with its background worker, over the database that the test sees."""

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.rig.database import POSTGRES
from tests.rig.people import THE_DAY

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Server:
    """A running master process, where it answers and what it has said."""

    process: subprocess.Popen
    address: str
    log: Path

    def answers(self) -> bool:
        try:
            urllib.request.urlopen(f"{self.address}/login", timeout=30).close()
        except OSError:
            return False
        return True

    def background_workers(self) -> set[int]:
        """The process ids of the `flask worker` children."""
        listed = subprocess.run(["ps", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
        rows = [line.split(None, 2) for line in listed.splitlines()]
        return {int(pid) for pid, parent, args in rows if int(parent) == self.process.pid and "flask worker" in args}


@pytest.fixture
def server(app, databases, tmp_path) -> Iterator[Server]:
    """gunicorn and the worker, with the day of the tests and the database that `app` and `inside` see."""
    with _running("wsgi", databases.url, tmp_path / "server.log", ACCORD_SECRET_KEY=app.secret_key) as server:
        yield server


@pytest.fixture(scope="session")
def shared_server(application, databases, shared_folder, tmp_path_factory) -> Iterator[Server]:
    """One for all tests of this process; between tests it stands on a database where nothing happens."""
    log, idle = tmp_path_factory.mktemp("served") / "server.log", databases.folder / "idle.db"
    shutil.copyfile(databases.folder / "original.db", idle)
    databases.serve(idle)
    settings = {"ACCORD_SECRET_KEY": application.secret_key, "COMPILED_TEMPLATES": str(shared_folder)}
    with _running("tests.rig.served", databases.served_url, log, **settings) as server:
        assert eventually(lambda: _jobs(idle, "done") and not _jobs(idle, "waiting", "running")), log.read_text()
        yield server


@pytest.fixture
def live_server(app, databases, request) -> Iterator[str]:
    """The address of a running server over the database that the test sees."""
    if POSTGRES:
        yield request.getfixturevalue("server").address
        return
    address = request.getfixturevalue("shared_server").address
    databases.serve(databases.under_test)
    yield address
    _take_away(databases)


@contextmanager
def _running(module: str, database: str, log: Path, **settings: str) -> Iterator[Server]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    environment = {
        **os.environ,
        "ACCORD_NOW": THE_DAY.isoformat(),
        "ACCORD_URL": f"http://127.0.0.1:{port}",
        "DATABASE_URL": database,
        "FLASK_APP": module,
        "PORT": str(port),
        "WEB_PROCESSES": "1",
        **settings,
    }
    command = [sys.executable, "-m", "gunicorn", f"{module}:app"]
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
    running = Server(process, f"http://127.0.0.1:{port}", log)
    try:
        if not eventually(lambda: process.poll() is not None or running.answers()) or process.poll() is not None:
            pytest.fail(f"the server did not start:\n{log.read_text()}")
        yield running
    finally:
        process.terminate()
        process.wait(60)


def _take_away(databases) -> None:
    """No job of this test is under way, and none will be begun, when the shared server leaves its database."""
    with closing(sqlite3.connect(databases.under_test, timeout=60, isolation_level=None)) as connection:

        def nothing_runs() -> bool:
            connection.execute("BEGIN IMMEDIATE")
            if connection.execute("SELECT 1 FROM job WHERE state = 'running'").fetchone():
                connection.execute("ROLLBACK")
            return connection.in_transaction

        assert eventually(nothing_runs), "a job does not end"
        connection.execute("UPDATE job SET state = 'done' WHERE state = 'waiting'")
        connection.execute("COMMIT")
    databases.serve(databases.folder / "idle.db")


def _jobs(database: Path, *states: str) -> int:
    with closing(sqlite3.connect(database, timeout=60)) as connection:
        kept = [state for (state,) in connection.execute("SELECT state FROM job")]
    return sum(map(kept.count, states))


def eventually(condition, seconds: float = 60) -> bool:
    """Whether the condition comes true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True
