"""The definitions that a judgement used: as a document that can be kept with it, and read again after a release."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.domain.catalogue import Catalogue, Measure, Metric
from app.domain.reading.catalogue_reader import read_catalogue


def definitions_of(catalogue: Catalogue, metrics: Iterable[str]) -> dict[str, Any]:
    """What decides or shows in a finding: these metrics, those they name, and their measures. Prose is left out."""
    used = sorted(_reached(catalogue, metrics))
    measures = sorted({measure for key in used for measure in catalogue.metrics[key].measures})
    return {
        "measures": [_measure(catalogue.measures[key]) for key in measures],
        "metrics": [_metric(catalogue.metrics[key]) for key in used],
    }


def with_definitions(catalogue: Catalogue, document: Mapping[str, Any]) -> Catalogue:
    """The catalogue with these definitions in place of its own. Raises CatalogueInvalid."""
    kept = read_catalogue({section: [_with_prose(entry) for entry in document[section]] for section in document})
    return Catalogue({**catalogue.measures, **kept.measures}, {**catalogue.metrics, **kept.metrics})


def _reached(catalogue: Catalogue, metrics: Iterable[str]) -> set[str]:
    reached: set[str] = set()
    for key in metrics:
        reached |= {key, *_reached(catalogue, catalogue.metrics[key].metrics)}
    return reached


def _measure(measure: Measure) -> dict[str, Any]:
    return {
        "key": measure.key,
        "name": measure.name,
        "kind": measure.kind,
        "unit": measure.unit,
        "over_months": measure.over_months,
        "integer": measure.integer,
        "party": measure.party,
        **({"record": measure.record} if measure.record else {}),
    }


def _metric(metric: Metric) -> dict[str, Any]:
    return {
        "key": metric.key,
        "name": metric.name,
        "numerator": str(metric.numerator),
        "denominator": str(metric.denominator),
        "scale": str(metric.scale),
        "unit": metric.unit,
        "direction": metric.direction,
        "precision": metric.precision,
        **({"matures_after": metric.matures_after} if metric.matures_after else {}),
    }


def _with_prose(entry: Mapping[str, Any]) -> dict[str, Any]:
    """A catalogue explains itself; a kept definition has its name for that."""
    return {**dict.fromkeys(("short", "family", "source", "description"), entry["name"]), **entry}
