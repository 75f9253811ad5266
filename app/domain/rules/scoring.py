"""How a scorecard weighs results: points with a linear bonus, standings, and earlier months that fade."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from app.domain.attainment import Attainment
from app.domain.catalogue import Problem
from app.domain.rules.bonus import part_of_way
from app.domain.tables import Table
from app.domain.targets import Limit, Target

HALF, WHOLE, NONE = Fraction(1, 2), Fraction(1), Fraction(0)
BY_ATTAINMENT = {
    Attainment.EXCEEDED: WHOLE,
    Attainment.MET: WHOLE,
    Attainment.BELOW_EXPECTED: HALF,
    Attainment.BELOW_MINIMUM: NONE,
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
class ScoreRule:
    """Points of one service level: all at the Expected, none at `zero`, and up to `bonus` percent more at `upper`.

    Without `zero` a miss earns half, a miss of the Minimum nothing.
    """

    zero: Decimal | None = None
    upper: Decimal | None = None
    bonus: Decimal = Decimal(0)

    def part(self, attainment: Attainment, value: Fraction, expected: Target) -> Fraction:
        """Share of the weight, above 1 with a bonus."""
        if not isinstance(expected, Limit):
            return BY_ATTAINMENT[attainment]
        is_met = attainment in (Attainment.MET, Attainment.EXCEEDED)
        part = WHOLE if is_met else BY_ATTAINMENT[attainment]
        if not is_met and self.zero is not None:
            part = part_of_way(value, self.zero, expected.value)
        if is_met and self.upper is not None:
            part += Fraction(self.bonus) / 100 * part_of_way(value, expected.value, self.upper)
        return part


@dataclass(frozen=True, slots=True)
class ScorecardRule:
    """`decay`: how much each earlier month weighs of the one after it, over `months` months."""

    standings: tuple[Band, ...] = STANDINGS
    decay: Decimal | None = None
    months: int = 1
    clause: str = ""


HOUSE = ScorecardRule()  # where the terms carry none: a rule of the house, not of a contract


def faded(values: Sequence[Fraction | None], decay: Decimal) -> Fraction | None:
    """The weighted mean, newest last; a month without a score weighs nothing. None when there is no score at all."""
    weighted = [(Fraction(decay) ** age, value) for age, value in enumerate(reversed(values)) if value is not None]
    weight = sum((weight for weight, _ in weighted), NONE)
    return sum((weight * value for weight, value in weighted), NONE) / weight if weight else None


def read_score(level: Table) -> ScoreRule | None:
    """`score: {upper: "120", bonus: "20"}`."""
    table = level.table("score")
    if table is None:
        return None
    table.known("zero", "upper", "bonus")
    zero, upper = table.number("zero", least=None), table.number("upper", least=None)
    return ScoreRule(zero, upper, table.number("bonus", most=1000) or Decimal(0))


def read_scorecard(whole: Table) -> ScorecardRule:
    """`scorecard: {standings: [{standing: strong, at_least: "90"}, ...], decay: "0.5", months: "3"}`."""
    table = whole.table("scorecard")
    if table is None:
        return HOUSE
    table.known("standings", "decay", "months", "clause")
    standings = STANDINGS
    if table.content.get("standings") is not None:
        standings = tuple(_band(part) for part in table.tables("standings"))
    months = table.whole("months", 1, least=1, most=36) or 1
    return ScorecardRule(standings, table.number("decay", most=1), months, table.text("clause", ""))


def _band(table: Table) -> Band:
    table.known("standing", "at_least")
    return Band(table.text("standing"), table.required_number("at_least"))


def check_scorecard(rule: ScorecardRule) -> Iterator[Problem]:
    edges = [band.at_least for band in rule.standings]
    if edges and min(edges) > 0:
        yield Problem("scorecard.standings", f"scores below {min(edges)} have no standing: begin one at 0")
    if len(set(edges)) < len(edges):
        yield Problem("scorecard.standings", "two standings begin at the same score")
    if rule.decay is not None and rule.months == 1:
        yield Problem("scorecard.months", "is missing: over how many months do scores fade?")


def check_score(path: str, rule: ScoreRule | None, expected: Target) -> Iterator[Problem]:
    if rule is None or not isinstance(expected, Limit):
        return
    for name, edge, better in (("upper", rule.upper, True), ("zero", rule.zero, False)):
        if edge is not None and (edge == expected.value or (edge > expected.value) != (expected.wants_more == better)):
            side = "better" if better else "worse"
            yield Problem(f"{path}.score.{name}", f"{edge} is not {side} than the Expected of {expected.value}")
