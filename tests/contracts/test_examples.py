"""The term sheets of docs/examples are right, and come to the figures that docs/contracts.md works out."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from app.contracts.catalogue import CATALOGUE
from app.contracts.sheets import read_sheet, write_sheet
from app.domain.facts import Facts, Line
from app.domain.judging.evaluation import MonthEvaluation, evaluate
from app.domain.periods import Month
from app.domain.terms import Terms
from tests.domain.story import facts

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "docs" / "examples").glob("*.yaml"))


def named(name: str) -> Terms:
    return Terms.from_document(read_sheet((ROOT / "docs/examples" / name).read_text()).document, CATALOGUE)


def reported(terms: Terms, month: Month, **figures: str) -> list[Line]:
    """The same figures for every site and queue of the month, each in the report of its source."""
    by_report: dict[tuple[str, str], dict[str, Decimal]] = {}
    for measure, text in figures.items():
        report = (CATALOGUE.measures[measure].kind, terms.measures[measure].source)
        by_report.setdefault(report, {})[measure] = Decimal(text)
    return [
        Line(month, kind, party, pair.site, pair.queue, values, submission=f"{month}-{kind}-{party}")
        for (kind, party), values in by_report.items()
        for pair in terms.rows(month)
    ]


def judged(terms: Terms, history: Facts, months: list[Month], charges: int) -> list[MonthEvaluation]:
    return list(evaluate([terms], history, dict.fromkeys(months, charges), CATALOGUE, months))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_right_without_a_warning(app, path):
    checked = app.test_cli_runner().invoke(args=["terms", "check", str(path)])
    assert (checked.exit_code, checked.stderr) == (0, "")
    assert "right;" in checked.output
    sheet = read_sheet(path.read_text())
    assert read_sheet(write_sheet(sheet.document, sheet.head)).document == sheet.document


QUEUES = {"EN-VOICE": "cedar-voice", "ENQUIRIES": "cedar-voice", "US": "cedar-voice"}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_imported_and_its_page_reads(as_, paper, path):
    sheet = read_sheet(path.read_text())
    for row in sheet.document["coverage"]:
        row["site"], row["queue"] = "cedar-one", QUEUES.get(row["queue"], "ES")
    for level in sheet.document["service_levels"]:
        if queues := level.get("scope", {}).get("queues"):
            level["scope"]["queues"] = [QUEUES[queue] for queue in queues]
    mia = as_("mia")
    text = write_sheet(sheet.document, {**sheet.head, "partner": "Cedar"})
    imported = mia.post("/term-sheets", data={"text": text})
    assert imported.status_code == 303, imported.text
    page = mia.get(imported.location)
    assert page.status_code == 200
    assert all(level["name"] in page.text for level in sheet.document["service_levels"])


def test_the_smallest_sheet_has_only_what_must_be_there():
    sheet = read_sheet((ROOT / "docs/examples/smallest.yaml").read_text())
    for key in sheet.document:
        without = {name: part for name, part in sheet.document.items() if name != key}
        assert type(sheet)(sheet.head, without, sheet.lines).problems(), key


def test_a_miss_of_the_minimum_costs_its_share_of_the_pool_and_half_comes_back_after_six_good_months():
    terms = named("expected-and-minimum.yaml")
    months = [Month(2025, 11).plus(each) for each in range(7)]
    lines = [
        line
        for month in months
        for line in reported(
            terms,
            month,
            offered="40000",
            answered_in_threshold="29600" if month == months[0] else "32800",
            abandoned="1600",
            required_fte="100",
            actual_fte="98",
            qa_samples="400",
            qa_critical_errors="12",
            csat_responses="20",
            csat_satisfied="18",
        )
    ]
    owed = [each.credits.payable for each in judged(terms, facts(*lines), months, 40_000_000)]
    assert owed == [1_680_000, 0, 0, 0, 0, 0, -840_000]  # $400,000 × 12 % × 70 % × 50 %


def test_service_points_double_when_a_failure_repeats_and_a_table_prices_the_month():
    terms = named("service-points.yaml")
    months = [Month(2026, 4), Month(2026, 5)]
    lines = [
        line
        for month, answered in zip(months, ("8600", "8590"), strict=True)
        for line in reported(
            terms, month, offered="10000", answered_in_threshold=answered, cases_closed="500", cases_on_time="490"
        )
    ]
    april, may = judged(terms, facts(*lines), months, 0)
    assert (april.credits.points, april.credits.payable) == (2, 180_000)  # 1 % of £180,000
    assert (may.credits.points, may.credits.payable) == (4, 450_000)  # 2 × 2 points; 2.5 %


def test_a_sellers_results_come_to_points_and_a_standing():
    terms = named("seller-performance.yaml")
    month = Month(2026, 1)
    rows = reported(
        terms,
        month,
        orders="1000",
        orders_defective="5",
        orders_cancelled="20",
        orders_shipped="1000",
        orders_shipped_late="70",
        orders_tracked="970",
    )
    [january] = judged(terms, facts(*rows), [month], 0)
    assert (january.scorecard.value, january.scorecard.standing) == (Decimal("85.75"), "above standard")


def test_what_the_page_shows_stands_in_its_sheets(record_count):
    sheets = [path.read_text() for path in EXAMPLES]
    page = (ROOT / "docs" / "contracts.md").read_text()
    shown = re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert [block for block in shown if not any(block in sheet for sheet in sheets)] == []
    assert all(f"(examples/{path.name})" in page for path in EXAMPLES)
    record_count("blocks of docs/contracts.md that stand in a sheet", len(shown))
