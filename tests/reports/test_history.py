"""History import: past months in one file, nothing written until all of it is right, a second person decides."""

import io
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app import clock, jobs
from app.accounts.models import User
from app.extensions import write
from app.performance.judging import recomputing
from app.performance.models import Evaluation, Finding, LedgerEntry
from app.reports.histories import files as history_files
from app.reports.histories.batches import Batch
from app.reports.histories.files import HistoryFile
from app.reports.models import Line, Report, Review, Submission
from tests.reader.files import workbook
from tests.reports.past_months import FIRST, HEADING, SECOND, imported, rows_for, upload
from tests.rig.people import THE_DAY

pytestmark = pytest.mark.usefixtures("two_contracts")


def test_past_months_of_several_partners_come_in_with_one_file(as_, inside):
    imported(as_)
    with inside() as session:
        assert session.scalar(select(func.count()).select_from(Batch)) == 2
        assert session.scalar(select(func.count()).select_from(Submission)) == 4
        assert set(session.scalars(select(Line.days_reported))) == {7, None}
        assert set(session.scalars(select(Report.state).where(Report.month < "2026-10"))) == {"sent"}


@pytest.mark.parametrize(
    ("heading", "months"),
    [("Month", ("202608", "202609")), ("Year,Month", ("2026,8", "2026,9")), ("Year,Month", ("2026,Aug", "2026,Sept"))],
    ids=["as a number", "beside their year", "by name beside their year"],
)
def test_months_may_be_numbers_or_stand_beside_their_year(as_, inside, heading, months):
    figures = ("1000,900,800", "1400,1300,1200")
    rows = [f"cedar,{month},cedar-one,cedar-voice,{given}" for month, given in zip(months, figures, strict=True)]
    names = f"Partner,{heading},Site,Queue,offered,answered,answered_in_threshold"
    assert upload(as_("mia"), *rows, heading=names).status_code == 303
    with inside() as session:
        assert set(session.scalars(select(Report.month).join(Submission.report))) == {"2026-08", "2026-09"}


@pytest.mark.parametrize("heading", [HEADING, "Mes;Sede;Cola;Recibidas;Atendidas"], ids=["our words", "others"])
def test_a_file_without_a_row_is_no_import(as_, inside, heading):
    refused = upload(as_("mia"), "", heading=heading)
    assert refused.status_code == 422
    with inside() as session:
        assert session.scalars(select(HistoryFile.state)).all() == ["refused"]


def test_what_looks_like_a_formula_is_quoted_in_the_rows_that_are_kept(as_, inside):
    formula = "=cmd|' /C calc'!A0"
    row = rows_for("cedar")[0]
    assert upload(as_("mia"), f"{row},{formula},-3.5", heading=f"{HEADING},Remark,Gap").status_code == 303
    with inside() as session:
        kept = session.scalars(select(Batch)).one().submissions[0].blob.content.decode()
    assert kept.splitlines()[1].endswith(f",'{formula},-3.5")


@pytest.mark.parametrize("codes", [["cedar"], ["cedar", "birch"]], ids=["one partner's", "two partners'"])
def test_what_of_the_file_was_not_read_is_told_and_names_nothing_of_another_partner(as_, inside, codes):
    def add(book):
        book.active.row_dimensions[2].hidden = True
        book.create_sheet("2024").append([1])
        book.create_sheet("2023").append([1])
        book["2023"].sheet_state = "hidden"

    rows = [HEADING.split(","), *(row.split(",") for code in codes for row in rows_for(code))]
    data = {"file": (io.BytesIO(workbook(*rows, change=add)), "history.xlsx")}
    assert as_("mia").post("/history-imports", data=data).status_code == 303
    alone = ["The hidden sheet “2023” was not read.", "The sheet “2024” was not read.", "1 hidden row was read: 2."]
    with inside() as session:
        told = [batch.notes for batch in session.scalars(select(Batch))]
    assert told == ([alone] if len(codes) == 1 else [["Sheets of the file that were not read: 2."]] * 2)


def test_a_history_in_another_number_style_is_told_once_with_what_else_is_wrong(as_):
    rows = [
        "cedar,2026-08,cedar-one,cedar-voice,,1.000,1.900,1.800",
        "cedar,2026-09,cedar-one,nowhere,,2.000,1.900,1.800",
    ]
    refused = upload(as_("mia"), *rows).text
    assert "This file writes numbers as 1.234,5, and they were expected as 1,234.5" in refused
    assert "say on the partner&#39;s page that its people write 1.234,5." in refused
    assert "may mean" not in refused
    assert "“nowhere” is not a queue of this report." in refused


