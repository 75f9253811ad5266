"""Workbooks as partners in several countries send them, read as they are proposed: rightly, or refused by cell."""

from datetime import timedelta

import pytest

from app.domain.periods import Month
from app.reading import read
from app.reports.mapping.applying import read_by
from app.reports.mapping.column_map import wrongs
from app.reports.mapping.first_rows import first_rows
from app.reports.mapping.proposing import Known, propose
from app.reports.mapping.sketch import first_of
from app.reports.mapping.understanding import tables_in, understand
from app.reports.tables.checking import Checked, check
from app.reports.tables.finding import WrongFile
from app.reports.template import Asked, Column, Template
from tests.reader.files import workbook

COUNTS = (
    ("offered", ()),
    ("answered", ("offered",)),
    ("answered_in_threshold", ("answered",)),
    ("abandoned", ("offered",)),
)
COLUMNS = tuple(
    Column(key, key.replace("_", " ").capitalize(), "contacts", "", is_whole=True, part_of=part) for key, part in COUNTS
)
TEMPLATE = Template(
    *("code", Month(2026, 9), "service", "partner", "month"),
    (*COLUMNS, Column("handle_seconds", "Handling time", "seconds", "")),
    (Asked("one", "voice"), Asked("one", "chat")),
)
KNOWN = Known({"site": {"one": "one"}, "queue": {"voice": "voice", "chat": "chat"}}, {})
RIGHT = [["1000", "950", "800", "50", "285000"], ["2000", "1900", "1600", "100", "570000"]]


def as_proposed(content: bytes, style: str = "1.234,5") -> Checked:
    sheets = read("own.xlsx", content).sheets
    best = propose(tables_in(sheets, KNOWN), TEMPLATE, KNOWN)[0]
    roles = [(each.role, each.heading.place) for each in best.chosen.columns if each.role]
    assert list(wrongs(best.chosen, roles, TEMPLATE)) == []
    table = read_by(best.chosen, best.layout, TEMPLATE, style)
    checked = check(sheets, table.template, style, table.found, with_sums=table.all_problems)
    checked.notes += table.notes
    return checked


def figures(checked: Checked) -> list[list[str]]:
    return [list(row["measures"].values()) for row in checked.rows]


def test_a_brazilian_sheet_with_merged_places_and_hours_beyond_a_day():
    def merge(book):
        for place in ("A2:A3", "B2:B3"):
            book.active.merge_cells(place)
        for place in ("H2", "H3"):
            book.active[place].number_format = "[h]:mm:ss"

    checked = as_proposed(
        workbook(
            ["Mês", "Unidade", "Fila", "Recebidas", "Atendidas", "No prazo", "Abandonadas", "Tempo de atendimento"],
            ["set/26", "one", "voice", "1.000", 950, 800, 50, timedelta(hours=79, minutes=10)],
            [None, None, "chat", "2.000", "1.900", "1.600", 100, timedelta(hours=158, minutes=20)],
            ["Total Geral", None, None, "3.000", "2.850", "2.400", 150, timedelta(hours=237, minutes=30)],
            change=merge,
        )
    )
    assert (figures(checked), checked.problems) == (RIGHT, [])
    assert "What is merged over several rows was read for each of them: A2:A3, B2:B3." in checked.notes


def test_an_indian_sheet_in_lakhs_to_which_each_month_is_added():
    heads = [
        "Month",
        "Location",
        "LOB",
        "Calls Offered (lakhs)",
        "Calls Answered",
        "Ans within SLA",
        "Aban",
        "Handle Time (min)",
    ]
    rows = [
        [month, "one", queue, offered, *others]
        for month in ("Aug'26", "Sept'26")
        for queue, offered, *others in (
            ("voice", 1.23456, "1,20,000", "1,00,400", "3,456", "6,00,000"),
            ("chat", "0.02", "1,900", 1600, 100, 9500),
        )
    ]
    content = workbook(heads, *rows, ["Grand Total", None, None, 2.5])
    checked = as_proposed(content, "1,234.5")
    assert figures(checked) == [["123456", "120000", "100400", "3456", "36000000"], RIGHT[1]]
    assert "2 rows were left out, as the mapping says: Aug 2026 (2)." in checked.notes
    best = propose(tables_in(read("own.xlsx", content).sheets, KNOWN), TEMPLATE, KNOWN)[0]
    assert [row for row, _ in first_rows(best.chosen, first_of(best.layout), TEMPLATE, "1,234.5")] == [4, 5]


