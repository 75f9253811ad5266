"""A contract of Cedar with terms in force, its reports opened, and files filled in from its templates."""

import io
from contextlib import nullcontext
from datetime import date

import openpyxl
import pytest
from sqlalchemy import select

from app import clock, jobs
from app.accounts.models import User
from app.contracts import terms
from app.contracts.models import Contract
from app.domain.canonical import sha256
from app.extensions import write
from app.partners.models import Partner
from app.reports.models import Report
from tests.reports.signing import sign
from tests.rig.people import THE_DAY

# The same template filled in alike, once per process: openpyxl takes longer than what most tests are about.
FILLED: dict[tuple[bytes, str], bytes] = {}
SERVICE = {"Offered": 1000, "Answered": 950, "Answered in threshold": 800, "Abandoned": 50}


@pytest.fixture
def contract(inside, databases, begin_told):
    """Make a contract, `contract(reports=…)`; sections of its terms may be replaced. Returns its key.

    The same one at the beginning of a test is made once for all tests.
    """

    def make(code: str = "cedar", **changes) -> str:
        with inside():
            is_beginning = clock.now() == THE_DAY and databases.is_original()
        if not is_beginning:
            return sign(inside, code, **changes)
        return begin_told(f"contract {sha256([code, changes])}", lambda: sign(nullcontext, code, **changes))

    return make


@pytest.fixture
def report(inside, contract):
    """`report("service", "2026-10")`: the key of a report of Cedar's contract, which is made when there is none."""

    def find(kind: str = "service", month: str = "2026-10", party: str = "partner", code: str = "cedar", **changes):
        with inside() as session:
            owner = select(Partner.id).where(Partner.code == code).scalar_subquery()
            exists = session.scalars(select(Contract.id).where(Contract.partner_id == owner)).first()
        if not exists:
            contract(code, **changes)
        with inside() as session:
            return session.scalars(
                select(Report.key).where(
                    Report.partner_id == owner, Report.kind == kind, Report.month == month, Report.party == party
                )
            ).one()

    return find


@pytest.fixture
def filled(as_):
    """`filled(key, figures, change)`: the bytes of a report's template, filled in as a person would."""

    def fill(key: str, figures: dict | None = None, change=None, who: str = "mia") -> bytes:
        template = as_(who).get(f"/reports/{key}/template.xlsx")
        assert template.status_code == 200
        typed = figures or SERVICE
        if change:
            return _fill_in(template.data, typed, change)
        same = template.data, repr(typed)
        if same not in FILLED:
            FILLED[same] = _fill_in(template.data, typed)
        return FILLED[same]

    return fill


def _fill_in(template: bytes, figures: dict, change=None) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(template))
    sheet = book.worksheets[0]
    header = next(row for row in sheet.iter_rows() if row[1].value == "Site")
    for cell in header:
        name = str(cell.value).partition(" (")[0]
        if name in figures:
            for row in range(cell.row + 1, sheet.max_row + 1):
                sheet.cell(row, cell.column).value = figures[name]
    if change:
        change(sheet)
    body = io.BytesIO()
    book.save(body)
    return body.getvalue()


@pytest.fixture
def upload(as_):
    """`upload("ana", key, content)`: the answer to the form's post, redirects followed."""

    def post(who: str, key: str, content: bytes, name: str = "report.xlsx"):
        data = {"file": (io.BytesIO(content), name)}
        return as_(who).post(
            f"/reports/{key}/draft", data=data, content_type="multipart/form-data", follow_redirects=True
        )

    return post


@pytest.fixture
def confirm(as_, look):
    """`confirm("ana", key)`: the answer to the post that confirms a draft's warnings."""

    def post(who: str, key: str, comment: str = "Counted twice, and it is so.", seen: str | None = None):
        form = {"seen": look(key)["warned"] if seen is None else seen, "comment": comment}
        return as_(who).post(f"/reports/{key}/draft/confirmation", data=form)

    return post


@pytest.fixture
def look(inside):
    """`look(key)`: state, draft and versions of a report, as plain values."""

    def read(key: str) -> dict:
        with inside() as session:
            row = session.scalars(select(Report).where(Report.key == key)).one()
            return {
                "state": row.state,
                "draft": row.draft
                and {"rows": row.draft.rows, "problems": row.draft.problems, "warnings": row.draft.warnings},
                "seen": row.draft and row.draft.content_hash,
                "warned": row.draft and row.draft.seen_hash,
                "versions": [
                    {
                        "key": each.key,
                        "number": each.number,
                        "lines": len(each.lines),
                        "late": each.was_late,
                        "on_behalf": each.on_behalf,
                        "nil": each.nil_reason,
                    }
                    for each in row.submissions
                ],
                "remarks": [(remark.kind, remark.text) for remark in row.remarks],
            }

    return read


@pytest.fixture
def certify(as_, look):
    """`certify("leo", key)`: the answer to the certificate's post, bound to the draft as it is now."""

    def post(who: str, key: str, form_key: str = "one form", **changes):
        data = {"seen": look(key)["seen"] or "", "form_key": form_key, "declared": "y", **changes}
        return as_(who).post(f"/reports/{key}/submission", data=data, follow_redirects=True)

    return post


def terms_since_august(code: str) -> dict:
    level = {
        "metric": "service_level",
        "window": "month",
        "class": "critical",
        "weight": "100",
        "credits_on": "expected",
    }
    return {
        "schema": "accord-terms/1",
        "effective_from": "2026-08-01",
        "calendar": {
            "due": {"working_day": "5", "time": "17:00"},
            "lock": {"working_day": "10", "time": "17:00"},
            "holidays": [],
        },
        "coverage": [{"site": f"{code}-one", "queue": f"{code}-voice"}],
        "reports": {"service": {"grain": "month", "certification": "second_person"}},
        "measures": {name: {"source": "partner"} for name in ("offered", "answered", "answered_in_threshold")},
        "service_levels": [
            {
                **level,
                "credits_on": "expected",
                "key": "service-level",
                "name": "Service level",
                "allocation": "100",
                "expected": {"comparator": ">=", "value": "90"},
                "clause": "2.1",
                "scope": {"sites": [], "queues": []},
            }
        ],
        "credits": {"at_risk": "10", "pool": "100", "monthly_cap": "10", "clause": "5"},
    }


@pytest.fixture
def two_contracts(inside, app):
    """Cedar and Birch each have a contract since August."""
    with inside() as session, write():
        ada = session.scalars(select(User).where(User.name == "Ada")).one()
        for partner in session.scalars(select(Partner)).all():
            made = terms.new_contract(
                partner,
                name=f"{partner.name} voice",
                reference="SOW-1",
                currency="USD",
                zone="America/Bogota",
                starts_on=date(2026, 8, 1),
                actor=ada,
            )
            session.flush()
            version = terms.new_draft(made, terms_since_august(partner.code), ada)
            session.flush()
            terms.activate(version, ada)
    with app.app_context():
        jobs.run_pending()
