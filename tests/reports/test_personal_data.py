"""Personal data is found, blanked and purged before anything of it is kept; somebody leaves the columns out."""

import io
import logging

import pytest
from sqlalchemy import select

from app.blobs import Blob
from app.copying import copy_of
from app.events import Event
from app.extensions import Base
from app.reading import BLANK, Cell, Row, Sheet, read
from app.reports.histories.batches import Batch
from app.reports.models import Draft, Report, Submission
from app.reports.uploads.models import Upload
from tests.reader.files import workbook
from tests.reports.test_mapping import fields_of, own_name, own_workbook

PERSON = ("Zenobia Quist", "zenobia.quist@cedar.example", "+57 601 555 0142", "EMP-90417")
MARKS = ("Zenobia", "Quist", "zenobia", "555 0142", "90417")
SERVICE = ("Month", "Site", "Queue", "Offered", "Answered", "Answered in threshold", "Abandoned")


@pytest.fixture
def full_of_people(report):
    """A report, and a file for it with the people beside the figures and on a sheet of their own."""
    rows = [["2026-10", "cedar-one", queue, 1003, 951, 803, 47, *PERSON] for queue in ("cedar-voice", "cedar-chat")]

    def add(book):
        sheet = book.create_sheet("Roster")
        sheet.append(["Empleado", "Correo electrónico"])
        sheet.append(PERSON[:2])

    return report(), workbook([*SERVICE, "Agent", "E-mail", "Phone", "Employee ID"], *rows, change=add)


def kept_everywhere(session) -> str:
    """All that the database holds, bytes of workbooks unpacked."""
    told = []
    for table in Base.metadata.sorted_tables:
        for row in session.execute(select(*table.columns)).all():
            told += [_unpacked(value) if isinstance(value, bytes) else str(value) for value in row]
    return "\n".join(told)


def _unpacked(content: bytes) -> str:
    return str(read("a.xlsx", content)) if content.startswith(b"PK") else content.decode("utf-8", "replace")


def test_nothing_of_a_person_is_kept_said_or_logged(full_of_people, upload, inside, caplog):
    key, content = full_of_people
    with caplog.at_level(logging.DEBUG):
        page = upload("ana", key, content).text
    assert "Personal data has no place in a report" in page
    assert "<b>Sheet Sheet, column H (Agent)</b>: looks like names of people" in page
    assert "<b>Sheet Roster, column B (Correo electrónico)</b>: looks like e-mail addresses" in page
    with inside() as session:
        everything = kept_everywhere(session)
    assert [mark for mark in MARKS if mark in everything or mark in page or mark in caplog.text] == []


def test_nothing_is_sent_before_the_columns_are_left_out(full_of_people, upload, look, as_):
    key, content = full_of_people
    upload("ana", key, content)
    form = {"seen": look(key)["seen"], "form_key": "one", "declared": "y"}
    refused = as_("leo").post(f"/reports/{key}/submission", data=form)
    assert (refused.status_code, "columns with personal data" in refused.text) == (422, True)
    seen = {"seen": look(key)["warned"]}
    assert as_("ana").post(f"/reports/{key}/draft/left-out-columns", data={"seen": "0"}).status_code == 409
    assert as_("ana").post(f"/reports/{key}/draft/left-out-columns", data=seen).status_code == 303
    assert as_("leo").post(f"/reports/{key}/submission", data=form).status_code == 303
    version = look(key)["versions"][-1]["key"]
    original = as_("leo").get(f"/submissions/{version}/original")
    assert "report without personal data.xlsx" in original.headers["Content-Disposition"]
    assert [mark for mark in MARKS if mark in _unpacked(original.data)] == []
    assert "1003" in _unpacked(original.data)


@pytest.mark.portable
def test_the_bytes_are_gone_and_the_record_says_so_with_both_hashes(full_of_people, upload, inside):
    key, content = full_of_people
    upload("ana", key, content)
    with inside() as session:
        event = session.scalars(select(Event).where(Event.kind == "personal-data.found")).one()
        blobs = {blob.sha256: blob.id for blob in session.scalars(select(Blob))}
        assert event.figures["purged"] is True
        assert event.figures["original"] not in blobs
        assert blobs[event.figures["kept"]] == session.scalars(select(Draft.blob_id)).one()
        assert (event.figures["columns"], event.figures["holding"]) == (6, ["email", "name", "number", "phone"])


def test_a_file_that_is_refused_is_purged_too(report, upload, inside):
    key = report()
    upload("ana", key, b"Name,E-mail\nZenobia Quist,zenobia.quist@cedar.example\n", "people.csv")
    with inside() as session:
        assert session.scalars(select(Blob)).all() == []


