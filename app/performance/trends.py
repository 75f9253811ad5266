"""Charts of outcomes: courses against their target, scores in the size of a word, the chain of a credit."""

from collections.abc import Callable, Mapping, Sequence
from itertools import zip_longest

from markupsafe import Markup

from app import charts
from app.contracts.catalogue import CATALOGUE
from app.domain.judging.scorecard import Scorecard
from app.domain.periods import Month
from app.domain.targets import Band, Target
from app.formatting import DASH, measured, money
from app.formatting import month as month_name
from app.performance.credits.money import MonthCredit
from app.performance.credits.subtotals import Subtotal
from app.performance.outcomes import Outcome
from app.performance.scorecards import Course

FULL_WIDTH = 960  # of a card that has the whole page
WIDTH = 320  # as wide as a phone has room for: a smaller drawing is scaled up, a wider one would shrink its words
COURSE_COLUMNS = ("Month", "Result", "Target", "Attainment")


def of_scores(scores: Sequence[Scorecard], name: str) -> Markup:
    """The weighted score of the last months as a sparkline; a month in which nothing was judged has none."""
    values = [score.value for score in scores]
    if not values or values[-1] is None:
        return Markup("")
    return charts.sparkline(values, f"{name}: weighted score", number="{:.0f}".format)


def of_course(course: Course) -> Markup:
    """A service level's course with its target lines; each month's attainment is a mark."""
    level, metric = course.level, course.level.metric
    points = [_point(month, course.at(month)) for month in course.months]
    return charts.line(
        points,
        level.name,
        target=_drawn(level.expected),
        target_label=None if isinstance(level.expected, Band) else f"Expected {_number(metric)(level.expected.value)}",
        minimum=None if level.minimum is None or isinstance(level.minimum, Band) else level.minimum.value,
        minimum_label=None
        if level.minimum is None or isinstance(level.minimum, Band)
        else _minimum(level.minimum, metric),
        number=_number(metric, course.newest.finding.decimals),
        width=WIDTH,
    )


def figures_of(course: Course) -> list[tuple[str, str, str, str]]:
    """The same course as a table, newest month first."""
    rows = []
    for month in reversed(course.months):
        outcome = course.at(month)
        attainment = outcome.status.replace("_", " ") if outcome else "not judged"
        shown, target = (outcome.shown, outcome.target) if outcome else (DASH, DASH)
        rows.append((month_name(month), shown, target, attainment))
    return rows


def reading_of(course: Course) -> str:
    """The one sentence that says what the course shows."""
    newest = course.newest
    words = newest.reason
    if course.missed_running > 1:
        words += f" Missed {course.missed_running} times running."
    elif newest.is_new:
        words += " The figures came in the time before." if newest.is_absent else " It was met the time before."
    return words


def of_outcome(outcome: Outcome) -> Markup:
    """The result against Expected and Minimum as a bullet graph."""
    level, metric = outcome.level, outcome.finding.metric
    expected, minimum = level.expected, level.minimum
    held = {"band": (expected.lower, expected.upper)} if isinstance(expected, Band) else {"expected": expected.value}
    if minimum is not None and not isinstance(minimum, Band):
        held["minimum"] = minimum.value
    higher = isinstance(expected, Band) or expected.wants_more
    return charts.bullet(
        outcome.value,
        level.name,
        **held,
        low=_floor(outcome),
        higher_is_better=higher,
        number=_number(metric, outcome.finding.decimals),
        width=WIDTH,
    )


