"""When performance is excused: volume above the forecast, or a claim that was granted.

Call centre agreements drop each day on which calls exceed the forecast by more than a percentage; others take only the
excess out, or excuse the whole period. A claim (client outage, force majeure, promotion) has a deadline and a decision.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from app.domain.catalogue import Metric, Problem
from app.domain.exact import Exact, add
from app.domain.periods import Window
from app.domain.tables import Table

KINDS = ("day", "excess", "period")
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class ReliefRule:
    """Without a claim: `measure` exceeds `forecast` by more than `over` percent. Exactly that much is no relief."""

    kind: str  # day | excess | period
    measure: str
    forecast: str  # the measure that holds the forecast
    over: Decimal
    locks: int | None = None  # days before the month from which a newer forecast no longer counts
    clause: str = ""

    def limit(self, forecast: Exact) -> Exact:
        if isinstance(forecast, Decimal):
            return forecast * (HUNDRED + self.over) / HUNDRED
        return forecast * Fraction(HUNDRED + self.over) / 100

    def is_exceeded(self, actual: Exact, forecast: Exact) -> bool:
        return actual > self.limit(forecast)


@dataclass(frozen=True, slots=True)
class ClaimTerms:
    """By when a claim must be filed: days after the last day of the window. Not agreed: the terms say nothing of it."""

    within: int | None = None
    clause: str = ""
    is_agreed: bool = False

    def last_day(self, ended_on: date) -> date | None:
        """The last day on which a claim has an effect about a window that ended; None where the terms name none."""
        return None if self.within is None else ended_on + timedelta(days=self.within)


NO_CLAIM_TERMS = ClaimTerms()


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim and where it stands. Figures in `adjust` are taken off the measures of that name."""

    key: str
    month: str  # in which the window ends
    kind: str  # days | adjust | period
    decision: str  # open | granted | refused
    service_levels: tuple[str, ...] = ()  # empty: all
    days: frozenset[date] = frozenset()
    adjust: Mapping[str, Decimal] = field(default_factory=dict)
    filed_on: date | None = None
    decided_on: date | None = None
    evidence: str = ""
    reason: str = ""
    clause: str = ""

    def is_about(self, service_level: str, month: str) -> bool:
        return self.month == month and (not self.service_levels or service_level in self.service_levels)

    def is_late(self, terms: ClaimTerms, window: Window) -> bool:
        last_day = terms.last_day(window.last)
        return last_day is not None and self.filed_on is not None and self.filed_on > last_day

    def to_document(self) -> dict[str, Any]:
        """Everything that a judgement can rest on, in one spelling whatever the order of days and measures."""
        return {
            **{name: getattr(self, name) for name in ("key", "month", "kind", "decision", "reason", "clause")},
            "service_levels": list(self.service_levels),
            "days": sorted(map(str, self.days)),
            "adjust": {measure: str(number) for measure, number in self.adjust.items()},
            "filed_on": self.filed_on and str(self.filed_on),
        }


class Relief(NamedTuple):
    """What excused a result, or tried to. `effect`: applied, late, open, refused."""

    kind: str
    source: str  # the claim's key, or "terms"
    effect: str
    clause: str
    figures: Mapping[str, str]

    @property
    def is_applied(self) -> bool:
        return self.effect == "applied"


def stand(claims: Iterable[Claim], terms: ClaimTerms, window: Window) -> tuple[tuple[Claim, Relief], ...]:
    """Each claim with what it does to the window."""
    return tuple((claim, _relief(claim, terms, window)) for claim in claims)


def _relief(claim: Claim, terms: ClaimTerms, window: Window) -> Relief:
    late = claim.is_late(terms, window)
    effect = "late" if late else "applied" if claim.decision == "granted" else claim.decision
    figures = {"reason": claim.reason, **{measure: str(number) for measure, number in claim.adjust.items()}}
    if claim.days:
        figures["days"] = ", ".join(map(str, sorted(claim.days)))
    if late:
        figures["deadline"] = str(terms.last_day(window.last))
    return Relief(claim.kind, claim.key, effect, claim.clause or terms.clause, figures)


def without_excess(numerator: Exact, denominator: Exact, excess: Exact, wants_more: bool) -> tuple[Exact, Exact]:
    """The result without the units above the limit: whatever failed is taken to have failed among those."""
    left = max(add([denominator, -excess]), Decimal(0))
    if wants_more:
        return min(numerator, left), left
    return max(add([numerator, -excess]), Decimal(0)), left


def read_relief(part: Table) -> ReliefRule | None:
    """`relief: {kind: day, measure: offered, forecast: forecast_offered, over: "10"}`."""
    table = part.table("relief")
    if table is None:
        return None
    table.known("kind", "measure", "forecast", "over", "locks", "clause")
    return ReliefRule(
        kind=table.text("kind", choices=KINDS),
        measure=table.text("measure"),
        forecast=table.text("forecast"),
        over=table.required_number("over", most=1000),
        locks=table.whole("locks", None, most=366),
        clause=table.text("clause", ""),
    )


def read_claims(whole: Table) -> ClaimTerms:
    table = whole.table("claims")
    if table is None:
        return NO_CLAIM_TERMS
    table.known("within", "clause")
    return ClaimTerms(table.whole("within", None, most=366), table.text("clause", ""), is_agreed=True)


def doubts_of_forecast(path: str, forecast: str, measures: Container[str], locks: int | None = None) -> list[Problem]:
    """A forecast may have a name of its own, where it is issued and never reported; a lock says as much."""
    if not forecast or forecast in measures or locks is not None:
        return []
    message = f'"{forecast}" is not among the terms\' measures: only forecasts that are issued under this name count'
    return [Problem(f"{path}.forecast", message)]


def check_relief(path: str, rule: ReliefRule | None, metric: Metric, measures: tuple[str, ...]) -> list[Problem]:
    if rule is None:
        return []
    problems = []
    if rule.measure and rule.measure not in measures:
        problems.append(Problem(f"{path}.relief.measure", f'"{rule.measure}" is not among the terms\' measures'))
    if rule.kind == "excess" and metric.unit != "percent":
        message = f"{metric.name} is no share of what is counted: nothing can be taken out; excuse days or the period"
        problems.append(Problem(f"{path}.relief.kind", message))
    elif rule.kind == "excess" and rule.measure not in metric.denominator.names:
        problems.append(
            Problem(
                f"{path}.relief.measure", f"{metric.name} does not divide by {rule.measure}: nothing can be taken out"
            )
        )
    return problems
