"""What is wrong in a file is put right on the page, or in a copy of the own workbook with its cells marked."""

import io
import re
from dataclasses import replace

import openpyxl
import pytest
from sqlalchemy import select

from app import jobs
from app.domain.periods import Month
from app.events import Event
from app.jobs import Job
from app.marking import LIST
from app.reading import read
from app.reports.models import Report, Submission
from app.reports.tables import as_written, marked_copies, table_pages
from app.reports.tables.checking import check
from app.reports.tables.mended import at_last
from app.reports.template import Asked, Column, Template
from app.reports.uploads import intake

OFFERED = Column("offered", "Offered", "contacts", "", is_whole=True)
SEEN = re.compile(r'name="seen" value="([^"]+)"')
SHOWN = re.compile(r'name="seen"[^>]*value="([0-9a-f]+)"')


def offered(sheet, value) -> tuple[int, int]:
    """Write into the first row's offered contacts; (row, column) as the page names the cell."""
    header = next(row for row in sheet.iter_rows() if row[1].value == "Site")
    column = next(cell.column for cell in header if str(cell.value).startswith("Offered"))
    sheet.cell(header[0].row + 1, column).value = value
    return header[0].row + 1, column - 1


@pytest.fixture
def wrong(report, filled, upload):
    """A report whose file says 1OOO where contacts belong; its key and the cell."""
    key, cell = report(), []
    upload("ana", key, filled(key, change=lambda sheet: cell.append(offered(sheet, "1OOO"))))
    return key, cell[0]


@pytest.fixture
def mend(as_):
    """`mend("ana", key, {(5, 3): "1000"})`: types into the page's cells and checks again; `out` says of rows whether
    they are ticked to be left out."""

    def post(who: str, key: str, typed: dict[tuple[int, int], str], seen: str | None = None, out=()):
        page = as_(who).get(f"/reports/{key}/draft").text
        data = {f"cell-{row}-{column}": text for (row, column), text in typed.items()}
        data |= {f"row-{row}": "shown" for row in dict(out)} | {f"leave-{row}": "y" for row, ticked in out if ticked}
        return as_(who).post(f"/reports/{key}/draft/cells", data={"seen": seen or SEEN.search(page)[1], **data})

    return post


@pytest.mark.portable
def test_a_cell_typed_on_the_page_is_sent_and_told_and_the_file_stays(wrong, mend, as_, certify, look, inside):
    key, cell = wrong
    page = as_("ana").get(f"/reports/{key}/draft").text
    assert f'name="cell-{cell[0]}-{cell[1]}" value="1OOO"' in page
    assert 'class="n wide" data-label="D, Offered (contacts)"' in page  # a phone's card
    assert f'href="#cell-{cell[0]}-{cell[1]}"' in page
    assert f'<input id="cell-{cell[0]}-{cell[1]}" name="cell-{cell[0]}-{cell[1]}"' in page  # the link leads into it
    assert 'class="n nil" data-label="D, Offered (contacts)">1000<' in page  # of a row that is right
    assert mend("ana", key, {cell: "1,000"}).status_code == 303
    page = as_("ana").get(f"/reports/{key}/draft").text
    assert "“1,000” in the place of “1OOO”" in page
    certify("leo", key)
    version = look(key)["versions"][0]["key"]
    assert "“1,000” in the place of “1OOO”" in as_("leo").get(f"/submissions/{version}").text
    assert "“1,000” in the place of “1OOO”" in as_("mia").get(f"/submissions/{version}/review").text
    with inside() as session:
        sent = session.scalars(select(Submission).where(Submission.key == version)).one()
        assert {line.measures["offered"] for line in sent.lines} == {"1000"}
    original = as_("leo").get(f"/submissions/{version}/original").data
    sheet = openpyxl.load_workbook(io.BytesIO(original)).worksheets[0]
    assert sheet.cell(cell[0], cell[1] + 1).value == "1OOO"


def test_what_is_typed_wrongly_stays_beside_what_is_still_wrong(wrong, mend, as_):
    key, cell = wrong
    assert mend("ana", key, {cell: "abc"}).status_code == 303
    page = as_("ana").get(f"/reports/{key}/draft").text
    assert f'name="cell-{cell[0]}-{cell[1]}" value="abc"' in page
    answer = mend("ana", key, {cell: "abc"})
    assert answer.status_code == 422
    assert "Nothing was changed." in answer.text
    assert mend("ana", key, {cell: "1000"}).status_code == 303
    assert "Check and send" in as_("ana").get(f"/reports/{key}/draft").text


