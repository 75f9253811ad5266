"""The pages of rules that few contracts have: made from the schema, saved as the readers read them."""

import re
from typing import Any

import pytest

from app.contracts.differences import differences
from app.contracts.families import LEVEL_FAMILIES, WHOLE_FAMILIES, Family, resolved
from tests.contracts.pages import filled_form

LEVEL = "english-voice-service-level"
ALL = [*((family, LEVEL) for family in LEVEL_FAMILIES), *((family, None) for family in WHOLE_FAMILIES)]
FAMILIES = [(family, kind, level) for family, level in ALL for kind in family.wording.kinds or ("",)]
NAMES = [" ".join((family.name, kind, "of", level or "the terms")) for family, kind, level in FAMILIES]


def address(paper, family: Family, level: str | None) -> str:
    lead = f"/terms/{paper.draft}/service-levels/{level}" if level else f"/terms/{paper.draft}"
    return f"{lead}/rules/{family.name}"


def example(family: Family, kind: str, shape: Any, lead: str = "") -> Any:
    """Every key that a kind has with the schema's own example; what is usual is left out, as the form leaves it."""
    part = resolved(shape)
    if not is_of(family, kind, lead):
        return None
    if "properties" in part:
        found = {name: example(family, kind, key, f"{lead}{name}.") for name, key in part["properties"].items()}
        found |= {"kind": kind} if kind and not lead else {}
        return {name: value for name, value in found.items() if value is not None}
    if "properties" in resolved(part.get("items", {})):
        return [example(family, kind, part["items"], lead)]
    return leaf(part, shape, family.wording.words[lead[:-1]].options_of(kind))


def is_of(family: Family, kind: str, lead: str) -> bool:
    """Whether a kind has the field."""
    word = family.wording.words.get(lead[:-1])
    return not lead or bool(word and (not word.kinds or kind in word.kinds))


def leaf(part: Any, shape: Any, options: Any) -> Any:
    if "items" in part:
        return part.get("examples", shape.get("examples", [["11", "12"]]))[0]
    value = next((value for value in options if value != part.get("default")), None)
    return value if options else part.get("examples", shape.get("examples"))[0]


def typed(rule: Any, family: Family, lead: str = "", path: str = "") -> dict[str, Any]:
    """The same as a browser sends it."""
    if isinstance(rule, list) and not any(isinstance(part, dict) for part in rule):
        return {lead: rule if family.wording.words[path].offer else ", ".join(rule)}
    if isinstance(rule, (dict, list)):
        steps = []
        for name, part in rule.items() if isinstance(rule, dict) else enumerate(rule):
            inner = path if isinstance(rule, list) else f"{path}.{name}".removeprefix(".")
            steps.append(typed(part, family, f"{lead}-{name}".removeprefix("-"), inner))
        return {name: text for step in steps for name, text in step.items()}
    return {lead: str(rule)}


def part_of(document: dict, family: Family, level: str | None) -> Any:
    whole = next(each for each in document["service_levels"] if each["key"] == level) if level else document
    return family.of(whole)


@pytest.mark.parametrize(("family", "kind", "level"), FAMILIES, ids=NAMES)
def test_a_rule_is_written_shown_again_and_taken_out_by_its_form(as_, inside, paper, family, kind, level):
    mia, url = as_("mia"), address(paper, family, level)
    shown = filled_form(mia.get(url, query_string={"kind": kind}).text, url)
    rule = example(family, kind, family.shape)
    fields = typed(rule, family, "rows" if isinstance(rule, list) else "")
    answer = mia.post(url, data={**shown, **fields})
    assert answer.status_code == 303, answer.text[answer.text.find("error-summary") :][:900]
    assert part_of(paper.document(inside), family, level) == rule
    again = filled_form(mia.get(url).text, url)
    assert {name: again[name] for name in fields} == {
        name: text if isinstance(text, list) else [text] for name, text in fields.items()
    }
    assert family.title in mia.get(f"/terms/{paper.draft}").text
    assert mia.post(url, data={**again, "out": "1"}).status_code == 303
    assert part_of(paper.document(inside), family, level) is None


@pytest.mark.parametrize(("family", "kind", "level"), FAMILIES, ids=NAMES)
def test_no_change_of_a_rule_goes_unsaid(inside, paper, family, kind, level):
    """Every leaf of the example, changed by itself, is a difference."""
    before = paper.document(inside)
    rule = example(family, kind, family.shape)
    for changed in changes(rule):
        first, second = with_rule(before, family, level, rule), with_rule(before, family, level, changed)
        assert differences(first, second), changed


def with_rule(document: dict, family: Family, level: str | None, rule: Any) -> dict:
    if level:
        levels = [
            each | {family.path[0]: rule} if each["key"] == level else each for each in document["service_levels"]
        ]
        return document | {"service_levels": levels}
    *lead, last = family.path
    if lead:
        return document | {lead[0]: document.get(lead[0], {}) | {last: rule}}
    return document | {last: rule}


