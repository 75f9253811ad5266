"""What slides say about figures: headlines that state the finding, values in words, charts for print."""

from collections import Counter
from decimal import Decimal

from markupsafe import Markup

from app import charts
from app.domain.catalogue import Metric
from app.domain.clauses import ServiceLevel
from app.domain.explain import sentence
from app.domain.findings import MISSES, Finding
from app.domain.periods import Month
from app.domain.targets import Band, Limit
from app.domain.wording import in_unit, target_words, telling
from app.formatting import measured, money, number, percent
from app.formatting import month as month_words

REASON = sentence
WORDS_FOR_COUNT = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")


def count_words(count: int, noun: str) -> str:
    """'Two misses', '1 miss' beyond ten as figures."""
    amount = WORDS_FOR_COUNT[count] if count < len(WORDS_FOR_COUNT) else str(count)
    plural = noun + ("es" if noun.endswith("s") else "s")
    return f"{amount} {noun if count == 1 else plural}"


def value_of(finding: Finding | None) -> str:
    """The contractual value with as many decimals as it takes not to look like a target that it is not."""
    if finding is None or finding.contractual is None:
        return "–"
    target = " ".join(str(comparison.target) for comparison in finding.comparisons) or str(finding.level.expected)
    return in_unit(telling(str(finding.contractual), target, finding.metric.precision), finding.metric.unit)


def target_of(level: ServiceLevel, metric: Metric, minimum: bool = False) -> str:
    target = level.minimum if minimum else level.expected
    return "–" if target is None else target_words(str(target), metric.unit)


def status_of(finding: Finding | None) -> str:
    if finding is None:
        return "not_measured"
    return "close" if finding.is_close else finding.attainment.value


def summary_headline(content) -> str:
    met, total = len(content.levels_met), len(content.levels)
    if not total:
        return "Nothing was judged in this quarter"
    if met == total:
        return f"All {total} service levels were met in every month"
    start = f"{met} of {total} service levels met in every month"
    if content.payable:
        return f"{start}; credits of {money(content.payable, content.deck.contract.currency)}"
    return f"{start}; {count_words(len(content.misses), 'miss').lower()}"


def misses_headline(content) -> str:
    if not content.misses:
        return "No service level was missed"
    names = Counter(miss.finding.level.name for miss in content.misses)
    worst, times = names.most_common(1)[0]
    total = len(content.misses)
    if times == 1:
        return f"{count_words(total, 'miss')}, none repeated"
    often = "in every month" if times == len(content.months) else f"in {times} of {len(content.months)} months"
    return f"{count_words(total, 'miss')}; {worst} {often}"


def credits_headline(content) -> str:
    currency = content.deck.contract.currency
    if content.payable is None:
        return "Credits are not priced: the charges of a month are missing"
    if not content.payable:
        return "No credit is due for this quarter"
    share = f", {percent(content.share_of_charges, 2)} of charges" if content.share_of_charges is not None else ""
    return f"Credits of {money(content.payable, currency)}{share}"


def staffing_headline(content) -> str:
    last = [each for each in content.staffing if each.month == content.quarter.months[-1]]
    required, actual = sum(each.required for each in last), sum(each.actual for each in last)
    if not required:
        return "Staffing was not reported for the last month"
    fill = f"{percent(actual * 100 / required)} of the required staff in {month_words(content.quarter.months[-1])}"
    if actual >= required:
        return fill
    worst = max(last, key=lambda each: each.shortage)
    short = sum(each.shortage for each in last)
    site = content.site_names.get(worst.site, worst.site)
    where = f", {number(worst.shortage, 1)} of them in {site}" if len(last) > 1 and worst.shortage < short else ""
    where = f", all in {site}" if len(last) > 1 and worst.shortage == short else where
    return f"{fill}: {number(short, 1)} FTE short{where}"


