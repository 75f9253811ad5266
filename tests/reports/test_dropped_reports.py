"""What an amendment asks for no more, or what comes after an end, is owed by nobody: no list, mail or feed names it."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from app import clock, jobs
from app.accounts.models import User
from app.contracts import terms
from app.contracts.models import Contract
from app.decks.readiness import readiness_of
from app.domain.periods import Quarter
from app.events import Event
from app.extensions import write
from app.mail import Mail
from app.partners.models import Partner
from app.partners.service import end_partner, resume_partner
from app.reports.due.calendar_feed import calendar_for
from app.reports.models import Report
from tests.api.conftest import program, token  # noqa: F401 what a program is told
from tests.reports.signing import document
from tests.rig.people import THE_DAY

pytestmark = pytest.mark.portable


@pytest.fixture
def amend(inside):
    """`amend("2026-10-01", staffing=False)`: an amendment of Cedar's contract in force, and its jobs done."""

    def act(effective_from: str, *, staffing: bool) -> None:
        amended = document(effective_from=effective_from)
        if not staffing:
            del amended["reports"]["staffing"], amended["measures"]["required_fte"], amended["measures"]["actual_fte"]
        with inside() as session, write():
            ada = session.scalars(select(User).where(User.name == "Ada")).one()
            contract = session.scalars(select(Contract)).one()
            terms.activate(terms.new_draft(contract, amended, ada), ada)
        with inside():
            jobs.run_pending()

    return act


@pytest.fixture
def dropped(inside):
    """Which reports nobody owes any more, as (month, kind, party)."""

    def read() -> list[tuple[str, str, str]]:
        with inside() as session:
            found = select(Report.month, Report.kind, Report.party).where(Report.dropped_at.is_not(None))
            return sorted(map(tuple, session.execute(found)))

    return read


STAFFING = [("2026-10", "staffing", "partner"), ("2026-11", "staffing", "partner")]


def test_an_amendment_drops_what_it_asks_for_no_more_and_a_later_one_asks_again(report, amend, dropped, inside, as_):
    key = report("staffing")
    assert dropped() == []
    amend("2026-10-01", staffing=False)
    assert dropped() == STAFFING
    amend("2026-11-01", staffing=True)
    assert dropped() == STAFFING[:1]
    with inside() as session:
        kinds = session.scalars(select(Event.kind).where(Event.subject == "report").order_by(Event.id)).all()
    assert [kind for kind in kinds if kind != "report.opened"] == ["report.dropped", "report.dropped", "report.resumed"]
    assert (
        "Found that nobody owes the staffing report for October 2026 any more" in as_("mia").get(f"/reports/{key}").text
    )


def test_no_list_names_it(report, amend, as_, inside):
    key = report("staffing")
    amend("2026-10-01", staffing=False)
    for who, page in (("ana", "/tasks"), ("mia", "/reports?state=overdue"), ("mia", "/reports?state=due")):
        assert key not in as_(who).get(page).text, page
    late = as_("mia").get("/reviews").text.partition("<h2>Overdue")[2]
    assert "<div>Staffing: Sep 2026</div>" in late
    assert key in as_("mia").get("/reports?state=dropped").text
    with inside() as session:
        partner = session.scalars(select(Partner.key).where(Partner.code == "cedar")).one()
    due = as_("mia").get(f"/partners/{partner}").text.partition("Due next")[2]
    assert key not in due
    assert "Service" in due or "service" in due


def test_a_program_finds_it_as_dropped_and_nowhere_else(report, amend, program):  # noqa: F811
    key, export = report("staffing"), program("reports:read")
    amend("2026-10-01", staffing=False)

    def listed(state: str) -> dict[str, bool]:
        return {each["key"]: each["is_dropped"] for each in export.get(f"/reports?state={state}").json["reports"]}

    assert listed("dropped")[key] is True
    assert listed("all")[key] is True
    assert (key in listed("due"), key in listed("owed")) == (False, False)
    assert set(listed("due").values()) == {False}


def test_no_mail_and_no_feed_name_it(report, amend, inside, app):
    key = report("staffing")
    amend("2026-10-01", staffing=False)
    with inside(), write():
        jobs.enqueue("reports.remind", 0)
    with app.app_context(), clock.at(datetime(2026, 11, 22, 15, tzinfo=UTC)):
        jobs.run_pending()
    with inside() as session:
        mails = session.scalars(select(Mail.body).where(Mail.body.contains("You are told once"))).all()
        feed = calendar_for(session.scalars(select(User).where(User.name == "Ana")).one(), THE_DAY).decode()
        service = session.scalars(select(Report.key).where(Report.kind == "service", Report.month == "2026-10")).first()
        assert (len(mails) > 0, any(key in body for body in mails)) == (True, False)
        assert (f"due-{service}" in feed, key in feed) == (True, False)


def test_what_is_returned_when_nobody_owes_it_asks_for_nothing(report, filled, upload, certify, look, inside, as_):
    key = report()
    upload("ana", key, filled(key))
    certify("leo", key)
    with inside() as session, write():
        sent = session.scalars(select(Report).where(Report.key == key)).one()
        sent.dropped_at, version = THE_DAY, sent.submissions[-1]
        address, seen = version.key, version.content_hash
    as_("mia").post(f"/submissions/{address}/return", data={"seen": seen, "reason": "Offered looks low."})
    with inside() as session:
        bodies = session.scalars(select(Mail.body).where(Mail.subject.startswith("Returned"))).all()
    assert len(bodies) == 2
    assert all("nothing is to be sent again. Why it was returned:\n\nOffered looks low." in body for body in bodies)
    assert "Put it right" not in as_("ana").get(f"/reports/{key}").text


def test_its_page_offers_nothing_and_says_why(report, amend, as_, upload):
    key = report("staffing")
    amend("2026-10-01", staffing=False)
    for who in ("ana", "mia"):
        page = as_(who).get(f"/reports/{key}").text
        assert "No longer asked for: nothing is to be sent." in page
        assert "Upload and check" not in page
        assert "Grant a later lock" not in page
    answer = upload("ana", key, b"x")
    assert (answer.status_code, "no longer ask for this report" in answer.text) == (422, True)


def test_a_deck_does_not_wait_for_it(report, amend, inside):
    report("staffing")
    amend("2026-10-01", staffing=False)
    with inside() as session:
        contract = session.scalars(select(Contract)).one()
        october = readiness_of(contract, Quarter(2026, 4), THE_DAY).months[0]
        assert {each.kind for each in october.open_reports} == {"service"}


def test_an_end_drops_what_comes_after_it_and_a_resumption_asks_again(report, dropped, inside, app):
    report()
    for act, count in ((lambda cedar: end_partner(cedar, date(2026, 9, 30)), 6), (resume_partner, 0)):
        with inside() as session, write():
            act(session.scalars(select(Partner).where(Partner.code == "cedar")).one())
        with app.app_context():
            jobs.run_pending()
        assert len(dropped()) == count