def test_of_two_cells_that_contradict_each_other_either_is_put_right_and_what_was_typed_stays_open(
    report, filled, upload, mend, as_, look
):
    key, cell = report(), []
    upload("ana", key, filled(key, change=lambda sheet: cell.append(offered(sheet, "900"))))
    (row, column) = cell[0]
    page = as_("ana").get(f"/reports/{key}/draft").text
    assert "Answered (950) is more than Offered (900)" in page
    for place, value in ((column, "900"), (column + 1, "950")):
        assert f'name="cell-{row}-{place}" value="{value}" aria-invalid="true"' in page
    mend("ana", key, {(row, column): "9OO", (row, column + 1): "90"})
    assert f'name="cell-{row}-{column + 1}" value="90" aria-invalid' in as_("ana").get(f"/reports/{key}/draft").text
    mend("ana", key, {(row, column): "1000", (row, column + 1): "870"})
    page = as_("ana").get(f"/reports/{key}/draft").text
    assert "Check and send" in page
    assert f'name="cell-{row}-{column + 1}" value="870"' in page
    mend("ana", key, {(row, column + 1): "880"})
    assert look(key)["draft"]["rows"][0]["measures"] == {
        **{"offered": "1000", "answered": "880", "answered_in_threshold": "800", "abandoned": "50"}
    }


@pytest.mark.portable
def test_a_row_too_many_is_left_out_on_the_page_and_comes_back(
    report, filled, upload, mend, as_, certify, look, inside
):
    def twice(sheet):
        first = offered(sheet, 1000)[0]
        for column in range(1, sheet.max_column + 1):
            sheet.cell(first + 2, column).value = sheet.cell(first, column).value
        other.append(first + 2)

    key, other = report(), []
    upload("ana", key, filled(key, change=twice))
    row = other[0]
    page = as_("ana").get(f"/reports/{key}/draft").text
    assert [f'name="leave-{number}"' in page for number in (row - 2, row - 1, row)] == [True, False, True]
    assert mend("ana", key, {}, out=[(row - 2, False), (row, False)]).status_code == 422
    assert mend("ana", key, {}, out=[(row - 2, True), (row - 1, True), (row, False)]).status_code == 303
    page = as_("ana").get(f"/reports/{key}/draft").text
    assert "1 row left out on the page" in page
    assert [each["row"] for each in look(key)["draft"]["rows"]] == [row - 1, row]
    mend("ana", key, {}, out=[(row - 2, False)])
    assert "Keep one of the two rows" in as_("ana").get(f"/reports/{key}/draft").text
    mend("ana", key, {}, out=[(row, True)])
    certify("leo", key)
    version = look(key)["versions"][0]["key"]
    assert f"Row {row}: left out. It read “2026-10, cedar-one, cedar-voice, 1000" in (
        as_("mia").get(f"/submissions/{version}/review").text
    )
    with inside() as session:
        told = session.scalars(select(Event).where(Event.kind == "draft.mended")).all()
        assert [event.figures for event in told] == [{"rows": 1}, {"rows": 1}]


def test_a_row_of_a_site_that_the_report_does_not_ask_for_is_left_out_on_the_page(
    report, filled, upload, mend, as_, look
):
    def foreign(sheet):
        first = offered(sheet, 1000)[0]
        for column in range(1, sheet.max_column + 1):
            sheet.cell(first + 2, column).value = sheet.cell(first, column).value
        sheet.cell(first + 2, 2).value = "Depot"
        rows.extend((first, first + 2))

    key, rows = report(), []
    upload("ana", key, filled(key, change=foreign))
    page = as_("ana").get(f"/reports/{key}/draft").text
    assert "“Depot” is not a site of this report." in page
    assert [f'name="leave-{number}"' in page for number in rows] == [False, True]
    assert mend("ana", key, {}, out=[(rows[1], True)]).status_code == 303
    assert len(look(key)["draft"]["rows"]) == 2


def test_more_wrong_cells_than_one_page_takes_are_paged_through_and_none_is_lost(
    report, filled, upload, mend, as_, look, monkeypatch
):
    monkeypatch.setattr(table_pages, "MOST_CELLS", 1)

    def both(sheet):
        row, column = offered(sheet, "1OOO")
        sheet.cell(row + 1, column + 1).value = "2OOO"
        cells.extend([(row, column), (row + 1, column)])

    key, cells = report(), []
    upload("ana", key, filled(key, change=both))
    first, second = (f'name="cell-{row}-{column}"' for row, column in cells)
    pages = {page: as_("ana").get(f"/reports/{key}/draft{page}").text for page in ("", "?page=1", "?page=2", "?page=9")}
    assert [(first in text, second in text) for text in pages.values()] == [(True, False)] * 2 + [(False, True)] * 2
    assert all("Page " in text and " of 2" in text for text in pages.values())
    assert f'href="/reports/{key}/draft?page=1#cell-{cells[0][0]}-{cells[0][1]}"' in pages["?page=2"]
    mend("ana", key, {cells[0]: "1000"})
    page = as_("ana").get(f"/reports/{key}/draft").text
    assert (first in page, second in page) == (False, True)
    mend("ana", key, {cells[1]: "2000"})
    assert [row["measures"]["offered"] for row in look(key)["draft"]["rows"]] == ["1000", "2000"]