def trend_headline(content, level: ServiceLevel) -> str:
    findings = [finding for finding in content.findings_of(level, content.history) if finding is not None]
    run = 0
    for finding in reversed(findings):
        if finding.attainment not in MISSES:
            break
        run += 1
    if run > 1:
        since = findings[-run].window
        return f"{level.name}: missed {run} months in a row, since {month_words(since)}"
    if run == 1:
        return f"{level.name}: missed in {month_words(findings[-1].window)}"
    missed = [finding.window for finding in findings if finding.is_miss and finding.window in content.quarter.months]
    if missed:
        return f"{level.name}: missed in {month_words(missed[-1])}, met again in {month_words(findings[-1].window)}"
    return f"{level.name}: met in {month_words(findings[-1].window)}" if findings else level.name


def most_troubled(content, count: int, kind: str | None = None) -> list[ServiceLevel]:
    """The service levels to look at first: most misses in the quarter, then least to spare, then weight."""

    def trouble(level: ServiceLevel):
        findings = [finding for finding in content.findings_of(level) if finding is not None]
        missed = sum(finding.is_miss for finding in findings)
        spare = [finding.headroom / _size(level) for finding in findings if finding.headroom is not None]
        return (-missed, min(spare, default=Decimal(9)), -level.weight, level.key)

    kinds = {metric.key: metric.kind for metric in content.metrics}
    levels = [level for level in content.levels if kind is None or kinds[level.metric] == kind]
    return sorted(levels, key=trouble)[:count]


def trend_chart(content, level: ServiceLevel, width: int, height: int) -> Markup:
    """Up to twelve months against the Expected target, each miss marked, the last value written beside its point."""
    findings = content.findings_of(level, content.history)
    metric = next(metric for metric in content.metrics if metric.key == level.metric)
    points = [
        charts.Point(_short(month.month), finding.contractual if finding else None, status_of(finding))
        for month, finding in zip(content.history, findings, strict=True)
    ]
    target = (level.expected.lower, level.expected.upper) if isinstance(level.expected, Band) else level.expected.value
    minimum = level.minimum.value if isinstance(level.minimum, Limit) else None
    return charts.image(
        charts.line(
            points,
            level.name,
            target=target,
            target_label="Expected" if minimum is not None else target_words(str(level.expected), metric.unit),
            minimum=minimum,
            minimum_label="Minimum" if minimum is not None else None,
            number=lambda value: measured(Decimal(str(value)), metric.unit, metric.precision),
            width=width,
            height=height,
            palette=charts.PRINT,
        )
    )


def staffing_chart(content, site: str, width: int, height: int) -> Markup:
    """Staff in place at one site, month by month, with the line of what was required."""
    of_site = [each for each in content.staffing if each.site == site]
    stacks = [charts.Stack(_short(each.month), (each.actual,), required=each.required) for each in of_site]
    title = f"Staff in {content.site_names.get(site, site)}"
    drawn = charts.stacked(stacks, title, parts=("In place",), width=width, height=height, palette=charts.PRINT)
    return charts.image(drawn)


def credit_chart(content, width: int, height: int) -> Markup:
    """From the uncapped credits of each month over the caps to what is payable."""
    currency = content.deck.contract.currency
    steps = [
        charts.Step(month_words(priced.month), priced.uncapped)
        for priced in content.credits
        if priced.uncapped
    ]
    capped = sum((priced.cap_applied or Decimal(0) for priced in content.credits), Decimal(0))
    if capped:
        steps.append(charts.Step("Monthly caps", -capped))
    steps.append(charts.Step("Payable", content.payable, total=True))
    return charts.image(
        charts.waterfall(
            steps,
            "Credits of the quarter",
            number=lambda value: money(int(value), currency),
            width=width,
            height=height,
            palette=charts.PRINT,
        )
    )


def _short(month: Month) -> str:
    return month_words(month).split()[0]


def _size(level: ServiceLevel) -> Decimal:
    target = level.expected
    return abs(target.upper if isinstance(target, Band) else target.value) or Decimal(1)
