"""Everything that can be wrong with an upload: said by cell, in plain words, and nothing is lost."""

import io
from datetime import date, timedelta

import openpyxl
import pytest
from sqlalchemy import select

from app import clock
from app.contracts.models import Contract
from app.extensions import write
from app.partners.models import Partner, Queue
from app.reports.models import Report
from tests.rig.people import THE_DAY


def column(sheet, name: str) -> int:
    header = next(row for row in sheet.iter_rows() if row[1].value == "Site")
    return next(cell.column for cell in header if str(cell.value).startswith(name))


def put(name: str, value, row: int = 7):
    """Type a value into a column of a row; 7 is the first."""

    def change(sheet):
        sheet.cell(row, column(sheet, name)).value = value

    return change


def put_percent(sheet):
    cell = sheet.cell(7, column(sheet, "Offered"))
    cell.value, cell.number_format = 0.79, "0 %"


def rename(name: str, other: str):
    def change(sheet):
        sheet.cell(6, column(sheet, name)).value = other

    return change


def repeat(sheet):
    for cell in sheet[7]:
        sheet.cell(9, cell.column).value = cell.value


@pytest.mark.parametrize(
    ("change", "place", "words"),
    [
        (put("Offered", "abc"), "Sheet Service, D7 (Offered)", "“abc” is not a number. Type a count such as 1250."),
        (put("Offered", -5), "D7 (Offered)", "“-5” is negative. Type a count such as 1250."),
        (put("Offered", 12.5), "D7 (Offered)", "“12.5” is not a whole number."),
        (put("Offered", 0.79), "D7 (Offered)", "this column takes the count, not the percentage"),
        (put_percent, "D7 (Offered)", "79 % is a percentage; this column takes contacts."),
        (put("Offered", "79 %"), "D7 (Offered)", "79 % is a percentage"),
        (put("Offered", "1.250,0"), "D7 (Offered)", "“1.250,0” is not a number"),
        (put("Offered", date(2026, 10, 1)), "D7 (Offered)", "2026-10-01 is a date"),
        (put("Offered", True), "D7 (Offered)", "TRUE is not a number"),
        (put("Offered", "=1/0"), "D7 (Offered)", "has no stored result"),
        (put("Offered", "1e400"), "D7 (Offered)", "is not a number"),
        (put("Offered", 10**16), "D7 (Offered)", "larger than any count"),
        (put("Offered", None), "D7 (Offered)", "The cell is empty."),
        (put("Site", "BOGX"), "B7 (Site)", "“BOGX” is not a site of this report."),
        (put("Site", "cedar-on"), "B7 (Site)", "Did you mean cedar-one?"),
        (put("Site", None), "B7 (Site)", "The site is empty. Type one of cedar-one."),
        (put("Queue", "EN-MAIL"), "C7 (Queue)", "“EN-MAIL” is not a queue of this report."),
        (put("Month", "2026-09"), "A7 (Month)", "2026-09 is not in October 2026"),
        (put("Month", "soon"), "A7 (Month)", "“soon” is no month. Type it as 2026-10."),
        (repeat, "B9 (Site)", "cedar-one, cedar-voice stands in row 7 already."),
        (lambda sheet: sheet.delete_rows(8), "Missing row", "cedar-one, cedar-chat is not in the file."),
        (rename("Offered", "Calls"), "Sheet Service, row 6", "The column “Offered (contacts)” is missing."),
        (rename("Month", "Period"), "Sheet Service, row 6", "The column “Month” is missing."),
        (rename("Answered (", "Offered"), "E6 (Offered)", "This heading stands here twice."),
        (put("Answered in", 960), "F7", "Answered in threshold (960) is more than Answered (950)"),
        (put("Answered (", 1001), "E7", "Answered (1001) is more than Offered (1000)"),
    ],
)
def test_what_is_wrong_is_named_by_cell(report, filled, upload, look, change, place, words):
    key = report()
    answer = upload("ana", key, filled(key, change=change))
    told = [f"{problem['place']}: {problem['words']}" for problem in look(key)["draft"]["problems"]]
    assert any(place in each and words in each for each in told), told
    assert "to put right" in answer.text
    assert look(key)["versions"] == []