def test_an_address_that_is_typed_into_a_cell_is_not_kept(wrong, mend, inside):
    key, cell = wrong
    mend("ana", key, {cell: "ask zenobia@cedar.example"})
    with inside() as session:
        draft = session.scalars(select(Report).where(Report.key == key)).one().draft
        assert draft.mended[0]["now"] == "ask [left out]"
        assert "zenobia" not in str([draft.problems, draft.table, draft.mended])


def test_a_right_cell_is_not_changed_from_outside(wrong, mend, inside):
    key, (row, column) = wrong
    assert mend("ana", key, {(row, column): "1000", (row, column + 1): "1", (999, 3): "7"}).status_code == 303
    with inside() as session:
        draft = session.scalars(select(Report).where(Report.key == key)).one().draft
        assert [(each["row"], each["column"]) for each in draft.mended] == [(row, column)]


def test_a_newer_file_is_not_overwritten_by_an_older_page(wrong, mend, upload, filled, as_):
    key, cell = wrong
    seen = SEEN.search(as_("ana").get(f"/reports/{key}/draft").text)[1]
    upload("leo", key, filled(key, change=lambda sheet: offered(sheet, "2OOO")))
    assert mend("ana", key, {cell: "1000"}, seen=seen).status_code == 409


def test_the_own_workbook_comes_back_with_its_wrong_cell_marked(wrong, mend, as_):
    key, cell = wrong
    mend("ana", key, {cell: "12O"})
    answer = as_("ana").get(f"/reports/{key}/draft/marked.xlsx")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    found = book.worksheets[0].cell(cell[0], cell[1] + 1)
    assert (found.value, found.fill.fgColor.rgb) == ("12O", "FFF4B6B6")
    assert "12O" in found.comment.text
    assert book.sheetnames[-1] == LIST


def test_a_csv_comes_back_as_a_workbook(report, upload, as_):
    key = report()
    rows = "Month,Site,Queue,Offered,Answered,Answered in threshold,Abandoned\n"
    rows += "".join(f"2026-10,cedar-one,{queue},1OOO,950,800,50\n" for queue in ("cedar-voice", "cedar-chat"))
    upload("ana", key, rows.encode(), "figures.csv")
    book = openpyxl.load_workbook(io.BytesIO(as_("ana").get(f"/reports/{key}/draft/marked.xlsx").data))
    assert [book.worksheets[0].cell(row, 4).comment is not None for row in (1, 2, 3)] == [False, True, True]


@pytest.mark.portable
def test_a_large_workbook_is_marked_by_the_worker_while_its_page_waits(
    app, wrong, as_, monkeypatch, upload, filled, inside
):
    monkeypatch.setattr(marked_copies, "QUICK_BYTES", 0)
    key, cell = wrong
    ana, waiting = as_("ana"), f"/reports/{key}/draft/marked-copy"
    assert ana.get(f"/reports/{key}/draft/marked.xlsx").headers["Location"] == f"/reports/{key}/draft"
    assert "Mark these cells in your workbook" in ana.get(f"/reports/{key}/draft").text
    assert [ana.post(waiting).headers["Location"] for _ in range(2)] == [waiting, waiting]
    assert f'hx-get="{waiting}" hx-trigger="every 1s"' in ana.get(waiting).text
    with app.app_context():
        jobs.run_pending()
    with inside() as session:
        assert session.scalars(select(Job.state).where(Job.kind == "draft.mark")).all() == ["done"]
    assert "Your workbook is ready" in ana.get(waiting).text
    assert "Download your workbook with these marks" in ana.get(f"/reports/{key}/draft").text
    book = openpyxl.load_workbook(io.BytesIO(ana.get(f"/reports/{key}/draft/marked.xlsx").data))
    assert "1OOO" in book.worksheets[0].cell(cell[0], cell[1] + 1).comment.text
    upload("ana", key, filled(key, change=lambda sheet: offered(sheet, "2OOO")))
    assert ana.get(waiting).headers["Location"] == f"/reports/{key}/draft"


