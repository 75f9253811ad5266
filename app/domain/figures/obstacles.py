"""What is known of a value, and why it is not judged when it is not."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from app.domain.attainment import Attainment
from app.domain.catalogue import Metric
from app.domain.exact import Exact, add, as_decimal, multiplied_out, plain
from app.domain.facts import Party, ReportStatus, Standing
from app.domain.figures.aggregation import Missing, Tally
from app.domain.figures.book import Book, Part
from app.domain.findings import Difference, Reason
from app.domain.matter import Matter
from app.domain.periods import Month
from app.domain.rules.defaults import GAPS

ONE = Decimal(1)
PARTNER = Party.PARTNER
UNREPORTED = (
    (Standing.OVERDUE, Attainment.NOT_REPORTED, "overdue"),
    (Standing.NOT_DUE, Attainment.NOT_MEASURED, "not_due"),
)
Report = tuple[Month, str, str]  # month, kind, party


class Outcome(NamedTuple):
    """`attainment` is None while only the comparisons decide. `ratio` stands in where a mean is judged."""

    numerator: Exact | None = None
    denominator: Exact | None = None
    attainment: Attainment | None = None
    obstacle: Reason | None = None
    ratio: tuple[Exact, Exact] | None = None
    averaged: tuple[Decimal, ...] = ()


def unreported(statuses: Mapping[Report, ReportStatus], summed: Tally) -> Outcome | None:
    """Why there is nothing to judge: a report that did not come, the partner's before the client's, or nothing to
    report in any.
    """
    partners_last = sorted(statuses.items(), key=lambda each: each[0][2] == PARTNER)
    standings = {status.standing: report for report, status in partners_last}
    for standing, attainment, code in UNREPORTED:
        if standing in standings:
            month, kind, party = standings[standing]
            return unjudged(attainment, code, {"month": str(month), "kind": kind, "party": party})
    if not summed.measures and not summed.missing:
        return _nil({party for _, _, party in statuses})
    return None


def computed(book: Book, matter: Matter, summed: Tally) -> Outcome:
    level = matter.level
    if summed.missing:
        return unjudged(Attainment.NOT_MEASURED, "missing", _missing(book, summed.missing))
    if not summed.measures:
        return _nil({party for part in matter.parts for _, party in part.needs.reports})
    for difference in summed.differences:
        if difference.source == "agreed" and not difference.is_within:
            return unjudged(Attainment.NOT_MEASURED, "disagreed", _disagreement(book, difference))
    told = summed.months if matter.told is None else matter.told
    if level.window.kind != "average" and told < level.window.at_least:
        return _too_short(told, level.window.at_least)
    return measured(book, matter, summed)


def measured(book: Book, matter: Matter, summed: Tally) -> Outcome:
    """The value of complete figures, and whether there are enough of them."""
    level, metric = matter.level, matter.metric
    numerator, denominator = book.catalogue.parts(metric.key, summed.measures, matter.months(summed.months))
    if denominator <= 0:
        return unjudged(Attainment.NOT_MEASURED, "zero_denominator", {"denominator": metric.denominator.text})
    outcome = Outcome(numerator, denominator)
    volume = level.volume
    if volume is None or volume.is_enough(denominator):
        return outcome
    if volume.rule != "one_miss":
        figures = {"volume": plain(denominator), "minimum_volume": str(volume.minimum)}
        return Outcome(numerator, denominator, Attainment.LOW_VOLUME, Reason("low_volume", figures))
    expected, _ = level.targets(matter.month)
    upper, lower = multiplied_out(numerator, denominator)
    ratio = upper * metric.scale, lower
    compared = level.rounding.of(*ratio) if level.rounding else ratio
    failures = add([denominator, -numerator]) if expected.wants_more else numerator
    if not expected.is_met_by(*compared) and volume.allows(failures):
        forgives = plain(volume.forgives)
        figures = {"volume": plain(denominator), "failures": plain(failures), "forgives": forgives}
        return Outcome(numerator, denominator, Attainment.MET, Reason("forgiven", figures))
    return outcome


def averaged(outcomes: Sequence[Outcome], scale: Decimal, at_least: int) -> Outcome:
    """The mean of monthly results, as some telephony agreements judge availability. Where a month was of low volume or
    had nothing to report the other is judged alone; where its figures are missing there is no mean.
    """
    for each in outcomes:
        if each.obstacle is not None and each.obstacle.code in GAPS:
            return each
    known = [each for each in outcomes if each.numerator is not None and each.attainment is not Attainment.LOW_VOLUME]
    told = sum(each.obstacle is None or each.obstacle.code != "nil_return" for each in outcomes)
    if outcomes[-1].numerator is not None and told < at_least:
        return _too_short(told, at_least)
    if outcomes[-1] not in known or len(known) == 1:
        return outcomes[-1]
    ratios = [Fraction(each.numerator or 0) / Fraction(each.denominator or 1) for each in known]
    mean = sum(ratios, Fraction(0)) / len(ratios)
    values = tuple(as_decimal(ratio * Fraction(scale)) for ratio in ratios)
    return outcomes[-1]._replace(numerator=None, denominator=None, ratio=(mean, ONE), averaged=values)


def stated_outcome(stated: Decimal | None) -> Outcome:
    if stated is None:
        return unjudged(Attainment.NOT_MEASURED, "no_stated_value", {})
    return Outcome(stated, ONE)


def stated_value(book: Book, metric: Metric, parts: Sequence[Part]) -> Decimal | None:
    """What the partner stated. Several are never averaged, so only a single row's is taken."""
    if metric.key not in book.stated:
        return None
    found = [
        line.stated[metric.key]
        for part in parts
        for pair, row in book.of(part, metric.kind, "partner").items()
        for line in row.lines
        if line.stated and pair in part.pairs and metric.key in line.stated
    ]
    return found[0] if len(found) == 1 else None


def unjudged(attainment: Attainment, code: str, figures: Mapping[str, str]) -> Outcome:
    return Outcome(attainment=attainment, obstacle=Reason(code, figures))


def _nil(parties: Collection[str]) -> Outcome:
    """Nothing to report, or nothing that Accord's own record could tell."""
    figures = {"party": str(Party.RECORD)} if set(parties) == {Party.RECORD} else {}
    return unjudged(Attainment.NOT_MEASURED, "nil_return", figures)


def _too_short(months: int, at_least: int) -> Outcome:
    figures = {"months": str(months), "at_least": str(at_least)}
    return unjudged(Attainment.NOT_MEASURED, "window_too_short", figures)


def _missing(book: Book, missing: Sequence[Missing]) -> dict[str, str]:
    """The partner's first, if any."""
    first = next((each for each in missing if each.party == PARTNER), missing[0])
    return {
        "measure": book.catalogue.measures[first.measure].name,
        "month": str(first.month),
        "site": first.site,
        "queue": first.queue,
        "party": first.party,
        "others": str(len(missing) - 1),
    }


def _disagreement(book: Book, difference: Difference) -> dict[str, str]:
    return {
        "measure": book.catalogue.measures[difference.measure].name,
        "month": str(difference.month),
        "partner": plain(difference.partner),
        "client": plain(difference.client),
        "tolerance": str(difference.tolerance or 0),
    }
