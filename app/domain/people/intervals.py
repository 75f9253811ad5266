"""Staffing over a day, interval by interval."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from app.domain.exact import as_decimal
from app.domain.people.erlang import Demand, Need, Objective, Performance, need, performance
from app.domain.people.shrinkage import Schedule
from app.domain.people.workforce import Unworkable

HOUR = 3600
MIDNIGHT = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Interval:
    """What is expected from `start` on; all intervals of a day are equally long."""

    start: time
    contacts: Decimal
    aht_seconds: Decimal


@dataclass(frozen=True, slots=True)
class StaffedInterval:
    start: time
    demand: Demand
    need: Need
    performance: Performance
    schedule: Schedule


@dataclass(frozen=True, slots=True)
class StaffedDay:
    """Hours are people × length of the interval."""

    interval_seconds: Decimal
    intervals: tuple[StaffedInterval, ...]

    @property
    def contacts(self) -> Decimal:
        return sum((each.demand.contacts for each in self.intervals), Decimal(0))

    @property
    def workload_hours(self) -> Decimal:
        """Contacts × AHT."""
        return self._hours(each.demand.load for each in self.intervals)

    @property
    def agent_hours(self) -> Decimal:
        """On the phone, before shrinkage."""
        return self._hours(Fraction(each.need.agents) for each in self.intervals)

    @property
    def fte_hours(self) -> Decimal:
        """Scheduled, whole people in every interval."""
        return self._hours(Fraction(each.schedule.scheduled) for each in self.intervals)

    @property
    def fte_hours_unrounded(self) -> Decimal:
        return self._hours(each.schedule.exactly for each in self.intervals)

    @property
    def peak(self) -> StaffedInterval:
        """Where most agents are needed; the earliest of equals."""
        return max(self.intervals, key=lambda each: each.need.agents)

    def _hours(self, people: Iterable[Fraction]) -> Decimal:
        return as_decimal(sum(people, Fraction(0)) * Fraction(self.interval_seconds) / HOUR)


def staff(
    intervals: Sequence[Interval], objective: Objective, shrinkage_pct: Decimal, interval_seconds: Decimal | None = None
) -> StaffedDay:
    """Agents and scheduled people per interval. The length is the least distance of two starts unless it is given.

    Raises Unworkable: no interval, starts out of order, intervals that overlap or run past midnight.
    """
    length = interval_seconds if interval_seconds is not None else _least_distance(intervals)
    _check(intervals, length)
    return StaffedDay(length, tuple(_staffed(each, objective, shrinkage_pct, length) for each in intervals))


def _staffed(interval: Interval, objective: Objective, shrinkage_pct: Decimal, length: Decimal) -> StaffedInterval:
    demand = Demand(interval.contacts, interval.aht_seconds, length)
    needed = need(demand, objective)
    return StaffedInterval(
        interval.start,
        demand,
        needed,
        performance(demand, needed.agents, objective),
        Schedule(Decimal(needed.agents), shrinkage_pct),
    )


def _least_distance(intervals: Sequence[Interval]) -> Decimal:
    if len(intervals) < 2:
        raise Unworkable("The length of a single interval is not known: say how long it is")
    return Decimal(min(_second(after) - _second(before) for before, after in pairwise(intervals)))


def _check(intervals: Sequence[Interval], length: Decimal) -> None:
    if not intervals:
        raise Unworkable("There is no interval to staff")
    for before, after in pairwise(intervals):
        if after.start <= before.start:
            raise Unworkable(f"The starts must rise: {after.start:%H:%M} stands after {before.start:%H:%M}")
        if _second(after) - _second(before) < length:
            raise Unworkable(f"{after.start:%H:%M} begins before the interval from {before.start:%H:%M} has ended")
    if _second(intervals[-1]) + length > MIDNIGHT:
        raise Unworkable(f"The interval from {intervals[-1].start:%H:%M} runs past midnight")


def _second(interval: Interval) -> int:
    return interval.start.hour * HOUR + interval.start.minute * 60 + interval.start.second
