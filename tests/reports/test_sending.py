"""From a template to a receipt: upload, check, certify; once, by the right person, as seen."""

import threading
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from app import clock, tenancy
from app.accounts.models import User
from app.contracts import terms
from app.contracts.models import TermsVersion
from app.events import Event
from app.extensions import db, write
from app.jobs import Job
from app.mail import Mail
from app.partners.models import Site
from app.reports.models import Report, Submission
from app.reports.sending import certifying as sending
from app.reports.sending import reviewing
from app.reports.sending.preview import levels_fed_by, outlook
from app.reports.uploads.intake import save_draft
from app.web import Conflict
from tests.reports.past_months import upload as bring

pytestmark = pytest.mark.portable
DECLARATION = {"reports": {"service": {"grain": "month", "certification": "declaration"}}}


@pytest.fixture
def decide(inside):
    """`decide(key, "return", "why")` or `decide(key, "approve")`: Mona's decision on the newest version."""

    def act(key: str, decision: str, reason: str = "") -> None:
        with inside() as session, write():
            mona = session.scalars(select(User).where(User.name == "Mona")).one()
            newest = session.scalars(select(Report).where(Report.key == key)).one().submissions[-1]
            if decision == "approve":
                reviewing.approve(newest, seen_hash=newest.content_hash, reviewer=mona)
            else:
                reviewing.send_back(newest, seen_hash=newest.content_hash, reviewer=mona, reason=reason)

    return act


def test_an_analyst_uploads_and_the_lead_certifies(report, filled, upload, look, certify, inside):
    key = report()
    answer = upload("ana", key, filled(key))
    assert "Check and send" in answer.text
    assert "1 of 1 service level will miss" in answer.text
    assert look(key)["state"] == "drafted"
    assert "your receipt" in certify("leo", key).text
    after = look(key)
    assert (after["state"], after["draft"]) == ("sent", None)
    assert after["versions"] == [
        {"key": after["versions"][0]["key"], "number": 1, "lines": 2, "late": True, "on_behalf": False, "nil": ""}
    ]
    with inside() as session:
        kinds = session.scalars(select(Event.kind).order_by(Event.id)).all()
        assert kinds[-2:] == ["draft.saved", "submission.sent"]
        mails = session.scalars(select(Mail.recipient).where(Mail.subject.startswith("To review"))).all()
        assert mails == ["mia@accord.example", "mona@accord.example"]
        assert "contract.evaluate" in session.scalars(select(Job.kind).where(Job.state == "waiting")).all()


def test_the_preview_shows_no_credit_to_those_who_see_no_money(report, filled, upload, as_):
    key = report()
    assert ">Credit<" not in upload("ana", key, filled(key)).text
    assert ">Credit<" in as_("amy").get(f"/reports/{key}/draft").text
    assert ">Credit<" in as_("leo").get(f"/reports/{key}/draft").text


def test_a_doubled_post_gets_the_first_receipt(report, filled, upload, look, certify, as_):
    key = report()
    upload("ana", key, filled(key))
    seen = look(key)["seen"]
    first = certify("leo", key)
    again = certify("leo", key, seen=seen)
    assert again.request.path == first.request.path
    other_form = certify("leo", key, form_key="another form", seen=seen)
    assert other_form.request.path == first.request.path
    assert len(look(key)["versions"]) == 1


def test_a_declaration_that_is_not_ticked_sends_nothing(report, filled, upload, look, certify):
    key = report()
    upload("ana", key, filled(key))
    answer = certify("leo", key, declared="")
    assert answer.status_code == 422
    assert "Tick the declaration" in answer.text
    assert look(key)["versions"] == []


def test_who_prepared_the_figures_does_not_certify_them(report, filled, upload, look, certify):
    key = report()
    answer = upload("leo", key, filled(key))
    assert "another lead of your company certifies them" in answer.text
    assert "Certify and send</button>" not in answer.text
    assert certify("leo", key).status_code == 403
    assert certify("ana", key).status_code == 403
    assert look(key)["versions"] == []


def test_with_a_declaration_whoever_prepared_sends(report, filled, upload, look, certify):
    key = report(**DECLARATION, measures={name: {"source": "partner"} for name in ("offered", "answered_in_threshold")})
    upload("ana", key, filled(key))
    assert "your receipt" in certify("ana", key).text


