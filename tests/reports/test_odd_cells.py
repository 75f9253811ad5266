"""Cells and tables of a partner that wishes us no good: understood, or refused with the place, and nothing lost."""

from decimal import Decimal

import pytest

from app.reading import Cell
from app.reports.tables.figures import NotAFigure, figure
from app.reports.template import Column
from app.reports.units import conversion
from tests.reports.test_mapping import fields_of

COUNT = Column("abandoned", "Abandoned", "contacts", "", is_whole=True)
SHARE = Column("occupancy", "Occupancy", "percent", "", is_stated=True)
HEAD = "Mes;Sede;Cola;Recibidas;Atendidas;En umbral;Abandonadas"
ROWS = [f"2026-10;cedar-one;{queue};1000;950;800;50" for queue in ("cedar-voice", "cedar-chat")]


@pytest.mark.parametrize(
    "cell", [Cell("text", "-0"), Cell("number", "-0"), Cell("text", "\u22120"), Cell("text", "0.00")]
)
def test_a_negative_zero_is_none(cell):
    assert f"{figure(cell, COUNT, '1,234.5'):f}" == "0"


@pytest.mark.parametrize("text", ["80 %", "80%", "80\u00a0%", "80\u202f%", "80.0 %", "80"])
@pytest.mark.parametrize("kind", ["text", "percent"])
def test_a_percentage_may_say_that_it_is_one(text, kind):
    cell = Cell("percent", "0.8") if kind == "percent" else Cell("text", text)
    assert figure(cell, SHARE, "1,234.5") == Decimal(80)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("1 234", 1234),
        ("1\u202f234\u00a0567", 1_234_567),
        ("12'345", 12_345),
        ("1’000", 1000),
        (" 7 ", 7),
        ("+ 5", 5),
        ("+ 1 234", 1234),
    ],
)
def test_blanks_and_apostrophes_stand_between_groups_of_three(text, count):
    assert figure(Cell("text", text), COUNT, "1,234.5") == count


@pytest.mark.parametrize(
    "text", ["80 90", "12 5", "5'30", "1 2 3", "12 34", "1 23 456", "1000 20", "8090 123", "79.5 120"]
)
@pytest.mark.parametrize("style", ["1,234.5", "1.234,5", "1 234,5"])
def test_two_figures_in_one_cell_are_not_read_as_one(text, style):
    with pytest.raises(NotAFigure, match="is not a number"):
        figure(Cell("text", text), COUNT, style)


def test_a_percentage_among_shares_of_one_stays_what_it_says():
    shares = Column("occupancy", "Occupancy", "percent", "", is_stated=True, conversion=conversion("percent", "share"))
    assert [figure(Cell("text", text), shares, "1,234.5") for text in ("0.8", "80 %")] == [Decimal(80)] * 2


def test_a_column_of_percentages_is_proposed_for_a_percentage_whatever_its_heading_is_called(report, upload):
    level = {"key": "occupancy", "name": "Occupancy", "metric": "occupancy", "window": "month", "source": "stated"}
    level |= {"expected": {"comparator": ">=", "value": "80"}, "weight": "100", "class": "critical"}
    level |= {"credits_on": "none", "clause": "2", "scope": {"sites": [], "queues": []}}
    key = report(service_levels=[level])
    body = "\n".join([f"{HEAD};Occupancy", *(f"{row};81 %" for row in ROWS)]).encode()
    asked = upload("ana", key, body, "own.csv")
    assert "col:7" in fields_of(asked.text).values()


def test_another_table_of_the_sheet_is_named_when_it_is_not_read(report, upload, as_, look):
    key = report()
    body = "\n".join([HEAD, *ROWS, "", "Agente;Nota", "x;5", "y;7"]).encode()
    asked = upload("ana", key, body, "own.csv")
    said = {**fields_of(asked.text), "leave_out": "y", "confirm": "yes"}
    page = as_("ana").post(asked.request.path, data=said, follow_redirects=True).text
    assert look(key)["draft"]["problems"] == []
    assert "Another table of this sheet was not read: its headings stand in row 5." in page


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (
            [
                "Month;Site;Queue;Measure;Value",
                *(f"2026-10;cedar-one;cedar-voice;{n};9" for n in ("Offered", "Answered")),
            ],
            "holds the name of a figure in each row (column “Measure”)",
        ),
        (["Site;Queue;Sep 2026;Oct 2026;Nov 2026", "cedar-one;cedar-voice;1;2;3"], "has its months side by side"),
    ],
)
def test_a_table_of_another_shape_is_refused_with_what_to_do_also_under_our_own_headings(report, upload, lines, words):
    assert words in upload("ana", report(), "\n".join(lines).encode(), "own.csv").text
