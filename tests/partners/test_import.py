"""Import of partners, sites, queues and people: everything wrong is listed, and nothing is half imported."""

import html
import io
import re

import openpyxl
import pytest
import xlsxwriter
from sqlalchemy import func, select

from app.accounts.models import User
from app.jobs import Job
from app.partners.import_file import COLUMNS, EXAMPLE
from app.partners.models import Partner, Queue, Site

HEADINGS = ",".join(COLUMNS)
GOOD = "\n".join([HEADINGS, *(",".join(row) for row in EXAMPLE)])


def upload(visitor, content: bytes | str, name: str = "partners.csv"):
    content = content.encode() if isinstance(content, str) else content
    return visitor.post("/partner-imports/new", data={"file": (io.BytesIO(content), name)})


def carried(answer) -> dict:
    """The hidden field of the second look."""
    return {"rows": html.unescape(re.search(r'name="rows" value="([^"]*)"', answer.text)[1])}


def problems(answer) -> list[tuple[str, str]]:
    """Row and column of each problem on the page."""
    return re.findall(r'<th scope="row" class="n">(\d+)</th><td>([^<]+)</td>', answer.text)


def row(**cells) -> str:
    return ",".join(cells.get(re.sub(r"\W", "", name).lower(), "") for name in COLUMNS)


@pytest.fixture
def nothing_written(inside):
    yield
    with inside() as session:
        counts = [session.scalar(select(func.count()).select_from(model)) for model in (Partner, Site, Queue, Job)]
        assert counts == [2, 2, 2, 0]


@pytest.mark.portable
def test_a_right_file_is_looked_at_twice_and_then_imported_whole(as_, inside):
    ada = as_("ada")
    look = upload(ada, GOOD)
    assert look.status_code == 200
    assert "Import 4 rows?" in look.text
    done = ada.post("/partner-imports", data=carried(look))
    assert done.status_code == 303
    assert "1 partner, 1 site, 1 queue, 1 person" in ada.get(done.headers["Location"]).text
    with inside() as session:
        partner = session.scalars(select(Partner).where(Partner.name == "Cordillera")).one()
        assert [(site.code, site.name, site.country) for site in partner.sites] == [("BOG", "Bogotá", "CO")]
        assert [(queue.code, queue.business) for queue in partner.queues] == [("EN-VOICE", "Support")]
        assert session.scalars(select(User.name).where(User.email == "lucia@cordillera.example")).one() == "Lucía Rojas"
        assert session.scalars(select(Job.kind)).all() == ["invitation.send"]


def test_the_first_look_writes_nothing(as_, nothing_written):
    upload(as_("ada"), GOOD)


def test_a_workbook_is_read_like_a_csv_file(as_):
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Import")
        for place, cells in enumerate([tuple(COLUMNS), *EXAMPLE]):
            sheet.write_row(place, 0, cells)
    answer = upload(as_("ada"), target.getvalue(), "partners.xlsx")
    assert "Import 4 rows?" in answer.text


