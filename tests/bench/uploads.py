"""How fast a report's file is checked and previewed, beside openpyxl that only goes through its cells."""

import gc
import io
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import click
import flask_migrate
import openpyxl
import xlsxwriter
from sqlalchemy import select

from app import create_app, jobs, tenancy
from app.accounts.models import User
from app.contracts import terms
from app.extensions import db, write
from app.partners.models import Partner, Queue, Site
from app.reports.asking import template_of
from app.reports.models import Report
from tests.rig.database import CHEAP
from tests.rig.people import THE_DAY, People, settle
from tests.rig.visitors import Visitor

MEASURES = (
    "offered",
    "answered",
    "answered_in_threshold",
    "abandoned",
    "short_abandoned",
    "wait_seconds",
    "handle_seconds",
    "transferred",
    "escalated",
)
LARGE, USUAL = (96, 17, "day"), (20, 15, "month")
ROUNDS, TIMES, LARGEST_RATIO, SLOWEST_VERDICT = 3, 40, 2.0, 1.0


def document(pairs: list[tuple[str, str]], grain: str) -> dict:
    return {
        "schema": "accord-terms/1",
        "effective_from": "2026-09-01",
        "calendar": {"due": {"working_day": "5", "time": "17:00"}, "lock": {"working_day": "20", "time": "17:00"}},
        "coverage": [{"site": site, "queue": queue} for site, queue in pairs],
        "reports": {"service": {"grain": grain}},
        "measures": {measure: {"source": "partner"} for measure in MEASURES},
        "service_levels": [
            {
                "key": "service-level",
                "name": "Service level",
                "metric": "service_level",
                "expected": {"comparator": ">=", "value": "80"},
                "clause": "Schedule 3",
            }
        ],
    }


@contextmanager
def contract(sites: int, queues: int, grain: str) -> Iterator[tuple]:
    """An app with one contract of so many sites and queues; gives the app and the key of October's report."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(
            INSTANCE=Path(folder),
            TESTING=True,
            SQLALCHEMY_DATABASE_URI=f"sqlite:///{folder}/bench.db",
            FIXED_NOW=THE_DAY,
            ARGON2=CHEAP,
        )
        app.test_client_class = Visitor
        with app.app_context():
            flask_migrate.upgrade()
            settle()
            tenancy.bind(tenancy.Scope.all())
            _agree(sites, queues, grain)
            jobs.run_pending()
            key = db.session.scalars(select(Report.key).where(Report.month == "2026-10")).one()
            db.session.remove()
        yield app, key
        with app.app_context():
            db.engine.dispose()


def _agree(sites: int, queues: int, grain: str) -> None:
    with write() as session:
        partner = session.scalars(select(Partner).where(Partner.code == "cedar")).one()
        ada = session.scalars(select(User).where(User.name == "Ada")).one()
        pairs = [(f"S{site:03}", f"Q{queue:02}") for site in range(sites) for queue in range(queues)]
        for code in dict.fromkeys(site for site, _ in pairs):
            session.add(Site(partner_id=partner.id, code=code, name=code))
        for code in dict.fromkeys(queue for _, queue in pairs):
            words = {"business": "x", "channel": "voice", "language": "en"}
            session.add(Queue(partner_id=partner.id, code=code, name=code, **words))
        made = terms.new_contract(
            partner, name="Voice", reference="SOW-1", currency="USD", zone="UTC", starts_on=date(2026, 9, 1), actor=ada
        )
        session.flush()
        terms.activate(terms.new_draft(made, document(pairs, grain), ada), ada)


def filled(app, key: str) -> bytes:
    """The report's rows with figures, twelve columns wide."""
    body = io.BytesIO()
    with app.app_context(), xlsxwriter.Workbook(body) as book:
        tenancy.bind(tenancy.Scope.all())
        asked = template_of(db.session.scalars(select(Report).where(Report.key == key)).one())
        sheet = book.add_worksheet("Service")
        sheet.write_row(0, 0, asked.headings[:-1])
        for number, row in enumerate(asked.rows, 1):
            sheet.write_row(number, 0, (str(row.day or asked.month), row.site, row.queue))
            sheet.write_row(number, 3, [9000 + number % 97 - 10 * place for place in range(len(asked.columns))])
        db.session.remove()
    return body.getvalue()


def verdict(app, visitor: Visitor, key: str, content: bytes) -> float:
    """Seconds from the post until the page that shows what would be sent."""
    begun = time.perf_counter()
    answer = visitor.post(
        f"/reports/{key}/draft", data={"file": (io.BytesIO(content), "a.xlsx")}, content_type="multipart/form-data"
    )
    if answer.headers["Location"].startswith("/uploads/"):
        with app.app_context():
            jobs.run_pending()
            db.session.remove()
    page = visitor.get(f"/reports/{key}/draft")
    if "Certify and send" not in page.text:
        sys.exit("uploads: the file that should be right is not taken")
    return time.perf_counter() - begun


def bare(content: bytes) -> float:
    begun = time.perf_counter()
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    for sheet in book.worksheets:
        sheet.reset_dimensions()
        for _ in sheet.iter_rows(values_only=True):
            pass
    return time.perf_counter() - begun


def main() -> None:
    with contract(*LARGE) as (app, key):
        content, visitor = filled(app, key), app.test_client().log_in(People.ana)
        gc.collect()
        rounds = [(bare(content), verdict(app, visitor, key, content)) for _ in range(ROUNDS)]
    baseline = statistics.median(each for each, _ in rounds)
    ratio = statistics.median(ours / each for each, ours in rounds)
    click.echo(
        f"uploads: 50,592 rows × 12 checked and shown in {ratio:.2f} × openpyxl's {baseline:.1f} s (at most 2.0)"
    )
    with contract(*USUAL) as (app, key):
        content, visitor = filled(app, key), app.test_client().log_in(People.ana)
        seconds = statistics.quantiles([verdict(app, visitor, key, content) for _ in range(TIMES)], n=20)[-1]
    click.echo(f"uploads: 300 rows have their verdict within {seconds:.2f} s in 95 of 100 (at most 1)")
    if ratio > LARGEST_RATIO or seconds > SLOWEST_VERDICT:
        sys.exit("uploads: slower than wanted")


if __name__ == "__main__":
    main()