def test_a_german_sheet_with_three_rows_of_merged_headings_and_two_tables():
    def merge(book):
        for place in ("A1:A3", "B1:B3", "C1:C3", "D1:G1"):
            book.active.merge_cells(place)

    checked = as_proposed(
        workbook(
            ["Monat", "Standort", "Hotline", "Volumen", None, None, None, "Zeiten"],
            [None, None, None, "Angeboten", "Angenommen", "Angenommen im SL", "Verloren", "Bearbeitungszeit"],
            [None, None, None, "Anzahl", "Anzahl", "Anzahl", "Anzahl", "Minuten"],
            ["September 2026", "one", "voice", "1,000", 950, 800, 50, 4750],
            ["Zwischensumme", None, None, 1000, 950, 800, 50, 4750],
            ["Hinweis: Ausfall am 12.9."],
            ["Sep 26", "one", "chat", 2000, "95 %", 1600, 100, 9500],
            change=merge,
        )
    )
    assert [problem.place for problem in checked.problems] == [
        "Sheet Sheet, D4 (Volumen / Angeboten / Anzahl)",
        "Sheet Sheet, E7 (Volumen / Angenommen / Anzahl)",
    ]
    assert "“1,000” may mean 1000" in checked.problems[0].words
    assert "95 % is a percentage" in checked.problems[1].words


def test_an_average_is_no_sum_and_a_compact_pivot_table_is_refused_with_what_to_do():
    heads = ["Mois", "Ville", "File d'attente", "Reçus", "Décrochés", "Dans le seuil", "Abandonnés", "DMT (s)"]
    rows = [["sept. 2026", "one", queue, 1000, 950, 800, 50, 300] for queue in ("voice", "chat")]
    best = propose(tables_in(read("a.xlsx", workbook(heads, *rows)).sheets, KNOWN), TEMPLATE, KNOWN)[0]
    assert best.chosen.of_role("measure:handle_seconds") is None
    taken = {each.role: (each.heading.place, each.unit) for each in best.chosen.columns if each.role}
    chosen = best.chosen.with_roles({**taken, "measure:handle_seconds": (7, "")})
    said = [each.words for each in wrongs(chosen, [], TEMPLATE) if each.role == "measure:handle_seconds"]
    assert said[-1].startswith("“DMT (s)” is an average; Handling time takes the sum over all of them.")
    pivot = workbook(["Etiquetas de fila", "Suma de Ofrecidas"], ["one", 3000], ["   voice", 1000], ["   chat", 2000])
    with pytest.raises(WrongFile, match="Show it in tabular form"):
        understand(read("a.xlsx", pivot).sheets, TEMPLATE, KNOWN, None, "1.234,5")


def test_of_a_book_with_a_sheet_for_each_month_that_of_the_report_is_proposed():
    def add(book):
        book.active.title = "Agosto 2026"
        sheet = book.create_sheet("Setembro 2026")
        for row in (heads, *rows[:1]):
            sheet.append(row)

    heads = ["Local", "Fila", "Recebidas", "Atendidas", "No prazo", "Abandonadas", "Tempo de atendimento (s)"]
    rows = [["one", queue, 1000, 950, 800, 50, 285000] for queue in ("voice", "chat")]
    found = tables_in(read("a.xlsx", workbook(heads, *rows, change=add)).sheets, KNOWN)
    assert [each.layout.sheet.name for each in propose(found, TEMPLATE, KNOWN)] == ["Setembro 2026", "Agosto 2026"]


def test_of_a_line_that_a_comma_within_a_figure_has_shifted_only_that_is_said():
    heads = "Month,Site,Queue,Offered,Answered,Answered in threshold,Abandoned,Handling time"
    content = f"{heads}\n2026-09,one,voice,1,23,456,120000,100400,3456,9\n2026-09,one,chat,2000,1900,1600,100,570000\n"
    checked = check(read("a.csv", content.encode()).sheets, TEMPLATE, "1,234.5")
    assert [(each.place, each.words[:22]) for each in checked.problems] == [("Row 2", "This row has 10 cells,")]
    assert figures(checked) == RIGHT[1:]
