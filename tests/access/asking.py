"""Asks every rule as one persona, compares with the reviewed table, and watches the database while it does."""

import csv
import hashlib
import io
import sqlite3
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markupsafe import escape
from sqlalchemy import create_engine, make_url, select
from sqlalchemy.orm import undefer

from app.blobs import Blob
from app.contracts.models import Charge
from app.extensions import db
from app.performance.models import Finding, LedgerEntry
from app.reports.models import Draft, Report
from tests.access.requests import NOBODYS, VARIANTS, Forms, address, object_of
from tests.rig.world import World

TABLE = Path(__file__).with_name("expectations.csv")
TARGETS = ("own", "other", "none")
COLUMNS = {
    "anonymous": None,
    "analyst": "ana",
    "analyst with money": "amy",
    "lead": "leo",
    "manager": "mia",
    "manager of Birch": "max",
    "director": "dora",
    "finance": "finn",
    "governance": "gus",
    "administrator": "ada",
}
MAY = {200, 302, 303, 409, 422}
SESSIONS = {"login_session", "login_attempt"}


@dataclass(frozen=True)
class Cell:
    """One row of the table for one persona: what is asked, and what must come of it."""

    name: str
    method: str
    target: str
    expected: str

    @property
    def endpoint(self) -> str:
        return self.name.split(" ")[0]


def rows() -> list[dict[str, str]]:
    with TABLE.open(newline="") as lines:
        return list(csv.DictReader(lines))


def cells(persona: str) -> Iterator[Cell]:
    for row in rows():
        yield Cell(row["rule"], row["method"], row["target"], row[persona])


def rules(app) -> dict[tuple[str, str], str]:
    """Every rule of the app with each of its methods, by endpoint; tests/api asks those of the API."""
    return {
        (rule.endpoint, method): rule.rule
        for rule in app.url_map.iter_rules()
        for method in sorted(rule.methods & {"GET", "POST", "PUT", "PATCH", "DELETE"})
        if not rule.endpoint.startswith("v1.")
    }


def expected_rows(app) -> set[tuple[str, str, str]]:
    """What the table must list: rule, method and target; a rule without an object has one target."""
    found = set()
    for (endpoint, method), rule in rules(app).items():
        names = [endpoint, *(name for name in VARIANTS if name.split(" ")[0] == endpoint)]
        for name in names:
            targets = TARGETS if object_of(rule, name) else ("-",)
            found |= {(name, method, target) for target in targets}
    return found


class Asking:
    """One persona's requests; what they change is undone before the next."""

    def __init__(self, app, world: World, databases, forms: dict[str, Forms], persona: str):
        self.app, self.world, self.databases, self.forms = app, world, databases, forms
        self.rules = rules(app)
        self.persona = persona
        self.mine = "birch" if persona == "manager of Birch" else "cedar"
        self.watch = Watch(databases.url)
        self.pristine = self.watch.everything()
        self.visitor = world.visitor(app, COLUMNS[persona])

    def ask(self, cell: Cell, htmx: bool, **typed):
        """The answer, its words, and whether it changed more than sessions without being allowed to."""
        code = self.mine if cell.target != "other" else {"cedar": "birch", "birch": "cedar"}[self.mine]
        rule = self.rules[cell.endpoint, cell.method]
        wanted = object_of(rule, cell.name)
        key = NOBODYS if cell.target == "none" else self.world.keys[code].get(wanted or "", "")
        before = self.watch.stamp()
        data = self.forms[code].data(cell.name) | typed if cell.method == "POST" else None
        kind = "multipart/form-data" if data and "file" in data else None
        path = address(rule, key)
        answer = self.visitor.open(path, method=cell.method, data=data, content_type=kind, htmx=htmx)
        touched = self.watch.stamp() != before
        allowed = cell.method == "POST" and answer.status_code in MAY
        changed = touched and not allowed and self.watch.everything() != self.pristine
        body = words_of(answer)
        answer.close()
        if answer.status_code == 401:
            body = _without(body, data or {})
        if touched:
            self._begin_again()
        return answer, body, changed

    def first(self, endpoint: str) -> None:
        """Something that must have happened before, with an own object."""
        rule = self.rules[endpoint, "POST"]
        key = self.world.keys[self.mine][object_of(rule, endpoint)]
        self.visitor.post(address(rule, key), data=self.forms[self.mine].data(endpoint))

    def _begin_again(self) -> None:
        self.watch.close()
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        self.databases.restore("world")
        self.watch = Watch(self.databases.url)
        self.visitor = self.world.visitor(self.app, COLUMNS[self.persona])


