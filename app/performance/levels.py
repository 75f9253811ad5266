"""The terms and the service levels by which a stored judgement was made."""

from decimal import Decimal
from functools import partial

from app.contracts import terms as contract_terms
from app.domain.clauses import ServiceLevel
from app.domain.figures.windowing import definition
from app.domain.periods import Month
from app.domain.targets import Band, Limit, Target
from app.domain.terms import Terms, terms_in_force, year_starts
from app.performance.models import Evaluation

_terms: dict[str, Terms] = {}


def terms_of(evaluation: Evaluation) -> Terms:
    """The terms that judged, read once per process: a document in force never changes."""
    row = evaluation.terms
    if row.sha256 not in _terms:
        _terms[row.sha256] = contract_terms.terms_of(row)
    return _terms[row.sha256]


def levels_of(evaluation: Evaluation) -> dict[str, ServiceLevel]:
    """By key, as they judged: where an amendment fell into a window, some are judged by the terms at its start."""
    levels = {level.key: level for level in terms_of(evaluation).service_levels}
    is_amended = bool(evaluation.inputs.get("earlier_terms"))
    if not (is_amended and any(level.window.amendment == "start" for level in levels.values())):
        return levels  # almost always, and without a statement
    history = contract_terms.terms_history(evaluation.contract, evaluation.as_known_at)
    month, opens, in_force = Month.parse(evaluation.month), year_starts(history), partial(terms_in_force, history)
    return {key: definition(level, month, opens, in_force) for key, level in levels.items()}


def edge_of(target: Target, value: Decimal) -> Decimal:
    """The limit that a value is held against; of a band the nearer edge."""
    if isinstance(target, Limit):
        return target.value
    return target.lower if value < target.lower else target.upper


def reach_of(level: ServiceLevel) -> Decimal:
    """From Expected to Minimum; a band's half width; a twentieth of the target where there is neither."""
    expected, minimum = level.expected, level.minimum
    if isinstance(expected, Band):
        return (expected.upper - expected.lower) / 2 or Decimal(1)
    if isinstance(minimum, Limit) and minimum.value != expected.value:
        return abs(expected.value - minimum.value)
    return abs(expected.value) / 20 or Decimal(1)
