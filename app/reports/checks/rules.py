"""The list of rules, in the order in which they are asked: what an earlier one said of a figure is not said again."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from app.reports.checks.context import Background, Doubt, Sent
from app.reports.checks.thresholds import DEFAULTS, Thresholds

Check = Callable[[Sent, Background, Thresholds], Iterator[Doubt]]


@dataclass(frozen=True)
class Rule:
    """`name` is its row in docs/checks.md."""

    key: str
    name: str
    check: Check


RULES: list[Rule] = []


def rule(key: str, name: str) -> Callable[[Check], Check]:
    """Add a check to the list."""

    def add(check: Check) -> Check:
        RULES.append(Rule(key, name, check))
        return check

    return add


def doubts(
    sent: Sent, background: Background, thresholds: Thresholds = DEFAULTS, rules: Iterable[Rule] = RULES
) -> list[Doubt]:
    """Everything to look at again; the same words are said once, with all their cells."""
    said: set = set()
    merged: dict[tuple[str, str], Doubt] = {}
    for each in rules:
        doubted = each.check(sent, background, thresholds)
        found = [doubt for doubt in doubted if not doubt.is_settled(sent.figures, background.approved)]
        news = [doubt for doubt in found if doubt.words and not (doubt.about and doubt.about <= said)]
        said.update(*(doubt.about for doubt in found))
        for doubt in news:
            same = merged.get((each.key, doubt.words))
            cells, about = (same.cells, same.about) if same else ((), frozenset())
            cells, about = (*cells, *doubt.cells), about | doubt.about
            merged[each.key, doubt.words] = replace(doubt, cells=cells, about=about, rule=each.key)
    return list(merged.values())
