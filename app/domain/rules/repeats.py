"""What a repeated failure costs.

UK model services schedules double the points of a failure that repeats in the next period (its own points, not the
doubled ones again); other agreements charge the third and later failure of a rolling year at one and a half times.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from app.domain.attainment import Default
from app.domain.rules.trail import Judged, Trail, counts
from app.domain.tables import Table

ONCE = Decimal(1)


class Failed(Judged, Protocol):
    """A finding with its default."""

    @property
    def default(self) -> Default: ...


@dataclass(frozen=True, slots=True)
class RepeatRule:
    """`steps`: from the nth failure on, so many times the credit. `within` months, or None for a run of failures."""

    steps: tuple[tuple[int, Decimal], ...]
    within: int | None = None
    passes_gaps: bool = False
    clause: str = ""

    def factor(self, failures: int) -> Decimal:
        return next((times for nth, times in reversed(self.steps) if failures >= nth), ONCE)


@dataclass(frozen=True, slots=True)
class Repeat:
    """Which failure this is, and how many times it therefore counts."""

    failures: int
    factor: Decimal


def repeat_of(rule: RepeatRule | None, trail: Trail[Any], ordinal: int) -> Repeat:
    """`trail` holds the failure at `ordinal` already."""
    if rule is None:
        return Repeat(1, ONCE)
    if rule.within is None:
        failures = trail.in_a_row(ordinal, _is_failure, rule.passes_gaps)
    else:
        failures = sum(_is_failure(each) and counts(each) for each in trail.within(ordinal, rule.within))
    return Repeat(failures, rule.factor(failures))


def _is_failure(finding: Failed) -> bool:
    return finding.default is not Default.NONE


def read_repeats(level: Table) -> RepeatRule | None:
    """`repeats: {steps: [{failure: "2", times: "2"}]}`; with `within: "12"` failures of a rolling year are counted."""
    table = level.table("repeats")
    if table is None:
        return None
    table.known("steps", "within", "gaps", "clause")
    steps = []
    for step in table.tables("steps"):
        step.known("failure", "times")
        steps.append((step.whole("failure", None, least=2, most=60) or 0, step.required_number("times", most=100)))
        if step.content.get("failure") is None:
            step.refuse("failure", 'is missing: from which failure on? "2" for the second')
    if [nth for nth, _ in steps] != sorted({nth for nth, _ in steps}):
        table.refuse("steps", "must rise from step to step")
    return RepeatRule(
        steps=tuple(steps),
        within=table.whole("within", None, least=2, most=60),
        passes_gaps=table.text("gaps", "break", ("break", "pass")) == "pass",
        clause=table.text("clause", ""),
    )
