"""`flask terms evaluate` and `backtest`: judged from files alone, as docs/evaluate.md describes it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

PAGE = Path("docs/evaluate.md").read_text(encoding="utf-8")
SHEET, MEASURES, EVENTS = (f"docs/examples/evaluate/{name}" for name in ("terms.yaml", "figures.csv", "events.yaml"))

QUALITY = """\
  - {key: quality, name: Quality, metric: qa, expected: {comparator: ">=", value: "96"}, allocation: "40",
     minimum: {comparator: ">=", value: "94"}, credits_on: minimum}
"""


@pytest.fixture
def flask(app):
    def run(*arguments: str):
        return app.test_cli_runner().invoke(args=["terms", *arguments])

    return run


@pytest.fixture
def evaluated(flask) -> dict[str, Any]:
    answer = flask("evaluate", SHEET, MEASURES, "--events", EVENTS, "--json")
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.stdout)


def keys_of(heading: str) -> set[str]:
    """The keys in the first column of a section's table."""
    section = PAGE.partition(f"### {heading}\n")[2].partition("\n#")[0]
    rows = re.findall(r"^\| (`[^|]+) \|", section, re.MULTILINE)
    return {key for row in rows for key in re.findall(r"`([^`]+)`", row)}


def test_every_key_of_the_json_is_documented_and_no_other(evaluated):
    february = evaluated["months"][1]
    assert evaluated.keys() == keys_of("The whole")
    assert february.keys() == keys_of("A month")
    assert february["findings"][0].keys() == keys_of("A finding")
    assert february["credits"].keys() == keys_of("The credits of a month")
    assert february["credits"]["lines"][0].keys() == keys_of("A line")


def test_the_example_comes_out_as_the_page_tells_it(evaluated):
    january, february, march, april = evaluated["months"]
    [finding] = january["findings"]
    assert (finding["raw"], finding["contractual"], finding["attainment"]) == ("73", "75", "below_expected")
    chain = february["credits"]
    assert [chain[name] for name in ("uncapped", "cap", "cap_applied", "waived", "payable")] == [
        *("24600.00", "20500.00", "4100.00", "1000.00", "19500.00"),
    ]
    assert march["credits"]["payable"] == "0.00"
    assert april["credits"]["earn_backs"][0]["state"] == "earned"
    assert april["credits"]["payable"] == "-9750.00"
    assert evaluated["totals"]["payable"] == "9750.00"


def test_a_right_that_lapsed_before_the_last_month_ended_has_lapsed_without_a_day_of_knowledge(flask, tmp_path):
    sheet, figures, events = (tmp_path / name for name in ("sheet.yaml", "figures.csv", "events.yaml"))
    sheet.write_text(Path(SHEET).read_text(encoding="utf-8").replace('"90", clause', '"30", clause'), encoding="utf-8")
    figures.write_text(
        "month,answered_in_threshold,offered,charges\n"
        "2026-01,70,100,1000\n2026-02,70,100,1000\n2026-03,80,100,1000\n2026-04,70,100,1000\n2026-05,70,100,1000\n"
    )
    events.write_text("exercises: [{right: exit, on: 2026-06-15}]\n")
    answer = flask("evaluate", str(sheet), str(figures), "--events", str(events), "--json")
    assert [
        (right["state"], right["lapses_on"], right["exercised_on"]) for right in json.loads(answer.stdout)["rights"]
    ] == [
        ("lapsed", "2026-03-30", None),
        ("exercised", "2026-06-30", "2026-06-15"),
    ]


def test_a_row_that_feeds_two_reports_is_complained_about_once(flask, tmp_path):
    sheet, figures = tmp_path / "sheet.yaml", tmp_path / "figures.csv"
    text = Path(SHEET).read_text(encoding="utf-8").replace("{service: {}}", "{service: {}, quality: {}}")
    sheet.write_text(text.replace("offered: {}}", "offered: {}, qa_samples: {}}"), encoding="utf-8")
    figures.write_text("month,offered,qa_samples\n2026-01,5,1\n2026-01,6,1\n", encoding="utf-8")
    answer = flask("evaluate", str(sheet), str(figures))
    assert (answer.exit_code, answer.stderr.count("is in row 2 already")) == (1, 1)


