"""Formulas, measures and metrics as data."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from app.contracts.catalogue import CATALOGUE
from app.domain.formula import Formula, FormulaInvalid
from app.domain.reading.catalogue_reader import CatalogueInvalid, read_catalogue


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
        ("abs(c - a)", "8"),
        ("abs(a - c)", "8"),
        ("abs(c - a) * b + abs(c)", "26"),
        ("abs((c - a) * b)", "24"),
    ],
)
def test_formulas_bind_as_arithmetic_does(text, result):
    assert Formula.parse(text).evaluate(numbers(a="10", b="3", c="2")) == Decimal(result)


def test_a_formula_knows_the_measures_it_reads():
    assert Formula.parse("qa_samples - qa_critical_errors + qa_samples").names == ("qa_samples", "qa_critical_errors")
    assert Formula.parse("abs(a - b)").names == ("a", "b")


def test_a_third_stays_a_third():
    third = Fraction(1, 3)
    assert Formula.parse("3 * abs(a - 1)").evaluate({"a": third}) == 2


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
        ("abs(" * 30 + "a" + ")" * 30, "more than 20"),
        ("abs", '"abs" at character 1 needs parentheses: abs(…)'),
        ("a - abs b", '"abs" at character 5 needs parentheses'),
        ("abs(a - b", "parenthesis at character 4"),
        ("abs()", '")" at character 5'),
        ("max(a)", '"max" at character 1 is no function: formulas know abs'),
        ("a (b)", '"a" at character 1 is no function'),
    ],
)
def test_what_is_no_formula_is_refused_at_its_character(text, place):
    with pytest.raises(FormulaInvalid) as refusal:
        Formula.parse(text)
    assert place in str(refusal.value)


def measure(key: str, **others: Any) -> dict[str, Any]:
    return {"key": key, "name": key, "kind": "service", "unit": "contacts", "description": "Some.", **others}


def metric(key: str, numerator: str, denominator: str = "b", **others: Any) -> dict[str, Any]:
    words = {
        "name": key,
        "short": key,
        "family": key,
        "unit": "ratio",
        "direction": "higher",
        "source": "a book",
        "description": "A.",
    }
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


def test_months_are_given_to_a_formula_and_are_no_measure():
    catalogue = read_catalogue(
        {
            "measures": [measure("a"), measure("b")],
            "metrics": [metric("yearly", "12 * a", "months * b"), metric("rest", "1 - yearly", "1"), metric("m", "a")],
        }
    )
    assert catalogue.metrics["yearly"].measures == ("a", "b")
    assert [key for key, metric in catalogue.metrics.items() if metric.counts_months] == ["yearly", "rest"]
    values = numbers(a="1", b="100")
    assert catalogue.value("yearly", values) == Decimal("0.12")
    assert catalogue.value("yearly", values, 3) == Decimal("0.04")
    assert catalogue.value("rest", values, 3) == Decimal("0.96")
    assert catalogue.value("m", values, 3) == Decimal("0.01")


def test_months_alone_measure_nothing():
    assert problems([measure("b")], [metric("m", "months", "1")]) == [
        "metrics.m.numerator: neither formula reads a measure"
    ]


@pytest.mark.parametrize("word", ["months", "abs"])
def test_words_of_the_formulas_are_no_keys(word):
    refusal = "this key has a meaning of its own in formulas: choose another"
    assert problems([measure("b"), measure(word)], [metric("m", "b")]) == [f"measures.{word}: {refusal}"]
    assert problems([measure("b")], [metric(word, "b")]) == [f"metrics.{word}: {refusal}"]


@pytest.mark.parametrize("days", [-1, 367, "7", 7.5, True])
def test_the_days_until_a_result_is_final_are_a_whole_number(days):
    assert problems([measure("b")], [metric("m", "b", matures_after=days)]) == [
        f'metrics.m.matures_after: "{days}" is not a whole number from 0 to 366'
    ]


@pytest.mark.parametrize("days", [0, 7, 366])
def test_a_metric_says_after_how_many_days_it_is_final(days):
    catalogue = read_catalogue({"measures": [measure("b")], "metrics": [metric("m", "b", matures_after=days)]})
    assert catalogue.metrics["m"].matures_after == days


def test_a_metric_says_to_how_many_decimals_it_is_shown():
    assert problems([measure("b")], [metric("m", "b", precision="two")]) == [
        'metrics.m.precision: "two" is not a whole number from 0 to 6'
    ]


@pytest.mark.parametrize("whole", ["c", "d", "m", "nothing"])
def test_a_measure_is_part_of_another_one_in_the_same_report(whole):
    found = problems([measure("c", part_of=[whole]), measure("d", kind="quality")], [metric("m", "c", "d")])
    assert found == [f'measures.c.part_of: "{whole}" is no other measure of the service report']


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


def test_families_hold_every_metric_once_and_none_is_a_single_one():
    held = [metric.key for metrics in CATALOGUE.families.values() for metric in metrics]
    assert sorted(held) == sorted(CATALOGUE.metrics)
    assert {family for family, metrics in CATALOGUE.families.items() if len(metrics) < 2} == set()


def test_every_metric_rests_on_measures_and_is_told_apart():
    metrics = CATALOGUE.metrics.values()
    assert len({metric.short for metric in metrics}) == len({metric.name for metric in metrics}) == len(metrics)
    formulas = {(metric.numerator.text, metric.denominator.text) for metric in metrics}
    assert len(formulas) == len(metrics)
    unused = CATALOGUE.measures.keys() - {key for metric in metrics for key in metric.measures}
    assert unused == set()


def test_late_results_say_how_many_days_they_take():
    late = {metric.key: metric.matures_after for metric in CATALOGUE.metrics.values() if metric.matures_after}
    assert {late[key] for key in ("fcr", "fcr_net", "repeat_rate", "csat", "nps", "seller_nps")} == {7}
    assert (late["repeat_rate_30"], late["cohort_attrition"], late["order_defect_rate"]) == (30, 90, 90)
    assert "early_attrition" not in late, "it looks back at people whose 90 days are over"
    assert "service_level" not in late
