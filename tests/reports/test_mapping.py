"""A workbook in the partner's own words: its columns are said once, remembered, and asked about when they differ."""

import io
import re
from datetime import date

import openpyxl
import pytest
from sqlalchemy import select

from app.events import Event
from app.reports.mapping.models import RememberedMap
from app.reports.models import Submission
from app.reports.uploads.models import Upload

pytestmark = pytest.mark.portable
GROUPS = (
    "Month [1]",
    "Practice \n(code)",
    "Practice name",
    "Line",
    "Inbound calls",
    "Answered",
    None,
    "In SLA",
    "Missed [4]",
)
UNITS = (None, None, None, None, "Total", "Total", "%", "Count", "Total")


def own_workbook(change=None) -> bytes:
    """A sheet as a health service publishes it: a title, three rows of merged headings, totals above, notes below."""
    book = openpyxl.Workbook()
    book.active.title = "Cover"
    book.active["A1"] = "Contents"
    sheet = book.create_sheet("Table 3")
    sheet["A1"] = "Table 3: Calls by practice, October 2026"
    sheet["F3"] = "Count of Inbound Call Outcome"
    sheet.merge_cells("F3:I3")
    for place, (group, unit) in enumerate(zip(GROUPS, UNITS, strict=True), 1):
        sheet.cell(4, place).value, sheet.cell(5, place).value = group, unit
    sheet.merge_cells("F4:G4")
    sheet.append([])
    sheet.append(["Total", None, None, None, 3000, 2850, 0.95, 2400, 150])
    for code, calls in (("cedar-voice", 1000), ("cedar-chat", 2000)):
        sheet.append(
            ["2026-10-01", "cedar-one", "Cedar", code, calls, calls * 95 // 100, 0.95, calls * 8 // 10, calls // 20]
        )
    sheet.append(["2026-10-01", "Unassigned", "Unmapped", "cedar-voice", 7, 5, 0.71, 4, 1])
    sheet.append([])
    sheet.append(["Notes:", "1  The code is that of the practice when the month ended"])
    if change:
        change(sheet)
    body = io.BytesIO()
    book.save(body)
    return body.getvalue()


def fields_of(page: str) -> dict[str, str]:
    """What a browser would post of the mapping's form as it stands."""
    form = page[page.index('/mapping" class') :]
    fields = {}
    for name, inner in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option selected value="([^"]*)"', inner) or re.search(r'<option value="([^"]*)"', inner)
        fields[name] = chosen[1]
    for tag in re.findall(r"<input [^>]*type=\"hidden\"[^>]*>", form):
        fields[re.search(r'name="([^"]+)"', tag)[1]] = re.search(r'value="([^"]*)"', tag)[1]
    return {name: value for name, value in fields.items() if name != "csrf_token"}


@pytest.fixture
def asked(report, upload):
    """`asked(content)`: the page that asks about the columns of this file, its address, and the report's key."""

    def bring(content: bytes, month: str = "2026-10", name: str = "own.xlsx"):
        key = report(month=month)
        answer = upload("ana", key, content, name)
        return answer.text, answer.request.path, key

    return bring


@pytest.fixture
def confirm(as_):
    def post(page: str, path: str, **changes):
        data = {**fields_of(page), "leave_out": "y", "confirm": "yes", **changes}
        return as_("ana").post(path, data=data, follow_redirects=True)

    return post


def own_name(page: str, written: str) -> str:
    """The select that asks what a name stands for."""
    return re.search(rf'<label for="([^"]+)">{written} ', page)[1]


@pytest.fixture
def mapped(asked, confirm, app):
    """October's own workbook, confirmed: the page that follows, and the report's key."""

    def bring(content: bytes, **changes):
        page, path, key = asked(content)
        answer = confirm(page, path, **{own_name(page, "Unassigned"): "-", **changes})
        return answer, key

    return bring


def test_the_table_is_found_and_its_columns_are_proposed_in_their_own_words(asked):
    page, path, _ = asked(own_workbook())
    assert path.endswith("/mapping")
    assert "Say what your columns are" in page
    chosen = fields_of(page)
    asked_for = ["Month", "Site", "Queue", "Offered", "Answered", "Answered in threshold", "Abandoned"]
    assert [chosen[f"role_{place}"] for place, _ in enumerate(asked_for)] == [
        *("col:0", "col:1", "col:3", "col:4", "col:5", "col:7", "col:8")
    ]
    assert "F: Count of Inbound Call Outcome / Answered / Total" in page
    assert "G: Count of Inbound Call Outcome / Answered / %</li>" in page  # among those that are left out
    assert "Unassigned (1 row)" in page


def test_confirmed_once_it_is_read_by_its_own_cells_and_the_same_layout_needs_no_click(
    mapped, look, as_, upload, report, inside
):
    answer, key = mapped(own_workbook())
    assert answer.request.path == f"/reports/{key}/draft"
    rows = look(key)["draft"]["rows"]
    assert [(row["row"], row["queue"], row["measures"]["offered"]) for row in rows] == [
        *((8, "cedar-voice", "1000"), (9, "cedar-chat", "2000"))
    ]
    assert "1 row was left out, as the mapping says: “Unassigned” (1)." in answer.text
    assert "mapping version 1" in answer.text
    form = {"seen": look(key)["seen"], "form_key": "k" * 22, "declared": "y"}
    assert as_("leo").post(f"/reports/{key}/submission", data=form).status_code == 303
    with inside() as session:
        assert session.scalars(select(Submission.mapping_number)).all() == [1]
        assert session.scalars(select(Event.kind).where(Event.subject == "mapping")).all() == ["mapping.confirmed"]

    def november(sheet):
        sheet["A1"] = "Table 3: Calls by practice, September 2026"
        for cell in sheet["A"]:
            cell.value = "2026-09-01" if cell.value == "2026-10-01" else cell.value

    next_key = report(month="2026-09")
    assert upload("ana", next_key, own_workbook(november)).request.path == f"/reports/{next_key}/draft"


def test_the_names_that_sites_and_queues_have_in_accord_need_no_word(asked, confirm, look):
    def named(sheet):
        for row, queue in ((8, "Cedar VOICE"), (9, "Chat")):
            sheet.cell(row, 2).value, sheet.cell(row, 4).value = "Cedar One", queue
        sheet.delete_rows(10)

    page, path, key = asked(own_workbook(named))
    assert "Names that Accord does not know" not in page
    confirm(page, path)
    rows = look(key)["draft"]["rows"]
    assert [(row["site"], row["queue"]) for row in rows] == [("cedar-one", "cedar-voice"), ("cedar-one", "cedar-chat")]


def another_column(sheet) -> None:
    """Instead of its own, what is answered in time has a new one with another heading, behind the others."""
    sheet.delete_cols(8)
    for row, figure in ((4, "Handled in threshold"), (5, "Count"), (8, 800), (9, 1600), (10, 4)):
        sheet.cell(row, 9).value = figure


DRIFTS = [
    (lambda sheet: setattr(sheet["I4"], "value", "Missed [5]"), "Only footnotes differ so (I)."),
    (lambda sheet: setattr(sheet["E4"], "value", "Inbound calls, all"), "reads “Inbound calls, all / Total” now (E)"),
    (lambda sheet: sheet.insert_cols(3), "moved from column I to J"),
    (lambda sheet: (sheet.__setitem__("J4", "Call backs"), sheet.__setitem__("J8", 3)), "(J) is new"),
    (lambda sheet: sheet.delete_cols(8), "(H) is gone. It held Answered in threshold"),
    (another_column, "(I) is new. It is proposed for Answered in threshold"),
    (lambda sheet: setattr(sheet["B10"], "value", "Elsewhere"), "“Elsewhere” stands where the site does"),
]


def test_what_differs_from_the_remembered_layout_is_shown_to_be_confirmed(mapped, upload):
    _, key = mapped(own_workbook())
    for change, words in DRIFTS:
        drifted = upload("ana", key, own_workbook(change))
        assert drifted.request.path.endswith("/mapping")
        assert "What is different from mapping version 1" in drifted.text
        assert words in drifted.text
        heading = "Say what these names stand for" if "stands where" in words else "Say what changed"
        assert f"{heading}</h1>" in drifted.text


def test_a_confirmed_difference_is_a_new_version_and_is_not_asked_about_again(mapped, upload, confirm, inside):
    _, key = mapped(own_workbook())
    change = DRIFTS[0][0]
    drifted = upload("ana", key, own_workbook(change))
    assert confirm(drifted.text, drifted.request.path).request.path == f"/reports/{key}/draft"
    assert upload("ana", key, own_workbook(change)).request.path == f"/reports/{key}/draft"
    with inside() as session:
        assert session.scalars(select(RememberedMap.number).order_by(RememberedMap.number)).all() == [1, 2]


CANNOT_HOLD = [
    ({"leave_out": ""}, "Tick that these columns are to be left out"),
    ({"role_4": "col:6"}, "holds percentages; Answered takes contacts"),
    ({"role_4": "col:4"}, "Column E is chosen twice: for Offered (contacts) and for Answered (contacts)."),
    ({"role_3": ""}, "Choose the column of your workbook that holds Offered (contacts)."),
    ({"role_4": ""}, "Other columns are left out now than when you ticked this"),
    ({"name_site_0": ""}, "stands for."),
]


def test_a_mapping_that_cannot_hold_is_shown_again_with_what_was_chosen(asked, confirm, inside):
    page, path, _ = asked(own_workbook())
    for changes, words in CANNOT_HOLD:
        answer = confirm(page, path, **{own_name(page, "Unassigned"): "-", **changes})
        assert answer.status_code == 422
        assert words in answer.text
        assert fields_of(answer.text)["role_6"] == "col:8"
    with inside() as session:
        assert session.scalars(select(RememberedMap.id)).all() == []


def test_a_wrong_cell_is_named_by_the_partners_own_sheet_and_heading(mapped, look):
    _, key = mapped(own_workbook(lambda sheet: setattr(sheet["F8"], "value", "many")))
    (problem,) = look(key)["draft"]["problems"]
    assert problem["place"] == "Sheet Table 3, F8 (Count of Inbound Call Outcome / Answered / Total)"
    assert "“many” is not a number" in problem["words"]


def test_another_table_of_the_file_can_be_looked_at(asked, as_):
    def two(sheet):
        other = sheet.parent.create_sheet("Regions")
        for row in (["Region", "Inbound calls"], ["North", 5], ["South", 6]):
            other.append(row)

    page, path, _ = asked(own_workbook(two))
    answer = as_("ana").post(path, data={**fields_of(page), "table": "1", "look": "table"})
    assert answer.status_code == 200
    assert "B: Inbound calls" in answer.text
    assert "Practice name" not in answer.text


def test_thousands_are_converted_when_the_heading_says_so(asked, confirm, look):
    body = b"Site,Queue,Calls offered (thousands),Answered,In SLA,Missed\ncedar-one,cedar-voice,1.5,1400,1200,100\n"
    page, path, key = asked(body + b"cedar-one,cedar-chat,2,1900,1800,100\n", name="own.csv")
    assert fields_of(page)["unit_role_3"] == "thousands"
    answer = confirm(page, path)
    assert [row["measures"]["offered"] for row in look(key)["draft"]["rows"]] == ["1500", "2000"]
    assert "Offered was converted from thousands to contacts (column C)." in answer.text


def months_aside() -> bytes:
    book = openpyxl.Workbook()
    days = [date(2026, month, 28) for month in (7, 8, 9)]
    for row in (["Figure", *days], ["Offered", 5, 6, 7], ["Answered", 5, 6, 7]):
        book.active.append(row)
    body = io.BytesIO()
    book.save(body)
    return body.getvalue()


def test_a_table_that_cannot_be_mapped_is_refused_with_what_to_do(asked):
    long = b"Site,LOB,Figure,Value\ncedar-one,cedar-voice,Offered,5\ncedar-one,cedar-voice,Answered,4\n"
    assert "make a pivot table of it" in asked(long, name="own.csv")[0]
    assert "has its months side by side" in asked(months_aside())[0]
    assert "This is not the template of this report" in asked(b"Name,Age\nx,1\n", name="own.csv")[0]


def with_year_and_month(month: str, total: str = "Total,,,,3000,2850,2400,150\n") -> bytes:
    lines = (f"2026,{month},cedar-one,{queue},1000,950,800,50\n" for queue in ("cedar-voice", "cedar-chat"))
    return f"Año,Mes,Site,Line,Inbound calls,Answered,In SLA,Missed\n{''.join(lines)}{total}".encode()


@pytest.mark.parametrize("month", ["10", "octubre"])
def test_the_month_of_a_year_that_stands_beside_it_is_read_with_it(asked, confirm, look, month):
    page, path, key = asked(with_year_and_month(month), name="own.csv")
    assert "B: Año + Mes" in page
    assert fields_of(page)["role_0"] == "col:1"
    assert "The years of column A were read with the months of column B" in confirm(page, path).text
    assert [row["measures"]["offered"] for row in look(key)["draft"]["rows"]] == ["1000", "1000"]


def test_another_month_of_a_year_beside_it_and_a_month_in_words_of_nobody_are_not_taken_for_this_one(
    asked, confirm, report, upload
):
    page, path, _ = asked(with_year_and_month("9"), name="own.csv")
    assert "This file is about September 2026" in confirm(page, path).text
    other = with_year_and_month("M-10", total="").replace(b"Site", b"Location")
    assert fields_of(upload("ana", report(), other, "other.csv").text)["role_0"] == ""


def test_a_sheet_that_names_another_month_above_its_table_is_refused(asked):
    def september(sheet):
        sheet["A1"] = "Calls, September 2026"
        sheet.delete_cols(1)
        sheet["A1"] = "Calls, September 2026"

    page, _, _ = asked(own_workbook(september))
    assert (
        "This file names September 2026 above its table or by its sheet; this page takes the figures of October 2026."
        in page
    )


def test_a_forgotten_mapping_is_asked_about_anew(mapped, upload, as_, inside):
    _, key = mapped(own_workbook())
    with inside() as session:
        kept = session.scalars(select(RememberedMap.key)).one()
    shown = as_("ana").get(f"/mappings/{kept}")
    assert "its rows are left out" in shown.text
    assert as_("ana").post(f"/mappings/{kept}/removal").status_code == 303
    assert as_("ana").post(f"/mappings/{kept}/removal").status_code == 409
    assert "Say what your columns are" in upload("ana", key, own_workbook()).text


def test_who_confirms_second_is_told(asked, confirm, inside, upload):
    page, path, key = asked(own_workbook())
    confirm(page, path, **{own_name(page, "Unassigned"): "-"})
    with inside() as session:
        assert session.scalars(select(Upload.sketch)).all() == [None]
    drifted = upload("ana", key, own_workbook(DRIFTS[0][0]))
    assert confirm(drifted.text, drifted.request.path, seen="0").status_code == 409


def test_how_a_workbook_writes_numbers_is_chosen_with_its_columns_and_remembered(asked, confirm, look, as_, upload):
    headings = "Month,Location,Line,Offered,Answered,In SLA,Abandoned\n"
    rows = "".join(f"2026-10,cedar-one,{queue},1.000,950,800,50\n" for queue in ("cedar-voice", "cedar-chat"))
    page, path, key = asked((headings + rows).encode(), name="own.csv")
    assert "would be refused as it stands" in page
    confirm(page, path)
    refused = as_("ana").get(f"/reports/{key}/draft").text
    assert "“1.000” may mean 1000." in refused
    assert "Figures that are text were read as 1,234.5 is written." in refused
    again = as_("ana").post(f"/reports/{key}/draft/mapping", follow_redirects=True)
    assert fields_of(again.text)["style"] == ""
    looked = as_("ana").post(again.request.path, data={**fields_of(again.text), "style": "1.234,5", "look": "rows"})
    assert (">1000</td>" in looked.text, "would be refused as it stands" in looked.text) == (True, False)
    confirm(again.text, again.request.path, style="1.234,5")
    for _ in range(2):
        assert {row["measures"]["offered"] for row in look(key)["draft"]["rows"]} == {"1000"}
        assert upload("ana", key, (headings + rows).encode(), "own.csv").request.path.endswith("/draft")
    kept = re.search(r"/mappings/[\w-]+", as_("ana").get(f"/reports/{key}/draft").text)[0]
    assert "as 1.234,5<" in as_("ana").get(kept).text


def test_a_mapping_is_changed_after_its_draft_exists_and_the_draft_stays_until_then(mapped, confirm, look, as_):
    _, key = mapped(own_workbook())
    before = look(key)["draft"]["rows"]
    assert "Change what the columns are" in as_("ana").get(f"/reports/{key}/draft").text
    asked = as_("ana").post(f"/reports/{key}/draft/mapping", follow_redirects=True)
    assert asked.request.path.endswith("/mapping")
    assert look(key)["draft"]["rows"] == before
    missed = {"role_6": "col:7", "role_5": "col:8"}
    confirm(asked.text, asked.request.path, **missed)
    rows = look(key)["draft"]["rows"]
    assert [(row["measures"]["answered_in_threshold"], row["measures"]["abandoned"]) for row in rows] == [
        *(("50", "800"), ("100", "1600"))
    ]


def test_who_brought_the_figures_does_not_certify_them_after_somebody_else_said_anew_what_the_columns_are(
    mapped, confirm, upload, certify, as_
):
    _, key = mapped(own_workbook())
    assert upload("leo", key, own_workbook()).request.path.endswith("/draft")
    asked = as_("ana").post(f"/reports/{key}/draft/mapping", follow_redirects=True)
    assert confirm(asked.text, asked.request.path).request.path.endswith("/draft")
    assert certify("leo", key).status_code == 403


def test_who_said_what_the_columns_of_anothers_file_are_does_not_certify_it(asked, as_, certify):
    page, path, key = asked(own_workbook())
    said = {**fields_of(page), own_name(page, "Unassigned"): "-", "leave_out": "y", "confirm": "yes"}
    assert as_("leo").post(path, data=said).status_code == 303
    assert certify("leo", key).status_code == 403


def test_a_template_has_no_mapping_to_change(report, upload, filled, as_):
    key = report()
    upload("ana", key, filled(key))
    assert as_("ana").post(f"/reports/{key}/draft/mapping").status_code == 409


def parts_of_a_month(change=None) -> bytes:
    """A row per team and queue; a part may be changed."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Site", "Line", "Team", "Offered", "Answered", "In SLA", "Abandoned"])
    for queue in ("cedar-voice", "cedar-chat"):
        for team in ("A", "B"):
            sheet.append(["cedar-one", queue, team, 500, 480, 400, 20])
    if change:
        change(sheet)
    body = io.BytesIO()
    book.save(body)
    return body.getvalue()


def test_rows_of_one_place_are_added_up_when_the_mapping_says_so(asked, confirm, look):
    page, path, key = asked(parts_of_a_month())
    confirm(page, path, adds_up="y")
    assert [(row["row"], row["measures"]["offered"]) for row in look(key)["draft"]["rows"]] == [
        (2, "1000"),
        (4, "1000"),
    ]


def test_a_part_that_is_missing_is_named_and_is_no_zero_and_is_typed_in_its_own_cell(asked, confirm, look, as_):
    page, path, key = asked(parts_of_a_month(lambda sheet: sheet.cell(3, 4).__setattr__("value", None)))
    confirm(page, path, adds_up="y")
    (problem,) = look(key)["draft"]["problems"]
    assert (problem["row"], problem["column"]) == (3, 3)
    assert problem["words"].startswith("The cell is empty.")
    draft = as_("ana").get(f"/reports/{key}/draft").text
    assert '<input id="cell-3-3" name="cell-3-3" value="" aria-invalid' in draft
    data = {"seen": re.search(r'name="seen" value="([^"]+)"', draft)[1], "cell-3-3": "520"}
    as_("ana").post(f"/reports/{key}/draft/cells", data=data)
    assert [row["measures"]["offered"] for row in look(key)["draft"]["rows"]] == ["1020", "1000"]


def test_a_headcount_is_never_added_up(upload, report, as_):
    key = report(kind="staffing")
    content = b"Site,Line,Team,Required FTE,Actual FTE\ncedar-one,cedar-voice,A,5,5\ncedar-one,cedar-chat,A,5,5\n"
    answer = upload("ana", key, content, "own.csv")
    data = {**fields_of(answer.text), "leave_out": "y", "confirm": "yes", "adds_up": "y"}
    refused = as_("ana").post(answer.request.path, data=data)
    assert refused.status_code == 422
    assert "cannot be added up from several rows" in refused.text


def test_sheets_that_are_named_after_queues_are_read_as_one_table(asked, confirm, look):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for queue, calls in (("cedar-voice", 1000), ("cedar-chat", "many")):
        sheet = book.create_sheet(queue)
        sheet.append(["Offered", "Answered", "In SLA", "Abandoned"])
        sheet.append([calls, 900, 800, 20])
    body = io.BytesIO()
    book.save(body)
    page, path, key = asked(body.getvalue())
    assert "put together" in page
    confirm(page, path)
    (problem,) = look(key)["draft"]["problems"]
    assert (problem["place"], problem["row"]) == ("Sheet cedar-chat, A2 (Offered)", None)
