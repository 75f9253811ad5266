"""Every row of docs/checks.md, with an example that holds it true."""

import re
from dataclasses import fields
from decimal import Decimal
from pathlib import Path

import pytest

from app.contracts.catalogue import CATALOGUE
from app.domain.periods import Month
from app.masking import masked, masked_filename
from app.reading import read
from app.reports.checks.context import Background
from app.reports.checks.past import months_before
from app.reports.checks.rules import RULES
from app.reports.checks.thresholds import DEFAULTS
from app.reports.tables.cells import merged
from app.reports.tables.checking import Checked, check
from app.reports.tables.finding import WrongFile
from app.reports.tables.personal import Cleaned, cleaned
from app.reports.tables.problems import Problem
from app.reports.template import Asked, Column, Template
from app.reports.uploads.weighing import warnings_of

DOCUMENT = (Path(__file__).parents[2] / "docs" / "checks.md").read_text()
CHECKS = re.findall(r"^\| (?!Check)([A-Z][^|]+?) \|", DOCUMENT.partition("## Defaults")[0], re.MULTILINE)
OCTOBER, SEPTEMBER = Month(2026, 10), Month(2026, 9)
PLACE = ("BOG", "EN")
EXAMPLES = {}


def example(name: str):
    def keep(function):
        EXAMPLES[name] = function
        return function

    return keep


def test_every_row_of_the_document_has_an_example_and_every_example_a_row():
    assert sorted(CHECKS) == sorted(EXAMPLES)


def test_every_rule_has_a_row():
    assert {rule.name for rule in RULES} <= set(CHECKS)


@pytest.mark.parametrize("name", CHECKS)
def test_a_row_of_the_document_is_true(name):
    EXAMPLES[name]()


def test_the_document_tells_every_default():
    told = dict(re.findall(r"^\| `(\w+)` \| ([\d.]+) \|", DOCUMENT, re.MULTILINE))
    assert told == {field.name: str(getattr(DEFAULTS, field.name)) for field in fields(DEFAULTS)}


NAMES = {
    "offered": "Offered",
    "answered": "Answered",
    "abandoned": "Abandoned",
    "opening_headcount": "Opening",
    "cohort_starters": "Joiners",
    "leavers": "Leavers",
    "closing_headcount": "Closing",
    "qa_samples": "Samples",
    "productive_hours": "Hours",
    "service_level": "Level",
    "answered_in_threshold": "Quick",
}
PARTS = {"answered": ("offered",), "abandoned": ("offered",), "answered_in_threshold": ("answered", "offered")}


def asked(*keys: str, places=(PLACE, ("BOG", "ES"))) -> Template:
    columns = [
        Column(
            key, NAMES[key], "contacts", "", key != "service_level", key == "service_level", part_of=PARTS.get(key, ())
        )
        for key in keys
    ]
    rows = tuple(Asked(*place) for place in places)
    return Template("code", OCTOBER, "service", "partner", "month", tuple(columns), rows)


def checked(template: Template, *rows: str, headings: str = "") -> Checked:
    names = [f'"{column.heading}"' for column in template.columns]
    head = headings or ",".join(["Month", "Site", "Queue", *names, "No figures because"])
    return check(read("a.csv", "\n".join([head, *rows]).encode()).sheets, template, "1,234.5")


def problems(*rows: str, headings: str = "") -> list[str]:
    found = checked(asked("offered", "answered"), *rows, headings=headings)
    return [f"{problem.place}: {problem.words}" for problem in found.problems]


def warned(template: Template, *rows: str, **known) -> list[str]:
    found = checked(template, *rows)
    assert found.problems == []
    return [f"{each['place']}: {each['words']}" for each in warnings_of(found, template, Background(**known))]


def one(key: str, value: str, **known) -> list[str]:
    return warned(asked(key, places=(PLACE,)), f"2026-10,BOG,EN,{value}", **known)


def past(*values: int, key: str = "offered") -> dict:
    """So many months before October, the last of them September."""
    months = months_before(OCTOBER, len(values))
    return {"past": {month: {PLACE: {key: Decimal(value)}} for month, value in zip(months, values, strict=True)}}


GOOD = "2026-10,BOG,ES,1000,950"


