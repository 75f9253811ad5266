"""Definitions kept with a judgement say everything that decides it, and can be read again."""

from dataclasses import replace

import pytest

from app.contracts.catalogue import CATALOGUE
from app.domain.canonical import sha256
from app.domain.catalogue import Catalogue, Measure, Metric
from app.domain.formula import Formula
from app.domain.reading.definitions import definitions_of, with_definitions
from tests.domain.story import JULY, judge, story, terms

PROSE = ("description", "family", "part_of", "source", "short", "starter")
NOTHING = Catalogue({}, {})


def without_prose(entry: Measure | Metric) -> Measure | Metric:
    blank = {name: None if name == "starter" else "" for name in PROSE if hasattr(entry, name)}
    return replace(entry, **blank)


def test_the_whole_catalogue_is_read_again_but_for_its_prose():
    again = with_definitions(NOTHING, definitions_of(CATALOGUE, CATALOGUE.metrics))
    assert {key: without_prose(metric) for key, metric in again.metrics.items()} == {
        key: without_prose(metric) for key, metric in CATALOGUE.metrics.items()
    }
    used = {key for metric in CATALOGUE.metrics.values() for key in metric.measures}
    assert {key: without_prose(measure) for key, measure in again.measures.items()} == {
        key: without_prose(measure) for key, measure in CATALOGUE.measures.items() if key in used
    }


@pytest.mark.parametrize("metric", CATALOGUE.metrics)
def test_every_metric_is_kept_with_all_that_it_names(metric):
    kept = with_definitions(NOTHING, definitions_of(CATALOGUE, [metric]))
    assert set(kept.metrics) >= {metric, *CATALOGUE.metrics[metric].metrics}
    assert set(kept.measures) >= set(CATALOGUE.metrics[metric].measures)


def test_a_judgement_names_the_definitions_that_it_used():
    month = judge(terms(), story(), JULY)[0]
    used = {finding.metric.key for finding in month.findings}
    assert month.inputs["catalogue"] == sha256(definitions_of(CATALOGUE, used))


def test_a_definition_that_decides_something_else_has_another_hash_and_new_prose_has_not():
    metric = CATALOGUE.metrics["service_level"]

    def hashed(**changes) -> str:
        changed = Catalogue(CATALOGUE.measures, {**CATALOGUE.metrics, metric.key: replace(metric, **changes)})
        return sha256(definitions_of(changed, [metric.key]))

    assert hashed(description="Said better.") == hashed()
    assert len({hashed(), hashed(numerator=Formula.parse("offered")), hashed(precision=3), hashed(name="Else")}) == 4
