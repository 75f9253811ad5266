"""Every partner in one month: the heat map, what needs attention first, and the figures above it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from app.contracts.catalogue import CATALOGUE
from app.domain.catalogue import Metric
from app.domain.judging.scorecard import Scorecard, scorecard
from app.domain.money.unsettled import sentences
from app.domain.periods import Month
from app.formatting import money, number
from app.partners.models import Partner
from app.performance.credits.money import MonthCredit
from app.performance.judging.settling import may_yet_cost
from app.performance.models import Evaluation
from app.performance.outcomes import Outcome, in_sequence

TREND_MONTHS = 6
LONGEST_WORD, LONGEST_LABEL = 10, 14


@dataclass(frozen=True)
class Cell:
    """A partner's service levels of one metric in the month, the worst first."""

    outcomes: tuple[Outcome, ...]

    @property
    def worst(self) -> Outcome:
        return self.outcomes[0]

    @property
    def more(self) -> str:
        """What a wide map says beside the distance: what a miss weighs, and of how many it is the worst."""
        said = []
        if self.worst.needs_attention and self.worst.level.weight:
            said.append(f"weight {number(self.worst.level.weight)}")
        if len(self.outcomes) > 1:
            said.append(f"worst of {len(self.outcomes)}")
        return ", ".join(said)


@dataclass(frozen=True)
class Row:
    """One partner: a cell per metric, and the weighted score of the last months, oldest first."""

    partner: Partner
    cells: dict[str, Cell]
    scores: tuple[Scorecard, ...]

    @cached_property
    def outcomes(self) -> list[Outcome]:
        return sorted((each for cell in self.cells.values() for each in cell.outcomes), key=_severity)

    @property
    def card(self) -> Scorecard:
        return self.scores[-1]

    @property
    def to_look_at(self) -> str:
        missed, silent = (sum(getattr(each, name) for each in self.outcomes) for name in ("is_miss", "is_absent"))
        said = (f"{missed} missed" if missed else "", f"{silent} not reported" if silent else "")
        return ", ".join(filter(None, said))

    @property
    def standing(self) -> str:
        """What the score earns; one that something is still missing from is no verdict yet."""
        open_ones = any(each.is_open for each in self.outcomes)
        return f"{self.card.standing} so far" if open_ones else self.card.standing or ""

    @property
    def severity(self) -> tuple:
        """Sorts partners: most below Minimum or silent first, then most misses, most new ones, the lowest score."""
        counting = [each for each in self.outcomes if each.needs_attention and not each.is_set_aside]
        worst = sum(each.is_absent or each.status == "below_minimum" for each in counting)
        attention, new = len(counting), sum(each.is_new for each in counting)
        score = self.card.value if self.card.value is not None else Decimal(101)
        return not self.outcomes, -worst, -attention, -new, score, self.partner.name


@dataclass(frozen=True)
class Attention:
    """An outcome to look at; beside one without figures the others of its partner that have none either."""

    partner: Partner
    outcome: Outcome
    alike: list[Outcome]

    @property
    def name(self) -> str:
        if self.alike:
            return f"{len(self.alike) + 1} service levels"
        return self.outcome.finding.name

    @property
    def why(self) -> str:
        """The reason; of several service levels every report that they wait for, and which they are."""
        if not self.alike:
            return self.outcome.reason
        outcomes = (self.outcome, *self.alike)
        names = "; ".join(each.finding.name for each in outcomes)  # a name may hold a comma
        return " ".join([*sentences(each.cause for each in outcomes), f"No figures for {names}."])

    @property
    def credit(self) -> str:
        """What they cost together; one that waits for the month's charges, or for the result, has no amount yet."""
        credit = MonthCredit(self.outcome.finding.evaluation, posted=0)
        outcomes = (self.outcome, *self.alike)
        findings = [each.finding for each in outcomes]
        if credit.is_unpriced and any(credit.line(each.service_level) for each in findings):
            return "Not priced"
        owed = sum(each.credit_minor or 0 for each in findings)
        if not owed and any(map(may_yet_cost, outcomes)):
            return "Not settled"
        return money(owed, credit.currency) if owed else "None due"


