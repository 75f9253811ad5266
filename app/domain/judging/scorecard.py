"""A partner's findings, weighted, and the standing they earn."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction

from app.domain.attainment import JUDGED, Attainment, Disposition
from app.domain.exact import as_decimal
from app.domain.findings import Finding
from app.domain.rules.scoring import BY_ATTAINMENT, HOUSE, STANDINGS, Band, ScorecardRule, faded

__all__ = ("STANDINGS", "Band", "Score", "Scorecard", "scorecard", "standing")

HUNDRED = Fraction(100)
NOTHING = Decimal(0)
SETTLED = Context(prec=20)  # a stored result has 28 digits: two thirds of them must not miss a standing by the last


@dataclass(frozen=True, slots=True)
class Score:
    """One finding's part; no points: not judged or excused, so no weight. `points` are percent of the weight."""

    finding: Finding
    weight: Decimal
    points: Decimal | None

    @property
    def earned(self) -> Decimal | None:
        """The points in units of the weight: 20 of 20, 22 with a bonus."""
        return None if self.points is None else self.weight * self.points / 100


@dataclass(frozen=True, slots=True)
class Scorecard:
    """`value` is 0 to 100 (more with a bonus) over what was judged, None when nothing was: a month without data is
    neither 0 nor 100. `month` is the value before earlier months fade in.
    """

    value: Decimal | None
    standing: str | None
    weight_judged: Decimal
    weight_total: Decimal
    scores: tuple[Score, ...]
    total: Decimal | None = None  # points in units of the weights
    month: Decimal | None = None
    exact: Fraction | None = None  # of the month alone, for the months that follow


def scorecard(
    findings: Iterable[Finding], rule: ScorecardRule | Sequence[Band] = HOUSE, earlier: Sequence[Fraction | None] = ()
) -> Scorecard:
    """By weight: met all, below Expected half, below Minimum nothing, unless a service level's own score says more.

    Without rules in the terms it is a rule of the house, not of a contract. `earlier` are the scores of the months
    before, oldest first, where the rule lets them fade.
    """
    rule = rule if isinstance(rule, ScorecardRule) else ScorecardRule(tuple(rule))
    scores = tuple(_score(finding) for finding in findings)
    judged = [(Fraction(score.weight), part) for score, part in scores if part is not None]
    weight = sum((weight for weight, _ in judged), Fraction(0))
    earned = sum((weight * part for weight, part in judged), Fraction(0))
    exact = earned * 100 / weight if weight else None
    shown = exact if rule.decay is None else faded([*earlier, exact], rule.decay)
    value = None if shown is None else as_decimal(shown)
    return Scorecard(
        value=value,
        standing=None if value is None else standing(value, rule.standings),
        weight_judged=as_decimal(weight),
        weight_total=sum((score.weight for score, _ in scores), NOTHING),
        scores=tuple(score for score, _ in scores),
        total=as_decimal(earned) if judged else None,
        month=None if exact is None else as_decimal(exact),
        exact=exact,
    )


def standing(value: Decimal, standings: Sequence[Band] = STANDINGS) -> str:
    """The best band that `value` reaches. Raises ValueError when the bands leave a gap at the bottom."""
    settled = SETTLED.plus(value)
    reached = [band for band in standings if settled >= band.at_least]
    if not reached:
        raise ValueError(f"no standing covers a score of {value}")
    return max(reached, key=lambda band: band.at_least).standing


def _score(finding: Finding) -> tuple[Score, Fraction | None]:
    part = _part(finding)
    points = None if part is None else as_decimal(part * HUNDRED)
    return Score(finding, finding.level.weight, points), part


def _part(finding: Finding) -> Fraction | None:
    if finding.attainment not in JUDGED or finding.disposition == Disposition.EXCUSED:
        return None
    rule, value = finding.level.score, finding.value
    if rule is None or value is None:
        return BY_ATTAINMENT[Attainment(finding.attainment)]
    return rule.part(finding.attainment, Fraction(value), finding.level.expected)
