"""What a service level would take without effect, or with one that nobody means, is refused or pointed out."""

import pytest

from app.contracts.catalogue import CATALOGUE
from app.domain.terms import Terms, TermsInvalid
from tests.domain.story import MEASURES, document, level, limit

BY_DAY = {"staffing": {}, "service": {"grain": "day"}, "quality": {}}
EXCESS = {"kind": "excess", "measure": "answered", "forecast": "forecast_volume", "over": "10"}
AVERAGE = {"kind": "average"}
CREDITS = {"credits": {"at_risk": "10", "pool": "100"}}
FROM_THE_22ND = {"window": {"kind": "fiscal_month", "starts_on": "22"}}


def ramp_from(day):
    return {"ramp": [{"from": day, "expected": limit(">=", "85")}]}


def share_from(day):
    credit = {"kind": "allocation", "percent": "10", "dated": [{"from": day, "percent": "20"}]}
    return {"credit": credit, "credits_on": "expected"}


def sheet(metric, target, changes=None, **others):
    measures = {key: {"source": "partner"} for key in (*MEASURES, "answered", "handle_seconds", "forecast_volume")}
    return document(
        service_levels=[level("voice", metric, target, **others)],
        measures=measures,
        **{"credits": None, **(changes or {})},
    )


@pytest.mark.parametrize(
    ("metric", "target", "others", "path", "words"),
    [
        ("aht", limit("<=", "420"), {"relief": EXCESS}, "relief.kind", "is no share"),
        (
            *("service_level", limit(">=", "80"), {"low_volume": {"minimum": "9", "rule": "one_miss", "months": "6"}}),
            *("low_volume.months", "extend only"),
        ),
        (
            *("service_level", limit(">=", "80"), {"low_volume": {"rule": "one_miss"}, "window": AVERAGE}),
            *("low_volume.rule", "average of months"),
        ),
        (
            *("service_level", limit(">=", "70")),
            {"exceeded": limit(">=", "85"), "ramp": [{"from": "2026-03-01", "expected": limit(">=", "90")}]},
            *("exceeded", "not beyond the Expected >= 90"),
        ),
    ],
)
def test_what_no_figure_could_follow_is_refused_at_its_place(metric, target, others, path, words):
    with pytest.raises(TermsInvalid) as refused:
        Terms.from_document(sheet(metric, target, **others), CATALOGUE)
    [problem] = refused.value.problems
    assert (problem.path, words in problem.message) == (f"service_levels.0.{path}", True)


@pytest.mark.parametrize(
    ("metric", "target", "others", "changes", "path"),
    [
        ("service_level", limit(">=", "80"), {"source": "stated", "minimum_volume": "100"}, {}, "source"),
        ("service_level", limit(">=", "80"), {"source": "stated"}, {"reports": BY_DAY}, "source"),
        ("service_level", limit(">=", "80"), {"source": "stated", "window": "quarter"}, {}, "window"),
        ("service_level", limit(">=", "80"), {"source": "stated", "window": AVERAGE}, {}, None),
        ("aht", limit("<=", "420"), {"low_volume": {"rule": "one_miss", "minimum": "9"}}, {}, "low_volume.rule"),
        ("service_level", limit(">=", "80"), ramp_from("2026-03-01"), {}, None),
        ("service_level", limit(">=", "80"), ramp_from("2026-03-15"), {}, "ramp.0.from"),
        ("service_level", limit(">=", "80"), ramp_from("2026-03-22") | FROM_THE_22ND, {"reports": BY_DAY}, None),
        (
            "service_level",
            limit(">=", "80"),
            ramp_from("2026-03-15") | FROM_THE_22ND,
            {"reports": BY_DAY},
            "ramp.0.from",
        ),
        (
            *("service_level", limit(">=", "80")),
            {"ramp": [*ramp_from("2026-06-01")["ramp"], *ramp_from("2026-03-15")["ramp"]]},
            *({}, "ramp.1.from"),
        ),
        ("service_level", limit(">=", "80"), share_from("2026-03-01"), CREDITS, None),
        ("service_level", limit(">=", "80"), share_from("2026-03-15"), CREDITS, "credit.dated"),
        ("service_level", limit(">=", "80"), share_from("2026-04-01") | {"window": "quarter"}, CREDITS, None),
        ("service_level", limit(">=", "80"), share_from("2026-03-01") | {"window": "quarter"}, CREDITS, "credit.dated"),
        (
            *("service_level", limit(">=", "80"), share_from("2026-03-22") | FROM_THE_22ND),
            *({"reports": BY_DAY, **CREDITS}, None),
        ),
        (
            *("service_level", limit(">=", "80"), share_from("2026-03-01") | FROM_THE_22ND),
            *({"reports": BY_DAY, **CREDITS}, "credit.dated"),
        ),
    ],
)
def test_what_has_no_effect_is_pointed_out(metric, target, others, changes, path):
    read = Terms.from_document(sheet(metric, target, changes, **others), CATALOGUE)
    assert [warning.path for warning in read.warnings] == ([f"service_levels.0.{path}"] if path else [])
