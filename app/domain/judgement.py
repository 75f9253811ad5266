"""Holds one service level's window against its targets."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

from app.domain.aggregation import Book, Tally, tally
from app.domain.attainment import JUDGED, Attainment, Default, Disposition
from app.domain.clauses import ServiceLevel
from app.domain.events import Events
from app.domain.exact import Exact, as_decimal, multiplied_out, quotient
from app.domain.facts import ReportStatus, Standing
from app.domain.findings import Comparison, Finding, Reason
from app.domain.matter import Matter, Surroundings
from app.domain.obstacles import Outcome, Report, averaged, computed, stated_outcome, stated_value, unreported
from app.domain.reliefs import excused, relieved
from app.domain.rules.bands import band_of
from app.domain.rules.defaults import Count, default_of, escalation
from app.domain.rules.relief import Relief
from app.domain.rules.trail import Trail
from app.domain.targets import Target

ONE = Decimal(1)


class Sighting(NamedTuple):
    """A finding in the making, as the default rules see it."""

    attainment: Attainment
    disposition: Disposition


def judge(book: Book, matter: Matter, around: Surroundings) -> Finding:
    """Never raises for what was or was not reported: a gap is a finding with its reason."""
    level, metric = matter.level, matter.metric
    statuses = _statuses(book, matter)
    counted = kept = tally(book, metric, matter.parts)
    raw = unreported(statuses, counted)
    reliefs: tuple[Relief, ...] = ()
    if raw is not None:
        outcome = raw
    else:
        outcome = raw = _measured(book, matter, counted)
        if around.claims or level.relief is not None:
            outcome, kept, reliefs = relieved(book, matter, around, counted, raw, partial(_measured, book, matter))
        outcome = _awaiting(outcome, statuses)
    expected, minimum = level.targets(matter.month)
    scale = ONE if matter.is_stated else metric.scale
    exact = _exact(outcome, scale)
    raw_exact = exact if kept is counted and not reliefs else _exact(raw, scale)
    value = None if exact is None else quotient(*exact)
    attainment, comparisons = _attained(outcome, exact, value, level, expected, minimum)
    obstacle = outcome.obstacle
    matures_on = _matures_on(matter, around.events)
    if matures_on is not None and attainment in JUDGED:
        attainment, obstacle = Attainment.PROVISIONAL, Reason("maturing", {"day": str(matures_on)})
    disposition = _disposition(matter, statuses.values(), reliefs)
    ordinal = matter.month.ordinal
    code = obstacle.code if obstacle else ""
    default, count, escalated = _defaulted(matter, Sighting(attainment, disposition), code, around.trail)
    return Finding(
        level=level,
        metric=metric,
        window=matter.window,
        ordinal=ordinal,
        expected=expected,
        minimum=minimum,
        exact=exact,
        raw=value if raw_exact is exact else raw_exact and quotient(*raw_exact),
        raw_parts=(None, None) if matter.is_stated else (_shown(raw.numerator), _shown(raw.denominator)),
        contractual=value,
        numerator=None if matter.is_stated else _shown(outcome.numerator),
        denominator=None if matter.is_stated else _shown(outcome.denominator),
        measures=kept.shown,
        attainment=attainment,
        default=default,
        disposition=disposition,
        obstacle=obstacle,
        comparisons=comparisons,
        lines=counted.lines,
        days_reported=kept.days_reported,
        days_expected=kept.days_expected,
        severity=band_of(level.bands, *exact) if level.bands and exact and comparisons else None,
        tally=count,
        escalated=escalated,
        matures_on=matures_on,
        relief=reliefs,
        averaged=outcome.averaged,
        stated=stated_value(book, metric, matter.parts),
        differences=counted.differences,
    )


def _statuses(book: Book, matter: Matter) -> dict[Report, ReportStatus]:
    stated = ((matter.metric.kind, "partner"),)
    return {
        (part.month, kind, party): book.status(part, kind, party)
        for part in matter.parts
        for kind, party in (stated if matter.is_stated else part.needs.reports)
    }


def _measured(book: Book, matter: Matter, counted: Tally) -> Outcome:
    if matter.level.window.kind == "average":
        alone = [_alone(book, matter._replace(parts=[part])) for part in matter.parts]
        return averaged(alone, ONE if matter.is_stated else matter.metric.scale)
    if matter.is_stated:
        return stated_outcome(stated_value(book, matter.metric, matter.parts))
    return computed(book, matter, counted)


def _alone(book: Book, month: Matter) -> Outcome:
    if month.is_stated:
        return stated_outcome(stated_value(book, month.metric, month.parts))
    return computed(book, month, tally(book, month.metric, month.parts))


def _awaiting(outcome: Outcome, statuses: Mapping[Report, ReportStatus]) -> Outcome:
    """A result of figures that are not approved yet is provisional."""
    for (month, kind, party), status in statuses.items():
        if status.standing is Standing.AWAITING:
            reason = Reason("awaiting_approval", {"month": str(month), "kind": kind, "party": party})
            return outcome._replace(attainment=Attainment.PROVISIONAL, obstacle=reason)
    return outcome


def _exact(outcome: Outcome, scale: Decimal) -> tuple[Decimal, Decimal] | None:
    if outcome.ratio is not None:
        upper, lower = multiplied_out(*outcome.ratio)
    elif outcome.numerator is None or outcome.denominator is None:
        return None
    else:
        upper, lower = multiplied_out(outcome.numerator, outcome.denominator)
    return upper * scale, lower


def _attained(
    outcome: Outcome,
    exact: tuple[Decimal, Decimal] | None,
    value: Decimal | None,
    level: ServiceLevel,
    expected: Target,
    minimum: Target | None,
) -> tuple[Attainment, tuple[Comparison, ...]]:
    """The attainment and, unless there is too little to judge, each target's comparison."""
    if exact is None or value is None or outcome.attainment is Attainment.LOW_VOLUME:
        return outcome.attainment or Attainment.NOT_MEASURED, ()
    upper, lower = exact
    is_met = expected.is_met_by(upper, lower)
    comparisons = [Comparison("expected", expected, is_met, value)]
    attainment = Attainment.MET if is_met else Attainment.BELOW_EXPECTED
    if minimum is not None:
        holds = minimum.is_met_by(upper, lower)
        comparisons.append(Comparison("minimum", minimum, holds, value))
        if not is_met and not holds:
            attainment = Attainment.BELOW_MINIMUM
    if level.exceeded is not None and is_met and level.exceeded.is_met_by(upper, lower):
        attainment = Attainment.EXCEEDED
    return outcome.attainment or attainment, tuple(comparisons)


