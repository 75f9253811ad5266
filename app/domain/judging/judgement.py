"""Holds one service level's window against its targets."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from app.domain.attainment import JUDGED, Attainment, Default, Disposition
from app.domain.clauses import ServiceLevel
from app.domain.events import Events
from app.domain.exact import Exact, as_decimal, multiplied_out, quotient
from app.domain.facts import Party, ReportStatus
from app.domain.figures.book import Book
from app.domain.figures.obstacles import Outcome, stated_value
from app.domain.figures.reliefs import excused
from app.domain.figures.weighing import weigh
from app.domain.findings import Comparison, Finding, Reason
from app.domain.matter import Matter, Surroundings
from app.domain.periods import Window
from app.domain.rules.bands import band_of
from app.domain.rules.defaults import Count, default_of, escalation
from app.domain.rules.relief import Relief
from app.domain.rules.trail import Trail
from app.domain.targets import Target

NOTHING = Decimal(0)
NOT_THE_PARTNERS = (Party.CLIENT, Party.RECORD)


class Sighting(NamedTuple):
    """A finding in the making, as the default rules see it."""

    attainment: Attainment
    disposition: Disposition


def judge(book: Book, matter: Matter, around: Surroundings) -> Finding:
    """Never raises for what was or was not reported: a gap is a finding with its reason."""
    level = matter.level
    summed, raw, kept, outcome, reliefs, statuses = weigh(book, matter, around)
    numerator, denominator = parts = _parts(matter, outcome)
    expected, minimum = level.targets(matter.month)
    exact, value = _valued(outcome, matter)
    attainment, comparisons = _attained(outcome, exact, value, level, expected, minimum)
    attainment, obstacle, matures_on = _matured(matter, around.events, attainment, outcome.obstacle)
    disposition = _disposition(matter, statuses.values(), reliefs)
    default, count, escalated = _defaulted(matter, Sighting(attainment, disposition), obstacle, around.trail)
    return Finding(
        *(level.in_month(matter.month), matter.metric, matter.window, matter.month.ordinal, expected, minimum),
        exact=exact,
        raw=value if kept is summed and not reliefs else _valued(raw, matter)[1],
        raw_parts=parts if raw is outcome else _parts(matter, raw),
        contractual=value,
        unrounded=_unrounded(outcome, matter.scale)[1] if level.rounding else None,
        numerator=numerator,
        denominator=denominator,
        measures=kept.shown,
        attainment=attainment,
        default=default,
        disposition=disposition,
        obstacle=obstacle,
        comparisons=comparisons,
        lines=summed.lines,
        days_reported=kept.days_reported,
        days_expected=kept.days_expected,
        severity=band_of(level.bands, *exact) if level.bands and exact and comparisons else None,
        tally=count,
        escalated=escalated,
        matures_on=matures_on,
        relief=reliefs,
        averaged=outcome.averaged,
        weights=kept.weights,
        stated=stated_value(book, matter.metric, matter.parts),
        differences=summed.differences,
    )


def _valued(outcome: Outcome, matter: Matter) -> tuple[tuple[Decimal, Decimal] | None, Decimal | None]:
    """The result as it is compared: rounded where the terms say so."""
    exact, value = _unrounded(outcome, matter.scale)
    rule = matter.level.rounding
    if exact is None or rule is None:
        return exact, value
    rounded = rule.of(*exact)
    return rounded, quotient(*rounded)


def _unrounded(outcome: Outcome, scale: Decimal) -> tuple[tuple[Decimal, Decimal] | None, Decimal | None]:
    """The result as an exact ratio in the metric's unit, and to 28 digits."""
    if outcome.ratio is not None:
        upper, lower = multiplied_out(*outcome.ratio)
    elif outcome.numerator is None or outcome.denominator is None:
        return None, None
    else:
        upper, lower = multiplied_out(outcome.numerator, outcome.denominator)
    upper *= scale
    return (upper, lower), quotient(upper, lower)


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


def _matured(
    matter: Matter, events: Events, attainment: Attainment, obstacle: Reason | None
) -> tuple[Attainment, Reason | None, date | None]:
    """A result that matures late, or of a window that is left open, is provisional until the day from which it is
    final.
    """
    days = matter.metric.matures_after if matter.level.matures_after is None else matter.level.matures_after
    is_open = events.leaves_open and events.as_of is not None and events.as_of < matter.window.last
    if events.as_of is None or not (days or is_open):
        return attainment, obstacle, None
    final = matter.window.last + timedelta(days=days)
    if events.as_of >= final:
        return attainment, obstacle, None
    if is_open and attainment in (*JUDGED, Attainment.LOW_VOLUME):
        return Attainment.PROVISIONAL, _running(matter.window, events.as_of), final
    if attainment not in JUDGED:
        return attainment, obstacle, final if days else None
    return Attainment.PROVISIONAL, Reason("maturing", {"day": str(final)}), final


def _running(window: Window, as_of: date) -> Reason:
    passed = (as_of - window.first).days + 1
    return Reason("running", {"day": str(window.last), "passed": str(passed), "days": str(window.days)})


def _disposition(matter: Matter, statuses: Iterable[ReportStatus], reliefs: Sequence[Relief]) -> Disposition:
    level = matter.level
    if level.credits_from is not None and matter.begins < level.credits_from:
        return Disposition.IN_GRACE
    if reliefs and excused(reliefs):
        return Disposition.EXCUSED
    for status in statuses:
        if not status.credited:
            return Disposition.NOT_CREDITED
    return Disposition.COUNTS


def _defaulted(
    matter: Matter, sighting: Sighting, obstacle: Reason | None, trail: Trail[Any]
) -> tuple[Default, Count | None, int]:
    """Default, count and escalation; the trail must hold what is being judged while it is counted."""
    rule, ordinal = matter.level.default, matter.month.ordinal
    if rule.looks_back:
        trail.findings[ordinal] = sighting
    if obstacle is not None and obstacle.figures.get("party") in NOT_THE_PARTNERS:
        return Default.NONE, None, escalation(rule, trail, ordinal)  # what the client left out is held against nobody
    default, count = default_of(rule, sighting, obstacle.code if obstacle else "", trail, ordinal)
    return default, count, escalation(rule, trail, ordinal) if rule.looks_back else 0


def _parts(matter: Matter, outcome: Outcome) -> tuple[Decimal | None, Decimal | None]:
    return (None, None) if matter.is_stated else (_shown(outcome.numerator), _shown(outcome.denominator))


def _shown(number: Exact | None) -> Decimal | None:
    return number if number is None or isinstance(number, Decimal) else as_decimal(number)
