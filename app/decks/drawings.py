"""The charts of the slides: each says one thing, beside what it is held against."""

from decimal import Decimal
from itertools import pairwise

from markupsafe import Markup

from app import charts
from app.decks.content import Content
from app.decks.wording import because, fte, listed, shown, status_of, target_of
from app.domain.clauses import ServiceLevel
from app.domain.credits import MonthCredits
from app.domain.findings import Finding
from app.domain.people.staffing import Staffing
from app.domain.periods import Month
from app.domain.targets import Band, Limit
from app.formatting import money
from app.formatting import month as month_words
from app.formatting import window as window_words

NARROW, LEAST_MONTHS, MOST_LINES = 300, 6, 5
EVENTS = {
    "corrective_action_plan": "Corrective plan opened",
    "escalation": "Escalated",
    "decision": "Decision asked",
    "action": "Action opened",
    "risk": "Risk raised",
}


def trend(content: Content, level: ServiceLevel, width: int, height: int) -> Markup:
    """Up to twelve months against the targets, each miss marked, the last value written beside its point."""
    metric = content.metric_of(level)
    findings = content.findings_of(level, content.history)
    points = [
        charts.Point(_label(level, month.month), finding.contractual if finding else None, status_of(finding))
        for month, finding in zip(content.history, findings, strict=True)
        if finding is not None or level.window.step == 1
    ]
    decimals = max((finding.decimals for finding in findings if finding), default=metric.precision)
    band = isinstance(level.expected, Band)
    minimum = level.minimum.value if isinstance(level.minimum, Limit) else None
    drawn = charts.line(
        points,
        level.name,
        target=(level.expected.lower, level.expected.upper) if band else level.expected.value,
        target_label=None if band else "Expected" if minimum is not None else target_of(level, metric),
        minimum=minimum,
        minimum_label="Minimum",
        event=event_of(content, level),
        number=lambda value: shown(Decimal(str(value)), metric, decimals),
        width=width,
        height=height,
        palette=charts.PRINT,
    )
    return charts.image(drawn)


def event_of(content: Content, level: ServiceLevel) -> tuple[str, str] | None:
    """The one thing on record that explains a turn: what was opened about the service level, or a changed target."""
    plotted = {month.month for month in content.history}
    opened = [ask for ask in content.agenda if ask.service_level == level.key and ask.month in plotted]
    if opened:
        return _label(level, opened[0].month), EVENTS.get(opened[0].kind, "Opened")
    for before, after in pairwise(content.history):
        old, new = before.finding(level.key), after.finding(level.key)
        if old and new and (old.level.expected, old.level.minimum) != (new.level.expected, new.level.minimum):
            return _label(level, after.month), "Next targets" if new.level.ramp else "Targets amended"
    return None


def course(content: Content, level: ServiceLevel, width: int, height: int) -> Markup:
    """The same in the size of a word: the line and its target."""
    metric = content.metric_of(level)
    findings = [finding for finding in content.findings_of(level, content.history) if finding is not None]
    target = level.expected
    drawn = charts.sparkline(
        [finding.contractual for finding in findings],
        f"{level.name}, {len(findings)} {level.window.units}",
        target=target.value if isinstance(target, Limit) else target.upper,
        number=lambda value: shown(Decimal(str(value)), metric),
        width=width,
        height=height,
        palette=charts.PRINT,
    )
    return charts.image(drawn, css_class="spark")


