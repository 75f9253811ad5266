"""After approval a figure changes only by a correction: with a reason, decided by somebody else, the old one kept."""

import io
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import select

from app import clock
from app.accounts.models import User
from app.extensions import write
from app.mail import Mail
from app.reports.models import Report, Submission
from app.reports.sending.certifying import NothingCorrected, ReasonNeeded, certify
from tests.reports.test_reviews import decide

FIGURES = {"Offered": 1000, "Answered": 950, "Answered in threshold": 800, "Abandoned": 50}
REASON = "Thirty calls of the overflow line were left out."


@pytest.fixture
def approved(as_, report, filled, upload, look):
    """Cedar's service report of October, sent by Leo and approved by Mia: its key."""
    key = report()
    upload("ana", key, filled(key, FIGURES))
    form = {"seen": look(key)["seen"], "form_key": "first", "declared": "y"}
    assert as_("leo").post(f"/reports/{key}/submission", data=form).status_code == 303
    assert decide(as_("mia"), look(key)["versions"][-1]["key"], "approval").status_code == 303
    return key


@pytest.fixture
def correct(as_, filled, upload, look):
    """Ana uploads other figures for an approved report and Leo sends them: the answer to his post."""

    def send(key: str, reason: str = REASON, **figures):
        upload("ana", key, filled(key, {**FIGURES, "Answered in threshold": 830, **figures}))
        form = {"seen": look(key)["seen"], "form_key": f"again-{reason}", "declared": "y", "reason": reason}
        return as_("leo").post(f"/reports/{key}/submission", data=form)

    return send


def counting(inside, key: str) -> tuple[str, int]:
    """The state of the report and the number of the version that counts."""
    with inside() as session:
        report = session.scalars(select(Report).where(Report.key == key)).one()
        return report.state, report.approved_version.number


def test_what_is_approved_counts_until_the_correction_is(approved, correct, as_, look, inside):
    assert correct(approved).status_code == 303
    assert counting(inside, approved) == ("sent", 1)
    assert "What is approved counts until then" in as_("ana").get(f"/reports/{approved}").text
    newest = look(approved)["versions"][-1]["key"]
    assert newest in as_("mia").get("/reviews").text
    assert decide(as_("mia"), newest, "approval").status_code == 303
    assert counting(inside, approved) == ("approved", 2)
    page = as_("ana").get(f"/reports/{approved}").text
    assert "Superseded" in page
    assert "Version 1" in page


def test_the_mail_of_a_correction_calls_it_no_more_late_than_the_page_does(
    approved, correct, inside, clock_after_the_lock
):
    assert correct(approved).status_code == 303
    with inside() as session:
        assert session.scalars(select(Submission.was_late).order_by(Submission.id.desc())).first()
        told = session.scalars(select(Mail.body).where(Mail.body.contains("a correction of approved figures"))).all()
        assert told
        assert not any("late" in body for body in told)


def test_a_correction_that_is_returned_leaves_what_was_approved(approved, correct, as_, look, inside):
    correct(approved)
    newest = look(approved)["versions"][-1]["key"]
    decide(as_("mia"), newest, "return", reason="The overflow line is not ours.")
    assert counting(inside, approved) == ("approved", 1)
    page = as_("ana").get(f"/reports/{approved}").text
    assert "The correction was returned by Mia" in page
    assert "The overflow line is not ours." in page
    assert as_("ana").get("/tasks").text.count("Returned") == 0


def test_an_approved_number_never_changes_without_a_reason(approved, correct, look, inside, as_):
    refused = correct(approved, reason="")
    assert refused.status_code == 422
    assert "Say why the approved figures were wrong." in refused.text
    assert len(look(approved)["versions"]) == 1
    with inside() as session:
        report = session.scalars(select(Report).where(Report.key == approved)).one()
        leo = session.scalars(select(User).where(User.name == "Leo")).one()
        seen = report.draft.content_hash
        with pytest.raises(ReasonNeeded), write():
            certify(report, seen_hash=seen, form_key="past the form", actor=leo)


def test_the_same_figures_correct_nothing(approved, correct, look):
    refused = correct(approved, **{"Answered in threshold": 800})
    assert refused.status_code == NothingCorrected.status
    assert "those that are approved already" in refused.text
    assert len(look(approved)["versions"]) == 1


def test_the_workbook_of_an_approved_report_holds_its_figures(approved, as_):
    body = as_("ana").get(f"/reports/{approved}/template.xlsx").data
    sheet = openpyxl.load_workbook(io.BytesIO(body)).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=7)]
    headings = [cell.value.partition(" (")[0] for cell in sheet[6]]
    for row in rows:
        given = dict(zip(headings, row, strict=True))
        assert {name: given[name] for name in FIGURES} == FIGURES