@example("Wrong file")
def wrong_file():
    with pytest.raises(WrongFile, match="This file is about September 2026"):
        problems("2026-09,BOG,EN,1,1", "2026-09,BOG,ES,1,1")


@example("Missing column")
def missing_column():
    assert problems("2026-10,BOG,EN,1", "2026-10,BOG,ES,1", headings="Month,Site,Queue,Offered") == [
        "Row 1: The column “Answered (contacts)” is missing. Add it as it stands in the template."
    ]


@example("Repeated column")
def repeated_column():
    told = problems("2026-10,BOG,EN,1,1,1", GOOD, headings="Month,Site,Queue,Offered,Answered,Offered")
    assert told == ["Row 1, Offered: This heading stands here twice. Keep one column."]


@example("Unknown site or queue")
def unknown_queue():
    (told,) = problems("2026-10,BOG,EM,1,1", GOOD)  # and not that the row of EN is missing too
    assert told == "Row 2, Queue: “EM” is not a queue of this report. It takes EN, ES."


@example("Wrong period")
def wrong_period():
    (told,) = problems("2026-09,BOG,EN,1,1", GOOD)
    assert "2026-09 is not in October 2026" in told


@example("Row not asked for")
def not_asked_for():
    template = asked("offered", places=(PLACE, ("MDE", "ES")))
    found = checked(template, "2026-10,BOG,EN,1", "2026-10,MDE,ES,1", "2026-10,BOG,ES,1")
    assert found.problems[0].words.startswith("BOG does not work ES in October 2026 under this contract.")


@example("Repeated row")
def repeated_row():
    assert "BOG, ES stands in row 2 already." in problems(GOOD, GOOD, "2026-10,BOG,EN,1,1")[0]


@example("Missing row")
def missing_row():
    (told,) = problems(GOOD)
    assert told.startswith("Missing row: BOG, EN is not in the file.")


@example("Empty cell")
def empty_cell():
    (told,) = problems("2026-10,BOG,EN,1000,", GOOD)
    assert told.startswith("Row 2, Answered: The cell is empty.")
    (told,) = problems("2026-10,BOG,EN,1000,n/a", GOOD)
    assert told.startswith("Row 2, Answered: Say why there is no figure")
    rows = checked(
        asked("offered", "answered"), "2026-10,BOG,EN,1000,n/a: the switch lost them", "2026-10,BOG,ES,0,,Strike"
    ).rows
    assert [row["unavailable"] for row in rows] == [{"answered": "the switch lost them"}, {"answered": "Strike"}]
    assert [row["measures"] for row in rows] == [{"offered": "1000"}, {"offered": "0"}]


@example("Not a figure")
def not_a_figure():
    assert "79 % is a percentage" in problems("2026-10,BOG,EN,79 %,1", GOOD)[0]


@example("Not a count")
def not_a_count():
    assert "“-5” is negative." in problems("2026-10,BOG,EN,-5,1", GOOD)[0]
    assert "“30.000” may mean 30000." in problems("2026-10,BOG,EN,30.000,1", GOOD)[0]
    assert problems("2026-10,BOG,EN,1250.000,1", GOOD) == problems("2026-10,BOG,EN,1250,1", GOOD)


@example("Part above its whole")
def part_above_whole():
    told = checked(asked("offered", "answered", places=(PLACE,)), "2026-10,BOG,EN,1000,1001").problems
    assert told[0].words.startswith("Answered (1001) is more than Offered (1000)")


def test_people_on_leave_are_a_part_of_the_closing_headcount():
    """As the catalogue says, for whatever it calls a part."""
    leave, whole = CATALOGUE.measures["on_leave"], CATALOGUE.measures["closing_headcount"]
    columns = tuple(
        Column(each.key, each.name, each.unit, "", each.integer, part_of=each.part_of) for each in (whole, leave)
    )
    template = Template("code", OCTOBER, "staffing", "partner", "month", columns, (Asked(*PLACE),))
    (told,) = checked(template, "2026-10,BOG,EN,40,41").problems
    assert (
        told.words
        == "On leave (41) is more than Closing headcount (40), which it is a part of. Put one of the two right."
    )
    assert checked(template, "2026-10,BOG,EN,40,40").problems == []