def test_a_line_break_that_a_field_cannot_hold_is_no_change(report, filled, upload, mend, look, inside):
    cells = []

    def change(sheet):
        row, column = offered(sheet, "1O\nOO")
        cells.extend([(row, column), (row + 1, column)])
        sheet.cell(row + 1, column + 1).value = "2OOO"

    key = report()
    upload("ana", key, filled(key, change=change))
    mend("ana", key, {cells[0]: "1OOO", cells[1]: "2000"})
    assert [problem["row"] for problem in look(key)["draft"]["problems"]] == [cells[0][0]]
    with inside() as session:
        changed = session.scalars(select(Report).where(Report.key == key)).one().draft.mended
    assert [(each["row"], each["now"]) for each in changed] == [(cells[1][0], "2000")]


def test_a_copy_that_is_ready_stays_when_its_worker_dies_before_it_says_so(app, wrong, as_, monkeypatch, inside):
    monkeypatch.setattr(marked_copies, "QUICK_BYTES", 0)
    key, _ = wrong
    waiting = f"/reports/{key}/draft/marked-copy"
    as_("ana").post(waiting)
    with app.app_context():
        jobs.run_pending()
    with inside() as session:
        marked_copies._give_up(session.scalars(select(Job).where(Job.kind == "draft.mark")).one())
    assert "Your workbook is ready" in as_("ana").get(waiting).text


def test_a_cell_of_a_large_file_is_mended_and_the_worker_checks_it(app, wrong, mend, look, monkeypatch):
    monkeypatch.setattr(intake, "QUICK_BYTES", 0)
    key, cell = wrong
    assert mend("ana", key, {cell: "1000"}).headers["Location"].startswith("/uploads/")
    with app.app_context():
        jobs.run_pending()
    assert look(key)["draft"]["rows"][0]["measures"]["offered"] == "1000"


def test_there_is_nothing_to_mark_in_a_file_that_is_right(report, filled, upload, as_):
    key = report()
    upload("ana", key, filled(key))
    assert as_("ana").get(f"/reports/{key}/draft/marked.xlsx").status_code == 404


def test_who_brought_the_figures_neither_certifies_nor_approves_them_after_somebody_mended_a_cell(
    report, filled, upload, mend, certify, inside, as_
):
    key, cell = report(), []
    wrong = filled(key, change=lambda sheet: cell.append(offered(sheet, "1OOO")))
    upload("leo", key, wrong)
    mend("ana", key, {cell[0]: "1000"})
    assert certify("leo", key).status_code == 403
    upload("mia", key, wrong)
    mend("mona", key, {cell[0]: "1000"})
    assert certify("mona", key).status_code == 200
    with inside() as session:
        version, seen = session.execute(select(Submission.key, Submission.content_hash)).one()
    answers = [as_(who).post(f"/submissions/{version}/approval", data={"seen": seen}) for who in ("mia", "mona")]
    assert [answer.status_code for answer in answers] == [403, 403]


def test_any_figure_of_a_returned_version_is_put_right_on_the_page(wrong, mend, certify, look, as_, inside):
    key, cell = wrong
    mend("ana", key, {cell: "1000"})
    certify("leo", key)
    first = look(key)["versions"][0]["key"]
    seen = SHOWN.search(as_("mia").get(f"/submissions/{first}/review").text)[1]
    as_("mia").post(f"/submissions/{first}/return", data={"seen": seen, "reason": "Row 7: offered looks low."})
    assert f'action="/submissions/{first}/draft"' in as_("ana").get(f"/reports/{key}").text
    assert as_("ana").post(f"/submissions/{first}/draft").headers["Location"] == f"/reports/{key}/draft"
    page = as_("ana").get(f"/reports/{key}/draft").text
    assert "Took up version 1 again, to put it right" in as_("ana").get(f"/reports/{key}").text
    assert "Row 7: offered looks low." in page
    row, column = cell[0] + 1, cell[1] + 1
    assert [f'name="cell-{row}-{place}"' in page for place in (column - 2, column - 1, column)] == [False, True, True]
    assert mend("ana", key, {(row, column): "949", (row, 2): "cedar-voice"}).status_code == 303
    page = as_("ana").get(f"/reports/{key}/draft").text
    assert f'name="cell-{row}-{column}" value="949"' in page
    assert as_("ana").post(f"/submissions/{first}/draft").status_code == 409
    certify("leo", key, form_key="second")
    with inside() as session:
        second = session.scalars(select(Submission).where(Submission.number == 2)).one()
        assert [line.measures["answered"] for line in second.lines] == ["950", "949"]
        assert [(each["was"], each["now"]) for each in at_last(second.mended)] == [("1OOO", "1000"), ("950", "949")]
    assert as_("ana").post(f"/submissions/{first}/draft").status_code == 409


