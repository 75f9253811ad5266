"""A partner's findings, weighted, and the standing they earn."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.domain.exact import quotient
from app.domain.findings import Attainment, Finding

POINTS = {
    Attainment.EXCEEDED: Decimal(100),
    Attainment.MET: Decimal(100),
    Attainment.BELOW_EXPECTED: Decimal(50),
    Attainment.BELOW_MINIMUM: Decimal(0),
}


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
    """One finding's part; no points means not judged, so it weighs nothing."""

    finding: Finding
    weight: Decimal
    points: Decimal | None


@dataclass(frozen=True, slots=True)
class Scorecard:
    """`value` is 0 to 100 over what was judged, None when nothing was: a month without data is neither 0 nor 100."""

    value: Decimal | None
    standing: str | None
    weight_judged: Decimal
    weight_total: Decimal
    scores: tuple[Score, ...]


def scorecard(findings: Iterable[Finding], standings: Sequence[Band] = STANDINGS) -> Scorecard:
    """Met 100, below Expected 50, below Minimum 0, by weight. A rule of the house, not of a contract."""
    scores = tuple(Score(finding, finding.level.weight, POINTS.get(finding.attainment)) for finding in findings)
    judged = [(score.weight, score.points) for score in scores if score.points is not None]
    weight = sum((weight for weight, _ in judged), Decimal(0))
    earned = sum((weight * points for weight, points in judged), Decimal(0))
    value = quotient(earned, weight) if weight else None
    return Scorecard(
        value=value,
        standing=None if value is None else standing(value, standings),
        weight_judged=weight,
        weight_total=sum((score.weight for score in scores), Decimal(0)),
        scores=scores,
    )


def standing(value: Decimal, standings: Sequence[Band] = STANDINGS) -> str:
    """The best band that `value` reaches. Raises ValueError when the bands leave a gap at the bottom."""
    reached = [band for band in standings if value >= band.at_least]
    if not reached:
        raise ValueError(f"no standing covers a score of {value}")
    return max(reached, key=lambda band: band.at_least).standing