def test_the_sender_and_the_reviewer_see_what_it_changes(approved, filled, upload, correct, as_, look):
    upload("ana", approved, filled(approved, {**FIGURES, "Answered in threshold": 830}))
    lead = as_("leo").get(f"/reports/{approved}/draft/effect")
    assert lead.status_code == 200
    assert "1 finding changes" in lead.text
    assert all(words in lead.text for words in ("80.0\u00a0%", "83.0\u00a0%"))
    draft = as_("leo").get(f"/reports/{approved}/draft").text
    assert "Changed against what is approved" in draft
    assert f'hx-get="/reports/{approved}/draft/effect"' in draft
    correct(approved)
    newest = look(approved)["versions"][-1]["key"]
    review = as_("mia").get(f"/submissions/{newest}/review").text
    assert REASON in review
    assert "Version 1, approved" in review
    assert "1 finding changes" in as_("mia").get(f"/submissions/{newest}/effect").text
    block = as_("mia").get(f"/submissions/{newest}/effect", htmx=True).text
    assert "1 finding changes" in block
    assert "<html" not in block


def test_the_reviewer_of_a_correction_sees_first_where_figures_changed(approved, filled, upload, as_, look):
    def at_the_first_place(sheet):
        header = next(row for row in sheet.iter_rows() if row[1].value == "Site")
        column = next(cell.column for cell in header if str(cell.value).startswith("Answered in threshold"))
        sheet.cell(header[0].row + 1, column).value = 830

    upload("ana", approved, filled(approved, FIGURES, at_the_first_place))
    form = {"seen": look(approved)["seen"], "form_key": "one", "declared": "y", "reason": REASON}
    assert as_("leo").post(f"/reports/{approved}/submission", data=form).status_code == 303
    newest = look(approved)["versions"][-1]["key"]
    first, _, rest = as_("mia").get(f"/submissions/{newest}/review").text.partition("with the figures of version 1")
    assert (">830<" in first, ">830<" in rest) == (True, False)
    assert "the same" in rest


def test_a_first_version_has_no_effect_page(as_, report, filled, upload, look):
    key = report()
    upload("ana", key, filled(key, FIGURES))
    assert as_("leo").get(f"/reports/{key}/draft/effect").status_code == 404
    as_("leo").post(f"/reports/{key}/submission", data={"seen": look(key)["seen"], "form_key": "a", "declared": "y"})
    assert as_("mia").get(f"/submissions/{look(key)['versions'][-1]['key']}/effect").status_code == 404


def test_a_correction_that_was_begun_is_a_task_until_it_is_sent_or_discarded(approved, filled, upload, as_, look):
    assert approved not in as_("ana").get("/tasks").text
    upload("ana", approved, filled(approved, {**FIGURES, "Abandoned": 40}))
    tasks = as_("leo").get("/tasks").text
    assert approved in tasks
    assert "Correction" in tasks
    assert as_("ana").post(f"/reports/{approved}/draft/removal").status_code == 303
    assert approved not in as_("leo").get("/tasks").text
    assert look(approved)["draft"] is None


def test_a_draft_that_is_discarded_leaves_the_report_due(as_, report, filled, upload, look):
    key = report()
    upload("ana", key, filled(key, FIGURES))
    assert look(key)["state"] == "drafted"
    assert as_("ana").post(f"/reports/{key}/draft/removal").status_code == 303
    assert look(key)["state"] == "due"
    assert "Discarded the draft" in as_("ana").get(f"/reports/{key}").text


def test_a_correction_is_sent_after_the_lock(approved, correct, clock_after_the_lock, look):
    assert correct(approved).status_code == 303
    assert len(look(approved)["versions"]) == 2


@pytest.fixture
def clock_after_the_lock(approved, inside):

    with inside() as session:
        locked = session.scalars(select(Report.lock_at).where(Report.key == approved)).one()
    with clock.at(locked + timedelta(days=30)):
        yield


def test_who_sent_a_correction_does_not_approve_it(approved, filled, upload, as_, look, inside):
    upload("mia", approved, filled(approved, {**FIGURES, "Abandoned": 40}))
    form = {"seen": look(approved)["seen"], "form_key": "mias", "declared": "y", "reason": REASON}
    assert as_("mia").post(f"/reports/{approved}/submission", data=form).status_code == 303
    newest = look(approved)["versions"][-1]["key"]
    with inside() as session:
        sent = session.scalars(select(Submission).where(Submission.key == newest)).one()
        assert (sent.on_behalf, sent.correction_reason) == (True, REASON)
        seen = sent.content_hash
    assert as_("mia").post(f"/submissions/{newest}/approval", data={"seen": seen}).status_code == 403
    assert as_("mona").post(f"/submissions/{newest}/approval", data={"seen": seen}).status_code == 303
