"""Bounds of a figure by the others of its row: each is broken and kept, and docs/checks.md tells it."""

from decimal import Decimal
from pathlib import Path

import pytest

from app.contracts.catalogue import CATALOGUE
from app.domain.periods import Month
from app.reports.checks.context import Background, Sent, Written
from app.reports.checks.plausible import BOUNDS, Bound, BoundInvalid, plausible, read_bounds
from app.reports.checks.thresholds import DEFAULTS
from app.reports.template import Asked, Column, Template

DOCUMENT = Path(__file__).parents[2] / "docs" / "checks.md"
BROKEN = {
    "leavers": ({"leavers": 15, "opening_headcount": 10, "cohort_starters": 4}, 14),
    "cohort_starters": ({"cohort_starters": 13, "closing_headcount": 10, "leavers": 2}, 12),
    "actual_fte": ({"actual_fte": 16, "average_headcount": 10}, 15),
    "shrinkage_hours": ({"shrinkage_hours": 900, "paid_hours": 900}, 899),
    "worked_hours": ({"worked_hours": 901, "paid_hours": 900}, 900),
    "scheduled_hours": ({"scheduled_hours": 9600, "closing_headcount": 10}, 4960),
    "paid_hours": ({"paid_hours": 9600, "actual_fte": 10}, 7440),
    "productive_hours": ({"productive_hours": 9600, "average_headcount": 10}, 4960),
    "handle_seconds": ({"handle_seconds": 350, "answered": 950}, 950),
    "wait_seconds": ({"wait_seconds": 86401, "answered": 1}, 86400),
    "first_response_hours": ({"first_response_hours": 23000, "first_responses": 10}, 22000),
    "cases_closed": ({"cases_closed": 3200, "daily_closures": 100}, 3130),
}


def told(*rows: dict, grain: str = "month") -> list[str]:
    keys = dict.fromkeys(key for row in rows for key in row)
    columns = tuple(Column(key, CATALOGUE.measures[key].name, CATALOGUE.measures[key].unit, "") for key in keys)
    template = Template("code", Month(2026, 10), "service", "partner", grain, columns, (Asked("BOG", "EN"),))
    found = [
        {"row": 2 + place, "site": "BOG", "queue": "EN", "nil": False, "measures": {key: str(row[key]) for key in row}}
        for place, row in enumerate(rows)
    ]
    sent = Sent(template, found, Written([], {key: place for place, key in enumerate(keys)}))
    return [doubt.words for doubt in plausible(sent, Background(), DEFAULTS)]


@pytest.mark.parametrize("bound", BOUNDS, ids=lambda bound: bound.figure)
def test_a_bound_is_asked_about_beyond_it_and_not_at_it(bound: Bound):
    row, kept = BROKEN[bound.figure]
    (words,) = told(row)
    assert words.startswith(f"{CATALOGUE.measures[bound.figure].name} {row[bound.figure]:,} beside ")
    assert told({**row, bound.figure: kept}) == []
    assert told({bound.figure: row[bound.figure]}) == []


def test_rows_that_break_the_same_bound_are_told_together():
    row = BROKEN["handle_seconds"][0]
    assert told(row, row, {**row, "handle_seconds": 342000}) == [
        "Handling time 350 beside Answered 950 in the same row: 0.368 seconds for each contact; from one second to "
        "four hours are plausible, and they may be minutes or an average. The other row likewise."
    ]
    assert told({"handle_seconds": 5, "answered": 0}) == [
        "Handling time 5 beside Answered 0 in the same row: there is nothing that it could be of."
    ]
    assert told({"handle_seconds": 0, "answered": 0}) == []


def test_a_daily_row_is_of_one_day():
    assert told({"scheduled_hours": 161, "closing_headcount": 10}, grain="day")
    assert not told({"scheduled_hours": Decimal(160), "closing_headcount": 10}, grain="day")


@pytest.mark.parametrize(
    ("bound", "said"), [('most = "answered"', "not all of its measures"), ("below = true", "no `most`")]
)
def test_a_bound_over_two_reports_and_one_that_is_below_nothing_are_refused(tmp_path, bound, said):
    path = tmp_path / "plausible.toml"
    path.write_text(f'[[plausible]]\nfigure = "leavers"\n{bound}\nwords = "x"\nsource = "x"\n')
    with pytest.raises(BoundInvalid, match=said):
        read_bounds(path)


def test_the_document_tells_every_bound_and_its_source():
    assert table() in DOCUMENT.read_text(encoding="utf-8")


def table() -> str:
    """As it stands in docs/checks.md."""
    lines = [
        "| Figure | Divided by | At least | At most | Where the bound comes from |",
        "| --- | --- | --- | --- | --- |",
    ]
    for bound in BOUNDS:
        most = f"{'less than ' if bound.is_below else ''}`{bound.most}`" if bound.most else ""
        least = f"`{bound.least}`" if bound.least else ""
        per = " or ".join(f"`{key}`" for key in bound.per)
        lines.append(f"| `{bound.figure}` | {per} | {least} | {most} | {bound.source} |")
    return "\n".join(lines)