def test_history_is_held_until_the_columns_are_left_out(report, as_, inside):
    report()
    body = "Partner,Contract,Month,Site,Queue,Offered,Answered,Answered in threshold,Abandoned,Team lead\n" + "".join(
        f"cedar,SOW-1,2026-09,cedar-one,{queue},1003,951,803,47,{PERSON[0]}\n"
        for queue in ("cedar-voice", "cedar-chat")
    )
    data = {"file": (io.BytesIO(body.encode()), "years.csv")}
    held = as_("mia").post("/history-imports", data=data, content_type="multipart/form-data")
    page = as_("mia").get(held.headers["Location"]).text
    assert "<b>Column J (Team lead)</b>: looks like names of people" in page
    with inside() as session:
        assert [mark for mark in MARKS if mark in kept_everywhere(session)] == []
    going_on = as_("mia").post(f"{held.headers['Location']}/left-out-columns", follow_redirects=True)
    assert "years without personal data.xlsx" in going_on.text
    assert "Approve" in as_("mona").get(going_on.request.path).text
    with inside() as session:
        assert [mark for mark in MARKS if mark in kept_everywhere(session)] == []


def test_what_reading_told_of_a_history_is_told_of_its_copy_too(report, as_, inside):
    """The copy is what is imported, and what reviewers see of how the file was read."""

    def change(book):
        book.active.row_dimensions[2].hidden = True
        book.create_sheet("Workings").append([1])
        book["Workings"].sheet_state = "hidden"

    report()
    heading = ["Month", "Site", "Queue", "Offered", "Answered", "Answered in threshold", "Abandoned", "Team lead"]
    rows = [["2026-09", "cedar-one", queue, 1003, 951, 803, 47, PERSON[0]] for queue in ("cedar-voice", "cedar-chat")]
    data = {"file": (io.BytesIO(workbook(heading, *rows, change=change)), "years.xlsx")}
    held = as_("mia").post("/history-imports", data=data)
    as_("mia").post(f"{held.location}/left-out-columns")
    with inside() as session:
        told = session.scalars(select(Batch)).one().notes
    assert told == ["The hidden sheet “Workings” was not read.", "1 hidden row was read: 2."]


def test_a_cell_too_many_is_one_also_when_it_holds_personal_data(report, upload, look, as_):
    """The row of 1,003 offered has shifted: its reason, an address, stands beyond the headings."""
    key = report()
    body = ",".join([*SERVICE, "No figures because"]) + (
        "\n2026-10,cedar-one,cedar-voice,1,003,951,803,47,lea@cedar.example"
        "\n2026-10,cedar-one,cedar-chat,1003,951,803,47,"
    )
    upload("ana", key, body.encode(), "october.csv")

    def told() -> list[str]:
        return [each["words"] for each in look(key)["draft"]["problems"] if each["row"] == 2]

    assert [words[:54] for words in told()] == ["This row has 9 cells, and there are 8 headings. Perhap"]
    first = told()
    as_("ana").post(f"/reports/{key}/draft/left-out-columns", data={"seen": look(key)["warned"]})
    as_("ana").post(f"/reports/{key}/draft/number-style", data={"style": "1.234,5"}, follow_redirects=True)
    assert told() == first


def test_a_copy_reads_as_the_file_did():
    content = b"a;b;c\n1;0,5;x\n-3;2026-10-01;=1+1\n"
    (sheet,) = read("a.csv", content).sheets
    (again,) = read("a.xlsx", copy_of([sheet])).sheets
    assert [[cell.text for cell in row.cells] for row in again.rows] == [
        [cell.text for cell in row.cells] for row in sheet.rows
    ]
    kinds = workbook([1.5, 0.1, "007", True, "#N/A", 123456789012345], change=_formats)
    (sheet,) = read("a.xlsx", kinds).sheets
    (again,) = read("a.xlsx", copy_of([sheet])).sheets
    assert again.rows == sheet.rows


def _formats(book) -> None:
    from datetime import datetime, timedelta

    book.active["B1"].number_format = "0.0 %"
    book.active["G1"] = datetime.fromisoformat("2026-10-01T08:30:00")
    book.active["H1"] = timedelta(hours=30)
    book.active["H1"].number_format = "[h]:mm:ss"


def test_a_file_that_waits_to_be_mapped_holds_nothing_of_a_person(report, upload, inside):
    """The layout of tests/reports/test_mapping.py, with whoever is responsible in a column of its own."""

    def add(sheet):
        sheet.cell(4, 10).value = "Supervisor"
        for row in (8, 9):
            sheet.cell(row, 10).value = PERSON[0]

    page = upload("ana", report(), own_workbook(add), "october.xlsx").text
    assert "One column is blank now" in page
    assert "which Accord does not keep: Sheet " in page
    with inside() as session:
        waiting = session.scalars(select(Upload)).one()
        assert (waiting.state, waiting.personal[0]["kind"]) == ("unmapped", "name")
        assert [mark for mark in MARKS if mark in kept_everywhere(session) or mark in page] == []


