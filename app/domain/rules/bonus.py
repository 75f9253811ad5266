"""A bonus for results beyond the target: linear up to a limit, withheld while an area is under its Minimum."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

from app.domain.attainment import Attainment
from app.domain.catalogue import Problem
from app.domain.exact import as_decimal, plain
from app.domain.rules.basis import Basis, Share, times
from app.domain.rules.classes import CLASSES
from app.domain.rules.trail import SET_ASIDE, Judged
from app.domain.tables import Table
from app.domain.targets import Limit, Target

NOTHING = Decimal(0)


class Level(Protocol):
    @property
    def key(self) -> str: ...
    @property
    def importance(self) -> str: ...


class Gating(Judged, Protocol):
    """A finding that may hold a bonus back, with its service level."""

    @property
    def level(self) -> Level: ...


@dataclass(frozen=True, slots=True)
class BonusRule:
    """All of `share` at `upper`, nothing at the Expected, in proportion between."""

    upper: Decimal
    share: Share
    gate: str = "any"  # any: no service level under its Minimum; none: no gate; else none of that class
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Bonus:
    """Minor units, unrounded; `amount` is None while the charges are not known."""

    service_level: str
    part: Decimal  # 0 to 1
    amount: Decimal | None
    gated_by: str  # the service level under its Minimum, or empty
    clause: str
    figures: dict[str, str]

    def to_document(self) -> dict[str, object]:
        return {
            "service_level": self.service_level,
            "part": plain(self.part),
            "amount": None if self.amount is None else plain(self.amount),
            "gated_by": self.gated_by,
            "clause": self.clause,
            "figures": self.figures,
        }


def part_of_way(value: Fraction, target: Decimal, upper: Decimal) -> Fraction:
    """How far from target to upper limit, 0 to 1; works downwards too."""
    way = (value - Fraction(target)) / (Fraction(upper) - Fraction(target))
    return min(max(way, Fraction(0)), Fraction(1))


def bonus(rule: BonusRule, key: str, value: Fraction, target: Decimal, gate: str, basis: Basis) -> Bonus:
    part = part_of_way(value, target, rule.upper)
    full = rule.share.of(basis)
    figures = {"target": plain(target), "upper": plain(rule.upper), **rule.share.figures}
    return Bonus(key, as_decimal(part), NOTHING if gate else times(part, full), gate, rule.clause, figures)


def gate_of(gate: str, findings: Iterable[Gating]) -> str:
    """The first service level under its Minimum among those that the gate watches; one that is excused or in grace
    holds nothing back.
    """
    under = (
        finding.level.key
        for finding in findings
        if finding.attainment == Attainment.BELOW_MINIMUM
        and finding.disposition not in SET_ASIDE
        and gate in ("any", finding.level.importance)
    )
    return next(under, "")


def read_bonus(level: Table) -> BonusRule | None:
    """`bonus: {upper: "99", percent: "2"}`."""
    table = level.table("bonus")
    if table is None:
        return None
    table.known("upper", "percent", "amount", "gate", "clause")
    share = Share(table.number("percent", most=100), table.number("amount"))
    table.one_of("percent", "amount")
    gate = table.text("gate", "any", ("any", "none", *CLASSES))
    return BonusRule(table.required_number("upper", least=None), share, gate, table.text("clause", ""))


def check_bonus(path: str, rule: BonusRule | None, expected: Target) -> list[Problem]:
    if rule is None:
        return []
    if not isinstance(expected, Limit):
        return [Problem(f"{path}.bonus", "a band has no better side: it needs a limit")]
    if rule.upper == expected.value or (rule.upper > expected.value) != expected.wants_more:
        return [Problem(f"{path}.bonus.upper", f"{rule.upper} is not better than the Expected of {expected.value}")]
    return []