def test_terms_are_held_against_those_that_were_in_force(flask, tmp_path):
    stricter = tmp_path / "new.yaml"
    stricter.write_text(Path(SHEET).read_text(encoding="utf-8").replace('value: "75"', 'value: "78"'), encoding="utf-8")
    answer = flask("backtest", str(stricter), MEASURES, "--against", SHEET, "--events", EVENTS, "--json")
    compared = json.loads(answer.stdout)
    assert compared.keys() == keys_of("A comparison")
    [january] = [month for month in compared["months"] if month["month"] == "2026-01"]
    assert (january["payable_before"], january["payable_after"]) == ("0.00", "20000.00")
    assert january["service_levels"][0]["status_changes"]


def test_a_draft_of_a_later_day_is_tried_as_if_it_had_been_in_force_all_along(flask, tmp_path):
    """And its coverage, calendar and sources are those of the time."""
    later = tmp_path / "new.yaml"
    text = Path(SHEET).read_text(encoding="utf-8").replace('value: "75"', 'value: "78"')
    text = text.replace('effective_from: "2026-01-01"', 'effective_from: "2027-01-01"')
    later.write_text(text.replace("offered: {}", "offered: {source: client}"), encoding="utf-8")
    answer = flask("backtest", str(later), MEASURES, "--against", SHEET, "--events", EVENTS, "--json")
    compared = json.loads(answer.stdout)
    assert compared["in_force_from"] == "2026-01-01"
    [january] = [month for month in compared["months"] if month["month"] == "2026-01"]
    assert (january["payable_before"], january["payable_after"]) == ("0.00", "20000.00")


def test_what_a_month_would_have_come_to_is_so_far_while_a_result_may_still_cost(flask, tmp_path):
    """Nothing of quality is in the file: its report is overdue."""
    new, old, figures = (tmp_path / name for name in ("new.yaml", "old.yaml", "figures.csv"))
    text = Path(SHEET).read_text(encoding="utf-8").replace("{service: {}}", "{service: {}, quality: {}}")
    text = text.replace("offered: {}}", "offered: {}, qa_samples: {}, qa_critical_errors: {}}")
    text = text.replace("credits:", f"{QUALITY}credits:")
    old.write_text(text, encoding="utf-8")
    new.write_text(text.replace('value: "80"', 'value: "70"').replace('value: "75"', 'value: "60"'), encoding="utf-8")
    figures.write_text("month,offered,answered_in_threshold,charges\n2026-01,100,65,410000\n", encoding="utf-8")
    compared = ("backtest", str(new), str(figures), "--against", str(old))
    told = flask(*compared)
    assert told.stdout.splitlines()[0] == "2026-01  payable 20,500.00 so far → not settled", told.output
    [january] = json.loads(flask(*compared, "--json").stdout)["months"]
    assert (january["before_is_open"], january["after_is_open"]) == (True, True)


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("month,offered\n2026-13,5\n", 'row 2, month: "2026-13" is not a month'),
        ("month,offered\n2026-01,many\n", 'row 2, offered: "many" is not a number'),
        ("month,offerred\n2026-01,5\n", 'nor a measure of the catalogue: did you mean "offered"?'),
        ("month,nil,offered\n2026-01,yes,5\n", "row 2, nil: there was nothing to report, and offered is 5"),
        ("month,days_reported,offered\n2026-02,29,5\n", "row 2, days_reported: 2026-02 has 28 days, not 29"),
        ("month,widgets sold\n2026-01,5\n", "nor a measure of the catalogue; docs/metrics.md lists all"),
        ("offered\n5\n", 'needs a column "month"'),
        ("month;offered\n2026-01;5\n", "separate the columns by commas"),
        ("month,site,offered\n2026-01,LIM,5\n", "the terms cover no LIM"),
        ("month,offered\n2026-01,5\n2026-01,6\n", "is in row 2 already"),
        ("month,offered\n2026-01,-5\n", "row 2, offered: -5 is below 0"),
        ("month,offered\n", "row 2: is missing: the file holds no figure"),
        ("month,offered,nil\n2026-01,5,perhaps\n", 'row 2, nil: "perhaps" is neither yes nor no'),
        ("month,offered,days_reported\n2026-01,5,seven\n", 'days_reported: "seven" is not a number of days'),
    ],
)
def test_what_is_wrong_in_the_figures_is_said_by_row_and_column(flask, tmp_path, body, complaint):
    figures = tmp_path / "measures.csv"
    figures.write_text(body, encoding="utf-8")
    answer = flask("evaluate", SHEET, str(figures))
    assert answer.exit_code == 1
    assert complaint in answer.stderr


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("day,reports_due\n2026-01-05,3\n", "row 2, reports_due: is counted by the month in Accord's own record"),
        ("month,reports_due\n2026-01,3\n2026-01,2\n", "row 3: 2026-01 of Accord's own record is in row 2 already"),
    ],
)
def test_figures_of_the_record_stand_once_a_month(flask, tmp_path, body, complaint):
    sheet, figures = tmp_path / "sheet.yaml", tmp_path / "measures.csv"
    asked = Path(SHEET).read_text(encoding="utf-8")
    sheet.write_text(asked.replace("measures: {", "measures: {reports_due: {source: record}, ", 1), encoding="utf-8")
    figures.write_text(body, encoding="utf-8")
    answer = flask("evaluate", str(sheet), str(figures))
    assert answer.exit_code == 1
    assert complaint in answer.stderr