def test_everything_is_listed_at_once(report, filled, upload, look):
    key = report()

    def spoil(sheet):
        for row in (7, 8):
            for name in ("Offered", "Answered (", "Answered in", "Abandoned"):
                sheet.cell(row, column(sheet, name)).value = "abc"
        for row in range(9, 30):
            put("Site", f"SITE-{row}", row)(sheet)

    answer = upload("ana", key, filled(key, change=spoil))
    told = look(key)["draft"]["problems"]
    assert len([each for each in told if "“abc”" in each["words"]]) == 8
    assert len([each for each in told if "is not a site" in each["words"]]) == 21
    assert answer.text.count("is not a number. Type a count") >= 8


def test_the_mark_stands_in_the_authors_own_table(report, filled, upload):
    key = report()
    page = upload("ana", key, filled(key, change=put("Offered", "abc"))).text
    assert 'href="#cell-7-3"' in page
    assert 'id="cell-7-3"' in page


def test_columns_of_ones_own_are_left_out_and_said(report, filled, upload, look):
    key = report()

    def add(sheet):
        sheet.cell(6, sheet.max_column + 1).value = "Comments"
        sheet.cell(7, sheet.max_column).value = "busy"

    page = upload("ana", key, filled(key, change=add)).text
    assert look(key)["draft"]["problems"] == []
    assert "left out: Comments." in page


def test_a_blank_with_its_reason_is_taken(report, filled, upload, look):
    key = report()

    def explain(sheet):
        put("Abandoned", None)(sheet)
        put("No figures because", "The switch lost them")(sheet)

    upload("ana", key, filled(key, change=explain))
    draft = look(key)["draft"]
    assert draft["problems"] == []
    assert "abandoned" not in draft["rows"][0]["measures"]
    assert (draft["rows"][0]["note"], draft["rows"][0]["nil"]) == ("The switch lost them", False)


def test_the_row_of_a_closed_queue_may_stay_empty(report, filled, upload, look, inside):
    key = report()
    with inside() as session, write():
        queue = session.scalars(select(Queue).where(Queue.code == "cedar-chat")).one()
        queue.closed_on = date(2026, 9, 30)

    def empty(sheet):
        assert sheet.cell(8, column(sheet, "No figures")).value == "Queue closed"
        for place in range(4, 9):
            sheet.cell(8, place).value = None

    upload("ana", key, filled(key, change=empty))
    draft = look(key)["draft"]
    assert draft["problems"] == []
    assert [row["nil"] for row in draft["rows"]] == [False, True]


@pytest.mark.parametrize(
    ("style", "written", "meant"),
    [
        ("1,234.5", "1,000", "1000"),
        ("1,234.5", " 1 000 ", "1000"),
        ("1.234,5", "1.000", "1000"),
        ("1 234,5", "1 000", "1000"),
        ("1.234,5", "1000,0", "1000"),
    ],
)
def test_numbers_are_read_as_the_partner_writes_them(report, filled, upload, look, inside, style, written, meant):
    key = report()
    with inside() as session, write():
        session.scalars(select(Partner).where(Partner.code == "cedar")).one().number_style = style
    upload("ana", key, filled(key, change=put("Offered", written)))
    draft = look(key)["draft"]
    assert draft["problems"] == []
    assert draft["rows"][0]["measures"]["offered"] == meant


def csv(text: str) -> bytes:
    header = "Month,Site,Queue,Offered,Answered,Answered in threshold,Abandoned\n"
    return (header + text).encode()


def test_a_csv_of_the_same_columns_is_taken(report, upload, look):
    key = report()
    rows = "2026-10,cedar-one,cedar-voice,1000,950,800,50\n2026-10,CEDAR-ONE,cedar-chat,10,9,8,1\n"
    assert "Check and send" in upload("ana", key, csv(rows), "october.csv").text
    assert look(key)["draft"]["problems"] == []
    assert [row["row"] for row in look(key)["draft"]["rows"]] == [2, 3]


