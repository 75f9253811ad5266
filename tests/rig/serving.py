"""The real server: gunicorn with its background worker, over the database that the test sees."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

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
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    environment = {
        **os.environ,
        "ACCORD_NOW": THE_DAY.isoformat(),
        "ACCORD_SECRET_KEY": app.secret_key,
        "ACCORD_URL": f"http://127.0.0.1:{port}",
        "DATABASE_URL": databases.url,
        "FLASK_APP": "wsgi",
        "PORT": str(port),
        "WEB_PROCESSES": "1",
    }
    command = [sys.executable, "-m", "gunicorn", "wsgi:app"]
    log = tmp_path / "server.log"
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


@pytest.fixture
def live_server(server) -> str:
    """The address of the running server."""
    return server.address


def eventually(condition, seconds: float = 60) -> bool:
    """Whether the condition comes true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True