def test_what_is_wrong_in_the_events_is_said_by_line(flask, tmp_path):
    events = tmp_path / "events.yaml"
    events.write_text(
        'as_of: "2026-05-20"\nclaims:\n  - key: C-1\n    month: soon\n    kind: adjust\n', encoding="utf-8"
    )
    answer = flask("evaluate", SHEET, MEASURES, "--events", str(events))
    assert answer.exit_code == 1
    assert 'line 4: claims.0.month: "soon" is not a month' in answer.stderr


@pytest.mark.parametrize("place", ["before", "after"])
def test_a_sheet_of_another_shape_is_refused_before_it_is_compared(flask, tmp_path, place):
    broken = tmp_path / "broken.yaml"
    broken.write_text(Path(SHEET).read_text().replace("offered: {}", "offered: partner"))
    assert broken.read_text() != Path(SHEET).read_text()
    answer = flask("diff", *((str(broken), SHEET) if place == "before" else (SHEET, str(broken))))
    assert answer.exit_code == 1
    assert "measures.offered" in answer.stderr
    assert "before it can be compared" in answer.stderr


@pytest.mark.parametrize(
    ("event", "complaint"),
    [
        (
            "waivers:\n  - {month: 2026-01, service_level: voise}\n",
            'line 2: waivers.0.service_level: there is no service level "voise" in the terms: did you mean "voice"?',
        ),
        (
            "waivers:\n  - month: 2026-01\n    amont: 5\n",
            'line 3: waivers.0.amont: is not a key of this event: did you mean "amount"?',
        ),
        ("claim: []\n", 'line 1: claim: is not a key of the events: did you mean "claims"?'),
        ("exercises:\n  - {right: exits, on: 2026-03-01}\n", 'exercises.0.right: there is no right "exits"'),
        ("forecasts:\n  - {issued_on: 2026-01-01, measure: calls, values: {2026-01: 5}}\n", 'no forecast "calls"'),
        (
            "claims:\n  - {key: C, month: 2026-01, kind: adjust, decision: granted, adjust: {offred: 5}}\n",
            'claims.0.adjust.offred: there is no measure "offred"',
        ),
        (
            "claims:\n  - {key: C, month: 2026-01, kind: days, decision: granted, days: [2026-01-05]}\n",
            "claims.0.days: cannot be taken out: the reports have one row per month",
        ),
    ],
)
def test_an_event_that_could_have_no_effect_is_refused_by_line(flask, tmp_path, event, complaint):
    events = tmp_path / "events.yaml"
    events.write_text(event, encoding="utf-8")
    answer = flask("evaluate", SHEET, MEASURES, "--events", str(events))
    assert answer.exit_code == 1
    assert complaint in answer.stderr


def test_an_event_of_either_sheet_is_taken_when_two_are_compared(flask, tmp_path):
    other, events = tmp_path / "other.yaml", tmp_path / "events.yaml"
    other.write_text(Path(SHEET).read_text().replace("key: voice\n", "key: calls\n"), encoding="utf-8")
    events.write_text("waivers:\n  - {month: 2026-02, service_level: calls}\n", encoding="utf-8")
    answer = flask("backtest", SHEET, MEASURES, "--against", str(other), "--events", str(events))
    assert answer.exit_code == 0, answer.stderr