def test_a_draft_with_problems_is_not_sent(report, filled, upload, look, certify):
    key = report()
    upload("ana", key, filled(key, {"Offered": "abc"}))
    assert certify("leo", key).status_code == 422
    assert look(key)["versions"] == []


def test_figures_that_changed_after_they_were_seen_are_not_sent(report, filled, upload, look, certify):
    key = report()
    upload("ana", key, filled(key))
    seen = look(key)["seen"]
    upload("amy", key, filled(key, {"Offered": 1001, "Answered": 9, "Answered in threshold": 8, "Abandoned": 1}))
    answer = certify("leo", key, seen=seen)
    assert answer.status_code == 409
    assert "Amy uploaded other figures after you opened this page." in answer.text
    assert look(key)["versions"] == []


def test_a_file_checked_against_terms_that_were_amended_since_is_not_sent(
    report, filled, upload, look, certify, inside
):
    key = report(month="2026-11")
    upload("ana", key, filled(key))
    with inside() as session, write():
        agreed = session.scalars(select(TermsVersion)).one()
        more = {**agreed.document, "effective_from": "2026-11-01"}
        more["measures"] = {**more["measures"], "transferred": {"source": "partner"}}
        terms.activate(terms.new_draft(agreed.contract, more, agreed.created_by), agreed.created_by)
    refused = certify("leo", key)
    assert refused.status_code == 409
    assert "Download the template again" in refused.text
    assert look(key)["versions"] == []


