"""The catalogue as docs/metrics.md lists it: formulas in words, in Markdown tables."""

import re
from collections.abc import Iterable, Iterator

from app.contracts.prose import SOURCES
from app.domain.catalogue import KINDS, MONTHS, Catalogue, Metric

NAME = re.compile(r"[a-z][a-z0-9_]*")
SIGNS = {"*": "×", "-": "−"}
UNITS = {"percent": "%", "seconds": "seconds", "ratio": "number", "count": "number"}
DIRECTIONS = {"higher": "higher is better", "lower": "lower is better", "band": "a band"}
OVER_MONTHS = {"sum": "summed", "mean": "averaged", "last": "the last"}


def tables(catalogue: Catalogue) -> str:
    """Every metric by family, then every measure by report."""
    return "\n\n".join([*_metrics(catalogue), *_measures(catalogue)])


def formula_in_words(metric: Metric, catalogue: Catalogue) -> str:
    """`(Promoters − detractors) ÷ responses × 100`, by the names of the measures."""
    numerator = _words(metric.numerator.text, catalogue)
    denominator = _words(metric.denominator.text, catalogue)
    words = f"({numerator})" if _joins(metric.numerator.text, "+-") else numerator
    if denominator != "1":
        words += f" ÷ ({denominator})" if _joins(metric.denominator.text, "+-*") else f" ÷ {denominator}"
    return words if metric.scale == 1 else f"{words} × {metric.scale:,f}"


def _metrics(catalogue: Catalogue) -> Iterator[str]:
    for family, metrics in catalogue.families.items():
        rows = [
            (
                f"**{metric.name}** `{metric.key}`",
                formula_in_words(metric, catalogue),
                ", ".join(f"`{measure}`" for measure in metric.measures),
                UNITS[metric.unit],
                DIRECTIONS[metric.direction],
                str(metric.precision),
                f"{metric.matures_after} day{'s' if metric.matures_after > 1 else ''}" if metric.matures_after else "",
                metric.source,
            )
            for metric in metrics
        ]
        heading = ("Metric", "Formula", "Measures it needs", "Unit", "Wanted", "Decimals", "Matures after", "Source")
        yield _table(f"### {family}", heading, rows)


def _measures(catalogue: Catalogue) -> Iterator[str]:
    for kind in KINDS:
        rows = [
            (
                f"**{measure.name}** `{measure.key}`",
                measure.description,
                measure.unit,
                OVER_MONTHS[measure.over_months],
                SOURCES[measure.usual_source],
            )
            for measure in catalogue.measures.values()
            if measure.kind == kind
        ]
        heading = ("Measure", "What it counts", "Unit", "Over months", "Usual source")
        yield _table(f"### Measures of the {kind} report", heading, rows)


def _table(title: str, heading: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heading, tuple("---" for _ in heading), *rows]
    return "\n".join([title, "", *(f"| {' | '.join(cells)} |" for cells in lines)])


def _words(formula: str, catalogue: Catalogue) -> str:
    def name(found: re.Match[str]) -> str:
        key = found.group()
        if key == MONTHS:
            return "months in the window"
        known = catalogue.measures.get(key) or catalogue.metrics.get(key)
        return _uncapitalized(known.name) if known else key

    return NAME.sub(name, "".join(SIGNS.get(character, character) for character in formula))


def _uncapitalized(name: str) -> str:
    """`Answered` becomes answered; FTE and QA stay."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def _joins(formula: str, signs: str) -> bool:
    """Whether one of the signs stands outside of all parentheses."""
    depth = 0
    for character in formula:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth == 0 and character in signs:
            return True
    return False
