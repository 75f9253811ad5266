"""Cordillera's contract and figures, as the demo tells them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.contracts.catalogue import CATALOGUE
from app.domain.facts import Facts, Line, ReportKey, ReportStatus, Standing
from app.domain.judging.evaluation import MonthEvaluation, evaluate
from app.domain.periods import Month
from app.domain.terms import Terms

JULY, AUGUST, SEPTEMBER = Month(2026, 7), Month(2026, 8), Month(2026, 9)
CHARGES = {JULY: 41_200_000, AUGUST: 42_800_000, SEPTEMBER: 40_500_000}
MEASURES = (
    *("required_fte", "actual_fte", "offered", "answered_in_threshold", "abandoned"),
    *("qa_samples", "qa_critical_errors", "csat_responses", "csat_satisfied"),
)
FIGURES: dict[Month, dict[str, str]] = {
    JULY: {
        **{"offered": "42000", "answered_in_threshold": "33180", "abandoned": "1680", "actual_fte": "136"},
        **{"qa_samples": "400", "qa_critical_errors": "15", "csat_responses": "500", "csat_satisfied": "440"},
    },
    AUGUST: {
        **{"offered": "46000", "answered_in_threshold": "34040", "abandoned": "3220", "actual_fte": "128.8"},
        **{"qa_samples": "400", "qa_critical_errors": "27", "csat_responses": "500", "csat_satisfied": "435"},
    },
    SEPTEMBER: {
        **{"offered": "40000", "answered_in_threshold": "29400", "abandoned": "3360", "actual_fte": "128"},
        **{"qa_samples": "400", "qa_critical_errors": "16", "csat_responses": "500", "csat_satisfied": "430"},
    },
}


def limit(comparator: str, value: str) -> dict[str, str]:
    return {"comparator": comparator, "value": value}


def level(key: str, metric: str, expected: Any, minimum: Any = None, **others: Any) -> dict[str, Any]:
    required = {"key": key, "name": key.replace("-", " ").capitalize(), "metric": metric, "expected": expected}
    return required | ({"minimum": minimum} if minimum else {}) | others


def credited(key: str, metric: str, expected: Any, minimum: Any, allocation: str) -> dict[str, Any]:
    others = {"credits_on": "minimum", "allocation": allocation, "weight": "20", "clause": "Schedule 3, 2.1"}
    return level(key, metric, expected, minimum, **others)


def document(**changes: Any) -> dict[str, Any]:
    """Cordillera's terms; `changes` replace whole sections."""
    return {
        "schema": "accord-terms/1",
        "effective_from": "2025-11-01",
        "calendar": {
            "due": {"working_day": "5", "time": "17:00"},
            "lock": {"working_day": "10", "time": "17:00"},
            "holidays": ["2026-01-01"],
        },
        "coverage": [{"site": "BOG", "queue": "EN-VOICE"}],
        "reports": {"staffing": {}, "service": {}, "quality": {}},
        "measures": {measure: {"source": "partner"} for measure in MEASURES},
        "service_levels": [
            credited("voice-service-level", "service_level", limit(">=", "80"), limit(">=", "75"), "60"),
            credited("abandonment", "abandonment", limit("<=", "5"), limit("<=", "8"), "30"),
            credited("quality", "qa", limit(">=", "96"), limit(">=", "94"), "40"),
            credited("fill", "staffing_fill", limit(">=", "97"), limit(">=", "93"), "40"),
            credited("satisfaction", "csat", limit(">=", "85"), limit(">=", "80"), "30"),
        ],
        "credits": {"at_risk": "10", "pool": "200", "monthly_cap": "10", "clause": "Schedule 3, 5.2"},
    } | changes


def terms(**changes: Any) -> Terms:
    return Terms.from_document(document(**changes), CATALOGUE)


def one_level(*levels: dict[str, Any], **changes: Any) -> Terms:
    return terms(service_levels=list(levels), **changes)


def lines(
    month: Month, figures: Mapping[str, str], site: str = "BOG", queue: str = "EN-VOICE", **others: Any
) -> list[Line]:
    """The month's row of each report."""
    values = {"required_fte": "140"} | dict(figures)
    by_kind: dict[str, dict[str, Decimal]] = {"staffing": {}, "service": {}, "quality": {}}
    for measure, text in values.items():
        by_kind[CATALOGUE.measures[measure].kind][measure] = Decimal(text)
    party = others.pop("party", "partner")
    return [
        Line(month, kind, party, site, queue, measures, submission=f"{month}-{kind}-{party}", row=7, **others)
        for kind, measures in by_kind.items()
    ]


def facts(*reported: Line, **statuses: ReportStatus) -> Facts:
    """Facts whose every reported (month, kind, party) is approved; `statuses` override by kind."""
    reports = {
        ReportKey(line.month, line.kind, line.party): statuses.get(line.kind, ReportStatus(Standing.APPROVED))
        for line in reported
    }
    return Facts(tuple(reported), reports)


def story() -> Facts:
    return facts(*(line for month, figures in FIGURES.items() for line in lines(month, figures)))


def judge(terms: Terms, facts: Facts, *months: Month, charges: Mapping[Month, int] = CHARGES) -> list[MonthEvaluation]:
    return list(evaluate([terms], facts, charges, CATALOGUE, months))