def test_two_leads_at_once_send_one_version(app, report, filled, upload, look):
    key = report()
    upload("ana", key, filled(key))
    seen, sent, barrier = look(key)["seen"], [], threading.Barrier(4)

    def send(number: int) -> None:
        with app.app_context():
            tenancy.bind(tenancy.Scope.all())
            row = db.session.scalars(select(Report).where(Report.key == key)).one()
            leo = db.session.scalars(select(User).where(User.name == "Leo")).one()
            barrier.wait()
            with write():
                sent.append(sending.certify(row, seen_hash=seen, form_key=f"form {number}", actor=leo).key)
            db.session.remove()

    senders = [threading.Thread(target=send, args=(number,)) for number in range(4)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert len(sent) == 4
    assert len(set(sent)) == 1
    assert len(look(key)["versions"]) == 1


def test_a_returned_report_gets_a_new_version_with_its_difference(report, filled, upload, look, certify, decide, as_):
    key = report()
    upload("ana", key, filled(key))
    certify("leo", key)
    decide(key, "return", "Abandoned looks wrong")
    assert "Returned: Abandoned looks wrong" in as_("ana").get("/tasks").text
    figures = {"Offered": 1000, "Answered": 950, "Answered in threshold": 800, "Abandoned": 40}
    page = upload("ana", key, filled(key, figures)).text
    assert "Changed against the version before" in page
    assert look(key)["state"] == "returned"
    certify("leo", key, form_key="second form")
    assert [each["number"] for each in look(key)["versions"]] == [1, 2]
    receipt = as_("leo").get(f"/submissions/{look(key)['versions'][1]['key']}").text
    assert "Abandoned (contacts)" in receipt
    assert '<td class="n" data-label="Now"><b>40</b></td>' in receipt


def test_the_same_figures_may_be_sent_again_after_a_return(report, filled, upload, look, certify, decide):
    key = report()
    for form, is_unchanged in (("first", False), ("second", True)):
        assert ("No figure changed" in upload("ana", key, filled(key)).text) is is_unchanged
        certify("leo", key, form_key=form)
        decide(key, "return", "Explain it")
    assert len(look(key)["versions"]) == 2


def test_a_returned_report_is_open_after_its_lock(report, filled, upload, certify, decide, look):
    key = report()
    upload("ana", key, filled(key))
    certify("leo", key)
    decide(key, "return", "Again")
    with clock.at(datetime(2026, 12, 24, 9, 0, tzinfo=UTC)):
        assert upload("ana", key, filled(key)).status_code == 200
        certify("leo", key, form_key="second")
    assert len(look(key)["versions"]) == 2


def test_on_time_is_on_time_to_the_second(report, filled, upload, certify, look, inside):
    key = report()
    with inside() as session:
        due_at = session.scalars(select(Report.due_at).where(Report.key == key)).one()
    with clock.at(due_at):
        upload("ana", key, filled(key))
        certify("leo", key)
    assert look(key)["versions"][0]["late"] is False


def test_a_manager_sends_on_behalf_and_the_partner_contests(
    report, filled, upload, look, certify, as_, inside, count_statements
):
    key = report()
    assert "behalf" in as_("mia").get(f"/reports/{key}").text
    upload("mia", key, filled(key))
    certify("mia", key)
    version = look(key)["versions"][0]
    assert version["on_behalf"] is True
    with inside() as session:
        (told,) = session.scalars(select(Mail).where(Mail.subject.startswith("Sent on your behalf"))).all()
        assert told.recipient == "leo@cedar.example"
        assert f"/submissions/{version['key']}" in told.body  # where they are contested
    assert as_("mia").post(f"/submissions/{version['key']}/approval", data={"seen": "x"}).status_code == 403
    assert "Contest these figures" in as_("leo").get(f"/submissions/{version['key']}").text
    assert as_("ana").post(f"/submissions/{version['key']}/contest", data={"reason": "x"}).status_code == 403
    url = f"/submissions/{version['key']}/contest"
    assert as_("leo").post(url, data={"reason": ""}).status_code == 422
    answer = as_("leo").post(url, data={"reason": "We had 1,200 contacts."}, follow_redirects=True)
    assert "Leo contests them: We had 1,200 contacts." in answer.text
    assert look(key)["remarks"] == [("contest", "We had 1,200 contacts.")]
    assert as_("mia").get(f"/reports/{key}").text.count("Contested</span>") == 2
    assert as_("leo").post(url, data={"reason": "Again"}).status_code == 409
    reviewer = as_("mona")
    with count_statements() as statements:
        shown = reviewer.get(f"/submissions/{version['key']}/review").text
    assert "The partner contests these figures" in shown
    assert "We had 1,200 contacts." in shown
    assert len(statements) <= 13, "\n".join(statements)
    with inside() as session:
        assert session.scalar(select(func.count()).where(Event.kind == "submission.contested")) == 1


def test_imported_history_of_the_client_is_on_nobodys_behalf(contract, as_, inside):
    contract()
    rows = [f"2026-09,client,cedar-one,{queue},2000" for queue in ("cedar-voice", "cedar-chat")]
    bring(as_("mia"), *rows, heading="Month,Party,Site,Queue,forecast_volume")
    with inside() as session:
        assert [each.on_behalf for each in session.scalars(select(Submission))] == [False]
        assert session.scalars(select(Mail).where(Mail.subject.contains("behalf"))).all() == []


def test_two_who_contest_at_once_contest_once(app, report, filled, upload, certify, look):
    key, barrier, refused = report(), threading.Barrier(3), []
    upload("mia", key, filled(key))
    certify("mia", key)

    def contest() -> None:
        with app.app_context():
            tenancy.bind(tenancy.Scope.all())
            sent = db.session.scalars(select(Submission).join(Submission.report).where(Report.key == key)).one()
            leo = db.session.scalars(select(User).where(User.name == "Leo")).one()
            barrier.wait()
            try:
                with write():
                    sending.contest(sent, reason="We had 1,200 contacts.", actor=leo)
            except Conflict as refusal:
                refused.append(refusal.message)
            db.session.remove()

    people = [threading.Thread(target=contest) for _ in range(3)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert refused == ["These figures are contested already. Add a remark to say more."] * 2
    assert len(look(key)["remarks"]) == 1


def test_ones_own_figures_are_not_contested(report, filled, upload, look, certify, as_):
    key = report()
    upload("ana", key, filled(key))
    certify("leo", key)
    url = f"/submissions/{look(key)['versions'][0]['key']}/contest"
    assert as_("leo").post(url, data={"reason": "x"}).status_code == 422


def test_the_clients_figures_come_from_internal_people(report, filled, upload, look, certify, as_):
    key = report(party="client")
    assert "your client sends them" in as_("ana").get(f"/reports/{key}").text
    assert upload("leo", key, filled(key, {"Forecast volume": 900})).status_code == 403
    assert certify("leo", key).status_code == 403
    upload("mia", key, filled(key, {"Forecast volume": 900}))
    certify("mia", key)
    version = look(key)["versions"][0]
    assert (version["lines"], version["on_behalf"]) == (2, False)
    assert "900" in as_("ana").get(f"/submissions/{version['key']}").text


def test_a_nil_return_is_for_queues_that_are_not_live(report, look, certify, as_, inside):
    key = report()
    url = f"/reports/{key}/nil-return"
    refused = as_("ana").post(url, data={"reason": "quiet month"})
    assert refused.status_code == 422
    live = "Accord has these queues as live in this month: cedar-voice, cedar-chat."
    assert live in refused.text
    assert (live in as_("ana").get(f"/reports/{key}").text, url in refused.text) == (True, False)
    assert as_("ana").post(url, data={"reason": ""}).status_code == 422
    with inside() as session, write():
        session.scalars(select(Site).where(Site.code == "cedar-one")).one().closed_on = date(2026, 9, 1)
    assert url in as_("ana").get(f"/reports/{key}").text
    assert as_("ana").post(url, data={"reason": "The site is closed."}).status_code == 303
    with inside() as session:
        row = session.scalars(select(Report).where(Report.key == key)).one()
        assert {found.reason.code for found in outlook(row, row.draft.rows, clock.now()).findings} == {"nil_return"}
    certify("leo", key)
    version = look(key)["versions"][0]
    assert (version["nil"], version["lines"]) == ("The site is closed.", 0)


def test_the_original_is_the_very_bytes(report, filled, upload, look, certify, as_):
    key = report()
    content = filled(key)
    upload("ana", key, content, "=cmd|' .xlsx")
    certify("leo", key)
    answer = as_("leo").get(f"/submissions/{look(key)['versions'][0]['key']}/original")
    assert answer.data == content
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_the_story_goes_the_same_way_without_pages(report, filled, inside):
    key = report()
    content = filled(key)
    with inside() as session:
        row = session.scalars(select(Report).where(Report.key == key)).one()
        ana, leo = (session.scalars(select(User).where(User.name == name)).one() for name in ("Ana", "Leo"))
        seen = save_draft(row, "october.xlsx", content, ana).content_hash
        with write():
            sending.certify(row, seen_hash=seen, form_key="story", actor=leo)
        assert session.scalars(select(Submission.filename)).all() == ["october.xlsx"]


def test_remarks_are_written_by_both_sides(report, as_, look):
    key = report()
    assert as_("ana").post(f"/reports/{key}/remarks", data={"text": ""}).status_code == 422
    as_("ana").post(f"/reports/{key}/remarks", data={"text": "A storm on the 12th."})
    page = as_("mia").post(f"/reports/{key}/remarks", data={"text": "Noted."}, follow_redirects=True).text
    assert look(key)["remarks"] == [("comment", "A storm on the 12th."), ("comment", "Noted.")]
    assert page.index("A storm on the 12th.") < page.index("Noted.")


@pytest.mark.parametrize(("party", "levels"), [("partner", ["csat"]), ("client", ["contacts-again"])])
def test_a_level_of_the_clients_figures_rests_on_the_clients_report_alone(report, inside, party, levels):
    of = {"window": "month", "weight": "50", "credits_on": "none", "class": "key", "scope": {"sites": [], "queues": []}}
    met = {"comparator": ">=", "value": "85"}, {"comparator": "<=", "value": "10"}
    again = {"key": "contacts-again", "name": "Contacts again", "metric": "repeat_rate", "expected": met[1]}
    csat = {"key": "csat", "name": "Satisfaction", "metric": "csat", "expected": met[0]}
    source = {"csat_responses": "partner", "csat_satisfied": "partner"}
    source |= {"repeat_contacts": "client", "resolution_checked": "client"}
    key = report(
        "quality",
        party=party,
        reports={"quality": {"grain": "month", "certification": "second_person"}},
        measures={measure: {"source": whose} for measure, whose in source.items()},
        service_levels=[{**of, **csat, "clause": "1"}, {**of, **again, "clause": "2"}],
    )
    with inside() as session:
        assert list(levels_fed_by(session.scalars(select(Report).where(Report.key == key)).one())) == levels
