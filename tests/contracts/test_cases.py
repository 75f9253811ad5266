"""Rules worked by hand in data files, those of published contracts and others, as an outsider gets them: in JSON."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from app.contracts.replay.document import replay_document
from app.contracts.replay.run import replay
from app.contracts.replay.table import replay_table
from app.contracts.sheets import Sheet, read_sheet

FOLDER = Path(__file__).parent / "cases"
PUBLISHED, WORKED, COMBINED = (
    yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    for name in ("published.yaml", "worked.yaml", "combined.yaml")
)
CASES = [*PUBLISHED, *WORKED, *COMBINED]
HEAD = {
    "schema": "accord-terms/1",
    "contract": {
        **{"partner": "Cedar", "name": "A contract", "reference": "SOW-1", "starts_on": "2026-01-01"},
        **{"currency": "USD", "zone": "America/Chicago"},
    },
    "effective_from": "2026-01-01",
    "calendar": {"due": {"working_day": 5, "time": "17:00"}, "lock": {"working_day": 10, "time": "17:00"}},
    "coverage": [{"site": "AUS", "queue": "EN"}],
    "reports": {"service": {}, "quality": {}, "staffing": {}},
}


def at(part: Any, path: list[str]) -> Any:
    """What stands at a path; None where a part has no such key."""
    if not path:
        return part
    if path[0] == "*":
        return [at(each, path[1:]) for each in part]
    return at(part[int(path[0])] if isinstance(part, list) else part.get(path[0]), path[1:])


def sheet_of(terms: dict[str, Any], amended: dict[str, Any]) -> Sheet:
    """An amendment says what it changes; null ends a section."""
    document = {key: part for key, part in (HEAD | terms | amended).items() if part is not None}
    return read_sheet(yaml.safe_dump(document, width=1000))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_rule_comes_to_what_was_worked_by_hand(case):
    sheets = [sheet_of(case["terms"], {}), *(sheet_of(case["terms"], each) for each in case.get("amendments", ()))]
    assert [sheet.locate(sheet.problems()) for sheet in sheets] == [[] for _ in sheets]
    assert [sheet.warnings() for sheet in sheets] == [() for _ in sheets]
    events = read_sheet(yaml.safe_dump(case["events"])) if "events" in case else None
    told = replay_document(replay(sheets, case["figures"], events))
    assert {path: at(told, path.split(".")) for path in case["expect"]} == case["expect"]


def test_every_case_names_its_source(record_count):
    assert all(case["source"] for case in CASES)
    record_count("published rules worked by hand through files", len(PUBLISHED))
    record_count("other families of rules worked by hand through files", len(WORKED))
    record_count("combinations of families worked by hand through files", len(COMBINED))


def test_the_text_says_each_price_as_a_sum():
    case = next(case for case in CASES if case["name"].startswith("critical service levels share"))
    text = replay_table(replay([sheet_of(case["terms"], {})], case["figures"]))
    assert "credit fixes: 10,800.00 → 9,000.00 (300,000.00 × 12 % at risk × 60 % pool × 50 %; no clause named)" in text
    assert "=" not in text
