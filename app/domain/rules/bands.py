"""Severity bands: half-open ranges of a result, each with its label and points.

UK model services schedules grade a failure (minor, serious, severe) and give each grade service points; schedules with
rising reductions give each grade a percentage or an amount. A result lies in exactly one band: no gap, no overlap.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from app.domain.catalogue import Problem
from app.domain.tables import Table


@dataclass(frozen=True, slots=True)
class SeverityBand:
    """Results from `lower` to `upper`; an edge that is None is open. One of two neighbours holds the edge between."""

    label: str
    points: Decimal = Decimal(0)
    percent: Decimal | None = None  # of the charges, where the credit goes by band
    amount: Decimal | None = None  # in the currency's units, where the credit goes by band
    lower: Decimal | None = None
    holds_lower: bool = True
    upper: Decimal | None = None
    holds_upper: bool = False

    def covers(self, numerator: Decimal, denominator: Decimal) -> bool:
        """Compares numerator / denominator unrounded, by multiplying out. The denominator is above zero."""
        if self.lower is not None:
            edge = self.lower * denominator
            if numerator < edge or (numerator == edge and not self.holds_lower):
                return False
        if self.upper is not None:
            edge = self.upper * denominator
            return numerator < edge or (numerator == edge and self.holds_upper)
        return True

    def __str__(self) -> str:
        lower = "" if self.lower is None else f"{'>=' if self.holds_lower else '>'} {self.lower}"
        upper = "" if self.upper is None else f"{'<=' if self.holds_upper else '<'} {self.upper}"
        return ", ".join(edge for edge in (lower, upper) if edge) or "everything"


def band_of(bands: Sequence[SeverityBand], numerator: Decimal, denominator: Decimal) -> SeverityBand | None:
    return next((band for band in bands if band.covers(numerator, denominator)), None)


def read_bands(level: Table) -> tuple[SeverityBand, ...]:
    """`bands: [{label: minor, points: "1", at_least: "96", below: "98"}]`."""
    if level.content.get("bands") is None:
        return ()
    return tuple(_band(table) for table in level.tables("bands"))


def _band(table: Table) -> SeverityBand:
    table.known("label", "points", "percent", "amount", "at_least", "above", "below", "at_most")
    for one, other in (("at_least", "above"), ("below", "at_most")):
        if table.content.get(one) is not None and table.content.get(other) is not None:
            table.refuse(other, f"and {one} are the same edge: keep one of them")
    at_least, above = table.number("at_least", least=None), table.number("above", least=None)
    below, at_most = table.number("below", least=None), table.number("at_most", least=None)
    return SeverityBand(
        label=table.text("label"),
        points=table.number("points") or Decimal(0),
        percent=table.number("percent"),
        amount=table.number("amount"),
        lower=above if at_least is None else at_least,
        holds_lower=above is None,
        upper=below if at_most is None else at_most,
        holds_upper=at_most is not None,
    )


def check_bands(path: str, bands: Sequence[SeverityBand]) -> Iterator[Problem]:
    """Ordered by their edges, they must cover every result once."""
    places = {id(band): f"{path}.bands.{place}" for place, band in enumerate(bands)}
    ordered = sorted(bands, key=lambda band: (band.lower is not None, band.lower or Decimal(0)))
    for band in ordered:
        if band.lower is not None and band.upper is not None and band.lower >= band.upper:
            yield Problem(places[id(band)], f"holds nothing: {band.lower} is not below {band.upper}")
            return
    for before, after in pairwise(ordered):
        yield from _seam(places[id(after)], before, after)
    if bands and ordered[0].lower is not None:
        yield Problem(places[id(ordered[0])], f"nothing covers results below {ordered[0].lower}: leave its edge open")
    if bands and ordered[-1].upper is not None:
        yield Problem(places[id(ordered[-1])], f"nothing covers results above {ordered[-1].upper}: leave its edge open")


def _shared(before: SeverityBand, after: SeverityBand) -> str:
    """Which results two bands both hold: from the higher of their lower edges to the lower of their upper ones."""
    upper = min((edge for edge in (before.upper, after.upper) if edge is not None), default=None)
    if after.lower is None:
        return "everywhere" if upper is None else f"below {upper}"
    return f"above {after.lower}" if upper is None else f"between {after.lower} and {upper}"


def _seam(path: str, before: SeverityBand, after: SeverityBand) -> Iterator[Problem]:
    names = f'"{before.label}" and "{after.label}"'
    if before.upper is None or after.lower is None or before.upper > after.lower:
        yield Problem(path, f"{names} overlap {_shared(before, after)}: give each result to one of them")
    elif before.upper < after.lower:
        yield Problem(path, f"{names} leave a gap between {before.upper} and {after.lower}")
    elif before.holds_upper and after.holds_lower:
        yield Problem(path, f"{names} both hold exactly {after.lower}")
    elif not before.holds_upper and not after.holds_lower:
        yield Problem(path, f"neither {names.replace(' and ', ' nor ')} holds exactly {after.lower}")
