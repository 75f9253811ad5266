"""Findings as JSON of decimal strings: as they are stored, and as `explain.why` reads them."""

from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from app.domain.exact import plain
from app.domain.rules.relief import Relief

if TYPE_CHECKING:
    from app.domain.findings import Comparison, Contribution, Difference, Finding


def finding_document(finding: "Finding") -> dict[str, Any]:
    """In the order in which a reader would ask: what, of when, from what, how it came out."""
    return {**_subject(finding), **_figures(finding), **_outcome(finding)}


def _subject(finding: "Finding") -> dict[str, Any]:
    level, metric = finding.level, finding.metric
    return {
        "service_level": level.key,
        "name": level.name,
        "clause": level.clause,
        "scope": {
            "sites": list(level.scope.sites),
            "queues": list(level.scope.queues),
            "markets": list(level.scope.markets),
        },
        "threshold": level.threshold,
        "source": level.source,
        "minimum_volume": _text(level.volume.minimum if level.volume else None),
        "metric": {
            "key": metric.key,
            "name": metric.name,
            "unit": metric.unit,
            "precision": metric.precision,
            "scale": str(metric.scale),
            "numerator": metric.numerator.text,
            "denominator": metric.denominator.text,
        },
        "window": {
            "key": str(finding.window),
            "kind": level.window.kind,
            "start": str(finding.window.first),
            "end": str(finding.window.last),
        },
    }


def _figures(finding: "Finding") -> dict[str, Any]:
    return {
        "days": {"reported": finding.days_reported, "expected": finding.days_expected},
        "measures": {measure: plain(value) for measure, value in finding.measures.items()},
        "numerator": _text(finding.numerator),
        "denominator": _text(finding.denominator),
        "raw": _text(finding.raw),
        "raw_numerator": _text(finding.raw_parts[0]),
        "raw_denominator": _text(finding.raw_parts[1]),
        "contractual": _text(finding.contractual),
        "rounding": _rounding(finding),
        "averaged": [plain(value) for value in finding.averaged],
        "weights": dict(finding.weights),
        "stated": _text(finding.stated),
        "contributions": [_plain(contribution) for contribution in finding.contributions],
        "differences": [_plain(difference) for difference in finding.differences],
    }


def _rounding(finding: "Finding") -> dict[str, Any] | None:
    """What was agreed to be rounded before it was compared, and from what."""
    rule = finding.level.rounding
    if rule is None or finding.unrounded is None:
        return None
    return {"places": rule.places, "mode": rule.mode, "clause": rule.clause, "from": plain(finding.unrounded)}


def _outcome(finding: "Finding") -> dict[str, Any]:
    return {
        "comparisons": [_comparison(each) for each in finding.comparisons],
        "attainment": finding.attainment.value,
        "default": finding.default.value,
        "disposition": finding.disposition.value,
        "is_close": finding.is_close,
        "is_exceeding": finding.is_exceeding,
        "severity": finding.severity
        and {"label": finding.severity.label, "points": plain(finding.severity.points), "band": str(finding.severity)},
        "count": finding.tally and {name: getattr(finding.tally, name) for name in finding.tally.__slots__},
        "escalated": finding.escalated,
        "matures_on": finding.matures_on and str(finding.matures_on),
        "relief": [_relief(each) for each in finding.relief],
        "reason": {"code": finding.reason.code, "figures": dict(finding.reason.figures)},
    }


def _comparison(each: "Comparison") -> dict[str, Any]:
    return {"name": each.name, "target": str(each.target), "is_met": each.is_met, "headroom": plain(each.headroom)}


def _relief(relief: Relief) -> dict[str, Any]:
    return {**relief._asdict(), "figures": dict(relief.figures)}


def _text(number: Decimal | None) -> str | None:
    return None if number is None else plain(number)


def _plain(part: "Contribution | Difference") -> dict[str, Any]:
    return {column.name: _json(getattr(part, column.name)) for column in fields(part)}


def _json(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _json(part) for key, part in value.items()}
    if isinstance(value, Decimal):
        return plain(value)
    return value if value is None or isinstance(value, int | str) else str(value)