def test_an_amendment_that_begins_before_what_it_amends_is_named_with_its_line(flask, tmp_path):
    early = tmp_path / "early.yaml"
    early.write_text(Path(SHEET).read_text().replace('effective_from: "2026-01-01"', 'effective_from: "2025-12-01"'))
    told = "line 4: effective_from: 2025-12-01 is not after 2026-01-01, when the amended terms begin"
    answer = flask("evaluate", SHEET, MEASURES, "--amendment", str(early))
    assert (answer.exit_code, told in answer.stderr) == (1, True)
    answer = flask("diff", SHEET, str(early))
    assert (answer.exit_code, told in answer.stderr) == (0, True)


def test_an_amendment_that_would_cut_the_contract_years_anew_is_refused(flask, tmp_path):
    later = tmp_path / "later.yaml"
    text = Path(SHEET).read_text().replace('effective_from: "2026-01-01"', 'effective_from: "2026-03-01"')
    moved = "moves the first month of contract years, so that earlier ones would be cut anew: keep 2026-01-01"
    for starts, status, told in (("2025-01-01", 0, ""), ("2025-03-01", 1, moved), ("2025-01-15", 1, "whole months")):
        later.write_text(f"{text}contract_year: {{starts: {starts}}}\n", encoding="utf-8")
        answer = flask("evaluate", SHEET, MEASURES, "--amendment", str(later))
        assert (answer.exit_code, told in answer.stderr) == (status, True), answer.stderr


def test_the_table_says_what_decided_each_amount(flask):
    answer = flask("evaluate", SHEET, MEASURES, "--events", EVENTS)
    for words in (
        "75.0 % misses the Expected of at least 80 %. [73.0 % before relief; C-1 (adjust): applied]",
        "credit voice: 24,600.00 → 19,500.00 (410,000.00 × 10 % at risk × 60 %; Schedule 3, 2.1)",
        "cap over month: 20,500.00, takes off 4,100.00; Schedule 3, 5.2",
        "waived voice 1,000.00",
        "earn-back of voice for 2026-02: earned 9,750.00; Schedule 3, 7.1",
    ):
        assert words in answer.stdout


GAP = """schema: accord-terms/1
effective_from: 2026-01-01
calendar: {due: {working_day: 5, time: 17:00}, lock: {working_day: 10, time: 17:00}}
coverage: [{site: BOG, queue: EN}]
reports: {service: {}}
measures: {offered: {}, answered_in_threshold: {}}
service_levels:
  - key: voice
    name: Voice
    metric: service_level
    expected: {comparator: ">=", value: 80}
    rounding: {places: 2}
    default: {expected: {}, not_reported: yes, not_measured: yes}
claims: {}
"""


@pytest.fixture
def gap(tmp_path) -> tuple[str, str]:
    """A month without a figure, and one whose result is a hair's breadth under the target."""
    sheet, figures = tmp_path / "sheet.yaml", tmp_path / "figures.csv"
    sheet.write_text(GAP, encoding="utf-8")
    figures.write_text("month,offered,answered_in_threshold\n2026-01,1000,\n2026-02,5000,3999\n", encoding="utf-8")
    return str(sheet), str(figures)


def test_a_default_is_named_by_its_axis_and_a_gap_by_its_own_word(flask, gap):
    january = flask("evaluate", *gap).stdout.splitlines()[1]
    assert january.endswith("is missing in the partner's report for BOG, EN, Jan 2026. [default: Reporting]")


def test_a_comparison_of_two_sheets_names_all_three_axes(flask, gap, tmp_path):
    lenient = tmp_path / "lenient.yaml"
    lenient.write_text(GAP.replace(", not_measured: yes", ""), encoding="utf-8")
    told = flask("backtest", str(lenient), gap[1], "--against", gap[0]).stdout
    assert "  voice: Not measured, default: Reporting → Not measured; 0.00 → 0.00" in told


