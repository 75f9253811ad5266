"""Rules that hold a report against the partner's own months before: copies, figures far from what is usual, jumps."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from statistics import median

from app.domain.periods import Month
from app.reports.checks.context import Background, Doubt, Figures, Place, Sent
from app.reports.checks.rules import rule
from app.reports.checks.thresholds import ROBUST, Thresholds
from app.reports.checks.wording import compared, month, named, number, rounded, span


@rule("copy", "Copy of last month")
def copied(sent: Sent, background: Background, thresholds: Thresholds) -> Iterator[Doubt]:
    before = _last(sent, background)
    for place, figures in sent.figures.items():
        told = [key for key, value in figures.items() if value]
        if len(told) >= thresholds.copied_figures and figures == before.get(place):
            words = (
                f"All {len(figures)} figures of this site and queue are exactly those of "
                f"{month(sent.template.month.previous())}."
            )
            cells = tuple((row, None) for row in sent.row_numbers[place])
            yield Doubt(words, cells, frozenset((place, key) for key in figures))


@rule("outlier", "Far from the partner's own twelve months")
def outlying(sent: Sent, background: Background, thresholds: Thresholds) -> Iterator[Doubt]:
    """By the median and the median absolute deviation (Iglewicz and Hoaglin, 1993), with a floor under the latter."""
    for place, figures in sent.figures.items():
        odd: dict[str, bool] = {}
        for key in _wholes_first(sent, figures):
            past = {when: known[place][key] for when, known in background.past.items() if key in known.get(place, {})}
            if len(past) < thresholds.least_months:
                continue
            low, middle, high = _usual(list(past.values()), thresholds)
            if low <= figures[key] <= high:
                continue
            odd[key] = figures[key] > high
            if not _follows(sent, key, odd):
                words = (
                    f"{sent.name(key)} {number(figures[key])} for {named(place)}: {rounded(low)} to {rounded(high)} "
                    f"is usual by its own {len(past)} months from {span(sorted(past))}, whose median is "
                    f"{rounded(middle)}."
                )
                yield Doubt(words, sent.cells(place, key), frozenset({(place, key)}))
            else:
                yield _unsaid(place, key)


@rule("jump", "Jump against last month")
def jumping(sent: Sent, background: Background, thresholds: Thresholds) -> Iterator[Doubt]:
    before, last = _last(sent, background), month(sent.template.month.previous())
    for place, figures in sent.figures.items():
        odd: dict[str, bool] = {}
        for key in _wholes_first(sent, figures):
            now, then = figures[key], before.get(place, {}).get(key)
            if not then or abs(now - then) < thresholds.jump_units or abs(now / then - 1) <= thresholds.jump_share:
                continue
            odd[key] = now > then
            if not _follows(sent, key, odd):
                words = (
                    f"{sent.name(key)} {number(now)} for {named(place)} is {compared(now, then)} the {number(then)} "
                    f"reported for {last}."
                )
                yield Doubt(words, sent.cells(place, key), frozenset({(place, key)}))


def _last(sent: Sent, background: Background) -> Figures:
    return background.past.get(sent.template.month.previous(), {})


def _wholes_first(sent: Sent, figures: Mapping[str, Decimal]) -> list[str]:
    keys = [key for key in figures if key in sent.columns]
    return sorted(keys, key=lambda key: len(sent.columns[key].part_of))


def _follows(sent: Sent, key: str, odd: Mapping[str, bool]) -> bool:
    """Whether what it is a part of was named already, for the same reason."""
    return any(odd.get(whole) == odd[key] for whole in sent.columns[key].part_of)


def _usual(past: Sequence[Decimal], thresholds: Thresholds) -> tuple[Decimal, Decimal, Decimal]:
    middle = median(past)
    deviation = ROBUST * median([abs(value - middle) for value in past])
    spread = max(deviation, thresholds.spread_share * abs(middle), thresholds.spread_units)
    reach = thresholds.deviations * spread
    return max(middle - reach, Decimal(0)), middle, middle + reach


def _unsaid(place: Place, key: str) -> Doubt:
    return Doubt("", (), frozenset({(place, key)}))


def months_before(when: Month, count: int) -> list[Month]:
    """The months before, the oldest first."""
    found = [when]
    for _ in range(count):
        found.insert(0, found[0].previous())
    return found[:-1]
