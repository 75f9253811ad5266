"""Forecasts beside what came: which version counted for each month, and why the others did not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from markupsafe import Markup

from app import charts
from app.contracts.catalogue import CATALOGUE
from app.contracts.models import Contract
from app.contracts.terms import terms_history
from app.domain.events import Forecast
from app.domain.facts import Facts, Line, Standing
from app.domain.figures.issues import locked_on, standing_of
from app.domain.periods import Month
from app.domain.rules.corridor import Corridor, CorridorRule, corridor
from app.domain.terms import Terms, terms_in_force
from app.forecasts.known import forecasts_in
from app.forecasts.models import ForecastIssue
from app.formatting import DASH, number, percent
from app.formatting import month as month_name
from app.partners.moments import known_by
from app.performance.trends import WIDTH
from app.reports.facts import facts_of

SHOWN = 12
NOTHING = Decimal(0)
EFFECTS = {
    "day": "Each day with more than {} above its forecast is left out.",
    "excess": "What comes more than {} above it is taken out.",
    "period": "A month with more than {} above it is excused.",
    "corridor": "Within {} of it what came is billed.",
}
STATES = ("counts", "late", "replaced")


@dataclass(frozen=True)
class Use:
    """One rule of the terms that holds a measure against a forecast."""

    measure: str
    forecast: str
    locks: int | None
    kind: str  # of relief: day, excess, period; or corridor
    over: Decimal
    clause: str
    about: tuple[str, ...]

    @property
    def by_day(self) -> bool:
        return self.kind == "day"

    @property
    def words(self) -> str:
        """What becomes of a volume that the forecast did not hold."""
        return f"{EFFECTS[self.kind].format(percent(self.over, 0))}{f' {self.clause}.' if self.clause else ''}"

    @property
    def name(self) -> str:
        known = CATALOGUE.measures.get(self.forecast)
        return known.name if known else self.forecast.replace("_", " ").capitalize()

    def locked_on(self, month: Month) -> date:
        return locked_on(month, self.locks)


@dataclass(frozen=True)
class Version:
    """What one issue says of a month, and what became of it: counts, replaced, late."""

    issue: ForecastIssue
    value: Decimal
    counted: Decimal  # of those places for which it is the newest
    state: str


@dataclass(frozen=True)
class Comparison:
    """One month: what was forecast, by which version, and what came; None where there is none."""

    month: Month
    locked_on: date
    versions: tuple[Version, ...]
    forecast: Decimal | None
    is_reported: bool  # the forecast came with a report, not as an issue
    actual: Decimal | None
    corridor: Corridor | None = None  # what is billed, where the rule is one of a corridor

    @property
    def off(self) -> str:
        """`5.3 % over`: how far what came is from the forecast."""
        if not self.forecast or self.actual is None:
            return DASH
        apart = (self.actual - self.forecast) * 100 / self.forecast
        return f"{percent(abs(apart))} {'over' if apart > 0 else 'under'}" if apart else "as forecast"


def uses_of(terms: Terms | None) -> tuple[Use, ...]:
    """Alike rules of several service levels are one use."""
    found: dict[tuple, list[str]] = {}
    for level in terms.service_levels if terms else ():
        if rule := level.relief:
            key = rule.measure, rule.forecast, rule.locks, rule.kind, rule.over, rule.clause
            found.setdefault(key, []).append(level.name)
    if terms and (rule := terms.corridor):
        key = rule.measure, rule.forecast, None, "corridor", rule.variance, rule.clause
        found.setdefault(key, []).append("the volume that is billed")
    return tuple(Use(*key, tuple(names)) for key, names in found.items())


def in_force(history: Sequence[Terms], day: date) -> Terms | None:
    """The terms in force on a day, or the first that will be."""
    begun = [terms for terms in history if terms.effective_from <= day]
    return (begun or [*history[:1]] or [None])[-1]


@dataclass(frozen=True)
class Board:
    """A contract's issues beside what was reported; `issues` in the order of their numbers."""

    history: Sequence[Terms]
    issues: Sequence[ForecastIssue]
    facts: Facts

    @cached_property
    def approved(self) -> list[Line]:
        return [line for line in self.facts.lines if self._standing(line) is Standing.APPROVED]

    def compared(self, use: Use) -> list[Comparison]:
        """The last months that are known of, the newest first, those yet to come included."""
        named = {Month.parse(month) for issue in self.issues if issue.measure == use.forecast for month in issue.months}
        reported = {line.month for line in self.approved if use.measure in line.values}
        return [self._comparison(use, month) for month in sorted(named | reported, reverse=True)[:SHOWN]]

    def _standing(self, line: Line) -> Standing:
        return self.facts.status(line.month, line.kind, line.party).standing

    def _comparison(self, use: Use, month: Month) -> Comparison:
        use = self._then(use, month)
        versions, reported = self._versions(use, month), self._reported(month, use.forecast)
        counting = [version.counted for version in versions if version.state == "counts"]
        forecast = sum(counting, NOTHING) if counting else reported
        actual = self._reported(month, use.measure)
        return Comparison(
            month=month,
            locked_on=use.locked_on(month),
            versions=versions,
            forecast=forecast,
            is_reported=not counting and reported is not None,
            actual=actual,
            corridor=_billed(use, actual, forecast),
        )

    def _then(self, use: Use, month: Month) -> Use:
        """The same rule as the terms had it in that month."""
        kind = use.forecast, use.measure, use.kind
        then = uses_of(terms_in_force(self.history, month))
        return next((each for each in then if (each.forecast, each.measure, each.kind) == kind), use)

    def _versions(self, use: Use, month: Month) -> tuple[Version, ...]:
        """A version with several places counts where it is the newest of some of them."""
        parts = [(issue, part) for issue in self.issues for part in forecasts_in(issue)]
        standing = standing_of([part for _, part in parts], use.forecast, month, use.locks)
        state_of = {id(each.forecast): each.state for each in standing}
        found = []
        for issue in self.issues:
            own = [
                (state_of[id(part)], _within(part, month)) for of, part in parts if of is issue and id(part) in state_of
            ]
            if own:
                counted = sum((value for state, value in own if state == "counts"), NOTHING)
                state = min((state for state, _ in own), key=STATES.index)
                found.append(Version(issue, sum((value for _, value in own), NOTHING), counted, state))
        return tuple(found)

    def _reported(self, month: Month, measure: str) -> Decimal | None:
        """What was reported and approved of a measure, by its source of record."""
        terms = terms_in_force(self.history, month)
        source = terms.measures[measure].source if terms and measure in terms.measures else "partner"
        party = "client" if source == "client" else "partner"
        lines = [line for line in self.approved if line.month == month and line.party == party]
        found = [line.values[measure] for line in lines if measure in line.values]
        return sum(found, NOTHING) if found else None


def board_of(contract: Contract, issues: Sequence[ForecastIssue], now: datetime) -> Board:
    instant = known_by(contract.partner, now)
    return Board(terms_history(contract, instant), issues, facts_of(contract, instant))


def _within(forecast: Forecast, month: Month) -> Decimal:
    return sum((value for when, value in forecast.values.items() if when.startswith(str(month))), NOTHING)


def _billed(use: Use, actual: Decimal | None, forecast: Decimal | None) -> Corridor | None:
    if use.kind != "corridor" or actual is None or forecast is None:
        return None
    return corridor(CorridorRule(use.measure, use.forecast, use.over, use.clause), actual, forecast)


def drawn(comparisons: Sequence[Comparison], name: str) -> Markup:
    """Forecast and actual side by side, the oldest month first."""
    rows = [charts.Pair(month_name(each.month)[:3], each.forecast, each.actual) for each in reversed(comparisons)]
    return charts.pairs(rows, name, names=("Forecast", "Actual"), number=number, width=WIDTH)
