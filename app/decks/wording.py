"""Figures as a slide says them: values, targets, gaps, counts."""

from collections.abc import Iterable
from decimal import Decimal

from app.domain.catalogue import Metric
from app.domain.clauses import ServiceLevel
from app.domain.findings import Disposition, Finding, Reason
from app.domain.prose import explain
from app.domain.targets import Band
from app.domain.wording import in_unit, telling, words
from app.formatting import measured, number
from app.partners.places import Places
from app.performance.wording import target_words, unbroken

NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")
SIZES = ((5, "roomy"), (9, "easy"), (13, ""))


def because(finding: Finding, places: Places) -> str:
    """The comparison or the gap that decided it, as a sentence, and what the figure rests on."""
    reason = explain.reason_of(finding)
    told = explain.sentence(Reason(reason.code, places.in_figures(reason.figures)))
    rests = ", ".join(rests_on(finding))
    return unbroken(f"{told} {rests[:1].upper()}{rests[1:]}." if rests else told)


def rests_on(finding: Finding) -> list[str]:
    """'7 of 30 days' where the window was not reported whole; 'as stated' where Accord did not compute the figure."""
    days = [f"{finding.days_reported}\u00a0of\u00a0{finding.days_expected}\u00a0days"] if finding.is_partial else []
    return days + (["as stated"] if finding.level.source == "stated" and finding.contractual is not None else [])


def count_words(count: int, noun: str, plural: str | None = None) -> str:
    """'Two misses'; in figures beyond ten, '11 misses'."""
    amount = NUMBERS[count] if count < len(NUMBERS) else str(count)
    return f"{amount} {noun if count == 1 else plural or noun + ('es' if noun.endswith('s') else 's')}"


def size_of(rows: int) -> str:
    """The type that fills a slide with so many rows."""
    return next((size for most, size in SIZES if rows <= most), "dense")


def value_of(finding: Finding | None) -> str:
    """The contractual value with as many decimals as it takes not to look like a target that it is not."""
    return "–" if finding is None else _valued(finding, finding.contractual)


def raw_value_of(finding: Finding) -> str:
    """The value before relief."""
    return _valued(finding, finding.raw)


def raw_note_of(finding: Finding) -> str | None:
    """'raw 74.0 %', where relief changed the value."""
    return f"raw {raw_value_of(finding)}" if finding.raw != finding.contractual else None


def set_aside(finding: Finding, has_credits: bool) -> Disposition | None:
    """What keeps a result from counting; where no credits were agreed none can be lacking."""
    counts = (Disposition.COUNTS, *(() if has_credits else (Disposition.NOT_CREDITED,)))
    return None if finding.disposition in counts else finding.disposition


def cell_note_of(finding: Finding) -> str | None:
    """What stands beneath a value: why it is not judged, what it was before relief, what it rests on."""
    if finding.contractual is None:
        return None
    told = note_of(finding) or raw_note_of(finding)
    return ", ".join([*([told] if told else []), *rests_on(finding)]) or None


def _valued(finding: Finding, value: Decimal | None) -> str:
    if value is None:
        return "–"
    target = " ".join(str(comparison.target) for comparison in finding.comparisons) or str(finding.level.expected)
    return unbroken(in_unit(telling(str(value), target, finding.decimals), finding.metric.unit))


def target_of(level: ServiceLevel, metric: Metric, minimum: bool = False) -> str:
    target = level.minimum if minimum else level.expected
    return "–" if target is None else target_words(target, metric.key)


def months_together(level: ServiceLevel) -> str | None:
    """'over the quarter', where a window is longer than a month; the months before its last one have no result."""
    return f"over the {level.window.units[:-1]}" if level.window.step > 1 else None


def status_of(finding: Finding | None) -> str:
    if finding is None:
        return "not_measured"
    return "close" if finding.is_close else finding.attainment.value


def note_of(finding: Finding | None) -> str | None:
    """The word that a cell without a judgement needs."""
    return None if finding is None or finding.is_judged else explain.RESULTS[finding.attainment].split(":")[0].lower()


def gap_words(finding: Finding) -> str:
    """'6.5 points under Expected'; empty where there is nothing to compare."""
    if finding.headroom is None:
        return ""
    short, target = finding.headroom < 0, finding.level.expected
    if isinstance(target, Band):
        above = finding.contractual is not None and finding.contractual > target.upper
        side = ("over the band" if above else "under the band") if short else "inside the band"
    else:
        side = ("under Expected" if target.wants_more else "over Expected") if short else "to spare"
    metric = finding.metric
    size = telling(str(abs(finding.headroom)), "0", metric.precision)
    unit = " points" if metric.unit == "percent" else in_unit("", metric.unit)
    return f"{size}{unit} {side}" if finding.headroom else "exactly at Expected"


def fte(value: Decimal) -> str:
    """People in FTE, a decimal only where there is one."""
    return f"{counted(value)} FTE"


def counted(value: Decimal) -> str:
    return number(value, 0 if value == value.to_integral_value() else 1)


def label(measures: str) -> str:
    """'CSAT responses', 'Resolution checked': the head of a column."""
    told = words(measures)
    return told[:1].upper() + told[1:]


def listed(parts: Iterable[str]) -> str:
    """'July, August and September'."""
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last


def shown(value: Decimal, metric: Metric, decimals: int | None = None) -> str:
    return measured(value, metric.unit, metric.precision if decimals is None else decimals)
