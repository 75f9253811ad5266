"""The parts of a contract's terms."""

from dataclasses import dataclass, field, replace
from datetime import date, time
from decimal import Decimal

from app.domain.periods import Month, Window
from app.domain.rules.bands import SeverityBand
from app.domain.rules.bonus import BonusRule
from app.domain.rules.caps import Cap
from app.domain.rules.defaults import DefaultRule
from app.domain.rules.earn_back import EarnBackRule
from app.domain.rules.improvement import ImprovementRule
from app.domain.rules.points import PointsRule
from app.domain.rules.prices import Allocation, Price
from app.domain.rules.relief import ReliefRule
from app.domain.rules.repeats import RepeatRule
from app.domain.rules.rounding import Rounding
from app.domain.rules.scoring import ScoreRule
from app.domain.rules.volume import LowVolume
from app.domain.rules.windows import WindowRule
from app.domain.targets import Target


@dataclass(frozen=True, slots=True)
class Deadline:
    """The nth working day after the period, at a local time."""

    working_day: int
    at: time


@dataclass(frozen=True, slots=True)
class Calendar:
    due: Deadline
    lock: Deadline
    holidays: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which site works which queue; one row of the template."""

    site: str
    queue: str
    since: date | None = None
    until: date | None = None
    market: str = ""

    def works_in(self, time: Window) -> bool:
        """Whether on any of its days."""
        return (self.since is None or self.since <= time.last) and (self.until is None or self.until >= time.first)


@dataclass(frozen=True, slots=True)
class ReportTerms:
    grain: str  # month | day
    certification: str  # second_person | declaration


@dataclass(frozen=True, slots=True)
class MeasureTerms:
    source: str  # partner | client | agreed | record
    tolerance: Decimal | None = None  # percent of the client's figure; agreed only
    per_head: Decimal | None = None  # QA samples: at least so many for each person of the headcount
    rate: Decimal | None = None  # productive hours: the price of one, in the contract's currency

    @property
    def asks_the_client(self) -> bool:
        return self.source in ("client", "agreed")


@dataclass(frozen=True, slots=True)
class Scope:
    """Empty means all."""

    sites: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    markets: tuple[str, ...] = ()

    def covers(self, site: str, queue: str, market: str = "") -> bool:
        return (
            (not self.sites or site in self.sites)
            and (not self.queues or queue in self.queues)
            and (not self.markets or market in self.markets)
        )

    def __str__(self) -> str:
        parts = (self.sites, self.queues, self.markets)
        return " · ".join(", ".join(part) for part in parts if part) or "all sites and queues"


@dataclass(frozen=True, slots=True)
class RampStep:
    """Other targets from a day on, such as a launch's first months."""

    since: date
    expected: Target
    minimum: Target | None
    place: int = field(compare=False)  # in the document, which may name the days in another order


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """A metric with its targets, scope and window. Percentages are in points: 80 is 80 %."""

    key: str
    name: str
    metric: str
    scope: Scope
    window: WindowRule
    source: str  # computed | stated
    expected: Target
    minimum: Target | None
    exceeded: Target | None
    ramp: tuple[RampStep, ...]  # in the order of their days
    bands: tuple[SeverityBand, ...]
    rounding: Rounding | None  # before comparison; None: unrounded
    threshold: str | None  # "20 seconds": words for the reader
    importance: str  # critical | key | reported (the document's `class`), for rules that name one
    category: str  # whose pool the credit is a share of, and whose bank it fills
    weight: Decimal
    default: DefaultRule
    volume: LowVolume | None
    relief: ReliefRule | None
    price: Price | None
    replaces_others: bool  # its credit stands in the place of all others of the month
    outside_caps: bool  # no cap holds its credit
    repeats: RepeatRule | None
    earn_back: EarnBackRule | None
    bonus: BonusRule | None
    improvement: ImprovementRule | None
    score: ScoreRule | None
    matures_after: int | None  # days; None: as the metric says
    measured_from: date | None
    credits_from: date | None
    clause: str

    def targets(self, month: Month) -> tuple[Target, Target | None]:
        """Expected and Minimum for the window that ends in `month`."""
        for step in reversed(self.ramp):
            if step.since <= month.first:
                return step.expected, step.minimum
        return self.expected, self.minimum

    def in_month(self, month: Month) -> "ServiceLevel":
        """With the targets of the window that ends in `month` in the place of those that a ramp begins with."""
        if not self.ramp:
            return self
        expected, minimum = self.targets(month)
        return replace(self, expected=expected, minimum=minimum)

    def may_cost(self, first: date) -> bool:
        """Whether a result of a window that begins then can cause a credit at all."""
        return self.price is not None and not (isinstance(self.price, Allocation) and not self.price.on(first))

    @property
    def allocation(self) -> Decimal | None:
        """Percent of the amount at risk, where the credit is such a share."""
        return self.price.percent if isinstance(self.price, Allocation) else None


@dataclass(frozen=True, slots=True)
class BaseRule:
    """What percentages are of: a fixed fee, the month's invoice, or the invoice without some of its lines."""

    kind: str = "invoice"  # fixed_fee | invoice | invoice_net
    amount: Decimal | None = None  # fixed_fee, in the currency's units
    less: tuple[str, ...] = ()  # invoice_net: the lines that do not count
    next_month: bool = False  # credits come off the next month's invoice, and are a share of it
    over_window: bool = False  # of a quarter or a contract year, percentages are of the charges of all its months


INVOICE = BaseRule()


@dataclass(frozen=True, slots=True)
class CreditTerms:
    """Percent of the month's charges; the allocations share out `pool` percent of the amount at risk."""

    at_risk: Decimal | None
    pool: Decimal | None
    caps: tuple[Cap, ...]
    clause: str
    base: BaseRule = INVOICE
    categories: tuple[tuple[str, Decimal], ...] = ()  # name, percent of the amount at risk
    points: PointsRule | None = None
    earn_back: EarnBackRule | None = None
    choose_within: int | None = None  # business days in which the customer chooses the credit of an incident
    warn_above: Decimal | None = None  # percent of the invoice

    @property
    def monthly_cap(self) -> Decimal | None:
        return next((cap.percent for cap in self.caps if cap.over == "month"), None)

    def pool_of(self, category: str) -> Decimal:
        """Percent of the amount at risk that the category's allocations are shares of."""
        return dict(self.categories).get(category, Decimal(100))