def standing(level: ServiceLevel, finding: Finding, width: int, height: int) -> Markup:
    """One result against its targets, where there is no course yet."""
    expected, minimum = level.expected, level.minimum
    held = {"band": (expected.lower, expected.upper)} if isinstance(expected, Band) else {"expected": expected.value}
    higher = isinstance(expected, Band) or expected.wants_more
    edges = [*held.get("band", held.values()), *([minimum.value] if isinstance(minimum, Limit) else [])]
    lowest = min([*edges, finding.contractual])
    drawn = charts.bullet(
        finding.contractual,
        level.name,
        **held,
        minimum=minimum.value if isinstance(minimum, Limit) else None,
        higher_is_better=higher,
        low=max(Decimal(0), lowest - 2 * (max([*edges, finding.contractual]) - lowest)),
        number=lambda value: shown(Decimal(str(value)), finding.metric, finding.decimals),
        width=width,
        height=height,
        palette=charts.PRINT,
    )
    return charts.image(drawn)


def staffing(content: Content, site: str, width: int, height: int) -> Markup:
    """Staff in place at one site, month by month, each column with the tick of what was required."""
    of_site = [each for each in content.staffing if each.site == site]
    of_site = of_site[-LEAST_MONTHS:] if width < NARROW else of_site
    stacks = [charts.Stack(_short(each.month), (each.actual,), required=each.required) for each in of_site]
    drawn = charts.stacked(
        stacks,
        f"Staff in {content.site_name(site)}",
        parts=("In place",),
        width=width,
        height=height,
        palette=charts.PRINT,
    )
    return charts.image(drawn)


def fill(staff: Staffing, width: int) -> Markup:
    """Who is in place against who was required, where one month is all there is."""
    drawn = charts.bullet(
        staff.actual,
        "Staff in place",
        expected=staff.required,
        number=fte,
        width=width,
        height=48,
        palette=charts.PRINT,
    )
    return charts.image(drawn)


def credit_chain(content: Content, width: int) -> Markup:
    """From what each month owes, over the caps and what comes back, to what is payable."""
    currency = content.deck.contract.currency
    drawn = charts.waterfall(
        steps_of(content),
        "Credits of the quarter",
        number=lambda value: money(int(value), currency),
        width=width,
        palette=charts.PRINT,
    )
    return charts.image(drawn)


def steps_of(content: Content) -> list[charts.Step]:
    """What each miss costs, or each month where there are many; one of them says what happened."""
    owed = [step for priced in content.credits for step in _lines_of(priced)]
    if len(owed) > MOST_LINES:
        owed = [charts.Step(month_words(each.month), each.uncapped) for each in content.credits if each.uncapped]
    capped = [priced for priced in content.credits if priced.cap_applied]
    if capped:
        told = f"More was owed in {listed([month_words(each.month, 'long') for each in capped])} than the cap allows"
        owed.append(charts.Step("Caps", -sum(each.cap_applied for each in capped), note=told))
    elif owed:
        place = max(range(len(owed)), key=lambda place: owed[place].amount)
        owed[place] = owed[place]._replace(note=_dearest(content))
    returned = [charts.Step(words, -amount) for words, amount in content.returned.items()]
    return [*owed, *returned, charts.Step("Payable", content.payable, total=True)]


def _lines_of(priced: MonthCredits) -> list[charts.Step]:
    """By service level, dearest first; the month whole where its lines do not add up to it."""
    lines = [line for line in priced.lines if line.uncapped]
    if sum(line.uncapped for line in lines) != (priced.uncapped or 0):
        return [charts.Step(month_words(priced.month), priced.uncapped)]
    lines.sort(key=lambda line: (-line.uncapped, line.service_level))
    return [charts.Step(f"{_short(priced.month)}: {line.name}", line.uncapped) for line in lines]


def _dearest(content: Content) -> str:
    """Why the miss that costs most did so."""
    costing = [miss for miss in content.misses if miss.line and miss.line.uncapped]
    return because(max(costing, key=lambda miss: miss.line.uncapped).finding, content.places) if costing else ""


def _label(level: ServiceLevel, month: Month) -> str:
    """`Sep`, or `Q3` of a quarter."""
    return window_words(month.quarter).split()[0] if level.window.step == len(month.quarter.months) else _short(month)


def _short(month) -> str:
    return month_words(month).split()[0]
