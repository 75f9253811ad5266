"""Erlang C: how long contacts wait for so many agents, and how many agents a target takes.

The model: contacts arrive at random (Poisson), handling times are exponential, agents are alike, the queue is endless
and nobody in it gives up. Because real callers do give up, it asks for somewhat more agents than reality does.

The formulas are those of A. K. Erlang, "Solution of some problems in the theory of probabilities of significance in
automatic telephone exchanges" (1917), as explained at
https://www.callcentrehelper.com/erlang-c-formula-example-121281.htm; figures printed by others for comparison:
pyworkforce (https://pypi.org/project/pyworkforce/0.1.0/) and the R package ErlangC
(https://rdocumentation.org/packages/ErlangC/versions/0.1.0).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Context, Decimal, DivisionByZero, InvalidOperation, localcontext
from fractions import Fraction
from itertools import count
from math import ceil, floor

from app.domain.exact import DIVISION, as_decimal, plain
from app.domain.people.workforce import Unworkable, not_negative, percent, share

WORKING = Context(prec=80, traps=[InvalidOperation, DivisionByZero])  # 100,000 steps cost six digits of these
SETTLED = Context(prec=40)
MOST = 100_000


@dataclass(frozen=True, slots=True)
class Demand:
    """What arrives in one interval. Raises Unworkable."""

    contacts: Decimal
    aht_seconds: Decimal
    interval_seconds: Decimal

    def __post_init__(self) -> None:
        not_negative(contacts=self.contacts, aht_seconds=self.aht_seconds)
        if self.interval_seconds <= 0:
            raise Unworkable(f"An interval must last longer than 0 seconds: {plain(self.interval_seconds)}")
        if self.contacts and not self.aht_seconds:
            raise Unworkable("AHT must be more than 0 seconds where there are contacts")
        if self.load > MOST:
            raise Unworkable(f"The offered load is more than {MOST:,} erlangs: AHT and interval are in seconds")

    @property
    def load(self) -> Fraction:
        """Offered load in erlangs: contacts × AHT ÷ interval."""
        return Fraction(self.contacts) * Fraction(self.aht_seconds) / Fraction(self.interval_seconds)

    @property
    def erlangs(self) -> Decimal:
        return as_decimal(self.load)


@dataclass(frozen=True, slots=True)
class Objective:
    """At least so many percent answered within a threshold and, where it is given, a ceiling of occupancy."""

    target_pct: Decimal
    threshold_seconds: Decimal
    max_occupancy_pct: Decimal | None = None

    def __post_init__(self) -> None:
        not_negative(threshold_seconds=self.threshold_seconds)
        if self.target_pct >= 100:
            raise Unworkable("A target of 100 % cannot be reached: however many agents, somebody may have to wait")
        if self.target_pct <= 0:
            raise Unworkable("A target must be more than 0 %")
        if self.max_occupancy_pct is not None and not 0 < self.max_occupancy_pct <= 100:
            raise Unworkable("The maximum occupancy must be more than 0 % and at most 100 %")


@dataclass(frozen=True, slots=True)
class Performance:
    """What so many agents make of a demand. Without contacts there is nothing to measure: None, never 100 %."""

    agents: int
    erlangs: Decimal
    probability_of_waiting: Decimal | None  # 0 to 1
    service_level_pct: Decimal | None
    asa_seconds: Decimal | None
    wait_of_waiting_seconds: Decimal | None
    occupancy_pct: Decimal | None
    immediate_answer_pct: Decimal | None
    meets_objective: bool | None


@dataclass(frozen=True, slots=True)
class Need:
    """The fewest agents for the service level, and for the occupancy where it has a ceiling; both must hold."""

    for_service_level: int
    for_occupancy: int | None

    @property
    def agents(self) -> int:
        return max(self.for_service_level, self.for_occupancy or 0)


def probability_of_waiting(erlangs: Decimal | Fraction, agents: int) -> Decimal:
    """Erlang C, 0 to 1, to 28 digits. Raises Unworkable when the agents cannot carry the load."""
    load = Fraction(erlangs)
    _check_stable(load, agents)
    with localcontext(WORKING):
        return DIVISION.plus(_waiting(load, agents))


def performance(demand: Demand, agents: int, objective: Objective) -> Performance:
    """Raises Unworkable when the load is not below the number of agents: the queue would never end."""
    load = demand.load
    if not load:
        occupancy = Decimal(0) if agents else None
        return Performance(agents, Decimal(0), None, None, None, None, occupancy, None, None)
    _check_stable(load, agents)
    with localcontext(WORKING):
        waiting = _waiting(load, agents)
        answered = _answered(demand, agents, waiting, objective)
        wait = _decimal(Fraction(demand.aht_seconds) / (agents - load))
        return Performance(
            agents=agents,
            erlangs=demand.erlangs,
            probability_of_waiting=DIVISION.plus(waiting),
            service_level_pct=DIVISION.plus(answered * 100),
            asa_seconds=DIVISION.plus(waiting * wait),
            wait_of_waiting_seconds=DIVISION.plus(wait),
            occupancy_pct=as_decimal(percent(load / agents)),
            immediate_answer_pct=DIVISION.plus((1 - waiting) * 100),
            meets_objective=_reaches(answered, objective) and agents >= (_for_occupancy(load, objective) or 0),
        )


def need(demand: Demand, objective: Objective) -> Need:
    """The fewest agents: service level >= target, and load ÷ agents <= maximum occupancy. Without contacts nobody."""
    load = demand.load
    if not load:
        return Need(0, None if objective.max_occupancy_pct is None else 0)
    with localcontext(WORKING):
        fewest = next(
            agents
            for agents, waiting in _waits(load)
            if _reaches(_answered(demand, agents, waiting, objective), objective)
        )
    return Need(fewest, _for_occupancy(load, objective))


def _check_stable(load: Fraction, agents: int) -> None:
    if agents > MOST:
        raise Unworkable(f"No more than {MOST:,} agents are computed, not {agents:,}")
    if agents <= load:
        raise Unworkable(
            f"{_short(load)} erlangs are too much for {agents} {'agent' if agents == 1 else 'agents'}: unless the load "
            f"is below the number of agents, the queue grows without end; at least {floor(load) + 1} are needed"
        )


def _waiting(load: Fraction, agents: int) -> Decimal:
    return next(waiting for number, waiting in _waits(load) if number == agents) if load else Decimal(0)


def _waits(load: Fraction) -> Iterator[tuple[int, Decimal]]:
    """Erlang C for every number of agents above the load, by the recursion of Erlang B.

    B(n) = A·B(n−1) ÷ (n + A·B(n−1)) and C(n) = n·B(n) ÷ (n − A·(1 − B(n))): no factorial, no power, and no difference
    of large numbers, so 2,000 erlangs are as exact as two.
    """
    erlangs, first, blocked = _decimal(load), floor(load) + 1, Decimal(1)
    for agents in count(1):
        overflow = erlangs * blocked
        blocked = overflow / (agents + overflow)
        if agents >= first:
            yield agents, agents * blocked / (agents - erlangs * (1 - blocked))


def _answered(demand: Demand, agents: int, waiting: Decimal, objective: Objective) -> Decimal:
    """Part answered within the threshold: 1 − C × e^(−(agents − load) × threshold ÷ AHT)."""
    pace = (agents - demand.load) * Fraction(objective.threshold_seconds) / Fraction(demand.aht_seconds)
    return 1 - waiting * (-_decimal(pace)).exp()


def _reaches(answered: Decimal, objective: Objective) -> bool:
    """Compared at 40 digits: 50 % reached exactly must not fail by the eightieth."""
    return SETTLED.plus(answered) >= objective.target_pct / 100


def _for_occupancy(load: Fraction, objective: Objective) -> int | None:
    if objective.max_occupancy_pct is None:
        return None
    return max(ceil(load / share(objective.max_occupancy_pct)), floor(load) + 1)


def _decimal(number: Fraction) -> Decimal:
    return Decimal(number.numerator) / number.denominator


def _short(load: Fraction) -> str:
    return f"{float(load):,.6f}".rstrip("0").rstrip(".")
