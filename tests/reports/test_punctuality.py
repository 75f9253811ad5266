"""How a partner reports: in time, complete, right the first time, as plain cases and on the pages."""

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app import clock
from app.contracts.models import Contract
from app.domain.catalogue import KINDS
from app.domain.periods import Month
from app.extensions import write
from app.partners.models import Partner
from app.reports.due.opening import open_reports
from app.reports.due.punctuality import Rate, punctuality_of
from app.reports.models import Report, Submission
from tests.reports.signing import sign
from tests.rig.people import THE_DAY

OCTOBER = Month(2026, 10)
IN_TIME = THE_DAY.replace(day=6)


@pytest.fixture
def contract(begin_told):
    """A contract whose reports were each opened as its month began."""

    def tell() -> None:
        with clock.at(datetime(2026, 9, 1, 12, tzinfo=UTC)):
            sign(nullcontext, "cedar")
        with clock.at(datetime(2026, 10, 1, 12, tzinfo=UTC)), write() as session:
            open_reports(session.scalars(select(Contract)).one(), clock.now())

    return lambda code: begin_told("punctual", tell)


@pytest.fixture
def send(filled, upload, as_, look):
    """`send(key)`: the report is filled in, certified and sent; the key of the version."""

    def go(key: str, figures: dict | None = None, now=IN_TIME, change=None) -> str:
        with clock.at(now):
            upload("ana", key, filled(key, figures, change))
            form = {"seen": look(key)["seen"], "form_key": f"{key}{now}", "declared": "y"}
            assert as_("leo").post(f"/reports/{key}/submission", data=form).status_code == 303
        return look(key)["versions"][-1]["key"]

    return go


@pytest.fixture
def decide(as_, inside):
    def go(version: str, decision: str) -> None:
        with inside() as session:
            seen = session.scalars(select(Submission.content_hash).where(Submission.key == version)).one()
        answer = as_("mia").post(f"/submissions/{version}/{decision}", data={"seen": seen, "reason": "Look again"})
        assert answer.status_code == 303

    return go


@pytest.fixture
def rates(inside):
    """`rates()`: (met, of) by figure over the twelve months to October, asked on THE_DAY."""

    def read(now: datetime = THE_DAY) -> dict[str, tuple[int, int]]:
        with inside() as session:
            cedar = session.scalars(select(Partner).where(Partner.code == "cedar")).one()
            record = punctuality_of(cedar, OCTOBER, now)
            told = {figure: record.rate(figure) for figure in ("timely", "complete", "right")}
            return {figure: (rate.met, rate.of) for figure, rate in told.items()}

    return read


def test_a_rate_is_a_sum_over_a_sum():
    assert Rate(0, 0).percent is None
    assert Rate(2, 3).percent == Rate(4, 6).percent


def test_what_never_came_is_late_and_nothing_else(report, rates):
    report()
    assert rates() == {"timely": (0, 4), "complete": (0, 0), "right": (0, 0)}


def test_what_was_opened_when_it_was_due_already_could_not_come_in_time(inside, rates):
    sign(inside, "cedar")
    assert rates() == {"timely": (0, 0), "complete": (0, 0), "right": (0, 0)}


def test_in_time_and_approved_at_once(report, send, decide, rates):
    key = report()
    version = send(key)
    assert rates() == {"timely": (1, 4), "complete": (1, 1), "right": (0, 0)}
    decide(version, "approval")
    assert rates()["right"] == (1, 1)


def test_returned_once_is_not_right_the_first_time(report, send, decide, rates):
    key = report()
    decide(send(key, now=THE_DAY), "return")
    decide(send(key, {"Offered": 1000, "Answered": 940, "Answered in threshold": 800, "Abandoned": 60}), "approval")
    assert rates() == {"timely": (0, 4), "complete": (1, 1), "right": (0, 1)}


def test_a_figure_that_is_not_available_is_a_gap(report, send, rates):
    def explain(sheet) -> None:
        """The last row has no figures, and says why in its last column."""
        for place in range(4, sheet.max_column):
            sheet.cell(sheet.max_row, place).value = None
        sheet.cell(sheet.max_row, sheet.max_column).value = "The recorder was down"

    send(report(), change=explain)
    assert rates()["complete"] == (0, 1)


def test_what_is_not_yet_due_does_not_count(report, rates):
    report()
    due = datetime(2026, 11, 9, 22, 0, tzinfo=UTC)
    assert rates(due)["timely"] == (0, 2)
    assert rates(due + timedelta(seconds=1))["timely"] == (0, 4)


def test_the_pages_show_the_figures_and_lead_to_the_reports(report, send, as_, inside):
    key = report()
    send(key)
    with inside() as session:
        cedar = session.scalars(select(Partner.key).where(Partner.code == "cedar")).one()
    scorecard = as_("leo").get(f"/partners/{cedar}/scorecard").text
    assert "1 of 4 reports, 12 months to Oct 2026" in scorecard
    assert f"/partners/{cedar}/reporting?month=2026-10&amp;short=timely" in scorecard
    record = as_("leo").get(f"/partners/{cedar}/reporting?month=2026-10").text
    assert record.count(f'href="/reports/{key}"') == 1
    assert '<td class="n">1 of 2</td>' in record
    late = as_("leo").get(f"/partners/{cedar}/reporting?month=2026-10&short=timely").text
    assert f"/reports/{key}" not in late
    assert late.count("not sent") == 3
    assert "/reports/" not in as_("gus").get(f"/partners/{cedar}/reporting").text
    assert as_("leo").get(f"/partners/{cedar}/reporting?month=soon").status_code == 404


def test_a_report_that_the_terms_ask_for_no_more_is_in_no_rate(report, rates, inside):
    key = report()
    before = rates()
    with inside() as session, write():
        asked = session.scalars(select(Report).where(Report.key == key)).one()
        kinds = set(session.scalars(select(Report.kind)))
        same = {name: getattr(asked, name) for name in ("partner_id", "contract_id", "month", "opened_at")}
        dropped = min(set(KINDS) - kinds)
        session.add(Report(kind=dropped, due_at=asked.due_at, lock_at=asked.lock_at, **same))
        session.flush()
        open_reports(asked.contract, clock.now())
    assert rates() == before