def test_the_templates_are_what_the_import_reads(as_):
    ada = as_("ada")
    workbook = ada.get("/partner-imports/template.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(workbook.data))
    assert [cell.value for cell in book["Import"][1]] == list(COLUMNS)
    book["Import"].append(EXAMPLE[1])
    book["Import"].cell(2, 2, "Cedar")
    filled = io.BytesIO()
    book.save(filled)
    assert "Import 1 row?" in upload(ada, filled.getvalue(), "partners.xlsx").text
    text = ada.get("/partner-imports/template.csv").data.decode("utf-8-sig")
    assert "Import 1 row?" in upload(ada, text + row(what="site", partner="Cedar", name="Cali")).text


def test_everything_wrong_is_listed_by_row_and_column(as_, nothing_written):
    answer = upload(
        as_("ada"),
        "\n".join(
            [
                HEADINGS,
                row(what="partner", partner="CEDAR", timezone="Mars"),
                row(what="site", partner="Nobody", name="Cali", country="Atlantis"),
                row(what="site", partner="cedar", name="One", code="cedar-one"),
                row(what="site", partner="Cedar", code="a b"),
                row(what="queue", partner="Birch", name="Fax", channel="fax", livefrom="soon"),
                row(what="person", partner="Cedar", name="Leo", email="leo@cedar.example", role="boss"),
                row(what="person", partner="Cedar", name="Lea", email="lea", role="lead", language="French"),
                row(what="team", partner="Cedar"),
            ]
        ),
    )
    assert answer.status_code == 422
    assert "Nothing was written" in answer.text
    assert sorted(problems(answer)) == sorted(
        [
            ("2", "Partner"),
            ("2", "Time zone"),
            ("3", "Partner"),
            ("3", "Country"),
            ("4", "Code"),
            ("5", "Name"),
            ("5", "Code"),
            ("6", "Language"),
            ("6", "Channel"),
            ("6", "Live from"),
            ("7", "Role"),
            ("7", "E-mail"),
            ("8", "Language"),
            ("8", "E-mail"),
            ("9", "What"),
        ]
    )
    for words in ("There is a partner “CEDAR” already.", "“soon” is not a date.", "A person does not have this."):
        assert words in answer.text


def test_rows_are_checked_against_each_other(as_, nothing_written):
    person = row(what="person", partner="Cedar", name="Lea", email="lea@cedar.example", role="lead")
    site = row(what="site", partner="Cedar", name="Cali", code="CLO")
    answer = upload(as_("ada"), "\n".join([HEADINGS, person, site, site, person]))
    assert problems(answer) == [("4", "Code"), ("5", "E-mail")]


def test_a_partner_may_stand_below_what_it_has(as_):
    rows = [HEADINGS, row(what="site", partner="new-one", name="Cali")]
    rows.append(row(what="partner", partner="New One", code="new-one", timezone="UTC"))
    assert "Import 2 rows?" in upload(as_("ada"), "\n".join(rows)).text


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "empty.csv", "empty"),
        (HEADINGS, "headings.csv", "headings and no rows"),
        ("Month,Offered\n2026-11,3", "other.csv", "There is no column “Month”."),
        ("What,Partner,Emial\nperson,Cedar,x", "typo.csv", "Is “E-mail” meant?"),
        ("What,What,Partner\nsite,site,Cedar", "twice.csv", "twice"),
        ("Name,Code\nCali,CLO", "part.csv", "The first row must hold the headings"),
        (b"%PDF-1.7", "partners.xlsx", "This is a PDF"),
        (b"PK\x03\x04 broken", "partners.xlsx", "amaged"),
        (HEADINGS + f"\n{row(what='site', partner='Cedar', name='Cali')}" * 1001, "long.csv", "at most 1000"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(as_, nothing_written, content, name, words):
    answer = upload(as_("ada"), content, name)
    assert answer.status_code == 422
    assert words in html.unescape(answer.text)


def test_no_file_says_what_to_choose(as_):
    answer = as_("ada").post("/partner-imports/new", data={})
    assert answer.status_code == 422
    assert "Choose a workbook" in answer.text


def test_the_import_checks_again_what_the_second_look_carried(as_, inside):
    ada = as_("ada")
    look = carried(upload(ada, GOOD))
    assert ada.post("/partner-imports", data=look).status_code == 303
    again = ada.post("/partner-imports", data=look)
    assert again.status_code == 422
    assert "There is a partner “Cordillera” already." in again.text


@pytest.mark.parametrize(
    "rows", ["", "{", "[[1]]", '[["x", {}]]', "[]", "null", '[[1, "abc"]]', "[[1e999,{}]]", "[" * 100_000]
)
def test_rows_that_were_tampered_with_are_refused(as_, nothing_written, rows):
    assert as_("ada").post("/partner-imports", data={"rows": rows}).status_code == 422


def test_a_confined_manager_adds_places_but_no_partner_and_sees_no_other(as_):
    answer = upload(as_("max"), GOOD)
    assert ("2", "What") in problems(answer)
    theirs = "\n".join([HEADINGS, row(what="site", partner="Birch", name="Cali")])
    assert "Import 1 row?" in upload(as_("max"), theirs).text
    others = upload(as_("max"), theirs.replace("Birch", "Cedar"))
    assert problems(others) == [("2", "Partner")]


@pytest.mark.parametrize("path", ["new", "template.xlsx", "template.csv"])
def test_who_may_import(as_, client, path):
    url = f"/partner-imports/{path}"
    assert {who: as_(who).get(url).status_code for who in ("ada", "mia", "max", "dora", "leo", "ana")} == {
        "ada": 200,
        "mia": 200,
        "max": 200,
        "dora": 403,
        "leo": 403,
        "ana": 403,
    }
    assert client.get(url).status_code == 302
    assert as_("leo").post("/partner-imports", data={}).status_code == 403
    assert as_("ada").get("/partner-imports").status_code == 405
