"""What a figure can be beside the others of its row, without any history: bounds that stand in a file."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from app.contracts.catalogue import CATALOGUE
from app.domain.formula import Formula
from app.reports.checks.context import Background, Doubt, Sent
from app.reports.checks.rules import rule
from app.reports.checks.thresholds import Thresholds
from app.reports.checks.wording import number

SOURCE = Path(__file__).with_name("plausible.toml")
DAYS = "days"


class BoundInvalid(ValueError):
    """A bound names what no row of one report can hold."""


@dataclass(frozen=True)
class Bound:
    """`figure`, divided by the first of `per` that the row has, is at least `least` and at most `most`."""

    figure: str
    per: tuple[str, ...]
    least: Formula | None
    most: Formula | None
    is_below: bool
    words: str
    source: str

    @cached_property
    def others(self) -> tuple[str, ...]:
        """The measures that the bounds name."""
        named = [name for formula in (self.least, self.most) if formula for name in formula.names]
        return tuple(dict.fromkeys(name for name in named if name != DAYS))

    @cached_property
    def needed(self) -> frozenset[str]:
        return frozenset(self.others)

    def broken_by(self, values: Mapping[str, Decimal]) -> tuple[str, ...] | None:
        """The measures that contradict the figure; None when nothing does, or not all of them are there."""
        per = next(filter(values.__contains__, self.per), None)
        if self.figure not in values or (self.per and per is None) or not values.keys() >= self.needed:
            return None
        against, unit = ((per,), values[per]) if per else (self.others, Decimal(1))
        figure, least, most = values[self.figure], self.least, self.most
        ceiling = None if most is None else most.evaluate(values) * unit
        if ceiling is not None and (figure > ceiling or (self.is_below and figure and figure == ceiling)):
            return against
        return against if least is not None and figure < least.evaluate(values) * unit else None


def read_bounds(path: Path = SOURCE) -> tuple[Bound, ...]:
    """Raises BoundInvalid."""
    return tuple(map(_bound, tomllib.loads(path.read_text(encoding="utf-8"))["plausible"]))


def _bound(table: Mapping) -> Bound:
    least, most = (Formula.parse(table[name]) if name in table else None for name in ("least", "most"))
    is_below, per = table.get("below", False), tuple(table.get("per", ()))
    bound = Bound(table["figure"], per, least, most, is_below, table["words"], table["source"])
    if is_below and most is None:
        raise BoundInvalid(f"{bound.figure}: says `below`, and no `most` that it could be below")
    measures = [CATALOGUE.measures.get(key) for key in (bound.figure, *bound.per, *bound.others)]
    if len({measure and measure.kind for measure in measures}) != 1 or None in measures:
        raise BoundInvalid(f"{bound.figure}: not all of its measures are of one report")
    return bound


BOUNDS = read_bounds()


@rule("plausible", "Plausible within one row")
def plausible(sent: Sent, _background: Background, _thresholds: Thresholds) -> Iterator[Doubt]:
    """Rows that break the same bound are told together, with the figures of the first."""
    for bound in BOUNDS if sent.rows else ():
        if bound.figure in sent.columns and (found := list(_broken(bound, sent))):
            others = len(found) - 1
            more = f" The other {f'{others:,} rows' if others > 1 else 'row'} likewise." if others else ""
            cells = tuple(sent.cell(row, bound.figure) for row, _, _ in found)
            about = frozenset(((row["site"], row["queue"]), bound.figure) for row, _, _ in found)
            _, values, against = found[0]
            yield Doubt(f"{_words(bound, sent, values, against)}{more}", cells, about)


def _broken(bound: Bound, sent: Sent) -> Iterator[tuple[dict, dict[str, Decimal], tuple[str, ...]]]:
    """Each row that breaks it, with its figures and those of them that contradict it."""
    days = Decimal(1 if sent.template.grain == "day" else sent.template.month.days)
    for row, figures in sent.with_figures():
        values = {**figures, DAYS: days}
        if (against := bound.broken_by(values)) is not None:
            yield row, values, against


def _words(bound: Bound, sent: Sent, values: Mapping[str, Decimal], against: tuple[str, ...]) -> str:
    parts = " and ".join(f"{sent.name(key)} {number(values[key])}" for key in against)
    told = f"{sent.name(bound.figure)} {number(values[bound.figure])} beside {parts} in the same row"
    if bound.per and not values[against[0]]:
        return f"{told}: there is nothing that it could be of."
    ratio = number(round(values[bound.figure] / values[against[0]], 3)) if bound.per else ""
    return f"{told}: {bound.words.format(ratio=ratio)}."
