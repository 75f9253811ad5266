"""A partner's findings, weighted, and the standing they earn."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.domain.findings import Finding


@dataclass(frozen=True, slots=True)
class Band:
    """A standing and the lowest score that earns it."""

    standing: str
    at_least: Decimal


STANDINGS: tuple[Band, ...] = (
    Band("strong", Decimal(90)),
    Band("steady", Decimal(75)),
    Band("watch", Decimal(60)),
    Band("at risk", Decimal(0)),
)


@dataclass(frozen=True, slots=True)
class Score:
    finding: Finding
    weight: Decimal
    points: Decimal | None  # None: not judged, so it weighs nothing


@dataclass(frozen=True, slots=True)
class Scorecard:
    """`value` is 0 to 100 over what was judged, None when nothing was: a month without data is neither 0 nor 100."""

    value: Decimal | None
    standing: str | None
    weight_judged: Decimal
    weight_total: Decimal
    scores: tuple[Score, ...]


def scorecard(findings: Iterable[Finding], standings: Sequence[Band] = STANDINGS) -> Scorecard:
    """Met 100, below Expected 50, below Minimum 0, by weight. Works over one month or several."""
    raise NotImplementedError
