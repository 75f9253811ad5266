"""A stored finding as pages show it: in words and units, with its distance, its trend and its weight."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from app.contracts import terms as contract_terms
from app.contracts.catalogue import CATALOGUE
from app.domain.clauses import ServiceLevel
from app.domain.explain import sentence
from app.domain.findings import JUDGED, MISSES, Attainment, Reason
from app.domain.targets import Band, Limit, Target
from app.domain.terms import Terms
from app.domain.wording import in_unit as in_words
from app.domain.wording import target_words as words_of_target
from app.domain.wording import telling
from app.formatting import DASH, MINUS, measured, number
from app.performance.models import Evaluation, Finding

RANKS = ("below_minimum", "not_reported", "below_expected", "provisional", "low_volume", "not_measured", "close", "met")
UNJUDGED = {
    "not_reported": "overdue",
    "not_measured": "not measured",
    "low_volume": "low volume",
    "provisional": "not approved yet",
}
NO_BREAK = "\u00a0"
_terms: dict[str, Terms] = {}


@dataclass(frozen=True)
class Outcome:
    """One finding beside the service level that judged it and the outcome of the window before, if there was one."""

    finding: Finding
    level: ServiceLevel
    before: "Outcome | None" = None

    @property
    def attainment(self) -> Attainment:
        return Attainment(self.finding.attainment)

    @property
    def is_miss(self) -> bool:
        return self.attainment in MISSES

    @property
    def is_judged(self) -> bool:
        return self.attainment in JUDGED

    @property
    def is_absent(self) -> bool:
        return self.attainment is Attainment.NOT_REPORTED

    @property
    def is_new(self) -> bool:
        """A miss or a gap that was not there in the window before."""
        return self.needs_attention and self.before is not None and not self.before.needs_attention

    @property
    def needs_attention(self) -> bool:
        return self.is_miss or self.is_absent

    @property
    def status(self) -> str:
        """The word that ui.chip and ui.heat_cell know; met with little to spare is amber."""
        return "close" if self.finding.detail.get("is_close") else self.finding.attainment

    @property
    def value(self) -> Decimal | None:
        return None if self.finding.value is None else Decimal(self.finding.value)

    @property
    def shown(self) -> str:
        return self._written(self.finding.value)

    @property
    def raw_shown(self) -> str:
        """The result before relief."""
        return self._written(self.finding.detail["raw"])

    def _written(self, value: str | None) -> str:
        """For reading, with as many decimals as it takes not to look like the target that it missed."""
        if value is None:
            return DASH
        unit = CATALOGUE.metrics[self.finding.metric]
        against = self.finding.detail["reason"]["figures"].get("target", "")
        shown = in_words(telling(value, against, unit.precision), unit.unit)
        return shown.replace("-", MINUS).replace(" ", NO_BREAK)

    @property
    def headroom(self) -> Decimal | None:
        """Distance to Expected in the metric's unit; negative is short of it."""
        return None if self.value is None else self.level.expected.headroom(self.value)

    @cached_property
    def gap(self) -> float | None:
        """The distance as a share: −0.5 at the Minimum, −1 at twice as far or a tenth off the target."""
        if self.headroom is None:
            return None
        return max(-1.0, min(1.0, float(self.headroom / (2 * _reach(self.level)))))

    @property
    def distance(self) -> str:
        """`6.5 points under`, `1.2 points to spare`: how far from Expected, and on which side."""
        if self.headroom is None:
            return ""
        if not self.headroom:
            return "exactly on target"
        far = _distance(abs(self.headroom), self.finding.metric)
        if self.headroom > 0:
            return f"{far} to spare"
        return f"{far} {'under' if self.value < _edge(self.level.expected, self.value) else 'over'}"

    @property
    def note(self) -> str:
        """The small print of a cell: whether it is new, how far off, and what it weighs."""
        said = ["new"] if self.is_new else []
        said += [self.distance] if self.distance else [UNJUDGED.get(self.finding.attainment, "")]
        said += [f"weight {number(self.level.weight)}"] if self.needs_attention and self.level.weight else []
        return ", ".join(word for word in said if word)

    @property
    def short_note(self) -> str:
        """The same where the weight stands in a column of its own."""
        return ("new, " if self.is_new else "") + (self.distance or UNJUDGED.get(self.finding.attainment, ""))

    @property
    def trend(self) -> str | None:
        if self.before is None or self.headroom is None or self.before.headroom is None:
            return None
        if self.shown == self.before.shown:
            return "same"
        return "better" if self.headroom > self.before.headroom else "worse"

    @property
    def severity(self) -> tuple:
        """Sorts the worst first: by status, then what is new, then how far off it is, then its weight."""
        rank = RANKS.index(self.status) if self.status in RANKS else len(RANKS)
        return rank, not self.is_new, self.gap if self.gap is not None else 0.0, -self.level.weight

    @property
    def reason(self) -> str:
        return sentence_of(self.finding)

    @property
    def target(self) -> str:
        return target_words(self.level.expected, self.finding.metric)

    @property
    def minimum(self) -> str | None:
        return target_words(self.level.minimum, self.finding.metric) if self.level.minimum else None