def test_a_column_that_is_not_asked_for_and_a_cell_without_a_heading_are_told(as_, inside):
    rows = [[*HEADING.split(","), "Hold time", "Remark"], *(row.split(",") for row in rows_for("cedar"))]
    data = {"file": (io.BytesIO(workbook(*rows, I2="12:30", L3="checked twice")), "history.xlsx")}
    assert as_("mia").post("/history-imports", data=data).status_code == 303
    with inside() as session:
        (told,) = [batch.notes for batch in session.scalars(select(Batch))]
    assert told == [
        "Cells without a heading were left out: L3.",
        "Columns that are not asked for were left out: Hold time.",
    ]


def test_each_partner_keeps_only_its_own_rows_of_the_file(as_, inside):
    imported(as_)
    with inside() as session:
        for batch in session.scalars(select(Batch)):
            submission = batch.submissions[0]
            own = batch.contract.partner.code
            other = {"cedar": "birch", "birch": "cedar"}[own]
            assert own.encode() in submission.blob.content
            for sent in batch.submissions:
                assert f"\n{sent.lines[0].row_number},{own}".encode() in submission.blob.content
            assert other.encode() not in submission.blob.content


def test_whoever_imported_it_cannot_approve_it(as_, inside):
    key = imported(as_)
    assert "/approval" not in as_("mia").get(f"/history-imports/{key}").text
    assert as_("mia").post(f"/history-imports/{key}/approval").status_code == 403
    with inside() as session:
        assert set(session.scalars(select(Batch.state))) == {"sent"}


def test_a_second_person_approves_and_the_months_are_judged_without_credits(as_, app, inside):
    key = imported(as_)
    assert as_("mona").post(f"/history-imports/{key}/approval").status_code == 303
    with app.app_context():
        jobs.run_pending()
    with inside() as session:
        found = {
            (finding.month, finding.attainment, finding.disposition)
            for finding in session.scalars(select(Finding).where(Finding.month < "2026-10", Finding.value.is_not(None)))
        }
        assert found == {
            ("2026-08", "below_expected", "not_credited"),
            ("2026-09", "below_expected", "not_credited"),
        }
        assert session.scalar(select(func.count()).select_from(LedgerEntry)) == 0


def test_finance_may_ask_for_credits_once(as_, app, inside):
    key = imported(as_)
    as_("mona").post(f"/history-imports/{key}/approval")
    assert as_("mia").post(f"/history-imports/{key}/credits").status_code == 403
    assert as_("finn").post(f"/history-imports/{key}/credits").status_code == 303
    assert as_("finn").post(f"/history-imports/{key}/credits").status_code == 409
    with app.app_context():
        jobs.run_pending()
    with inside() as session:
        current = select(Finding.disposition).where(Finding.month == "2026-09").order_by(Finding.id.desc())
        assert session.scalars(current).first() == "counts"


def test_a_refused_import_opens_the_months_again(as_, inside):
    key = imported(as_)
    assert as_("mona").post(f"/history-imports/{key}/refusal").status_code == 303
    assert as_("mona").post(f"/history-imports/{key}/approval").status_code == 409
    with inside() as session:
        assert set(session.scalars(select(Report.state))) == {"due"}
    assert upload(as_("mia"), *rows_for("cedar")).status_code == 303


def test_an_import_that_waits_and_one_that_is_refused_are_judged_anew(as_, app, inside):
    """What waits for a decision is not overdue, and after a refusal it is again."""

    def standing() -> str:
        with app.app_context():
            jobs.run_pending()
        with inside() as session:
            in_force = select(Evaluation).where(Evaluation.month == "2026-09", Evaluation.superseded_at.is_(None))
            return session.scalars(in_force.order_by(Evaluation.id.desc())).first().findings[0].attainment

    key = imported(as_)
    waiting = standing()
    as_("mona").post(f"/history-imports/{key}/refusal")
    assert (waiting, standing()) == ("provisional", "not_reported")


