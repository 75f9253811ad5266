"""What is due, in words; lists that cost the same for many rows as for few."""

import re
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from app import clock
from app.extensions import write
from app.reports.due.deadlines import city, deadline_in_words, working_days
from app.reports.models import Report

BOGOTA = "America/Bogota"
DUE = datetime(2026, 11, 5, 22, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (datetime(2026, 11, 2, 12, tzinfo=UTC), "Due in 3 working days, Thursday 5 Nov, 17:00 in Bogotá"),
        (datetime(2026, 11, 4, 12, tzinfo=UTC), "Due in 1 working day, Thursday 5 Nov, 17:00 in Bogotá"),
        (datetime(2026, 11, 6, 3, tzinfo=UTC), "Overdue, since Thursday 5 Nov, 17:00 in Bogotá"),
        (datetime(2026, 11, 5, 12, tzinfo=UTC), "Due today, Thursday 5 Nov, 17:00 in Bogotá"),
        (DUE, "Due today, Thursday 5 Nov, 17:00 in Bogotá"),
        (datetime(2026, 11, 9, 12, tzinfo=UTC), "Overdue by 2 working days, since Thursday 5 Nov, 17:00 in Bogotá"),
        (
            datetime(2027, 1, 4, 12, tzinfo=UTC),
            "Overdue by 42 working days, since Thursday 5 Nov 2026, 17:00 in Bogotá",
        ),
    ],
)
def test_a_deadline_in_words(now, words):
    assert deadline_in_words(DUE, now, BOGOTA) == words


def test_holidays_are_no_working_days():
    assert working_days(date(2026, 10, 30), date(2026, 11, 5), {date(2026, 11, 2)}) == 3
    assert (city("America/New_York"), city("UTC")) == ("New York", "UTC")


def test_overdue_stands_first_and_says_what_to_do(report, as_, inside):
    report()
    with inside() as session, write():
        for row in session.scalars(select(Report).where(Report.month == "2026-09")):
            row.lock_at = row.due_at
    page = as_("ana").get("/tasks").text
    assert "2 of 2 reports to send are overdue." in page
    order = ("Service, October 2026", "Closed to you", "Service, September 2026", "Coming: the", "Service, November")
    assert sorted(order, key=page.index) == list(order)
    assert "Overdue by 9 working days, since Monday 9 Nov, 17:00 in Bogotá" in page
    assert "Fill in the template and upload it." in page
    assert "Not due yet" in page.partition("Coming: the")[2]
    assert as_("ana").get(f"/reports/{report(month='2026-11')}").text.count("Not due yet</span>") == 1
    assert as_("ana").get("/reports?month=2026-11").text.count("Not due yet</span>") == 3
    with clock.at(datetime(2026, 8, 10, tzinfo=UTC)):
        assert "Nothing is due yet." in as_("ana").get("/tasks").text


def test_each_sees_what_is_left_to_do(report, filled, upload, as_):
    key = report()
    upload("ana", key, filled(key, {"Offered": "abc"}))
    wrong = re.search(r"(\d) things are wrong in the file", as_("ana").get("/tasks").text)
    assert f"Saved a draft, rows right: 0, to put right: {wrong[1]}" in as_("ana").get(f"/reports/{key}").text
    upload("ana", key, filled(key))
    assert "Checked and ready. Your lead certifies this report" in as_("ana").get("/tasks").text
    assert "Checked and ready: certify it, which sends it." in as_("leo").get("/tasks").text


def test_the_client_has_tasks_too(report, as_):
    report()
    page = as_("mia").get("/tasks").text
    assert "Cedar, Voice" in page
    assert "Staffing" not in page


def test_without_reports_the_page_says_what_comes(as_):
    assert "Reports appear here by themselves" in as_("ana").get("/tasks").text
    assert "Reports open by themselves" in as_("ana").get("/reports").text


def test_the_list_is_filtered(report, as_):
    report()
    page = as_("mia").get("/reports?kind=staffing&state=overdue&month=2026-10", htmx=True).text
    assert page.count("<tr>") == 2
    assert "<html" not in page
    assert "No report matches" in as_("mia").get("/reports?state=approved").text
    assert as_("mia").get("/reports?page=99&state=&kind=").status_code == 200


@pytest.mark.parametrize(
    ("who", "address", "most"),
    [("ana", "/tasks", 8), ("mia", "/tasks", 8), ("mia", "/reports", 8), ("ana", "/reports", 8)],
)
def test_lists_take_few_statements_however_long(contract, as_, count_statements, who, address, most, record_count):
    contract()
    counted = []
    for instant in (datetime(2026, 11, 22, 9, tzinfo=UTC), None):
        if instant is None:
            contract("birch")
        visitor = as_(who)
        with count_statements() as statements:
            assert visitor.get(address).status_code == 200
        counted.append(len(statements))
    assert counted[0] == counted[1] <= most + 2, counted
    record_count("pages with counted statements")


@pytest.mark.parametrize("page", ["/reports/{key}", "/reports/{key}/draft", "/submissions/{version}"])
def test_details_take_few_statements(page, report, filled, upload, look, as_, count_statements, record_count):
    key = report()
    upload("ana", key, filled(key))
    version = ""
    if "version" in page:
        data = {"seen": look(key)["seen"], "form_key": "form", "declared": "y"}
        as_("leo").post(f"/reports/{key}/submission", data=data)
        version = look(key)["versions"][0]["key"]
    visitor = as_("leo")
    with count_statements() as statements:
        assert visitor.get(page.format(key=key, version=version)).status_code == 200
    assert len(statements) <= 14, "\n\n".join(statements)
    record_count("pages with counted statements")


def test_a_get_writes_nothing(report, filled, upload, as_, count_statements):
    key = report()
    upload("ana", key, filled(key))
    with clock.at(datetime(2026, 11, 22, 10, tzinfo=UTC)):
        visitor = as_("leo")  # a session that is older than five minutes would be noted as seen
    for address in ("/tasks", "/reports", f"/reports/{key}", f"/reports/{key}/draft", f"/reports/{key}/template.xlsx"):
        with clock.at(datetime(2026, 11, 22, 10, tzinfo=UTC)), count_statements() as statements:
            visitor.get(address)
        assert not [each for each in statements if each.startswith(("INSERT", "UPDATE", "DELETE"))]
