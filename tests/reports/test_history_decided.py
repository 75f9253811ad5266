"""Imported history waits for a second person: who is told, where it stands, and what a decision holds."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.extensions import write
from app.mail import Mail
from tests.reports.past_months import imported
from tests.rig.people import THE_DAY

pytestmark = pytest.mark.usefixtures("two_contracts")
SUBJECT = "To decide: imported history, history.csv"


def test_whoever_may_decide_is_told_finds_it_in_the_queue_and_reads_its_figures(as_, inside):
    key = imported(as_)
    with inside() as session:
        told = session.scalars(select(Mail).where(Mail.subject == SUBJECT)).all()
        assert sorted(mail.recipient.partition("@")[0] for mail in told) == ["max", "mona"]
        assert all(f"/history-imports/{key}" in mail.body for mail in told)
        assert [mail.recipient for mail in told if "Cedar" in mail.body] == ["mona@accord.example"]
    assert "Somebody else decides: you imported it" in as_("mia").get("/reviews").text
    mona = as_("mona")
    assert mona.get("/reviews").text.count(f'href="/history-imports/{key}"') == 1
    versions = re.findall(r'href="(/submissions/[^"]+)">Service, ', mona.get(f"/history-imports/{key}").text)
    assert len(versions) == 4
    assert "1,700" in mona.get(versions[1]).text
    mona.post(f"/history-imports/{key}/approval")
    assert key not in mona.get("/reviews").text
    with inside() as session:
        decided = session.scalars(select(Mail).where(Mail.subject == "Approved: imported history, history.csv")).one()
        assert decided.recipient == "mia@accord.example"


def test_the_leads_are_told_what_was_imported_on_their_behalf_and_contest_a_month_of_it(as_, inside):
    key = imported(as_)
    with inside() as session:
        told = session.scalars(select(Mail).where(Mail.subject.startswith("Imported on your behalf"))).all()
        assert sorted(mail.recipient for mail in told) == ["bob@birch.example", "leo@cedar.example"]
        (mine,) = [mail.body for mail in told if mail.recipient.startswith("leo")]
        assert ("2 reports" in mine, f"/history-imports/{key}" in mine, "Birch" in mine) == (True, True, False)
    leo = as_("leo")
    seen = leo.get(f"/history-imports/{key}").text
    assert "Mia imported these figures on your company&#39;s behalf" in seen
    month = re.findall(r'href="(/submissions/[^"]+)">Service, ', seen)[1]
    assert f'href="/history-imports/{key}"' in leo.get(month).text
    leo.post(f"{month}/contest", data={"reason": "We had 2,100 contacts."})
    decider = as_("mona").get(f"/history-imports/{key}").text
    assert "Leo: We had 2,100 contacts." in decider
    assert "The partner contests one report:" in decider
    assert "your company&#39;s behalf" not in decider


def test_a_decision_holds_all_its_reports_before_the_record(as_, count_statements):
    key = imported(as_)
    with count_statements() as statements:
        assert as_("dora").post(f"/history-imports/{key}/approval").status_code == 303
    reports = [at for at, statement in enumerate(statements) if statement.startswith("UPDATE report ")]
    assert reports
    assert max(reports) < next(at for at, statement in enumerate(statements) if "INTO event " in statement)


def test_where_no_other_manager_sees_the_partner_the_directors_are_told(as_, inside):
    with inside() as session, write():
        session.scalars(select(User).where(User.name == "Mona")).one().disabled_at = THE_DAY - timedelta(days=1)
    imported(as_)
    with inside() as session:
        told = {
            mail.recipient.partition("@")[0]: mail.body
            for mail in session.scalars(select(Mail).where(Mail.subject == SUBJECT))
        }
    assert sorted(told) == ["dora", "max"]
    assert ("Cedar" in told["dora"], "Birch" in told["dora"]) == (True, True)


def test_what_was_refused_is_not_offered_to_be_contested_nor_judged_as_if_it_waited(as_):
    key = imported(as_)
    page = as_("leo").get(f"/history-imports/{key}").text
    assert "contest it: your reason goes to the partner managers" in page
    version = re.findall(r'href="(/submissions/[^"]+)">Service, ', page)[0]
    mona = as_("mona")
    assert mona.get(f"{version}/decks").status_code == 404, "it is decided with its whole history, on that page"
    mona.post(f"/history-imports/{key}/refusal")
    refused = as_("leo").get(f"/history-imports/{key}").text
    assert "Refused" in refused
    assert "contest it" not in refused


def test_the_same_history_may_come_again_after_it_was_refused(as_):
    """Its bytes are there already, and are held before the first of its partners is on the record."""
    key = imported(as_)
    as_("dora").post(f"/history-imports/{key}/refusal")
    assert imported(as_) != key