@example("Answered and abandoned against offered")
def population():
    template = asked("offered", "answered", "abandoned", places=(PLACE,))
    assert warned(template, "2026-10,BOG,EN,1000,950,80") == [
        "Row 2, Offered: Answered 950 and Abandoned 80 come to 1,030, more than Offered 1,000 in the same row."
    ]
    assert warned(template, "2026-10,BOG,EN,1000,950,50") == []


@example("Plausible within one row")
def implausible():
    template = asked("opening_headcount", "cohort_starters", "leavers", places=(PLACE,))
    assert warned(template, "2026-10,BOG,EN,10,2,14") == [
        "Row 2, Leavers: Leavers 14 beside Opening 10 and Joiners 2 in the same row: more people would have left than "
        "were there or started."
    ]
    assert warned(template, "2026-10,BOG,EN,10,2,12") == []


@example("A stated percentage against its counts")
def stated():
    template = asked("answered_in_threshold", "offered", "service_level", places=(PLACE,))
    (told,) = warned(template, "2026-10,BOG,EN,796,1000,82.5")
    assert told == (
        "Row 2, Level, stated: Level, stated is 82.5, and Quick 796, Offered 1,000 in the same row come to 79.6."
    )
    assert warned(template, "2026-10,BOG,EN,796,1000,80") == []  # 79.6 in whole percent
    beside = asked("answered_in_threshold", "offered", places=(PLACE,))
    for written in ("82.5 %", "82.5 % "):
        found = checked(beside, f"2026-10,BOG,EN,796,1000,{written}", headings="Month,Site,Queue,Quick,Offered,SL %")
        (told,) = warnings_of(found, beside, Background())
        assert told["words"] == "SL % is 82.5, and Quick 796, Offered 1,000 in the same row come to 79.6."


@example("Round figures throughout")
def too_round():
    template = asked("offered", "answered", places=[("BOG", f"Q{number}") for number in range(6)])
    rows = [f"2026-10,BOG,Q{number},{1000 + 30 * number},{700 + 10 * number}" for number in range(6)]
    (told,) = warned(template, *rows)
    assert "12 of the 12 figures from 100 on under Offered, Answered are whole tens." in told
    assert warned(template, *(f"{row[:-1]}{number + 1}" for number, row in enumerate(rows))) == []


@example("Copy of last month")
def copied():
    before = {PLACE: {"offered": Decimal(1007), "answered": Decimal(951), "abandoned": Decimal(41)}}
    template = asked("offered", "answered", "abandoned", places=(PLACE,))
    known = {"past": {SEPTEMBER: before}}
    assert warned(template, "2026-10,BOG,EN,1007,951,41", **known) == [
        "Row 2: All 3 figures of this site and queue are exactly those of September 2026."
    ]
    assert warned(template, "2026-10,BOG,EN,1007,951,42", **known) == []


@example("Far from the partner's own twelve months")
def outlying():
    months = past(1010, 990, 1000, 1040, 960, 1000, 1020)
    assert one("offered", "1400", **months) == [
        "Row 2, Offered: Offered 1,400 for BOG, EN: 825 to 1,175 is usual by its own 7 months from March 2026 to "
        "September 2026, whose median is 1,000."
    ]
    assert one("offered", "1170", **months) == []
    assert one("leavers", "10", **past(0, 1, 0, 2, 0, 1, key="leavers")) == []  # the floor of a small figure
    assert one("offered", "1400", **past(1010, 990, 1000, 1040, 960)) == []  # five months say nothing


def test_what_says_the_same_of_several_cells_is_said_once_with_all_of_them():
    table = {"sheet": "Service", "headings": ["Month", "Site", "Queue", "Offered (contacts)"]}
    wrong = [
        Problem(f"Sheet Service, D{row} (Offered)", f"“{row}%” is no count.", row, 3).to_document()
        for row in (4, 7, *range(9, 31))
    ]
    other = Problem("Missing row", "BOG, EN is not in the file.").to_document()
    first, second = merged(table, [*wrong, other])
    assert (first["place"], second) == ("Sheet Service, D4, D7, D9–D30 (Offered)", other)
    assert first["words"] == "“4%” is no count. The other 23 cells likewise."
    assert merged({**table, "sheet": ""}, wrong)[0]["place"] == "Rows 4, 7, 9–30, Offered"


