"""Reports open by themselves: once, with deadlines that never move, and not beyond an end."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from app import jobs
from app.contracts.models import Contract
from app.extensions import write
from app.reports.due.opening import open_reports
from app.reports.models import Report
from tests.rig.people import THE_DAY

pytestmark = pytest.mark.portable
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def opened(session) -> list[tuple]:
    return sorted((row.month, row.kind, row.party) for row in session.scalars(select(Report)))


def test_each_month_of_the_contract_is_opened_up_to_the_present_one(contract, inside):
    contract()
    kinds = [("service", "client"), ("service", "partner"), ("staffing", "partner")]
    with inside() as session:
        assert opened(session) == [(month, *kind) for month in ("2026-09", "2026-10", "2026-11") for kind in kinds]


def test_opening_again_opens_nothing(contract, inside):
    contract()
    with inside() as session, write():
        row = session.scalars(select(Contract)).one()
        assert open_reports(row, NOW) == 0
        assert open_reports(row, datetime(2026, 12, 1, 4, 59, tzinfo=UTC)) == 0
        assert open_reports(row, datetime(2026, 12, 1, 5, 0, tzinfo=UTC)) == 3


def test_deadlines_are_the_contracts_own(contract, inside):
    """The fifth working day of November is the 9th: the 2nd is on the contract's holiday list."""
    contract()
    with inside() as session:
        row = session.scalars(select(Report).where(Report.month == "2026-10", Report.kind == "staffing")).one()
        assert row.due_at == datetime(2026, 11, 9, 22, 0, tzinfo=UTC)
        assert row.lock_at == datetime(2026, 11, 30, 22, 0, tzinfo=UTC)


def test_a_month_opened_after_its_lock_stays_open_as_long_as_its_terms_give(contract, inside):
    """A contract that is entered late does not begin with reports that nobody may send any more."""
    contract()
    with inside() as session:
        row = session.scalars(select(Report).where(Report.month == "2026-09", Report.kind == "staffing")).one()
        assert row.due_at == datetime(2026, 10, 7, 22, 0, tzinfo=UTC)
        assert row.lock_at == THE_DAY + timedelta(days=21)


@pytest.mark.parametrize("end", ["contract", "partner"])
def test_nothing_is_opened_after_an_end(contract, inside, end):
    contract()
    with inside() as session, write():
        row = session.scalars(select(Contract)).one()
        if end == "contract":
            row.ends_on = date(2026, 12, 15)
        else:
            row.partner.ended_on = date(2026, 12, 15)
        assert open_reports(row, datetime(2027, 6, 1, tzinfo=UTC)) == 3
        assert opened(session)[-1][0] == "2026-12"


def test_the_daily_job_opens_for_every_contract(app, contract, inside):
    contract()
    contract("birch")
    with inside(), write():
        jobs.enqueue("reports.open", 0, unique="reports.open:another-day")
    with app.app_context():
        jobs.run_pending()
    with inside() as session:
        assert len(opened(session)) == 18
        assert all(job.state == "done" for job in session.scalars(select(jobs.Job)) if job.kind == "reports.open")