def test_the_months_before_finance_asked_are_computed_again_as_they_were(as_, app, inside):
    key = imported(as_)
    as_("mona").post(f"/history-imports/{key}/approval")
    with app.app_context():
        jobs.run_pending()
    with clock.at(THE_DAY + timedelta(hours=1)):
        as_("finn").post(f"/history-imports/{key}/credits")
    with inside() as session:
        in_force = select(Evaluation).where(Evaluation.month == "2026-09", Evaluation.superseded_at.is_(None))
        judged = session.scalars(in_force).first()
        assert recomputing.is_the_same(judged, recomputing.recompute(judged))


def test_a_refused_import_leaves_a_returned_report_open_to_be_mended(as_, inside):
    with inside() as session, write():
        mona = session.scalars(select(User).where(User.name == "Mona")).one()
        report = session.scalars(select(Report).where(Report.month == "2026-09").order_by(Report.id)).first()
        report.state, mine = "returned", {"partner_id": report.partner_id}
        sent = Submission(
            **mine,
            report_id=report.id,
            number=1,
            content_hash="0",
            form_key="0",
            filename="",
            prepared_by_id=mona.id,
            certified_by_id=mona.id,
            sent_at=THE_DAY,
        )
        session.add(sent)
        session.flush()
        review = {"decision": "returned", "content_hash": "0", "reviewer_id": mona.id, "decided_at": THE_DAY}
        session.add(Review(**mine, submission_id=sent.id, **review))
        returned = report.key
    key = imported(as_)
    as_("mona").post(f"/history-imports/{key}/refusal")
    with inside() as session:
        states = dict(session.execute(select(Report.key, Report.state).where(Report.month < "2026-10")).all())
    assert states.pop(returned) == "returned"
    assert set(states.values()) == {"due"}


def test_a_month_of_7_days_is_shown_as_such(as_, app):
    key = imported(as_)
    as_("mona").post(f"/history-imports/{key}/approval")
    with app.app_context():
        jobs.run_pending()
    assert "Aug 2026" in as_("mona").get(f"/history-imports/{key}").text
    assert "7 of 31 days" in as_("leo").get("/performance?month=2026-08", follow_redirects=True).text


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("pine,2026-08,cedar-one,cedar-voice,,1,1,1", "No contract that you may see fits"),
        ("cedar,August,cedar-one,cedar-voice,,1,1,1", "is no month"),
        ("cedar,2026-08,cedar-two,cedar-voice,,1,1,1", "is not a site of this report"),
        ("cedar,2026-08,cedar-one,cedar-voice,,many,1,1", "is not a number"),
        ("cedar,2026-08,cedar-one,cedar-voice,40,10,9,8", "cannot have been reported"),
        ("cedar,2026-08,cedar-one,cedar-voice,²,10,9,8", "cannot have been reported"),
        ("cedar,2026-08,cedar-one,cedar-voice,,8,9,7", "is more than"),
        ("cedar,2025-01,cedar-one,cedar-voice,,10,9,8", "asks for none of these figures"),
        ("cedar,2026-09,cedar-one,Total,,2000,1900,1700", "This row is a total (“Total”). Take it out of the file."),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_imported(as_, inside, row, words):
    response = upload(as_("mia"), *rows_for("birch"), row)
    assert response.status_code == 422
    assert words in response.text
    with inside() as session:
        assert session.scalar(select(func.count()).select_from(Batch)) == 0


def test_figures_that_were_sent_are_never_overwritten(as_):
    imported(as_)
    response = upload(as_("mona"), *rows_for("cedar"))
    assert response.status_code == 422
    assert "is sent already" in response.text


def test_rows_on_two_sheets_are_refused_and_not_half_read(as_):
    def second(book):
        sheet = book.create_sheet("2025")
        sheet.append(HEADING.split(","))
        sheet.append(SECOND.format("birch").split(","))

    content = workbook(HEADING.split(","), FIRST.format("birch").split(","), change=second)
    data = {"file": (io.BytesIO(content), "history.xlsx")}
    response = as_("mia").post("/history-imports", data=data, content_type="multipart/form-data")
    assert response.status_code == 422
    assert "The sheets “Sheet” and “2025” both have the headings Month, Site and Queue." in response.text


def test_a_file_without_the_headings_says_which_are_missing(as_):
    response = upload(as_("mia"), "1,2,3", heading="a,b,c")
    assert response.status_code == 422
    assert "Month, Site and Queue" in response.text
    assert "as this page says" in response.text
    assert "one column per measure" in response.text


