"""A comparison of two sheets misses no change, and shows nobody money who may not see it."""

import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from app.contracts.differences import differences, without_money
from app.contracts.sheets import read_sheet
from tests.contracts.conftest import SHEET
from tests.contracts.reference import SCHEMA, resolved

FOLDER = Path(__file__).parents[2] / "docs" / "examples"
Step = tuple[Any, ...]


DEFAULTS = {
    *(("grain", "month"), ("certification", "second_person"), ("source", "partner"), ("window", "month")),
    *(("class", "key"), ("rule", "not_measured"), ("kind", "termination"), ("of", "defaults")),
    *(("points", "0"), ("months", "3"), ("otherwise", "12")),
}  # leaving out what holds without the key changes nothing


def full(part: dict[str, Any]) -> Any:
    """An example that holds every key of the schema."""
    shape = resolved(part)
    if "properties" in shape:
        return {name: full(key) for name, key in shape["properties"].items() if name != "contract"}
    if "properties" in resolved(shape.get("items", {})):
        return [full(shape["items"])]
    return (part.get("examples") or shape.get("examples"))[0]


DOCUMENTS = {path.stem: read_sheet(path.read_text()).document for path in FOLDER.glob("*.yaml")}
DOCUMENTS |= {"every key": full(SCHEMA), "tests": read_sheet(SHEET).document}


def leaves(part: Any, path: Step = ()) -> Iterator[Step]:
    if isinstance(part, dict | list):
        for step, inner in part.items() if isinstance(part, dict) else enumerate(part):
            yield from leaves(inner, (*path, step))
    else:
        yield path


def at(document: Any, path: Step) -> Any:
    for step in path:
        document = document[step]
    return document


def changes(document: dict[str, Any], path: Step) -> Iterator[dict[str, Any]]:
    """The leaf with another value, and the document without it."""
    other = deepcopy(document)
    at(other, path[:-1])[path[-1]] = f"{at(document, path)}7"
    yield other
    without = deepcopy(document)
    del at(without, path[:-1])[path[-1]]
    yield without


@pytest.mark.parametrize("name", DOCUMENTS)
def test_whatever_changes_in_a_sheet_is_told_in_both_directions(name, record_count):
    document = DOCUMENTS[name]
    missed, tried = [], 0
    for path in leaves(document):
        for other in changes(document, path):
            tried += 1
            if not differences(document, other) or not differences(other, document):
                missed.append((path, at(document, path)))
    record_count("changes of a leaf that a comparison tells", tried)
    assert [each for each in missed if (each[0][-1], each[1]) not in DEFAULTS] == []


def is_about_money(path: Step) -> bool:
    if "score" in path:
        return False
    return path[0] == "credits" or bool({"credit", "allocation", "credits_on", "credits_from", *COSTS} & set(path))


COSTS = {"repeats", "earn_back", "bonus", "percent", "amount"}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_is_about_money_is_told_only_to_those_who_may_see_it(name):
    document = DOCUMENTS[name]
    for path in filter(is_about_money, leaves(document)):
        for other in changes(document, path):
            assert without_money(differences(document, other)) == (), path
            assert without_money(differences(other, document)) == (), path


def tables_with_money(part: Any, path: Step = ()) -> Iterator[Step]:
    """Lists and mappings that hold a share or an amount somewhere inside."""
    if isinstance(part, dict | list):
        if any(is_about_money(("", *leaf)) for leaf in leaves(part)) and path:
            yield path
        for step, inner in part.items() if isinstance(part, dict) else enumerate(part):
            yield from tables_with_money(inner, (*path, step))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_list_that_grows_or_goes_shows_no_money_either(name, record_count):
    document, tried = DOCUMENTS[name], 0
    for path in tables_with_money(document):
        other = deepcopy(document)
        part = at(other, path[:-1])
        if isinstance(part[path[-1]], list) and path != ("service_levels",):
            part[path[-1]] = [*part[path[-1]], deepcopy(part[path[-1]][-1])]
        elif isinstance(part, dict) and path[0] != "measures":
            del part[path[-1]]
        else:
            continue
        tried += 1
        for found in (differences(document, other), differences(other, document)):
            assert found, path
            told = " ".join(str(each) for each in without_money(found))
            assert not re.search(r"\b(percent|amount) \d", told), (path, told)
    record_count("lists with money that grow or go without showing it", tried)


def test_a_right_that_opens_at_so_much_money_is_about_money():
    before = deepcopy(DOCUMENTS["expected-and-minimum"])
    before["rights"] = [{"key": "exit", "name": "Exit", "of": "credits", "at_least": "50000", "within": "12"}]
    after = deepcopy(before)
    after["rights"][0]["at_least"] = "60000"
    [told] = differences(before, after)
    assert "60000" in str(told)
    assert without_money(differences(before, after)) == ()


def test_what_no_sentence_tells_is_told_as_it_is_written():
    before, after = DOCUMENTS["expected-and-minimum"], deepcopy(DOCUMENTS["expected-and-minimum"])
    after["service_levels"][0]["default"]["expected"]["misses"] = "3"
    after["rights"][1]["at_least"] = "5"
    del after["claims"]
    assert [*map(str, differences(before, after))] == [
        "Service level, English voice, Default expected misses: 3 instead of 4",
        "Claims: no longer, A claim for relief counts if it is filed within 15 days after the window that it is about; "
        "Schedule 3, 6.4",
        "Rights 2 at least: 5 instead of 6",
    ]


def test_a_default_that_is_written_out_changes_nothing():
    before, after = DOCUMENTS["smallest"], deepcopy(DOCUMENTS["smallest"])
    after["service_levels"][0] |= {"window": "month", "source": "computed", "class": "key"}
    after["measures"]["offered"] = {"source": "partner"}
    assert differences(before, after) == ()


def test_the_points_of_a_scorecard_are_not_about_money():
    before, after = DOCUMENTS["seller-performance"], deepcopy(DOCUMENTS["seller-performance"])
    after["service_levels"][3]["score"]["bonus"] = "20"
    assert len(without_money(differences(before, after))) == 1


def test_a_service_level_that_comes_or_goes_is_told_with_its_rules_and_its_money_apart():
    document = DOCUMENTS["expected-and-minimum"]
    without = document | {"service_levels": document["service_levels"][1:]}
    for pair in ((without, document), (document, without)):
        found = [each for each in differences(*pair) if each.subject == "Service level, English voice"]
        assert {each.label for each in found} >= {"What counts as a default", "Relief", "What a default costs"}
        shown = {each.label for each in without_money(found)}
        assert "What a default costs" not in shown
        assert "Relief" in shown


def test_credits_that_come_or_go_are_told_with_their_caps_and_earn_back():
    document = DOCUMENTS["expected-and-minimum"]
    without = {name: part for name, part in document.items() if name != "credits"}
    found = [each for each in differences(without, document) if each.subject == "Credits"]
    assert {each.label for each in found} >= {"Caps", "Performance categories", "Earn-back of every service level"}
    assert without_money(found) == ()


def test_credits_that_say_nothing_but_their_base_hide_no_change():
    """Their section has no words of its own, on either side."""
    base = {"credits": {"base": {"kind": "fixed_fee", "amount": "1000"}}}
    level = {"key": "a", "name": "Answer", "metric": "asa", "credits_on": "expected"}
    before, after = (
        {**base, "service_levels": [{**level, "credit": {"kind": "fixed", "amount": amount}}]}
        for amount in ("10", "30")
    )
    assert [str(each) for each in differences(before, after)] == ["Answer, Credit amount: 30 instead of 10"]