def test_a_warning_about_several_places_is_about_the_figures_of_all_of_them():
    before = {(PLACE[0], queue): {"offered": Decimal(1007), "answered": Decimal(951)} for queue in ("EN", "ES")}
    template = asked("offered", "answered", "abandoned")
    rows = ("2026-10,BOG,EN,1007,951,41", "2026-10,BOG,ES,1007,951,41")
    known = Background(past={SEPTEMBER: {place: {**told, "abandoned": Decimal(41)} for place, told in before.items()}})
    (told,) = warnings_of(checked(template, *rows), template, known)
    assert told["cells"] == [[2, None], [3, None]]
    assert {tuple(figure[:2]) for figure in told["about"]} == set(before)


def test_of_a_figure_far_from_usual_its_parts_are_not_named_too():
    months = months_before(OCTOBER, 6)
    known = {month: {PLACE: {"offered": Decimal(1000), "answered": Decimal(900)}} for month in months}
    template = asked("offered", "answered", places=(PLACE,))
    (told,) = warned(template, "2026-10,BOG,EN,2000,1800", past=known)
    assert "Offered 2,000" in told
    (told,) = warned(template, "2026-10,BOG,EN,1000,500", past=known)
    assert "Answered 500" in told


@example("Jump against last month")
def jumping():
    assert one("offered", "1600", **past(1000)) == [
        "Row 2, Offered: Offered 1,600 for BOG, EN is 60 % more than the 1,000 reported for September 2026."
    ]
    assert one("offered", "1500", **past(1000)) == one("leavers", "4", **past(2, key="leavers")) == []


@example("Opening headcount against last closing")
def opening():
    assert one("opening_headcount", "52", **past(50, key="closing_headcount")) == [
        "Row 2, Opening: Opening 52 for BOG, EN: September 2026 closed with 50."
    ]
    assert one("opening_headcount", "50", **past(50, key="closing_headcount")) == []


@example("Closing headcount against opening, joiners and leavers")
def closing():
    template = asked("opening_headcount", "cohort_starters", "leavers", "closing_headcount")
    (told,) = warned(template, "2026-10,BOG,EN,50,4,2,53", "2026-10,BOG,ES,20,0,1,19")
    assert told == (
        "Row 2, Closing: Closing 53 for BOG, EN: Opening 50, Joiners 4 and Leavers 2 in the same row come to 52."
    )
    moved = "2026-10,BOG,EN,50,4,2,53", "2026-10,BOG,ES,20,0,1,18"
    assert warned(template, *moved) == []


@example("Against the month's other reports")
def at_most():
    beside = {PLACE: {"answered": Decimal(900)}}
    (told,) = one("qa_samples", "901", beside=beside)
    assert told.startswith("Row 2, Samples: Samples 901 for BOG, EN cannot be more than Answered 900: ")
    assert one("qa_samples", "900", beside=beside) == []
    assert "10 h" not in str(one("productive_hours", "11", beside={PLACE: {"handle_seconds": Decimal(36000)}}))
    (told,) = one("productive_hours", "9", beside={PLACE: {"handle_seconds": Decimal(36000)}})
    assert "Handling time 36,000 for BOG, EN cannot be more than 32,400, which is Hours 9" in told


@example("QA samples against headcount")
def samples():
    known = {"beside": {PLACE: {"average_headcount": Decimal("50.5")}}, "samples_per_head": Decimal(4)}
    (told,) = one("qa_samples", "200", **known)
    assert told.endswith("the terms ask for 4 per person, which is 202 for Average headcount 50.5.")
    assert one("qa_samples", "202", **known) == []


@example("Productive hours against the invoice")
def invoiced():
    known = {"rate": Decimal("14.5"), "invoice": Decimal(14500)}
    (told,) = one("productive_hours", "1100", **known)
    assert "at 14.5 per hour by the terms 15,950; the charges of October 2026 are 14,500, 10 % away." in told
    assert one("productive_hours", "1010", **known) == []