def test_the_result_before_relief_has_the_digits_that_tell_it_from_its_target(flask, gap, tmp_path):
    events = tmp_path / "events.yaml"
    events.write_text(
        "claims: [{key: C, month: 2026-02, kind: adjust, decision: granted, adjust: {offered: 100}}]", encoding="utf-8"
    )
    assert "[79.98 % before relief; C (adjust): applied" in flask("evaluate", *gap, "--events", str(events)).stdout


@pytest.mark.parametrize("typed", ["2026-13-01", "tomorrow", "20260520"])
@pytest.mark.parametrize(
    "arguments", [("evaluate", SHEET, MEASURES), ("backtest", SHEET, MEASURES, "--against", SHEET)]
)
def test_a_day_of_knowledge_that_is_no_day_is_refused_with_one_that_is(flask, arguments, typed):
    answer = flask(*arguments, "--as-of", typed)
    told = f"Error: --as-of: '{typed}' is not a date, such as 2026-05-20\n"
    assert (answer.exit_code, answer.stderr) == (1, told)


def test_figures_that_are_doubtful_are_judged_and_pointed_out(flask, tmp_path):
    figures = tmp_path / "measures.csv"
    figures.write_text("month,offered,answered_in_threshold\n2025-12,9,9\n2026-01,100,105\n", encoding="utf-8")
    warnings = json.loads(flask("evaluate", SHEET, str(figures), "--json").stdout)["warnings"]
    assert warnings == [
        "row 2: no terms are in force in 2025-12: it is not judged",
        "row 3, answered_in_threshold: 105 is more than the 100 of offered",
    ]


def test_rows_of_days_before_the_contract_are_pointed_out_and_left_out(flask, tmp_path):
    sheet, figures = tmp_path / "terms.yaml", tmp_path / "measures.csv"
    text = Path(SHEET).read_text().replace('effective_from: "2026-01-01"', 'effective_from: "2026-01-02"')
    sheet.write_text(text.replace("reports: {service: {}}", "reports: {service: {grain: day}}"), encoding="utf-8")
    figures.write_text("day,offered,answered_in_threshold\n2026-01-01,100,0\n2026-01-02,100,80\n", encoding="utf-8")
    told = json.loads(flask("evaluate", str(sheet), str(figures), "--json").stdout)
    assert told["warnings"] == ["row 2: is before 2026-01-02, when the terms begin: left out"]
    assert [finding["contractual"] for finding in told["months"][0]["findings"]] == ["80"]


@pytest.mark.parametrize(("column", "row"), [("charges", "-5"), ("charges:travel", "-0.01")])
def test_charges_below_zero_are_refused_by_row_and_column(flask, tmp_path, column, row):
    """A share of them would be a credit that the client pays."""
    figures = tmp_path / "figures.csv"
    figures.write_text(f"month,answered_in_threshold,offered,{column}\n2026-01,70,100,{row}\n", encoding="utf-8")
    answer = flask("evaluate", SHEET, str(figures))
    assert answer.exit_code == 1
    assert f"row 2, {column}: {row} is not 0 or more" in answer.stderr


def test_a_file_of_events_without_any_is_told_how_events_begin(flask, tmp_path):
    events = tmp_path / "events.yaml"
    events.write_text("", encoding="utf-8")
    answer = flask("evaluate", SHEET, MEASURES, "--events", str(events))
    assert answer.exit_code == 1
    assert "line 1: events begin with keys and values, such as as_of: 2026-05-20" in answer.stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("month;offered\n2026-01;100\n", 'row 1: needs a column "month" (2026-01) or "day" (2026-01-15); separate'),
        ("month,offered,,\n2026-01,100,,\n", "row 1: column 3 has no name: name it, or take it out"),
        ('month,offered\n2026-01,"100"\n2026-02,"100\n2026-03,100\n', "row 3: a quote is opened and not closed"),
        ('month,offered\n2026-01,100\n2026-02,"1"00\n', "row 3: a quote is opened and not closed, or closed within"),
    ],
)
def test_a_file_that_is_cut_into_columns_otherwise_is_told_once_where(flask, tmp_path, text, words):
    figures = tmp_path / "figures.csv"
    figures.write_text(text, encoding="utf-8")
    answer = flask("evaluate", SHEET, str(figures))
    assert answer.exit_code == 1
    assert words in answer.stderr
    assert "did you mean" not in answer.stderr