def test_a_csv_says_the_row_and_the_heading(report, upload, look):
    key = report()
    upload("ana", key, csv("2026-10,cedar-one,cedar-voice,many,950,800,50\n"), "october.csv")
    assert look(key)["draft"]["problems"][0]["place"] == "Row 2, Offered"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("report.pdf", b"%PDF-1.7", "This is a PDF, not a table"),
        ("report.xlsx", b"", "The file is empty"),
        ("report.xlsx", b"hello", "This is no workbook, although its name says so"),
        ("report.csv", b"Name,Age\nx,1\n", "This is not the template of this report"),
        ("report.csv", b"Month,Site,Queue,Age\n2026-10,cedar-one,cedar-voice,1\n", "none of its figures is here"),
        ("report.csv", csv("2026-09,cedar-one,cedar-voice,1,1,1,0\n"), "This file is about September 2026"),
    ],
)
def test_the_wrong_file_is_refused_as_a_whole(report, upload, look, name, content, words):
    key = report()
    answer = upload("ana", key, content, name)
    assert answer.status_code == 422
    assert words in answer.text
    assert look(key)["draft"] is None


def test_the_wrong_file_leaves_the_draft_alone(report, filled, upload, look):
    key = report()
    upload("ana", key, filled(key))
    before = look(key)["seen"]
    assert upload("ana", key, b"%PDF-1.7", "x.pdf").status_code == 422
    assert look(key)["seen"] == before


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"kind": "staffing"}, "This is the template of a staffing report; this page takes the service report"),
        (
            {"month": "2026-09"},
            "This is the template for September 2026; this page takes the service report for October",
        ),
        ({"party": "client"}, "This is the template of a service report"),
        ({"code": "birch"}, "This is the template of another contract"),
    ],
)
def test_the_template_of_another_report_is_recognised(report, filled, upload, other, words):
    key = report()
    answer = upload("ana", key, filled(report(**other)))
    assert answer.status_code == 422
    assert words in answer.text


def test_an_empty_template_is_not_a_thousand_errors(report, upload, as_):
    key = report()
    template = as_("ana").get(f"/reports/{key}/template.xlsx").data
    answer = upload("ana", key, template)
    assert answer.status_code == 422
    assert "not filled in yet" in answer.text