@dataclass(frozen=True)
class Portfolio:
    """The rows and columns of the map, worst first in both directions."""

    month: Month
    rows: tuple[Row, ...]
    metrics: tuple[Metric, ...]

    @cached_property
    def outcomes(self) -> list[tuple[Partner, Outcome]]:
        found = [(row.partner, outcome) for row in self.rows for outcome in row.outcomes]
        return sorted(found, key=lambda pair: _severity(pair[1]))

    @cached_property
    def attention(self) -> list["Attention"]:
        """What to look at first; a partner's service levels without figures are one entry."""
        entries: list[Attention] = []
        silent: dict[int, Attention] = {}
        for partner, outcome in self.outcomes:
            if not outcome.needs_attention:
                continue
            if outcome.is_absent and partner.id in silent:
                silent[partner.id].alike.append(outcome)
                continue
            entries.append(Attention(partner, outcome, []))
            if outcome.is_absent:
                silent[partner.id] = entries[-1]
        return entries

    @cached_property
    def labels(self) -> dict[str, str]:
        """The names of the columns, short where the whole one has no room."""
        return {each.key: each.name if _has_room(each.name) else each.short for each in self.metrics}

    @property
    def abbreviated(self) -> list[Metric]:
        """The columns whose label does not begin as their name does: a key says what they are."""
        return [each for each in self.metrics if not each.name.lower().startswith(self.labels[each.key].lower())]

    @property
    def new_misses(self) -> int:
        return sum(outcome.is_new and outcome.is_miss for _, outcome in self.outcomes)

    @property
    def misses_set_aside(self) -> int:
        return sum(outcome.is_set_aside and outcome.is_miss for _, outcome in self.outcomes)

    def count(self, predicate: str) -> int:
        return sum(bool(getattr(outcome, predicate)) for _, outcome in self.outcomes)


def portfolio(month: Month, evaluations: Sequence[Evaluation], partners: Iterable[Partner]) -> Portfolio:
    """`evaluations` reach TREND_MONTHS back; partners without a judgement in the month come last, with an empty row."""
    months = list(month.plus(1 - TREND_MONTHS).through(month))
    by_contract: dict[int, list[Evaluation]] = {}
    for evaluation in evaluations:
        by_contract.setdefault(evaluation.contract_id, []).append(evaluation)
    by_partner: dict[int, dict[str, list[Outcome]]] = {}
    for of_contract in by_contract.values():
        of_partner = by_partner.setdefault(of_contract[0].partner_id, {})
        for judged, outcomes in in_sequence(of_contract).items():
            of_partner.setdefault(judged, []).extend(outcomes.values())
    rows = [_row(partner, by_partner.get(partner.id, {}), months) for partner in partners]
    rows.sort(key=lambda row: row.severity)
    return Portfolio(month, tuple(rows), _columns(rows))


def _row(partner: Partner, outcomes: dict[str, list[Outcome]], months: Sequence[Month]) -> Row:
    cells: dict[str, list[Outcome]] = {}
    for outcome in sorted(outcomes.get(str(months[-1]), ()), key=_severity):
        cells.setdefault(outcome.finding.metric, []).append(outcome)
    return Row(
        partner,
        {metric: Cell(tuple(found)) for metric, found in cells.items()},
        tuple(scorecard(outcomes.get(str(month), ())) for month in months),
    )


def _columns(rows: Sequence[Row]) -> tuple[Metric, ...]:
    """Metrics that somebody is judged by, those with the most and worst misses first."""
    shown = {metric for row in rows for metric in row.cells}
    worst = {
        metric: sorted(_severity(row.cells[metric].worst) for row in rows if metric in row.cells) for metric in shown
    }
    misses = {
        metric: sum(row.cells[metric].worst.needs_attention for row in rows if metric in row.cells) for metric in shown
    }
    order = sorted(shown, key=lambda metric: (worst[metric][0][0] > 2, -misses[metric], worst[metric][0], metric))
    return tuple(CATALOGUE.metrics[metric] for metric in order)


def _has_room(name: str) -> bool:
    return len(name) <= LONGEST_LABEL and max(map(len, name.split())) <= LONGEST_WORD


def _severity(outcome: Outcome) -> tuple:
    return outcome.severity