def test_of_a_long_file_that_was_returned_any_figure_is_found_and_put_right(
    report, filled, upload, mend, certify, look, as_, monkeypatch
):
    monkeypatch.setattr(as_written, "MOST_ROWS", 1)
    monkeypatch.setattr(table_pages, "MOST_CELLS", 1)
    key, ana = report(), as_("ana")
    upload("ana", key, filled(key))
    certify("leo", key)
    first = look(key)["versions"][0]["key"]
    seen = SHOWN.search(as_("mia").get(f"/submissions/{first}/review").text)[1]
    as_("mia").post(f"/submissions/{first}/return", data={"seen": seen, "reason": "Chat looks low."})
    ana.post(f"/submissions/{first}/draft")
    row = look(key)["draft"]["rows"][1]["row"]
    page = ana.get(f"/reports/{key}/draft?find=CHAT").text
    assert [f'name="cell-{number}-3"' in page for number in (row - 1, row)] == [False, True]
    assert "Rows of your table" in page
    assert mend("ana", key, {(row, 3): "1001"}).status_code == 303
    assert [each["measures"]["offered"] for each in look(key)["draft"]["rows"]] == ["1000", "1001"]
    monkeypatch.setattr(as_written, "MOST_CELLS", 1)
    mend("ana", key, {(row, 3): "1002"})
    assert f"Only the rows down to row {row - 1} can be changed here" in ana.get(f"/reports/{key}/draft").text


def test_who_brought_the_figures_of_a_returned_version_does_not_certify_them_from_another_hand(
    report, filled, upload, certify, look, as_, inside
):
    key = report()
    upload("mia", key, filled(key))
    certify("mia", key)
    first = look(key)["versions"][0]
    with inside() as session:
        seen = session.scalars(select(Submission.content_hash)).one()
    as_("mona").post(f"/submissions/{first['key']}/return", data={"seen": seen, "reason": "Look again."})
    as_("mona").post(f"/submissions/{first['key']}/draft")
    certify("mona", key, form_key="second")
    second = look(key)["versions"][1]["key"]
    with inside() as session:
        seen = session.scalars(select(Submission.content_hash).where(Submission.number == 2)).one()
    assert as_("mia").post(f"/submissions/{second}/approval", data={"seen": seen}).status_code == 403


def test_a_cell_that_was_typed_twice_is_told_once_from_the_file_to_the_last_word():
    place = {"sheet": "Service", "row": 9, "column": 5}
    first, second = {**place, "was": "168OO", "now": "16800x"}, {**place, "was": "16800x", "now": "16800"}
    back = {"sheet": "Service", "row": 7, "column": 4}
    undone = [{**back, "was": "21000", "now": "25000"}, {**back, "was": "25000", "now": "21000"}]
    assert at_last([first, *undone, second]) == [{**place, "was": "168OO", "now": "16800"}]


def test_of_a_long_table_the_wrong_rows_are_kept_and_those_of_its_own_sheet_that_were_changed():
    rows = tuple(Asked(f"S{number}", "EN") for number in range(2, 502))
    template = Template("code", Month(2026, 10), "service", "partner", "month", (OFFERED,), rows)
    lines = ["Month,Site,Queue,Offered", *(f"2026-10,{row.site},EN,{5 if row.site != 'S470' else 'x'}" for row in rows)]
    sheets = [replace(read("a.csv", "\n".join(lines).encode()).sheets[0], name="Calls")]
    checked = check(sheets, template, "1,234.5", kept={("Calls", 460), ("Calls", 3), ("Chats", 7)})
    assert [number for number, _ in checked.table["rows"]] == [3, 460, 470]


def test_a_thousand_wrong_cells_are_told_one_by_one_and_the_rest_by_kind_without_losing_any():
    rows = tuple(Asked(f"S{number}", "EN") for number in range(2, 1502))
    template = Template("code", Month(2026, 10), "service", "partner", "month", (OFFERED,), rows)
    lines = ["Month,Site,Queue,Offered", *(f"2026-10,{row.site},EN,x{row.site}" for row in rows)]
    checked = check(read("a.csv", "\n".join(lines).encode()).sheets, template, "1,234.5")
    assert (len(checked.problems), len(checked.table["rows"])) == (1001, 1000)
    assert checked.problems[-1].place == "Row 1002, Offered to Row 1501, Offered"
    assert checked.problems[-1].words.endswith("499 more likewise.")
