"""Names in a table that Accord does not know: asked about with the table that they stand in, however many they are."""

import pytest

from app.partners.models import Site
from app.reports.asking import names_of
from tests.reader.files import workbook
from tests.reports.test_mapping import fields_of, own_name, own_workbook

HEAD = ["Site", "Queue", "Inbound calls", "Answered", "In SLA", "Missed"]


@pytest.fixture
def asked(report, upload):
    """`asked(*rows)`: the page that asks about a workbook with these rows on a second sheet, its address, the key."""

    def bring(*rows):
        def second(sheet):
            other = sheet.parent.create_sheet("Second")
            for row in (HEAD, *rows):
                other.append(row)

        key = report()
        answer = upload("ana", key, own_workbook(second), "own.xlsx")
        return answer.text, answer.request.path, key

    return bring


def test_names_in_another_table_are_asked_about_as_soon_as_it_is_chosen(asked, as_, look):
    figures = [1000, 950, 800, 50]
    names = ("cedar-voice", "cedar-chat", "cedar-voice")
    rows = [[site, queue, *figures] for site, queue in zip(("cedar-one", "cedar-one", "Depot"), names, strict=True)]
    page, path, key = asked(*rows)
    assert "Unassigned (1 row)" in page
    other = as_("ana").post(path, data={**fields_of(page), "table": "1", "look": "table"}).text
    assert "Unassigned (1 row)" not in other
    said = {**fields_of(other), "leave_out": "y", "confirm": "yes"}
    unsaid = as_("ana").post(path, data=said)
    assert (unsaid.status_code, "Say what “Depot” stands for." in unsaid.text) == (422, True)
    done = as_("ana").post(path, data={**said, own_name(other, "Depot"): "-"}, follow_redirects=True)
    assert done.request.path == f"/reports/{key}/draft"
    assert "1 row was left out, as the mapping says: “Depot” (1)." in done.text
    assert [row["measures"]["answered"] for row in look(key)["draft"]["rows"]] == ["950", "950"]


def test_of_very_many_names_it_is_said_what_they_may_be_and_one_answer_holds_for_all(asked, as_, look):
    rows = [[f"House {number}", "cedar-voice", 7, 6, 5, 1] for number in range(70)]
    page, path, key = asked(
        *rows, *(["cedar-one", queue, 1000, 950, 800, 50] for queue in ("cedar-voice", "cedar-chat"))
    )
    page = as_("ana").post(path, data={**fields_of(page), "table": "1", "look": "table"}).text
    assert "The other 10 names" in page
    assert "So many names are rarely sites. If they are none, choose another column above" in page
    said = {**fields_of(page), "leave_out": "y", "confirm": "yes", "other_site": "-"}
    said |= {name: "-" for name in said if name.startswith("name_site_")}
    as_("ana").post(path, data=said)
    assert [row["queue"] for row in look(key)["draft"]["rows"]] == ["cedar-voice", "cedar-chat"]


def test_a_place_is_known_by_its_name_with_its_accents_and_without():
    sites = [Site(name="Bogotá", code="BOG"), Site(name="Medellín", code="MDE"), Site(name="Cali", code="medellin")]
    assert names_of(sites, ["BOG", "MDE"]) == {"bogotá": "BOG", "bogota": "BOG", "medellín": "MDE"}


def test_a_figure_that_a_workbook_does_not_have_is_said_to_need_a_column_there(report, upload):
    rows = "cedar-one,cedar-voice,1000,950,80 %\ncedar-one,cedar-chat,1000,950,80 %\n"
    asked = upload("ana", report(), f"Site,Line,Offered,Answered,SL %\n{rows}".encode(), "own.csv").text
    assert "add a column for it there, and write “n/a: why” where there is none" in asked
    whole = rows.replace("80 %", "800,50")
    asked = upload("ana", report(), f"Site,Line,Offered,Answered,In SLA,Abandoned\n{whole}".encode(), "own.csv").text
    assert "add a column for it there" not in asked


def test_a_row_that_ends_with_total_is_one_and_no_name(report, upload):
    head = "Site,Line,Offered,Answered,In SLA,Abandoned"
    rows = [
        *(f"cedar-one,{queue},1000,950,800,50" for queue in ("cedar-voice", "cedar-chat")),
        "cedar-one Total,,2,1,1,1",
    ]
    asked = upload("ana", report(), "\n".join([head, *rows]).encode(), "own.csv").text
    assert "Names that Accord does not know" not in asked


def test_a_column_that_has_another_name_now_is_proposed_and_said(report, upload, as_):
    key, figures = report(), "1000,950,800,50"
    rows = "".join(f"cedar-one,{queue},{figures}\n" for queue in ("cedar-voice", "cedar-chat"))
    asked = upload("ana", key, f"Site,Line,Offered,Answered,In SLA,Missed\n{rows}".encode(), "own.csv")
    as_("ana").post(asked.request.path, data={**fields_of(asked.text), "confirm": "yes"})
    changed = upload("ana", key, f"Site,Queue,Offered,Answered,In threshold,Missed\n{rows}".encode(), "own.csv")
    assert "The column “Queue” (B) is new. It is proposed for Queue." in changed.text
    assert "The column “Line” (B) is gone. It held Queue." in changed.text
    said = {**fields_of(changed.text), "confirm": "yes"}
    done = as_("ana").post(changed.request.path, data=said, follow_redirects=True)
    assert done.request.path == f"/reports/{key}/draft"


def test_a_file_whose_figures_are_on_a_hidden_sheet_is_refused_with_its_name(report, upload):
    def hide(book):
        book.create_sheet("Figures").append(HEAD)
        book["Figures"].sheet_state = "hidden"

    refused = upload("ana", report(), workbook(["See the other sheet"], change=hide))
    assert "The hidden sheet “Figures” was not read. If it holds the figures, show it" in refused.text


def test_what_was_left_out_before_is_ticked_while_nothing_is_beside_it(report, upload, as_):
    def bring(heading: str):
        rows = "".join(f"cedar-one,{queue},1000,950,800,50,7,7\n" for queue in ("cedar-voice", "cedar-chat"))
        return upload("ana", key, f"Site,Line,Offered,Answered,In SLA,{heading}\n{rows}".encode(), "own.csv")

    key, ticked = report(), '<input checked id="leave_out"'
    asked = bring("Missed,Seats,Teams")
    assert ticked not in asked.text
    as_("ana").post(asked.request.path, data={**fields_of(asked.text), "leave_out": "y", "confirm": "yes"})
    assert ticked in bring("Missed [1],Seats,Teams").text
    assert ticked not in bring("Missed,Seats,Shifts").text
