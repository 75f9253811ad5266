"""Formulas, measures and metrics as data."""

from decimal import Decimal
from typing import Any

import pytest

from app.contracts.catalogue import CATALOGUE
from app.domain.catalogue_reader import CatalogueInvalid, read_catalogue
from app.domain.formula import Formula, FormulaInvalid


def numbers(**values: str) -> dict[str, Decimal]:
    return {name: Decimal(text) for name, text in values.items()}


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("a - b - c", "5"),
        ("a - (b - c)", "9"),
        ("a + b * c", "16"),
        ("(a + b) * c", "26"),
        ("0.5 * a", "5.0"),
        ("a", "10"),
    ],
)
def test_formulas_bind_as_arithmetic_does(text, result):
    assert Formula.parse(text).evaluate(numbers(a="10", b="3", c="2")) == Decimal(result)


def test_a_formula_knows_the_measures_it_reads():
    assert Formula.parse("qa_samples - qa_critical_errors + qa_samples").names == ("qa_samples", "qa_critical_errors")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "character 1"),
        ("a +", "character 4"),
        ("a b", '"b" at character 3'),
        ("(a + b", "parenthesis at character 1"),
        ("a)", '")" at character 2'),
        ("a / b", '"/" at character 3'),
        ("__import__", '"_" at character 1'),
        ("a.b", '"." at character 2'),
        ("a ** b", '"*" at character 4'),
        ("-a", '"-" at character 1'),
        ("(" * 30 + "a" + ")" * 30, "more than 20"),
    ],
)
def test_what_is_no_formula_is_refused_at_its_character(text, place):
    with pytest.raises(FormulaInvalid) as refusal:
        Formula.parse(text)
    assert place in str(refusal.value)


def measure(key: str, **others: Any) -> dict[str, Any]:
    return {"key": key, "name": key, "kind": "service", "unit": "contacts", "description": "Some.", **others}


def metric(key: str, numerator: str, denominator: str = "b", **others: Any) -> dict[str, Any]:
    words = {"name": key, "short": key, "unit": "ratio", "direction": "higher", "source": "a book", "description": "A."}
    return {"key": key, "numerator": numerator, "denominator": denominator, **words, **others}


def problems(measures: list[dict[str, Any]], metrics: list[dict[str, Any]]) -> list[str]:
    with pytest.raises(CatalogueInvalid) as refusal:
        read_catalogue({"measures": measures, "metrics": metrics})
    return [str(problem) for problem in refusal.value.problems]


def test_an_unknown_measure_is_named_with_its_place():
    assert problems([measure("b")], [metric("m", "answerd")]) == [
        'metrics.m.numerator: "answerd" is neither a measure nor a metric of the catalogue'
    ]


def test_a_circle_of_metrics_is_shown_whole():
    found = problems([measure("b")], [metric("m", "n"), metric("n", "b", "m")])
    assert found == [
        "metrics.m.numerator: goes round in a circle: m → n → m",
        "metrics.n.numerator: goes round in a circle: n → m → n",
    ]


def test_a_metric_of_itself_is_a_circle():
    assert problems([measure("b")], [metric("m", "m + b")]) == ["metrics.m.numerator: goes round in a circle: m → m"]


def test_a_key_stands_once():
    twice = problems([measure("b"), measure("b")], [metric("m", "b"), metric("m", "b"), metric("b", "1")])
    assert "measures.b: this key stands here twice" in twice
    assert "metrics.m: this key stands here twice" in twice
    assert "metrics.b.key: a measure has this key already" in twice


def test_every_problem_is_listed_at_once():
    found = problems(
        [measure("b", kind="servise"), measure("c", over_months="median")],
        [metric("m", "b +"), metric("n", "b", unit="percents", scale="many")],
    )
    assert [problem.split(":")[0] for problem in found] == [
        "measures.b.kind",
        "measures.c.over_months",
        "metrics.m.numerator",
    ]


def test_a_metric_of_metrics_reads_their_ratios():
    catalogue = read_catalogue(
        {
            "measures": [measure("a"), measure("b")],
            "metrics": [metric("part", "a", scale="100"), metric("rest", "1 - part", "1")],
        }
    )
    assert catalogue.metrics["rest"].measures == ("a", "b")
    assert catalogue.value("rest", numbers(a="1", b="4")) == Decimal("0.75")
    assert catalogue.value("part", numbers(a="1", b="4")) == Decimal(25)


def test_a_ratio_over_nothing_has_no_value():
    assert CATALOGUE.value("service_level", numbers(answered_in_threshold="0", offered="0")) is None


def test_a_measure_that_is_not_there_is_named():
    with pytest.raises(KeyError, match="offered"):
        CATALOGUE.value("service_level", numbers(answered_in_threshold="1"))


def test_eight_starters_come_first():
    keys = list(CATALOGUE.metrics)
    assert [metric.key for metric in CATALOGUE.starters] == keys[:8]
    assert keys[:8] == [
        *("service_level", "abandonment", "aht", "csat", "qa", "staffing_fill", "attrition", "shrinkage"),
    ]


def test_every_metric_rests_on_measures_says_its_source_and_is_told_apart():
    assert len(CATALOGUE.metrics) >= 20
    assert all(metric.measures and metric.source and metric.description for metric in CATALOGUE.metrics.values())
    assert len({metric.short for metric in CATALOGUE.metrics.values()}) == len(CATALOGUE.metrics)
    unused = CATALOGUE.measures.keys() - {key for metric in CATALOGUE.metrics.values() for key in metric.measures}
    assert not unused


@pytest.mark.parametrize(
    ("key", "values", "result"),
    [
        ("service_level", {"answered_in_threshold": "33180", "offered": "42000"}, "79"),
        ("qa", {"qa_samples": "400", "qa_critical_errors": "27"}, "93.25"),
        ("staffing_fill", {"actual_fte": "128.8", "required_fte": "140"}, "92"),
        ("aht", {"handle_seconds": "36000", "answered": "100"}, "360"),
        ("occupancy", {"handle_seconds": "80", "available_seconds": "20"}, "80"),
        ("not_answered", {"offered": "200", "answered": "190"}, "5"),
        ("answered_in_threshold_rate", {"answered_in_threshold": "95", "answered": "100"}, "95"),
        ("nps", {"nps_promoters": "50", "nps_detractors": "70", "nps_responses": "200"}, "-10"),
        ("backlog_days", {"backlog": "300", "daily_closures": "120"}, "2.5"),
        ("complaint_rate", {"complaints": "3", "contacts_handled": "6000"}, "0.5"),
        ("forecast_accuracy", {"forecast_volume": "1000", "forecast_error": "80"}, "92"),
    ],
)
def test_metrics_come_to_what_their_definition_says(key, values, result):
    assert CATALOGUE.value(key, numbers(**values)) == Decimal(result)
