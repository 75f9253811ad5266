"""What a month's service points cost: a rate, a step table, or marginal bands above a free threshold.

Step tables are lookups by floor (telephony platform agreements). Bands are marginal, like income tax: each point costs
what its own band says (UK PPP accommodation contracts).
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from app.domain.catalogue import Problem
from app.domain.exact import plain
from app.domain.rules.basis import Basis, Priced, Share, times
from app.domain.tables import Table

HUNDRED = Decimal(100)
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Rate:
    """So much for each point above the free ones."""

    share: Share
    free: Decimal = NOTHING

    def price(self, points: Decimal, basis: Basis) -> Priced:
        priced, each = max(points - self.free, NOTHING), self.share.of(basis)
        figures = {"points": plain(points), "free": plain(self.free), "counted": plain(priced), **self.share.figures}
        return Priced(times(Fraction(priced), each), "points_rate", figures)


@dataclass(frozen=True, slots=True)
class StepTable:
    """From so many points on, so many percent of the charges."""

    steps: tuple[tuple[Decimal, Decimal], ...]  # points, percent; rising

    def price(self, points: Decimal, basis: Basis) -> Priced:
        percent = next((percent for least, percent in reversed(self.steps) if points >= least), NOTHING)
        figures = {"points": plain(points), "percent": plain(percent)}
        return Priced(Share(percent).of(basis), "points_table", figures)


@dataclass(frozen=True, slots=True)
class MarginalBands:
    """Each point above the free ones costs `share` times the factor of its band; the last band is open."""

    share: Share
    free: Decimal
    bands: tuple[tuple[Decimal | None, Decimal], ...]  # up to, factor

    def price(self, points: Decimal, basis: Basis) -> Priced:
        each = self.share.of(basis)
        figures = {"points": plain(points), "free": plain(self.free), **self.share.figures}
        weight, lower = NOTHING, self.free
        for place, (upper, factor) in enumerate(self.bands, 1):
            within = max((points if upper is None else min(points, upper)) - lower, NOTHING)
            figures[f"band_{place}"] = f"{plain(within)} × {plain(factor)}"
            weight += within * factor
            lower = lower if upper is None else upper
        return Priced(times(Fraction(weight), each), "points_bands", figures)


PointsRule = Rate | StepTable | MarginalBands


def read_points(agreed: Table) -> PointsRule | None:
    """`points: {kind: table, steps: [{points: "10", percent: "2"}]}`."""
    table = agreed.table("points")
    if table is None:
        return None
    kind = table.text("kind", choices=("rate", "table", "bands"))
    if kind == "table":
        table.known("kind", "steps")
        steps = []
        for step in table.tables("steps"):
            step.known("points", "percent")
            steps.append((step.required_number("points"), step.required_number("percent", most=100)))
        return StepTable(tuple(steps))
    share = Share(table.number("percent", most=100), table.number("amount"))
    table.one_of("percent", "amount", ", for one point")
    free = table.number("free") or NOTHING
    if kind == "rate":
        table.known("kind", "percent", "amount", "free")
        return Rate(share, free)
    table.known("kind", "percent", "amount", "free", "bands")
    bands = []
    for band in table.tables("bands"):
        band.known("up_to", "factor")
        bands.append((band.number("up_to"), band.required_number("factor")))
    return MarginalBands(share, free, tuple(bands))


def check_points(rule: PointsRule | None) -> list[Problem]:
    if isinstance(rule, StepTable):
        points = [least for least, _ in rule.steps]
        if points != sorted(set(points)):
            return [Problem("credits.points.steps", "must rise from step to step")]
    if isinstance(rule, MarginalBands):
        edges = [upper for upper, _ in rule.bands]
        if not edges or edges[-1] is not None:
            return [Problem("credits.points.bands", "the last band must be open: leave its up_to out")]
        closed = [edge for edge in edges[:-1] if edge is not None]
        if len(closed) < len(edges) - 1 or [rule.free, *closed] != sorted({rule.free, *closed}):
            return [Problem("credits.points.bands", f"must rise from the {plain(rule.free)} free points without a gap")]
    return []
