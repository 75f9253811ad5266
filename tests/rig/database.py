"""A migrated database for each test: made once per process, copied for every test that asks for the app."""

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import flask_migrate
import pytest
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import NullPool, create_engine, event, make_url

from app import create_app, tenancy
from app.extensions import db
from app.reports.histories import files as history_files
from app.reports.uploads import intake
from tests.rig.people import CHEAP, THE_DAY, settle

POSTGRES = os.environ.get("DATABASE_URL", "").startswith("postgresql")


class SqliteFiles:
    """The migrated original, other states that tests begin with, and the database under test.

    That is a link to a new file each time: whoever still has the old one open cannot touch its successor.
    """

    def __init__(self, folder: Path):
        self.folder, self.under_test, self.served = folder, folder / "test.db", folder / "served.db"
        self.copies, self.restored = 0, None
        self.url, self.served_url = f"sqlite:///{self.under_test}", f"sqlite:///{self.served}"
        _point(self.under_test, folder / "copy-0.db")

    def keep(self, name: str = "original") -> None:
        shutil.copyfile(self.under_test, self.folder / f"{name}.db")

    def restore(self, name: str = "original") -> None:
        self.copies += 1
        old, new = self.under_test.resolve(), self.folder / f"copy-{self.copies}.db"
        shutil.copyfile(self.folder / f"{name}.db", new)
        _point(self.under_test, new)
        self.restored = new.stat().st_mtime_ns if name == "original" else None
        for file in self.folder.glob(f"{old.name}*"):
            file.unlink()

    def is_original(self) -> bool:
        """Whether nobody has written to the original's copy: neither to its log nor, when that was closed, to it."""
        file = self.under_test.resolve()
        log = file.with_name(f"{file.name}-wal")
        return file.stat().st_mtime_ns == self.restored and not (log.exists() and log.stat().st_size)

    def serve(self, path: Path) -> None:
        """What the server that is shared by tests finds in its place from now on."""
        _point(self.served, path)

    def take_over(self, name: str, shared: Path, build: Callable[[], dict]) -> dict:
        """Keep under a name what one of the test processes builds; returns what the builder wrote down of it."""
        notes, database = shared / f"{name}.json", shared / f"{name}.db"
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not notes.exists():
                written = build()
                shutil.copyfile(self.under_test, database)
                notes.write_text(json.dumps(written))
        shutil.copyfile(database, self.folder / f"{name}.db")
        return json.loads(notes.read_text())


def _point(link: Path, target: Path) -> None:
    fresh = link.with_suffix(".link")
    fresh.symlink_to(target)
    fresh.replace(link)


class PostgresDatabases:
    """Databases of this process on the server that DATABASE_URL names: templates and the one under test."""

    def __init__(self, folder: Path):
        self.server = create_engine(os.environ["DATABASE_URL"], isolation_level="AUTOCOMMIT", poolclass=NullPool)
        self.name = f"accord_{folder.name.replace('-', '_')}_{os.getpid()}"
        self.url = make_url(os.environ["DATABASE_URL"]).set(database=self.name).render_as_string(hide_password=False)
        self._execute(f"CREATE DATABASE {self.name}")

    def keep(self, name: str = "original") -> None:
        self._execute(f"ALTER DATABASE {self.name} RENAME TO {self.name}_{name}")

    def restore(self, name: str = "original") -> None:
        self._execute(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")
        self._execute(f"CREATE DATABASE {self.name} TEMPLATE {self.name}_{name}")

    def is_original(self) -> bool:
        """Not known here, and no is the answer that costs time only."""
        return False

    def take_over(self, name: str, _shared: Path, build: Callable[[], dict]) -> dict:
        written = build()
        self.keep(name)
        return written

    def _execute(self, statement: str) -> None:
        with self.server.connect() as connection:
            connection.exec_driver_sql(statement)


@pytest.fixture(scope="session")
def databases(tmp_path_factory):
    """Where this process keeps the migrated original and the copy under test."""
    folder = tmp_path_factory.mktemp("database")
    return PostgresDatabases(folder) if POSTGRES else SqliteFiles(folder)


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory) -> Path:
    """One for all test processes of this run."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


@pytest.fixture(scope="session")
def application(databases, shared_folder, tmp_path_factory):
    """One app per process; its templates compile once for all of them. Tests use `app`: this with a fresh database."""
    application = create_app(
        INSTANCE=tmp_path_factory.mktemp("instance"),
        TESTING=True,
        SQLALCHEMY_DATABASE_URI=databases.url,
        FIXED_NOW=THE_DAY,
        ARGON2=CHEAP,
    )
    application.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(shared_folder))
    with application.app_context():
        if not POSTGRES:
            event.listen(db.engine, "connect", _do_not_wait_for_the_disk)
        flask_migrate.upgrade()
        let_go()
    databases.keep("empty")
    databases.restore("empty")
    with application.app_context():
        settle()
        let_go()
    databases.keep()
    return application


@pytest.fixture(scope="session", autouse=True)
def patience() -> Iterator[None]:
    """A busy machine is no reason to leave a small file to the worker."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (intake, history_files):
            patch.setattr(module, "PATIENCE_SECONDS", 60.0)
        yield


@pytest.fixture
def app(application, databases) -> Iterator:
    """The app over a migrated database that holds the people of tests/rig/people.py and nothing else."""
    databases.restore()
    yield application
    with application.app_context():
        let_go()


@pytest.fixture
def begin_with(app, databases) -> Callable[[str], None]:
    """`begin_with("world")`: this test starts from another state than the people alone."""

    def exchange(name: str) -> None:
        with app.app_context():
            let_go()
        databases.restore(name)

    return exchange


@pytest.fixture
def inside(app):
    """`with inside() as session:` is an app context with a scope; leave it before the client asks for a page."""

    @contextmanager
    def enter(scope: tenancy.Scope | None = None) -> Iterator:
        with app.app_context():
            tenancy.bind(scope or tenancy.Scope.all())
            yield db.session

    return enter


@pytest.fixture
def count_statements(app):
    """`with count_statements() as statements:` collects the SQL that is run, transaction control left out."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        statements: list[str] = []

        def note(_connection, _cursor, statement, *_rest) -> None:
            if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")):
                statements.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return counting


def _do_not_wait_for_the_disk(connection, *_) -> None:
    """What this process writes need not outlive the machine; the server of tests/rig/serving.py waits as in earnest."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=OFF")
    cursor.close()


def let_go() -> None:
    """Close every connection of this process: a file or database that is exchanged has none open."""
    db.session.remove()
    db.engine.dispose()