def test_a_manager_of_one_partner_neither_sees_nor_touches_the_other(as_, inside):
    key = imported(as_)
    shown = as_("max").get(f"/history-imports/{key}")
    assert "Birch" in shown.text
    assert "Cedar" not in shown.text
    assert as_("max").post(f"/history-imports/{key}/approval").status_code == 303
    with inside() as session:
        states = {batch.contract.partner.code: batch.state for batch in session.scalars(select(Batch))}
    assert states == {"cedar": "sent", "birch": "approved"}


def test_what_a_manager_of_one_partner_left_is_decided_by_another(as_, inside):
    key = imported(as_)
    as_("max").post(f"/history-imports/{key}/refusal")
    assert f"/history-imports/{key}/approval" in as_("mona").get(f"/history-imports/{key}").text
    assert as_("mona").post(f"/history-imports/{key}/approval").status_code == 303
    assert as_("mona").post(f"/history-imports/{key}/approval").status_code == 409
    assert as_("finn").post(f"/history-imports/{key}/credits").status_code == 303
    with inside() as session:
        found = {(batch.contract.partner.code, batch.state) for batch in session.scalars(select(Batch))}
        asked = [batch.state for batch in session.scalars(select(Batch)) if batch.credits_asked_at]
    assert found == {("cedar", "approved"), ("birch", "refused")}
    assert asked == ["approved"]


def test_a_partner_sees_its_own_share_and_others_nothing(as_):
    key = imported(as_)
    assert "Birch" not in as_("leo").get(f"/history-imports/{key}").text
    assert as_("leo").get("/history-imports").status_code == 403
    assert as_("leo").get("/history-imports/nothing").status_code == 404


def test_a_large_history_is_kept_and_its_page_waits_for_the_import(as_, app, inside, monkeypatch):
    monkeypatch.setattr(history_files, "QUICK_BYTES", 0)
    mia = as_("mia")
    waiting = upload(mia, *rows_for("cedar"), *rows_for("birch")).location
    shown = mia.get(waiting)
    assert "Your file is being checked" in shown.text
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in shown.text
    assert as_("mona").get(waiting).status_code == 404
    assert waiting in mia.get("/history-imports").text
    assert waiting not in as_("mona").get("/history-imports").text
    with inside() as session:
        assert session.scalar(select(func.count()).select_from(Batch)) == 0
    with app.app_context():
        jobs.run_pending()
    done = mia.get(waiting)
    assert done.status_code == 303
    assert mia.get(waiting, headers={"HX-Request-Type": "partial"}).headers["HX-Redirect"] == done.location
    assert f'action="{done.location}/approval"' in as_("mona").get(done.location).text
    with inside() as session:
        assert session.scalar(select(func.count()).select_from(Batch)) == 2
        assert session.scalars(select(HistoryFile.content)).all() == [None]


def test_the_worker_reads_a_history_within_its_bringers_partners(as_, app, inside, monkeypatch):
    monkeypatch.setattr(history_files, "QUICK_BYTES", 0)
    waiting = upload(as_("max"), *rows_for("birch"), *rows_for("cedar")).location
    with app.app_context():
        jobs.run_pending()
    refused = as_("max").get(waiting)
    assert refused.status_code == 200
    assert "No contract that you may see fits this partner" in refused.text
    with inside() as session:
        assert session.scalar(select(func.count()).select_from(Batch)) == 0


def test_a_history_that_no_request_finished_is_imported_once(as_, app, inside):
    imported(as_)
    with app.app_context():
        jobs.run_pending()
    with inside() as session:
        assert session.scalar(select(func.count()).select_from(Batch)) == 2
        kept = session.scalars(select(HistoryFile)).one()
        assert (kept.state, kept.import_key) == ("ready", session.scalars(select(Batch.import_key).distinct()).one())


def test_a_history_over_which_every_worker_dies_ends_in_a_clear_sentence(as_, app, monkeypatch):
    monkeypatch.setattr(history_files, "QUICK_BYTES", 0)
    waiting = upload(as_("mia"), *rows_for("cedar")).location
    with app.app_context():
        for attempt in range(jobs.ATTEMPTS):
            with clock.at(THE_DAY + timedelta(minutes=2 * attempt)):
                while jobs.claim() is not None:
                    pass
        with clock.at(THE_DAY + timedelta(days=1)):
            while jobs.work_once():
                pass
    assert "something went wrong in Accord, not in your file" in as_("mia").get(waiting).text
