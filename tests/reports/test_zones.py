"""A month ends where the contract is: not in Greenwich."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from app import clock
from app.contracts import reading, terms
from app.contracts.models import Contract
from app.domain.periods import Month
from app.extensions import write
from app.partners.models import Partner
from app.reports.models import Report

LAST_EVENING = datetime(2026, 12, 1, 2, tzinfo=UTC)  # 30 November, 21:00 in Bogotá
MIDNIGHT = datetime(2026, 12, 1, 5, tzinfo=UTC)


@pytest.fixture
def bogota(contract, inside) -> str:
    """The key of Cedar's contract, whose clock is Bogotá's."""
    key = contract()
    with inside() as session:
        assert session.scalars(select(Contract.zone)).one() == "America/Bogota"
    return key


@pytest.mark.usefixtures("bogota")
def test_a_report_is_coming_until_its_month_is_over_there(as_):
    for instant, is_coming in ((LAST_EVENING, True), (MIDNIGHT, False)):
        with clock.at(instant):
            assert ("Coming: the" in as_("ana").get("/tasks").text) == is_coming


def test_charges_are_missing_once_the_month_is_over_there(as_, bogota):
    for instant, is_missing in ((LAST_EVENING, False), (MIDNIGHT, True)):
        with clock.at(instant):
            assert (f'name="amount-{bogota}-2026-11"' in as_("finn").get("/charges").text) == is_missing


def test_a_quarter_runs_until_it_is_over_there(as_, bogota):
    new_year = datetime(2027, 1, 1, 2, tzinfo=UTC)
    for instant, running in ((new_year, "2026-Q4"), (new_year.replace(hour=5), "2027-Q1")):
        with clock.at(instant):
            page = as_("mia").get(f"/decks/new?contract={bogota}").text
            assert f'value="{running}"' in page
            assert ('value="2027-Q1"' in page) == (running == "2027-Q1")


def test_the_next_deadlines_are_sought_from_the_month_that_runs_there(bogota, inside):
    with inside() as session:
        contract = session.scalars(select(Contract).where(Contract.key == bogota)).one()
        found = reading.next_deadlines(contract, terms.terms_history(contract), LAST_EVENING)
        assert [deadlines.month for deadlines in found] == [Month(2026, 11), Month(2026, 12)]


def test_a_partner_lacks_a_report_of_the_month_that_runs_there(report, as_, inside):
    report()
    with inside() as session, write():
        session.execute(update(Report).values(state="approved"))
        partner = session.scalars(select(Partner.key).where(Partner.code == "cedar")).one()
    for instant, lacks in ((LAST_EVENING, False), (MIDNIGHT, True)):
        with clock.at(instant):
            page = as_("ada").get(f"/partners/{partner}/readiness").text
            assert ("No report is open this month" in page) == lacks