def test_no_file_at_all(report, as_):
    answer = as_("ana").post(f"/reports/{report()}/draft", data={}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "Choose the file" in answer.text


def test_a_locked_report_takes_nothing_from_the_partner_and_something_from_its_manager(report, filled, upload, look):
    key = report(month="2026-09")
    with clock.at(THE_DAY + timedelta(days=30)):
        answer = upload("ana", key, filled(key))
        assert answer.status_code == 409
        assert "This report was locked on 13 Dec 2026" in answer.text
        assert look(key)["draft"] is None
        assert upload("mia", key, filled(key)).status_code == 200


def test_an_ended_partner_sends_nothing_for_later_months(report, filled, upload, look, inside):
    key = report()
    with inside() as session, write():
        session.scalars(select(Partner).where(Partner.code == "cedar")).one().ended_on = date(2026, 9, 30)
    for who in ("ana", "mia"):
        answer = upload(who, key, filled(key))
        assert answer.status_code == 422
        assert "Cedar ended on 30 Sep 2026" in answer.text
    assert look(key)["draft"] is None


def test_what_was_sent_is_not_overwritten(report, filled, upload, inside):
    key = report()
    with inside() as session, write():
        session.scalars(select(Report).where(Report.key == key)).one().state = "sent"
    assert upload("ana", key, filled(key)).status_code == 409


def test_a_daily_report_wants_every_day(report, upload, look, as_):
    daily = {"service": {"grain": "day", "certification": "second_person"}}
    key = report(reports=daily, measures={name: {"source": "partner"} for name in ("offered", "answered_in_threshold")})
    book = openpyxl.load_workbook(io.BytesIO(as_("ana").get(f"/reports/{key}/template.xlsx").data))
    days = [row[0] for row in book.worksheets[0].iter_rows(min_row=7, values_only=True)]
    assert len(days) == 62
    lines = [f"2026-10-{day:02d},cedar-one,cedar-voice,{day},0" for day in range(1, 32)]
    lines[4] = "05.10.2026,cedar-one,cedar-voice,5,0"
    lines[9] = "2026-11-10,cedar-one,cedar-voice,5,0"
    upload("ana", key, "\n".join(["Day,Site,Queue,Offered,Answered in threshold", *lines]).encode(), "days.csv")
    told = [problem["words"] for problem in look(key)["draft"]["problems"]]
    assert "2026-11-10 is not in October 2026, which this report is for. Type 2026-10-01 or remove the row." in told
    assert (
        "2026-10-10, cedar-one, cedar-voice is not in the file. Take its row from the template and fill it in." in told
    )
    assert len([words for words in told if "is not in the file" in words]) == 32


def test_a_daily_report_wants_no_day_before_the_contract(report, upload, look, as_, inside):
    daily = {"service": {"grain": "day", "certification": "second_person"}}
    measures = {name: {"source": "partner"} for name in ("offered", "answered_in_threshold")}
    key = report(month="2026-09", reports=daily, measures=measures, effective_from="2026-09-20")
    with inside() as session, write():
        session.scalars(select(Contract)).one().starts_on = date(2026, 9, 20)
    book = openpyxl.load_workbook(io.BytesIO(as_("mia").get(f"/reports/{key}/template.xlsx").data))
    days = [row[0] for row in book.worksheets[0].iter_rows(min_row=7, values_only=True)]
    assert (len(days), str(min(days))[:10]) == (22, "2026-09-20")
    lines = [f"2026-09-{day},cedar-one,{queue},9,8" for queue in ("cedar-voice", "cedar-chat") for day in range(19, 31)]
    upload("mia", key, "\n".join(["Day,Site,Queue,Offered,Answered in threshold", *lines]).encode(), "days.csv")
    assert [problem["words"] for problem in look(key)["draft"]["problems"]] == [
        f"cedar-one does not work {queue} on 2026-09-19 under this contract. Remove the row."
        for queue in ("cedar-voice", "cedar-chat")
    ]


def test_a_file_for_another_report_leads_to_it_when_this_person_may_send_that(report, filled, upload, as_, inside):
    key, september, staffing = report(), report(month="2026-09"), report("staffing")
    way = 'href="/reports/{}">{}</a>: upload it there.'
    assert way.format(september, "Service report, September 2026") in upload("ana", key, filled(september)).text
    assert way.format(september, "Service report, September 2026") in as_("ana").get(f"/reports/{key}").text
    figures = {"Required FTE": 12, "Actual FTE": 11}
    assert way.format(staffing, "Staffing report, October 2026") in upload("ana", key, filled(staffing, figures)).text
    own = b"Month;Site;Queue;Required FTE;Actual FTE\n2026-10;cedar-one;cedar-voice;12;11\n"
    assert way.format(staffing, "Staffing report, October 2026") in upload("ana", key, own, "own.csv").text
    unmapped = b"Centre;Team;Required FTE;Actual FTE\ncedar-one;cedar-voice;12;11\ncedar-one;cedar-chat;9;9\n"
    asked = upload("ana", key, unmapped, "own.csv").text
    assert "No figure of this report is recognised in it" in asked
    assert way.format(staffing, "Staffing report, October 2026") in asked
    with inside() as session, write():
        session.scalars(select(Report).where(Report.key == september)).one().state = "sent"
    answer = upload("ana", key, filled(september)).text
    assert "This is the template for September 2026" in answer
    assert "upload it there" not in answer


@pytest.mark.parametrize("month", ["2026-09", "Copyright"])
def test_a_row_of_a_history_whose_month_is_not_understood_is_told_once_and_is_not_missing_too(contract, as_, month):
    contract()
    rows = ["2026-09,cedar-one,cedar-voice,1000,950,800,50", f"{month},cedar-one,cedar-chat,1000,950,800,50"]
    body = "\n".join(["Month,Site,Queue,offered,answered,answered_in_threshold,abandoned", *rows]).encode()
    answer = as_("mia").post("/history-imports", data={"file": (io.BytesIO(body), "past.csv")})
    assert ("“Copyright” is no month" in answer.text, "Missing row" in answer.text) == (month == "Copyright", False)