@example("How the file was read")
def how_read():
    assert checked(asked("offered"), "2026-10,BOG,EN,1", "2026-10,BOG,ES,1", "Total,,,2").notes == [
        "Row 4 was not read: it is a total (“Total”)."
    ]


def clean(text: str) -> Cleaned:
    return cleaned(read("a.csv", text.encode()).sheets, {"bog", "en", "es"})


@example("Masked cells")
def masked_cells():
    found = clean("Month,Site,Queue,Offered,No figures because\n2026-10,BOG,EN,,Ask ana@cedar.example\n")
    assert found.sheets[0].rows[1].cells[4].text == "Ask [left out]"
    assert found.notes[0].endswith("are not kept: E2.")


@example("Columns with personal data")
def personal_columns():
    found = clean("Month,Site,Queue,Agent name,Offered\n2026-10,BOG,EN,Ana Díaz,5\n2026-10,BOG,ES,Bo,6\n")
    assert [column.place for column in found.columns] == ["Column D (Agent name)"]
    assert "Díaz" not in str(found)
    counts = clean('Site,Queue,Agent,Staff,Phone,Email\nBOG,EN,45,"1,234.5",500,7\nBOG,ES,n/a: lost,-,"1,250,000",9\n')
    assert counts.columns == ()
    phones = clean("Site,Queue,Phone,Email\nBOG,EN,555 0142,ana.reyes\nBOG,ES,5550143,bo\n")
    assert [column.kind for column in phones.columns] == ["phone", "email"]


@example("Addresses and numbers elsewhere")
def elsewhere():
    found = clean("Questions: +57 601 555 0142\nSite,Queue,Offered\nBOG,EN,5\n")
    assert (found.columns, found.sheets[0].rows[0].cells[0].text) == ((), "Questions: [left out]")
    for text in ("EMP-10417", "agent no. 417", "Employee ID: 90417", "user #4711", "AGT10417", "agent 10417"):
        assert masked(f"Without {text} since May") == "Without [left out] since May"
    for text in ("EMP-202609", "agent 100234", "Cedar_EMP-10417_note", "asesora n.º 417", "STAFF-10417"):
        assert (masked(text).count("[left out]"), re.search(r"\d", masked(text))) == (1, None)
    for text in ("Staff 150 planned", "agents 1200 of 1400", "Agent 2026 plan", "user 12", "Queue EN-100", "SOW-20417"):
        assert masked(text) == text
    for text in ("staff 12000 planned", "staff 12345", "staff_202609", "agent 202609", "agent 12000 left"):
        assert masked(text) == text
    column = clean("Agent,Offered\n" + "".join(f"agent {number},5\n" for number in (100200, 100234, 417)))
    assert [each.kind for each in column.columns] == ["name"]
    assert clean("Source,Offered\nstaff_202609,5\nstaff_202609,6\n").columns == ()


@example("Names within a sentence")
def in_a_sentence():
    head = "Site,Queue,Offered,No figures because\n"
    for text in ("Left with agent Maria Lopez", "La Sra. Gómez lo dijo", "Siehe Frau Schmidt"):
        found = clean(f"{head}BOG,EN,,{text}\n")
        assert (found.differs, found.sheets[0].rows[1].cells[3].text) == (False, text)
        assert "kept as they stand: D2." in found.notes[0]
    for text in ("The agent desktop was down", "Agent Assist rolled out", "Sr. Analyst away", "supervisor Training"):
        assert clean(f"{head}BOG,EN,,{text}\n").notes == []


@example("Addresses and numbers in the name of a file")
def in_its_name():
    assert masked_filename("October ana@cedar.example.xlsx") == "October [left out].xlsx"
    assert masked_filename("roster emp-10417.CSV") == "roster [left out].CSV"
    for name in ("staff_202609.xlsx", "emp_202609.csv", "Agent 2026-09.xlsx", "staff 09-2026.ods"):
        assert masked_filename(name) == name
    assert masked_filename("accord-service-2026-10 (2).xlsx") == "accord-service-2026-10 (2).xlsx"


@example("The bytes of such a file")
def bytes_of_it():
    """Through the upload, in tests/reports/test_personal_data.py."""
