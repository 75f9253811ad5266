"""Terms documents: read whole, or refused with every problem in its place."""

import json
import re
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from app.contracts.catalogue import CATALOGUE
from app.domain.canonical import canonical_json, sha256
from app.domain.periods import Month
from app.domain.reading import terms_reader
from app.domain.rules import price_reader
from app.domain.tables import Table
from app.domain.targets import Band, Limit
from app.domain.terms import Terms, TermsInvalid, terms_in_force
from tests.domain.story import document, level, limit, terms

PRICES = {"price": "3", "lower_price": "2"}
SCHEMA = json.loads(Path("app/contracts/terms.schema.json").read_text(encoding="utf-8"))


def problems(changed: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(TermsInvalid) as refusal:
        Terms.from_document(changed, CATALOGUE)
    return dict(refusal.value.problems)


def one(*levels: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return document(service_levels=list(levels), **changes)


def test_terms_are_read_whole():
    cordillera = terms()
    assert cordillera.effective_from == date(2025, 11, 1)
    assert (cordillera.calendar.due.working_day, cordillera.calendar.due.at) == (5, time(17))
    assert cordillera.calendar.holidays == {date(2026, 1, 1)}
    assert cordillera.credits is not None
    assert (cordillera.credits.at_risk, cordillera.credits.pool) == (10, 200)
    voice = cordillera.service_level("voice-service-level")
    assert (voice.expected, voice.minimum) == (Limit(">=", Decimal(80)), Limit(">=", Decimal(75)))
    assert (voice.window.kind, voice.source, voice.importance, voice.allocation) == ("month", "computed", "key", 60)
    assert cordillera.warnings == ()


def test_a_band_is_read():
    occupancy = level("occupancy", "service_level", {"band": {"lower": "75", "upper": "88"}})
    assert Terms.from_document(one(occupancy), CATALOGUE).service_levels[0].expected == Band(Decimal(75), Decimal(88))


def test_the_same_document_in_another_order_has_the_same_hash():
    shuffled = dict(reversed(document().items()))
    assert sha256(shuffled) == sha256(document()) == terms().sha256
    assert canonical_json({"b": "é", "a": [None, 1]}) == '{"a":[null,1],"b":"é"}'


def test_a_decimal_must_be_written_as_text_to_be_hashed():
    with pytest.raises(TypeError, match="write it as text"):
        canonical_json({"value": Decimal("0.1")})


@pytest.mark.parametrize(
    ("changes", "path", "words"),
    [
        ({"schema": "accord-terms/9"}, "schema", "accord-terms/1"),
        ({"effective_from": "1 Nov 2025"}, "effective_from", "is not a date"),
        ({"effective_from": None}, "effective_from", "is missing"),
        ({"coverage": []}, "coverage", "list at least one"),
        ({"coverage": [{"site": "BOG"}]}, "coverage.0.queue", "is missing"),
        ({"coverage": "BOG"}, "coverage", "list at least one"),
        ({"reports": {}}, "reports", "name at least one"),
        ({"measures": {"ofered": {"source": "partner"}}}, "measures.ofered", 'did you mean "offered"?'),
        ({"measures": {"offered": {"source": "agreed"}}}, "measures.offered.tolerance", "is missing"),
        ({"measures": {"offered": {"source": "nobody"}}}, "measures.offered.source", "none of partner, client, agreed"),
        ({"reports": {"staffing": {}, "service": {}}}, "measures.qa_samples", "the quality report, which is not among"),
        ({"credits": {"at_risk": "10", "pool": "150"}}, "credits.pool", "come to 200 %, above the pool of 150 %"),
        ({"credits": {"at_risk": "110", "pool": "200"}}, "credits.at_risk", "between 0 and 100"),
        ({"credits": {"pool": "200"}}, "credits.at_risk", "is missing"),
        ({"credits": {"at_risk": 0.1, "pool": "200"}}, "credits.at_risk", "in quotes"),
        ({"credits": {"at_risk": "1e1", "pool": "200"}}, "credits.at_risk", "write a number such as 5 or 97.5"),
        ({"credit": {}}, "credit", 'did you mean "credits"?'),
        ({"service_levels": []}, "service_levels", "list at least one"),
        ({"service_levels": ["x"]}, "service_levels.0", "keys and values"),
    ],
)
def test_each_mistake_is_named_with_its_path(changes, path, words):
    found = problems(document(**changes))
    assert words in found[path]


@pytest.mark.parametrize(
    ("others", "path", "words"),
    [
        ({"metric": "service_levl"}, "metric", 'did you mean "service_level"?'),
        ({"metric": "occupancy"}, "metric", "needs handle_seconds, available_seconds"),
        ({"key": "Voice SL"}, "key", "small letters"),
        ({"credits_on": "minimum", "allocation": "5"}, "minimum", "is missing: credits"),
        ({"credits_on": "expected"}, "allocation", "is missing"),
        ({"minimum": limit(">=", "85")}, "minimum", "stricter than the Expected"),
        ({"minimum": limit("<=", "75")}, "minimum", "points the other way"),
        ({"minimum": {"band": {"lower": "1", "upper": "2"}}}, "minimum", "both be limits or both be bands"),
        ({"expected": {"band": {"lower": "88", "upper": "75"}}}, "expected.band", "above the upper edge"),
        ({"expected": {"comparator": "=>", "value": "80"}}, "expected.comparator", "none of >=, >, <=, <"),
        ({"expected": {"comparator": ">="}}, "expected.value", "is missing"),
        ({"scope": {"sites": ["MDE"]}}, "scope.sites", '"MDE" is not in the coverage'),
        ({"scope": {"queues": ["EN-VOIC"]}}, "scope.queues", 'did you mean "EN-VOICE"?'),
        ({"window": "week"}, "window", "none of month, quarter"),
        ({"weight": "-1"}, "weight", "0 or more"),
        ({"wieght": "1"}, "wieght", 'did you mean "weight"?'),
    ],
)
def test_each_mistake_in_a_service_level_is_named_with_its_path(others, path, words):
    changed = one(level("voice", "service_level", limit(">=", "80")) | others)
    assert words in problems(changed)[f"service_levels.0.{path}"]


@pytest.mark.parametrize(
    ("others", "measures", "path", "words"),
    [
        ({"scope": {"sites": ["BOG"]}}, {}, "service_levels.0.scope", "of all its sites and queues"),
        ({"measured_from": "2026-02-10"}, {}, "service_levels.0.measured_from", "write a first day"),
        ({"window": {"kind": "fiscal_month", "starts_on": "15"}}, {}, "service_levels.0.window", "a calendar month"),
        ({}, {"reports_due": {"source": "client"}}, "service_levels.0.metric", "the source of reports_due too"),
        ({}, {"offered": {"source": "record"}}, "measures.offered.source", "not in Accord's own record"),
    ],
)
def test_what_the_record_cannot_tell_is_refused(others, measures, path, words):
    of_record = {key: {"source": "record"} for key in ("reports_due", "reports_on_time")}
    agreed = level("in-time", "report_timeliness", limit(">=", "95"))
    reports = {"staffing": {}}  # which no measure of the record travels in
    [doubt] = Terms.from_document(one(agreed, measures=of_record, reports=reports), CATALOGUE).warnings
    assert "the terms ask the partner for none" in doubt.message
    assert words in problems(one(agreed | others, measures=of_record | measures, reports=reports))[path]


def test_all_problems_come_at_once():
    voice = level("voice", "service_level", limit(">=", "80"), credits_on="minimum")
    changed = one(voice, voice | {"metric": "nothing"}, effective_from="soon", credits={"at_risk": "x", "pool": "1"})
    assert problems(changed).keys() >= {
        *("effective_from", "credits.at_risk", "service_levels.0.minimum", "service_levels.1.key"),
        "service_levels.1.metric",
    }


def test_a_lock_before_the_due_day_is_refused():
    calendar = {"due": {"working_day": "5", "time": "17:00"}, "lock": {"working_day": "5", "time": "16:59"}}
    assert "before they are due" in problems(document(calendar=calendar))["calendar.lock"]


def test_a_pair_of_site_and_queue_may_return_later_but_not_stand_twice():
    first = {"site": "BOG", "queue": "EN-VOICE", "until": "2026-01-31"}
    again = {"site": "BOG", "queue": "EN-VOICE", "from": "2026-03-01"}
    assert [len(terms(coverage=[first, again]).rows(Month(2026, number))) for number in (1, 2, 3)] == [1, 0, 1]
    assert "twice" in problems(document(coverage=[first, again | {"from": "2026-01-31"}]))["coverage.1"]


def test_a_comparator_against_the_metrics_direction_is_a_warning():
    backwards = Terms.from_document(one(level("voice", "service_level", limit("<=", "80"))), CATALOGUE)
    assert [warning.path for warning in backwards.warnings] == ["service_levels.0.expected.comparator"]


@pytest.mark.parametrize(
    ("others", "path", "words"),
    [
        ({"credit": {"kind": "occurrences", "amount": "1"}}, "credit", "counts each second as a unit that failed"),
        ({"expected": {"band": {"lower": "200", "upper": "300"}}, "score": {"zero": "400"}}, "score", "has no effect"),
        ({"credit": {"kind": "two_price", "replaces": "others", **PRICES}}, "credit.replaces", "has no effect"),
    ],
)
def test_what_is_accepted_without_effect_or_sense_is_pointed_out(others, path, words):
    times = {"measures": {"handle_seconds": {}, "answered": {}}}
    handling = {**level("handling", "aht", limit("<=", "300")), **others}
    found = {warning.path: warning.message for warning in terms(service_levels=[handling], **times).warnings}
    assert words in found[f"service_levels.0.{path}"]


def test_a_stated_value_of_several_rows_is_a_warning():
    stated = level("voice", "service_level", limit(">=", "80"), source="stated")
    rows = [{"site": "BOG", "queue": "EN-VOICE"}, {"site": "MDE", "queue": "EN-VOICE"}]
    assert "never averaged" in terms(service_levels=[stated], coverage=rows).warnings[0].message


def test_a_stated_service_level_needs_no_measures():
    stated = level("aht", "aht", limit("<=", "240"), source="stated")
    read = terms(service_levels=[stated], measures={})
    assert read.stated_of("service", CATALOGUE) == ("aht",)
    assert read.reports_due(CATALOGUE) == (("service", "partner"),)


def test_the_client_reports_what_it_is_or_shares_the_source_of():
    sourced = terms(
        measures={
            "offered": {"source": "client"},
            "answered_in_threshold": {"source": "agreed", "tolerance": "2"},
            "abandoned": {"source": "partner"},
            "reports_due": {"source": "record"},
        },
        service_levels=[level("voice", "service_level", limit(">=", "80"))],
    )
    asked = [measure.key for measure in sourced.asked_of("client", "service", CATALOGUE)]
    assert asked == ["offered", "answered_in_threshold"]
    assert len(sourced.asked_of("partner", "service", CATALOGUE)) == 3, "nobody is asked for what the record tells"
    assert sourced.reports_due(CATALOGUE) == (("service", "partner"), ("service", "client"))


def test_a_partner_none_of_whose_figures_would_count_owes_no_report():
    measures = {key: {"source": "client"} for key in ("offered", "answered_in_threshold", "abandoned")}

    theirs = terms(measures=measures, service_levels=[level("voice", "service_level", limit(">=", "80"))])

    assert theirs.reports_due(CATALOGUE) == (("service", "client"),)


def test_a_month_is_judged_by_the_terms_in_force_on_its_first_day():
    first, amended = terms(effective_from="2025-11-10"), terms(effective_from="2026-03-02")
    history = [amended, first]
    assert terms_in_force(history, Month(2025, 10)) is None
    assert terms_in_force(history, Month(2025, 11)) is first
    assert terms_in_force(history, Month(2026, 3)) is first
    assert terms_in_force(history, Month(2026, 4)) is amended


def test_the_schema_accepts_what_the_reader_accepts():
    Draft202012Validator.check_schema(SCHEMA)
    assert not list(Draft202012Validator(SCHEMA).iter_errors(document()))
    assert list(Draft202012Validator(SCHEMA).iter_errors(document(effective_from="soon")))


def resolved(part: dict[str, Any]) -> dict[str, Any]:
    """A part with what it refers to; of several forms the one with keys."""
    if reference := part.get("$ref"):
        return SCHEMA["$defs"][reference.rpartition("/")[2]]
    forms = [resolved(form) for form in part.get("oneOf", ())]
    return next((form for form in forms if "properties" in form), part)


def full(part: dict[str, Any]) -> Any:
    """An example that holds every key."""
    shape = resolved(part)
    if "properties" in shape:
        return {name: full(key) for name, key in shape["properties"].items() if name != "contract"}
    if "properties" in resolved(shape.get("items", {})):
        return [full(shape["items"])]
    return part.get("examples", shape.get("examples"))[0]


def keys_by_path(part: dict[str, Any], path: str = "") -> dict[str, set[str]]:
    """Every table of the schema with its keys; targets are read as a limit or as a band, and stand aside."""
    shape = resolved(part)
    shape = resolved(shape["items"]) if "items" in shape else shape
    if "properties" not in shape or {"band", "comparator"} & shape["properties"].keys():
        return {}
    found = {path: shape["properties"].keys() - {"contract"}}
    for name, key in shape["properties"].items():
        if name != "contract":
            found |= keys_by_path(key, f"{path}.{name}".removeprefix("."))
    return found


def test_the_schema_knows_the_same_keys_as_the_reader(monkeypatch):
    read: dict[str, set[str]] = {}

    def remember(table: Table, *names: str) -> None:
        read.setdefault(re.sub(r"\.\d+", "", table.path), set()).update(names)

    monkeypatch.setattr(Table, "known", remember)
    whole = full(SCHEMA)
    whole["credits"]["earn_back"]["kind"] = whole["service_levels"][0]["earn_back"]["kind"] = "bank"
    for kind in ("rate", "table", "bands"):
        points = {**whole["credits"]["points"], "kind": kind}
        terms_reader.read({**whole, "credits": {**whole["credits"], "points": points}})
    for kind in price_reader.READERS:
        [level] = whole["service_levels"]
        terms_reader.read({**whole, "service_levels": [{**level, "credit": {**level["credit"], "kind": kind}}]})
    wanted = keys_by_path(SCHEMA)
    assert {path: names for path, names in read.items() if path in wanted} == wanted
    assert {path.rpartition(".")[2] for path in read.keys() - wanted.keys()} <= {
        "expected",
        "minimum",
        "exceeded",
        "answered",
    }


def test_each_key_of_the_schema_has_a_description_an_example_and_the_contracts_that_use_it():
    def walk(part: Any, path: str) -> list[str]:
        bare = []
        for name, key in part.get("properties", {}).items():
            wanted = {"description", "x-contract"} | (set() if "properties" in key or "items" in key else {"examples"})
            bare += [f"{path}.{name}: {missing}" for missing in wanted - key.keys()]
            bare += walk(key, f"{path}.{name}") + walk(key.get("items", {}), f"{path}.{name}")
        return bare

    parts = {"terms": SCHEMA} | SCHEMA["$defs"]
    assert [line for name, part in parts.items() for line in walk(part, name)] == []