def changes(rule: Any):
    if isinstance(rule, dict):
        for name, part in rule.items():
            yield from (rule | {name: changed} for changed in changes(part))
    elif isinstance(rule, list):
        for place, part in enumerate(rule):
            yield from ([*rule[:place], changed, *rule[place + 1 :]] for changed in changes(part))
    else:
        yield f"{rule}9"


def test_rows_come_and_go_without_saving(as_, inside, paper):
    before, mia = paper.document(inside), as_("mia")
    url = f"/terms/{paper.draft}/service-levels/{LEVEL}/rules/bands"
    longer = mia.post(url, data={"rows-0-label": "minor", "rows-0-points": "1", "add": "rows"})
    assert longer.status_code == 200
    fields = filled_form(longer.text, url)
    assert (fields["rows-0-label"], fields["rows-1-label"]) == (["minor"], [""])
    shorter = filled_form(mia.post(url, data={**fields, "remove": "rows-1"}).text, url)
    assert "rows-1-label" not in shorter
    assert paper.document(inside) == before


def test_what_is_wrong_with_a_rule_is_said_at_its_field(as_, paper):
    mia = as_("mia")
    url = f"/terms/{paper.draft}/service-levels/{LEVEL}/rules/bands"
    rows = {"rows-0-label": "met", "rows-0-at_least": "80", "rows-1-label": "minor", "rows-1-below": "79"}
    answer = mia.post(url, data={**filled_form(mia.get(url).text, url), **rows}, follow_redirects=True)
    assert "leave a gap between 79 and 80" in answer.text
    assert 'id="rows-0-label-error"' in answer.text


def test_text_in_a_number_stays_in_the_form(as_, inside, paper):
    before, mia = paper.document(inside), as_("mia")
    url = f"/terms/{paper.draft}/rules/caps"
    answer = mia.post(url, data={"rows-0-over": "month", "rows-0-percent": "ten"})
    assert answer.status_code == 422
    assert filled_form(answer.text, url)["rows-0-percent"] == ["ten"]
    assert paper.document(inside) == before


def test_a_miss_that_is_a_default_at_once_stays_so_when_the_form_is_saved_as_it_stands(as_, inside, paper):
    def at_once(document):
        document["service_levels"][0] |= {"default": {"minimum": {}, "expected": {"misses": "4"}}}

    paper.change(inside, at_once)
    level = paper.document(inside)["service_levels"][0]["key"]
    mia, url = as_("mia"), f"/terms/{paper.draft}/service-levels/{level}/rules/default"
    assert mia.post(url, data=filled_form(mia.get(url).text, url)).status_code == 303
    rule = paper.document(inside)["service_levels"][0]["default"]
    assert rule == {"minimum": {"misses": "1"}, "expected": {"misses": "4"}}


def test_a_rule_stands_in_place_of_its_short_form(as_, inside, paper):
    mia, url = as_("mia"), f"/terms/{paper.draft}/service-levels/{LEVEL}/rules/default"
    mia.post(url, data={**filled_form(mia.get(url).text, url), "minimum-misses": "1"})
    level = next(each for each in paper.document(inside)["service_levels"] if each["key"] == LEVEL)
    assert level["default"] == {"minimum": {"misses": "1"}}
    assert "credits_on" not in level


def test_a_right_gets_its_key_from_its_name(as_, inside, paper):
    mia, url = as_("mia"), f"/terms/{paper.draft}/rules/rights"
    rows = {"rows-0-name": "Step in", "rows-0-kind": "step_in", "rows-0-at_least": "3"}
    mia.post(url, data={**filled_form(mia.get(url).text, url), **rows})
    assert paper.document(inside)["rights"][0]["key"] == "step-in"


@pytest.mark.parametrize(("family", "kind", "level"), FAMILIES, ids=NAMES)
def test_a_form_speaks_the_words_of_the_field(as_, paper, family, kind, level):
    """No label, hint or option is a key of the sheet."""
    page = as_("mia").get(address(paper, family, level), query_string={"kind": kind}).text
    main = page[page.index("<main") : page.index("</main>")]
    seen = re.findall(r">([^<>]+)<", main)
    assert not [words for words in seen if re.search(r"\b[a-z]+_[a-z_]+\b", words)]


def test_a_family_with_kinds_asks_for_the_kind_first(as_, paper):
    page = as_("mia").get(f"/terms/{paper.draft}/service-levels/{LEVEL}/rules/window").text
    assert "Which kind does the contract have?" in page
    assert "The last months together" in page
    assert "Save in the draft" not in page


def test_a_rule_that_does_not_exist_is_not_found(as_, paper):
    assert as_("mia").get(f"/terms/{paper.draft}/rules/generosity").status_code == 404