def _matures_on(matter: Matter, events: Events) -> date | None:
    """The first day on which a late result is final, while that day has not come."""
    days = matter.metric.matures_after if matter.level.matures_after is None else matter.level.matures_after
    if not days or events.as_of is None:
        return None
    final = matter.window.last + timedelta(days=days)
    return final if events.as_of < final else None


def _disposition(matter: Matter, statuses: Iterable[ReportStatus], reliefs: Sequence[Relief]) -> Disposition:
    level = matter.level
    if level.credits_from is not None and matter.window.first < level.credits_from:
        return Disposition.IN_GRACE
    if excused(reliefs):
        return Disposition.EXCUSED
    for status in statuses:
        if not status.credited:
            return Disposition.NOT_CREDITED
    return Disposition.COUNTS


def _defaulted(matter: Matter, sighting: Sighting, code: str, trail: Trail[Any]) -> tuple[Default, Count | None, int]:
    """Default, count and escalation; the trail must hold what is being judged while it is counted."""
    rule, ordinal = matter.level.default, matter.month.ordinal
    if rule.looks_back:
        trail.findings[ordinal] = sighting
    default, count = default_of(rule, sighting, code, trail, ordinal)
    return default, count, escalation(rule, trail, ordinal)


def _shown(number: Exact | None) -> Decimal | None:
    return number if number is None or isinstance(number, Decimal) else as_decimal(number)