def _without(body: str, data: dict) -> str:
    """The page that ends a session hands back what its reader typed: that is no leak."""
    typed = [words for value in data.values() for words in (value if isinstance(value, list) else [value])]
    for words in typed:
        body = body.replace(str(escape(words)), "") if isinstance(words, str) and words else body
    return body


class Watch:
    """Looks at the database from outside the app."""

    def __init__(self, url: str):
        self.address = make_url(url)
        if self.address.get_backend_name() == "sqlite":
            self.connection = sqlite3.connect(self.address.database, isolation_level=None)
            self.names, self.counter = "SELECT name FROM sqlite_master WHERE type = 'table'", "PRAGMA data_version"
        else:
            self.engine = create_engine(url, isolation_level="AUTOCOMMIT")
            self.connection = self.engine.raw_connection()
            self.names = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            self.counter = "SELECT pg_current_wal_insert_lsn()"

    def stamp(self) -> str:
        """Different when somebody has written; on PostgreSQL it may differ when nobody has."""
        return str(self._rows(self.counter))

    def everything(self) -> dict[str, tuple[int, str]]:
        """Row count and checksum of every table but the sessions'."""
        tables = sorted({name for (name,) in self._rows(self.names)} - SESSIONS)
        return {table: self._sum(table) for table in tables}

    def _sum(self, table: str) -> tuple[int, str]:
        found = sorted(map(repr, self._rows(f'SELECT * FROM "{table}"')))
        return len(found), hashlib.sha256("\n".join(found).encode()).hexdigest()

    def _rows(self, statement: str) -> list[tuple]:
        cursor = self.connection.cursor()
        cursor.execute(statement)
        found = cursor.fetchall()
        cursor.close()
        return found

    def close(self) -> None:
        self.connection.close()
        if hasattr(self, "engine"):
            self.engine.dispose()


def verdict(answer, cell: Cell, htmx: bool) -> str:
    """The word of the table for an answer; anything unforeseen is its status."""
    location = answer.headers.get("HX-Redirect" if htmx else "Location", "")
    if htmx and answer.status_code == 401 and location.startswith("/login"):
        return "login"
    if not htmx and answer.status_code == 302 and location.startswith("/login?next="):
        return "login"
    if not htmx and cell.method == "POST" and answer.status_code == 401:
        return "login"
    if answer.status_code in ({200, 302, 303} if cell.method == "GET" else MAY):
        return "yes"
    return str(answer.status_code)


def words_of(answer) -> str:
    """Everything a reader could find in an answer: headers, page, and what is packed in a PDF or a workbook."""
    headers = "\n".join(f"{name}: {value}" for name, value in answer.headers)
    body = answer.get_data()
    if body.startswith(b"%PDF"):
        reader = subprocess.run(["pdftotext", "-layout", "-", "-"], input=body, capture_output=True, check=True)
        return headers + reader.stdout.decode()
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            return headers + "".join(packed.read(name).decode(errors="replace") for name in packed.namelist())
    return headers + body.decode(errors="replace")


def amounts() -> set[str]:
    """Every amount of money in the database, as it is stored and as people read it; inside an app context."""
    minors = {
        *db.session.scalars(select(Charge.amount_minor)),
        *db.session.scalars(select(LedgerEntry.amount_minor)),
        *db.session.scalars(select(Finding.credit_minor).where(Finding.credit_minor > 0)),
    }
    written = set()
    for minor in map(abs, minors):
        written |= {f"{minor}", f"{minor / 100:,.2f}", f"{minor / 100:.2f}", f"{round(minor / 100):,}"}
    return {form for form in written if len(form) >= 5}


def workbook_of(key: str) -> bytes:
    """The file behind a report's draft; inside an app context."""
    query = select(Blob).join(Draft, Draft.blob_id == Blob.id).join(Report, Report.id == Draft.report_id)
    return db.session.scalars(query.where(Report.key == key).options(undefer(Blob.content))).one().content
