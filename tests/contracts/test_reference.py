"""docs/terms.md cannot fall behind: its blocks are terms, its table is the schema's, and no key is left out."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from app.contracts.catalogue import CATALOGUE
from app.contracts.sheets import read_sheet
from app.domain.reading.level_reader import LEVEL_KEYS
from app.domain.reading.terms_reader import WHOLE_KEYS
from tests.contracts.reference import MARK, PAGE, SCHEMA, every_key, resolved

TEXT = PAGE.read_text()
BLOCK = re.compile(r"^```yaml in (the sheet|a service level)\n(.*?)^```", re.MULTILINE | re.DOTALL)
BLOCKS = [(found[1], found[2]) for found in BLOCK.finditer(TEXT)]
LEVEL = """
key: voice
name: Service level
metric: service_level
expected: {comparator: ">=", value: 80}
minimum: {comparator: ">=", value: 75}
credits_on: minimum
allocation: 40
"""
SHEET = """
schema: accord-terms/1
effective_from: 2026-01-01
calendar: {due: {working_day: 5, time: 17:00}, lock: {working_day: 10, time: 17:00}}
coverage: [{site: BOG, queue: EN-VOICE}]
reports: {staffing: {grain: day}, service: {grain: day}, quality: {grain: day}}
credits: {at_risk: 10, pool: 200, points: {kind: rate, amount: 100}}
"""
INSTEAD = {"credit": ("allocation",), "default": ("credits_on",), "expected": ("minimum",)}


def texts(text: str) -> dict[str, Any]:
    return yaml.load(text, yaml.BaseLoader)


def completed(place: str, block: str) -> str:
    """The sheet that the block is a part of. What it says stands in the place of what the sheet says otherwise."""
    said = texts(block)
    whole = texts(SHEET) | {"measures": {key: {} for key in CATALOGUE.measures}}
    level = texts(LEVEL)
    if place == "the sheet":
        whole |= said
        if categories := whole["credits"].get("categories"):
            level["category"] = categories[0]["name"]
        if "scorecard" in said:
            level["weight"] = "1"
        if "at_risk" not in whole["credits"]:
            level = {**level, "credit": {"kind": "points", "points": "1"}}
            del level["allocation"]
    else:
        for name in said:
            for other in INSTEAD.get(name, ()):
                level.pop(other, None)
        if "minimum" not in level | said and "minimum" not in str(said.get("ramp")):
            level["credits_on"] = "expected"
        level |= said
        if "default" in level:
            level.pop("credits_on", None)
    return yaml.safe_dump({**whole, "service_levels": whole.get("service_levels") or [level]})


@pytest.mark.parametrize(("place", "block"), BLOCKS, ids=[block.split(":")[0] for _, block in BLOCKS])
def test_a_block_of_the_page_is_right_without_a_warning(place, block):
    sheet = read_sheet(completed(place, block))
    assert sheet.problems() == []
    assert sheet.warnings() == ()


def test_every_block_of_the_page_is_tested(record_count):
    assert len(BLOCKS) == len(re.findall(r"^```yaml", TEXT, re.MULTILINE))
    record_count("blocks of docs/terms.md that are right", len(BLOCKS))


def test_every_key_of_the_sheet_is_explained_in_a_sentence_or_a_block():
    explained = TEXT.partition(MARK)[0]
    keys = {*WHOLE_KEYS, *LEVEL_KEYS, *SCHEMA["properties"]["credits"]["properties"]}
    assert {key for key in keys if not re.search(rf"\b{key}\b", explained)} == set()


def test_the_table_of_keys_is_the_schemas():
    assert TEXT.partition(MARK)[2].endswith(f"\n\n{every_key()}"), "run python -m tests.contracts.reference"


def test_every_key_has_words_an_example_a_unit_and_its_contracts(record_count):
    lacking, count = [], 0
    for path, key in keys_of(SCHEMA):
        shape, count = {**resolved(key), **key}, count + 1
        wanted = ("description", "examples", "x-contract", *(() if "enum" in shape else ("x-unit",)))
        lacking += [(path, name) for name in wanted if not shape.get(name)]
    assert lacking == []
    record_count("keys of a term sheet with words, example, unit and contracts", count)


def keys_of(part: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    shape = resolved(part)
    for name, key in shape.get("properties", {}).items():
        yield f"{path}.{name}", key
        yield from keys_of(key, f"{path}.{name}")
    for inside in (shape.get("items"), shape.get("additionalProperties")):
        if isinstance(inside, dict):
            yield from keys_of(inside, f"{path}[]")


def test_every_rule_says_which_contracts_it_comes_from():
    sections = re.split(r"^## ", TEXT.partition(MARK)[0], flags=re.MULTILINE)[2:]
    assert [section.splitlines()[0] for section in sections if "\n*From:* " not in section] == []
