"""Continuous improvement: targets that tighten when a partner has long been better.

Halfway between the level and the twelve-month average once all twelve months were better (data centre outsourcing); to
the average of a year's best months (retail and state agreements); or, for a level presumed at signature, to the
midpoint with what the first months showed: never more than a share of the distance to 100. A ratchet is a proposal: a
lead approves it, and it becomes a dated amendment.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from app.domain.catalogue import Problem
from app.domain.exact import as_decimal, plain
from app.domain.tables import Table
from app.domain.targets import Limit, Target

HUNDRED = Fraction(100)
KINDS = ("halfway", "average", "presumptive")


@dataclass(frozen=True, slots=True)
class ImprovementRule:
    """`cap_share` is percent of the distance to 100 (to 0 where less is better)."""

    kind: str  # halfway | average | presumptive
    months: int = 12
    best: int | None = None  # average: of so many of the months, the best ones
    cap_share: Decimal | None = None
    places: int = 4
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A new target for a service level, and how it comes about."""

    service_level: str
    kind: str
    target: str  # expected
    level: Decimal
    average: Decimal
    proposed: Decimal
    capped: bool
    months: int
    clause: str

    def to_document(self) -> dict[str, object]:
        numbers = {name: plain(getattr(self, name)) for name in ("level", "average", "proposed")}
        texts = {name: getattr(self, name) for name in ("service_level", "kind", "target", "clause")}
        return texts | numbers | {"capped": self.capped, "months": self.months}


def propose(rule: ImprovementRule, key: str, expected: Target, values: Sequence[Fraction | None]) -> Proposal | None:
    """`values` are the results of the last months, oldest first, in the metric's unit; None where there was none."""
    if not isinstance(expected, Limit) or len(values) < rule.months:
        return None
    known = [value for value in values if value is not None]
    level = Fraction(expected.value)
    if len(known) < rule.months:
        return None
    if rule.kind == "halfway" and not all(expected.shortfall(value) < 0 for value in known):
        return None
    best = sorted(known, key=expected.shortfall)[: rule.best]
    average = sum(best, Fraction(0)) / len(best)
    if expected.shortfall(average) >= 0:
        return None
    proposed, capped = (average if rule.kind == "average" else (level + average) / 2), False
    if rule.cap_share is not None:
        distance = (HUNDRED - level) if expected.wants_more else level
        most = distance * Fraction(rule.cap_share) / 100
        if abs(proposed - level) > most:
            proposed, capped = level + (most if expected.wants_more else -most), True
    return Proposal(
        service_level=key,
        kind=rule.kind,
        target="expected",
        level=expected.value,
        average=_rounded(average, rule.places),
        proposed=_rounded(proposed, rule.places),
        capped=capped,
        months=rule.months,
        clause=rule.clause,
    )


def _rounded(number: Fraction, places: int) -> Decimal:
    return as_decimal(number).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def read_improvement(level: Table) -> ImprovementRule | None:
    """`improvement: {kind: halfway, months: "12", cap_share: "20"}`."""
    table = level.table("improvement")
    if table is None:
        return None
    table.known("kind", "months", "best", "cap_share", "places", "clause")
    kind, best = table.text("kind", choices=KINDS), table.whole("best", None, least=1, most=36)
    months = table.whole("months", 12, least=1, most=36) or 12
    if best is not None and kind != "average":
        table.refuse("best", f"has no meaning for the kind {kind}: leave it out")
    elif best is not None and best > months:
        table.refuse("best", f"{best} months are more than the {months} that are looked at")
    return ImprovementRule(
        kind=kind,
        months=months,
        best=best,
        cap_share=table.number("cap_share", most=100),
        places=table.whole("places", 4, most=10) or 0,
        clause=table.text("clause", ""),
    )


def check_improvement(path: str, rule: ImprovementRule | None, expected: Target) -> list[Problem]:
    if rule and not isinstance(expected, Limit):
        return [Problem(f"{path}.improvement", "a band cannot be tightened: it needs a limit")]
    return []