def test_a_column_that_the_mapping_leaves_out_is_not_asked_about_again_until_the_layout_changes(
    report, upload, as_, inside
):
    def add(sheet, heading="Supervisor"):
        sheet.cell(4, 10).value = heading
        for row in (8, 9):
            sheet.cell(row, 10).value = PERSON[0]

    def draft_of(month: str) -> tuple[list, list]:
        with inside() as session:
            draft = session.scalars(select(Draft).join(Draft.report).where(Report.month == month)).one()
            return draft.personal, draft.table["notes"]

    told = "olumn J (Supervisor) looks like names of people: it is left out, as the mapping says, and is not kept."
    october, november = report(month="2026-10"), report(month="2026-11")
    asked = upload("ana", october, own_workbook(add))
    said = {**fields_of(asked.text), own_name(asked.text, "Unassigned"): "-", "leave_out": "y", "confirm": "yes"}
    as_("ana").post(asked.request.path, data=said)
    personal, notes = draft_of("2026-10")
    assert (personal, sum(told in note for note in notes)) == ([], 1)
    in_november = lambda sheet: (add(sheet), _in_november(sheet))  # noqa: E731
    assert upload("ana", november, own_workbook(in_november)).request.path == f"/reports/{november}/draft"
    personal, notes = draft_of("2026-11")
    assert (personal, sum(told in note for note in notes)) == ([], 1)
    changed = own_workbook(lambda sheet: (add(sheet, "Team lead"), _in_november(sheet)))
    assert upload("ana", november, changed).request.path.endswith("/mapping")
    with inside() as session:
        left_out = session.scalars(select(Event).where(Event.kind == "personal-data.left-out")).all()
        assert [event.figures["holding"] for event in left_out] == [["name"], ["name"]]
        assert [mark for mark in MARKS if mark in kept_everywhere(session)] == []


def _in_november(sheet) -> None:
    sheet["A1"] = "Table 3: Calls by practice, November 2026"
    for row in (8, 9, 10):
        sheet.cell(row, 1).value = "2026-11-01"


def test_the_copy_keeps_merged_headings_and_what_lies_under_them():
    rows = (
        Row(1, (Cell("text", "Answered"), Cell("text", "beneath"), BLANK)),
        Row(2, (Cell("text", "Total"), Cell("text", "%"), Cell("text", "In time"))),
        Row(3, (Cell("number", "12"), Cell("percent", "0.5"), Cell("number", "6"))),
    )
    sheet = Sheet("Calls", rows, (), ((1, 1, 1, 3), (1, 3, 2, 3), (3, 1, 3, 1)))
    (again,) = read("a.xlsx", copy_of([sheet])).sheets
    assert again.merged == ((1, 1, 1, 3),)
    assert [[cell.text for cell in row.cells] for row in again.rows] == [
        ["Answered", "beneath"],
        ["Total", "%", "In time"],
        ["12", "0.5", "6"],
    ]


def test_what_reading_told_is_told_still_when_the_copy_is_read(report, upload, as_, inside, look, certify):
    def change(sheet):
        sheet["A13"] = "Questions to calls@cedar.example"
        sheet.row_dimensions[9].hidden = True
        sheet.parent.create_sheet("Workings").append([1])
        sheet.parent["Workings"].sheet_state = "hidden"

    def notes() -> list[str]:
        with inside() as session:
            return session.scalars(select(Draft)).one().table["notes"]

    key = report()
    asked = upload("ana", key, own_workbook(change))
    said = {**fields_of(asked.text), own_name(asked.text, "Unassigned"): "-", "leave_out": "y", "confirm": "yes"}
    assert as_("ana").post(asked.request.path, data=said).status_code == 303
    told = notes()
    assert "The hidden sheet “Workings” was not read." in told
    assert any(note.startswith("1 hidden row was read") for note in told), told
    assert "E-mail addresses, phone numbers and numbers of people were left out of these cells" in " ".join(told)
    assert "are not kept: Table 3!A13." in " ".join(told)
    upload("ana", key, own_workbook(change))
    assert notes() == told
    certify("leo", key)
    version = look(key)["versions"][0]["key"]
    with inside() as session:
        seen = session.scalars(select(Submission.content_hash)).one()
    as_("mia").post(f"/submissions/{version}/return", data={"seen": seen, "reason": "Offered looks low."})
    as_("ana").post(f"/submissions/{version}/draft")
    assert notes() == told