def outcomes_of(evaluation: Evaluation, before: "Mapping[str, Outcome] | None" = None) -> dict[str, Outcome]:
    """The outcomes of one stored judgement by service level, each beside that of the window before."""
    levels = {level.key: level for level in terms_of(evaluation).service_levels}
    before = before or {}
    return {
        finding.service_level: Outcome(finding, levels[finding.service_level], before.get(finding.service_level))
        for finding in evaluation.findings
    }


def in_sequence(evaluations: Iterable[Evaluation]) -> dict[str, dict[str, Outcome]]:
    """Outcomes by month and service level of one contract's judgements, each linked to the one before it."""
    by_month: dict[str, dict[str, Outcome]] = {}
    latest: dict[str, Outcome] = {}
    for evaluation in sorted(evaluations, key=lambda each: each.month):
        by_month[evaluation.month] = outcomes_of(evaluation, latest)
        latest |= by_month[evaluation.month]
    return by_month


def terms_of(evaluation: Evaluation) -> Terms:
    """The terms that judged, read once per process: a document in force never changes."""
    row = evaluation.terms
    if row.sha256 not in _terms:
        _terms[row.sha256] = contract_terms.terms_of(row)
    return _terms[row.sha256]


def sentence_of(finding: Finding) -> str:
    reason = finding.detail["reason"]
    return sentence(Reason(reason["code"], reason["figures"]))


def in_unit(value: Decimal | str | None, metric: str) -> str:
    unit = CATALOGUE.metrics[metric]
    return measured(value, unit.unit, unit.precision)


def target_words(target: Target, metric: str) -> str:
    """`at least 80 %`, `75 to 88 %`: a target as the contract states it, with all of its digits."""
    return words_of_target(str(target), CATALOGUE.metrics[metric].unit)


def _distance(distance: Decimal, metric: str) -> str:
    if CATALOGUE.metrics[metric].unit != "percent":
        return in_unit(distance, metric)
    places = CATALOGUE.metrics[metric].precision
    shown = number(distance, places)
    return f"{shown} {'point' if Decimal(shown.replace(',', '')) == 1 else 'points'}"


def _edge(target: Target, value: Decimal) -> Decimal:
    if isinstance(target, Limit):
        return target.value
    return target.lower if value < target.lower else target.upper


def _reach(level: ServiceLevel) -> Decimal:
    """From Expected to Minimum; a band's half width; a twentieth of the target where there is neither."""
    expected, minimum = level.expected, level.minimum
    if isinstance(expected, Band):
        return (expected.upper - expected.lower) / 2 or Decimal(1)
    if isinstance(minimum, Limit) and minimum.value != expected.value:
        return abs(expected.value - minimum.value)
    return abs(expected.value) / 20 or Decimal(1)
