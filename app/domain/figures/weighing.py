"""What a window's figures come to, before and after relief."""

from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from app.domain.attainment import Attainment
from app.domain.exact import add
from app.domain.facts import ReportStatus, Standing
from app.domain.figures.aggregation import Tally, tally
from app.domain.figures.book import Book
from app.domain.figures.obstacles import (
    Outcome,
    Report,
    averaged,
    computed,
    measured,
    stated_outcome,
    stated_value,
    unjudged,
    unreported,
)
from app.domain.figures.reliefs import NONE_TAKEN, Taken, relieved
from app.domain.findings import Reason
from app.domain.matter import Matter, Surroundings
from app.domain.rules.relief import Relief

NOTHING = Decimal(0)


class Weighed(NamedTuple):
    """What the figures come to, before and after relief."""

    summed: Tally
    raw: Outcome
    kept: Tally
    outcome: Outcome
    reliefs: tuple[Relief, ...]
    statuses: Mapping[Report, ReportStatus]


def weigh(book: Book, matter: Matter, around: Surroundings) -> Weighed:
    statuses = _statuses(book, matter)
    summed = kept = tally(book, matter.metric, matter.parts)
    if nothing := unreported(statuses, summed):
        return Weighed(summed, nothing, kept, nothing, (), statuses)
    outcome = raw = _measured(book, matter, summed)
    reliefs: tuple[Relief, ...] = ()
    if around.claims or matter.level.relief is not None:
        told = matter._replace(told=summed.months)
        outcome, kept, reliefs = relieved(book, told, around, summed, raw, partial(_relieved, book))
    return Weighed(summed, raw, kept, _awaiting(outcome, statuses), reliefs, statuses)


def _statuses(book: Book, matter: Matter) -> dict[Report, ReportStatus]:
    stated = ((matter.metric.kind, "partner"),)
    return {
        (part.month, kind, party): book.status(part, kind, party)
        for part in matter.parts
        for kind, party in (stated if matter.is_stated else part.needs.reports)
    }


def _relieved(book: Book, matter: Matter, taken: Taken) -> tuple[Outcome, Tally]:
    """The outcome of what relief leaves, and its figures."""
    left = taken.off(tally(book, matter.metric, matter.parts))
    return _measured(book, matter, left, taken), left


def _measured(book: Book, matter: Matter, summed: Tally, taken: Taken = NONE_TAKEN) -> Outcome:
    if matter.level.window.kind == "average":
        alone = [_alone(book, matter._replace(parts=[part]), taken.of(part.month)) for part in matter.parts]
        return averaged(alone, matter.scale, matter.level.window.at_least)
    if matter.is_stated:
        return stated_outcome(stated_value(book, matter.metric, matter.parts))
    whole = computed(book, matter, summed)
    return _month_by_month(book, matter, whole, taken) if matter.is_year else taken.without_excess(matter, whole)


def _month_by_month(book: Book, matter: Matter, whole: Outcome, taken: Taken) -> Outcome:
    """A year without what each of its months had above its forecast."""
    if taken.excess is None or whole.numerator is None or whole.denominator is None:
        return whole
    upper, lower = [whole.numerator], [whole.denominator]
    for part in matter.parts:
        month, of_month = matter._replace(parts=[part]), taken.of(part.month)
        summed = of_month.off(tally(book, matter.metric, [part]))
        if not summed.measures:
            continue
        before = measured(book, month, summed)
        after = of_month.without_excess(month, before)
        if before.numerator is not None and before.denominator is not None:
            upper += [-before.numerator, after.numerator or NOTHING]
            lower += [-before.denominator, after.denominator or NOTHING]
    left = whole._replace(numerator=add(upper), denominator=add(lower))
    return left if left.denominator else unjudged(Attainment.NOT_MEASURED, "all_excused", {})


def _alone(book: Book, month: Matter, taken: Taken) -> Outcome:
    if month.is_stated:
        return stated_outcome(stated_value(book, month.metric, month.parts))
    return computed(book, month, taken.off(tally(book, month.metric, month.parts)))


def _awaiting(outcome: Outcome, statuses: Mapping[Report, ReportStatus]) -> Outcome:
    """A result of figures that are not approved yet is provisional."""
    for (month, kind, party), status in statuses.items():
        if status.standing is Standing.AWAITING:
            reason = Reason("awaiting_approval", {"month": str(month), "kind": kind, "party": party})
            return outcome._replace(attainment=Attainment.PROVISIONAL, obstacle=reason)
    return outcome