def of_chain(credit: MonthCredit, title: str, reasons: Mapping[str, str]) -> Markup:
    """The month's chain as a waterfall: what each line costs, what is taken off, what is payable.

    `reasons`, by service level: the dearest one says why, unless a cap has more to say.
    """
    number = in_money(credit.currency)
    capped = {taken.label: f"Reaches its limit of {number(taken.limit)}" for taken in credit.caps if taken.amount}
    lines = [line for line in credit.lines if line["uncapped"]]
    notes = [] if capped else [reasons.get(lines[0]["service_level"], "")] if lines else []
    steps = [
        charts.Step(line["name"], line["uncapped"], note=note) for line, note in zip_longest(lines, notes, fillvalue="")
    ]
    steps += [
        charts.Step(taken.label, -taken.amount, note=capped.pop(taken.label, ""))
        for taken in credit.taken
        if taken.amount
    ]
    steps.append(charts.Step("Payable", credit.amount("payable"), total=True))
    return charts.at_both_widths(
        lambda width: charts.waterfall(steps, title, number=number, width=width), FULL_WIDTH, WIDTH
    )


def of_payable(subtotal: Subtotal, months: Sequence[str]) -> Markup:
    """What is payable per invoice month, in one currency; the dearest month says what it came from."""
    by_month = _by_month(subtotal)
    points = [_owed(month, by_month.get(month)) for month in months]
    title, number = f"Payable by invoice month, {subtotal.currency}", in_money(subtotal.currency)
    dearest = max(by_month, key=lambda month: by_month[month].posted, default=None)
    origin = by_month[dearest].origin if dearest else ""
    return charts.at_both_widths(
        lambda width: charts.columns(
            points,
            title,
            event=(month_name(dearest)[:3], origin) if origin else None,
            number=lambda amount: number(amount) if amount else "none",
            width=width,
            height=230 if width == FULL_WIDTH else 200,
        ),
        FULL_WIDTH,
        WIDTH,
    )


def _owed(month: str, subtotal: Subtotal | None) -> charts.Point:
    label = month_name(month)[:3]
    if subtotal is None:
        return charts.Point(label)
    if subtotal.is_unknown:
        return charts.Point(label, status="not_priced" if subtotal.is_unpriced else "not_settled")
    return charts.Point(label, subtotal.posted)


def payable_rows(subtotal: Subtotal, months: Sequence[str]) -> list[tuple[str, str, str]]:
    by_month, number = _by_month(subtotal), in_money(subtotal.currency)
    return [
        (
            month_name(month),
            ", ".join(filter(None, (by_month[month].shown, by_month[month].left_out))),
            DASH
            if by_month[month].is_unknown or not by_month[month].due
            else number(by_month[month].total("uncapped")),
        )
        for month in reversed(months)
        if month in by_month
    ]


def _by_month(subtotal: Subtotal) -> dict[str, Subtotal]:
    found: dict[str, list[MonthCredit]] = {}
    for credit in subtotal.credits:
        found.setdefault(credit.evaluation.month, []).append(credit)
    return {month: Subtotal(subtotal.currency, tuple(of_month)) for month, of_month in found.items()}


def in_money(currency: str) -> Callable:
    return lambda amount: money(amount, currency)


def _point(month: Month, outcome: Outcome | None) -> charts.Point:
    label = month_name(month)[:3]
    if outcome is None:
        return charts.Point(label)
    return charts.Point(label, outcome.value, outcome.status)


def _number(metric: str, decimals: int | None = None) -> Callable:
    unit = CATALOGUE.metrics[metric]
    return lambda value: measured(str(value), unit.unit, unit.precision if decimals is None else decimals)


def _minimum(minimum: Target, metric: str) -> str:
    return f"Minimum {_number(metric)(minimum.value)}"


def _drawn(target: Target):
    return (target.lower, target.upper) if isinstance(target, Band) else target.value


def _floor(outcome: Outcome) -> float:
    """Where the bullet's ground begins: near what is compared, so that a point of difference can be seen."""
    level = outcome.level
    edges = [level.expected.lower if isinstance(level.expected, Band) else level.expected.value]
    if level.minimum is not None and not isinstance(level.minimum, Band):
        edges.append(level.minimum.value)
    if outcome.value is not None:
        edges.append(outcome.value)
    lowest, widest = min(edges), max(edges) - min(edges)
    return float(max(0, lowest - (widest or lowest / 10) * 2)) if lowest > 0 else float(lowest)
