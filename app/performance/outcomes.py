"""A stored finding as pages show it: in words and units, with its distance, its trend and its weight."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from app.contracts.catalogue import CATALOGUE
from app.domain.clauses import ServiceLevel
from app.domain.credits import Pricing
from app.domain.findings import JUDGED, MISSES, Attainment, Disposition, Reason
from app.domain.periods import Month
from app.domain.prose.explain import sentence
from app.domain.targets import Limit
from app.formatting import measured, number
from app.partners.places import Places, places_of
from app.performance.levels import edge_of, levels_of, reach_of
from app.performance.models import Evaluation, Finding
from app.performance.wording import result_words, target_words, unbroken

RANKS = (
    *("below_minimum", "not_reported", "below_expected", "set_aside"),
    *("provisional", "low_volume", "not_measured", "close", "met", "exceeded"),
)
UNJUDGED = {
    "not_reported": "overdue",
    "not_measured": "not measured",
    "low_volume": "low volume",
    "provisional": "not approved yet",
}


@dataclass(frozen=True)
class Outcome:
    """One finding beside the service level that judged it and the outcome of the window before, if there was one."""

    finding: Finding
    level: ServiceLevel
    before: "Outcome | None"
    places: Places

    @property
    def attainment(self) -> Attainment:
        return Attainment(self.finding.attainment)

    @property
    def disposition(self) -> Disposition:
        return Disposition(self.finding.disposition)

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
    def is_awaited(self) -> bool:
        """Its report is neither here nor overdue."""
        return self.finding.detail["reason"]["code"] == "not_due"

    @property
    def is_open(self) -> bool:
        """Something has still to come or to be approved before it is judged."""
        return self.is_awaited or self.attainment is Attainment.PROVISIONAL

    @property
    def is_new(self) -> bool:
        """A miss or a gap that was not there in the window before."""
        return self.needs_attention and self.before is not None and not self.before.needs_attention

    @property
    def needs_attention(self) -> bool:
        return self.is_miss or self.is_absent

    @property
    def is_set_aside(self) -> bool:
        """Excused, in grace or loaded as history: shown, and never above what counts."""
        return self.aside is not None

    @property
    def aside(self) -> str | None:
        """The disposition where it is worth a word: where the terms give no credits, none can be lacking."""
        lacking = (
            self.disposition is Disposition.NOT_CREDITED
            and self.finding.evaluation.credit_chain["pricing"] == Pricing.OFF
        )
        return None if lacking or self.disposition is Disposition.COUNTS else self.disposition.value

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
        against = self.finding.detail["reason"]["figures"].get("target", "")
        return result_words(value, against, CATALOGUE.metrics[self.finding.metric], self.finding.decimals)

    @property
    def headroom(self) -> Decimal | None:
        """Distance to Expected in the metric's unit; negative is short of it."""
        return None if self.value is None else self.level.expected.headroom(self.value)

    @cached_property
    def gap(self) -> float | None:
        """The distance as a share: −0.5 at the Minimum, −1 at twice as far or a tenth off the target."""
        if self.headroom is None:
            return None
        return max(-1.0, min(1.0, float(self.headroom / (2 * reach_of(self.level)))))

    @property
    def distance(self) -> str:
        """`6.5 points under`, `1.2 points to spare`: how far from Expected, and on which side."""
        return self._apart(" points" if CATALOGUE.metrics[self.finding.metric].unit == "percent" else "")

    @property
    def short_note(self) -> str:
        """The small print of a cell: whether it is new, and how far off."""
        new = "new" if self.is_new else ""
        apart = self._apart("") or UNJUDGED.get(self.finding.attainment, "")
        return ", ".join(filter(None, (self.stated, self.partial, self.relieved, new, apart)))

    @property
    def stated(self) -> str:
        """Says that the terms judge what the partner stated: Accord did not compute it."""
        return "as stated" if self.level.source == "stated" else ""

    @property
    def partial(self) -> str:
        """`7 of 30 days`, when the window was not reported whole."""
        days = self.finding.detail["days"]
        return f"{days['reported']} of {days['expected']} days" if 0 < days["reported"] < days["expected"] else ""

    @property
    def relieved(self) -> str:
        """`raw 74.0 %`, when relief changed the result."""
        detail = self.finding.detail
        return "" if detail["raw"] == detail["contractual"] else f"raw {self.raw_shown}"

    @property
    def note(self) -> str:
        """The same with the weight of what needs attention, where it has no column of its own."""
        weighs = self.needs_attention and self.level.weight
        return self.short_note + (f", weight {number(self.level.weight)}" if weighs else "")

    def _apart(self, unit: str) -> str:
        if self.headroom is None:
            return ""
        if not self.headroom:
            return "exactly on target"
        metric = CATALOGUE.metrics[self.finding.metric]
        far = measured(abs(self.headroom), "count" if metric.unit == "percent" else metric.unit, metric.precision, "0")
        unit = " point" if unit and Decimal(far.replace(",", "")) == 1 else unit
        if self.headroom > 0:
            return f"{far}{unit} to spare"
        return f"{far}{unit} {'under' if self.value < edge_of(self.level.expected, self.value) else 'over'}"

    @property
    def trend(self) -> str | None:
        if self.before is None or self.headroom is None or self.before.headroom is None:
            return None
        if self.shown == self.before.shown:
            return "same"
        return "better" if self.headroom > self.before.headroom else "worse"

    @cached_property
    def severity(self) -> tuple:
        """Sorts the worst first: by status, then what is new, then by how far off it is times what it weighs."""
        rank = RANKS.index("set_aside" if self.is_set_aside and self.needs_attention else self.status)
        weight = float(self.level.weight)
        return rank, not self.is_new, (self.gap or 0.0) * (weight or 1.0), -weight

    @property
    def cause(self) -> Reason:
        stored = self.finding.detail["reason"]
        figures = self.places.in_figures(stored["figures"])
        written = {"precision": str(self.finding.decimals)} if "precision" in figures else {}
        return Reason(stored["code"], {**figures, **written})

    @property
    def reason(self) -> str:
        return unbroken(sentence(self.cause))

    @property
    def target(self) -> str:
        return target_words(self.level.expected, self.finding.metric)

    @property
    def minimum(self) -> str | None:
        """The Minimum; its comparator is left out where it is that of Expected."""
        if self.level.minimum is None:
            return None
        words, expected = target_words(self.level.minimum, self.finding.metric), self.level.expected
        alike = isinstance(expected, Limit) and self.level.minimum.comparator == expected.comparator
        return words.split(" ", 2)[-1] if alike else words


def outcomes_of(evaluation: Evaluation, before: "Mapping[str, Outcome] | None" = None) -> dict[str, Outcome]:
    """The outcomes of one stored judgement by service level, each beside that of the window before."""
    levels = levels_of(evaluation)
    before, places = before or {}, places_of(evaluation.contract.partner)
    return {
        key: Outcome(finding, levels[key].in_month(Month.parse(finding.month)), before.get(key), places)
        for finding in evaluation.findings
        if (key := finding.service_level)
    }


def in_sequence(evaluations: Iterable[Evaluation]) -> dict[str, dict[str, Outcome]]:
    """Outcomes by month and service level of one contract's judgements, each linked to the one before it."""
    by_month: dict[str, dict[str, Outcome]] = {}
    latest: dict[str, Outcome] = {}
    for evaluation in sorted(evaluations, key=lambda each: each.month):
        by_month[evaluation.month] = outcomes_of(evaluation, latest)
        latest |= by_month[evaluation.month]
    return by_month
