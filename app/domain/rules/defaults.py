"""When a miss is a default.

A Minimum is usually a default at once; an Expected only at the nth miss within rolling months (state data centre
agreements: the fourth within twelve) or after consecutive misses. Terms may treat a report that did not come as one.
"""

from dataclasses import dataclass, field

from app.domain.attainment import MISSES, Attainment, Default
from app.domain.catalogue import Problem
from app.domain.rules.trail import Judged, Trail, counts
from app.domain.tables import Table

GAPS = frozenset({"missing", "disagreed", "no_stated_value"})  # as opposed to nothing that could be reported


@dataclass(frozen=True, slots=True)
class Trigger:
    """The nth miss makes a default: within the last `within` months, or n without a window between that was met."""

    misses: int = 1
    within: int = 1  # months, this one included
    consecutive: bool = False

    @property
    def is_at_once(self) -> bool:
        return self.misses == 1


AT_ONCE = Trigger()


@dataclass(frozen=True, slots=True)
class DefaultRule:
    """None where a kind of miss never is a default."""

    minimum: Trigger | None = None
    expected: Trigger | None = None
    counted: str = "expected"  # expected: only misses that meet the Minimum; any: misses of the Minimum count too
    not_reported: bool = False
    not_measured: bool = False
    escalates_at: int | None = None  # the nth consecutive miss of the Minimum is escalated
    passes_gaps: bool = False
    clause: str = ""
    is_short: bool = field(default=True, compare=False)  # written as credits_on
    looks_back: bool = field(init=False)

    def __post_init__(self) -> None:
        counts = any(rule and not rule.is_at_once for rule in (self.minimum, self.expected))
        object.__setattr__(self, "looks_back", counts or self.escalates_at is not None)


@dataclass(frozen=True, slots=True)
class Count:
    """How often was missed, and how often it takes."""

    of: str  # expected | minimum
    misses: int
    needed: int
    within: int | None  # months; None counts a run


SIMPLE = {
    "none": DefaultRule(),
    "minimum": DefaultRule(minimum=AT_ONCE),
    "expected": DefaultRule(minimum=AT_ONCE, expected=AT_ONCE),
}


def default_of(
    rule: DefaultRule, finding: Judged, reason: str, trail: Trail[Judged], ordinal: int
) -> tuple[Default, Count | None]:
    """The default that a finding is, and the count that decided it where the rule counts.

    `trail` holds the finding at `ordinal` already. A miss of the Minimum that is no default by itself may be one as a
    miss of the Expected, where those are counted too.
    """
    attainment = finding.attainment
    if attainment == Attainment.NOT_REPORTED:
        return (Default.REPORTING if rule.not_reported else Default.NONE), None
    if attainment == Attainment.NOT_MEASURED:
        fails = rule.not_measured and reason in GAPS
        return (Default.REPORTING if fails else Default.NONE), None
    if attainment not in MISSES:
        return Default.NONE, None
    count = None
    if attainment == Attainment.BELOW_MINIMUM and rule.minimum:
        if rule.minimum.is_at_once:
            return Default.MINIMUM, None
        count = _count(rule.minimum, "minimum", frozenset({Attainment.BELOW_MINIMUM}), rule, trail, ordinal)
        if count.misses >= count.needed:
            return Default.MINIMUM, count
    if rule.expected and (attainment == Attainment.BELOW_EXPECTED or rule.counted == "any"):
        if rule.expected.is_at_once:
            return Default.EXPECTED, None
        kinds = MISSES if rule.counted == "any" else frozenset({Attainment.BELOW_EXPECTED})
        count = _count(rule.expected, "expected", kinds, rule, trail, ordinal)
        if count.misses >= count.needed:
            return Default.EXPECTED, count
    return Default.NONE, count


def escalation(rule: DefaultRule, trail: Trail[Judged], ordinal: int) -> int:
    """How many consecutive misses of the Minimum there are, once that is enough to escalate; else 0."""
    if rule.escalates_at is None:
        return 0
    run = trail.in_a_row(ordinal, lambda each: each.attainment == Attainment.BELOW_MINIMUM, rule.passes_gaps)
    finding = trail.findings[ordinal]
    is_miss = finding.attainment == Attainment.BELOW_MINIMUM and counts(finding)
    return run if is_miss and run >= rule.escalates_at else 0


def _count(
    trigger: Trigger, of: str, kinds: frozenset[Attainment], rule: DefaultRule, trail: Trail[Judged], ordinal: int
) -> Count:
    if trigger.consecutive:
        run = trail.in_a_row(ordinal, lambda each: each.attainment in kinds, rule.passes_gaps)
        return Count(of, run, trigger.misses, None)
    misses = sum(each.attainment in kinds and counts(each) for each in trail.within(ordinal, trigger.within))
    return Count(of, misses, trigger.misses, trigger.within)


def read_defaults(level: Table) -> DefaultRule:
    """`credits_on: minimum` is the short form; `default:` says everything."""
    simple = level.text("credits_on", "none", ("minimum", "expected", "none"))
    table = level.table("default")
    if table is None:
        return SIMPLE.get(simple, SIMPLE["none"])
    if level.content.get("credits_on") is not None:
        level.refuse("credits_on", "and default both say when a miss is a default: keep one of them")
    table.known(
        *("minimum", "expected", "counted", "not_reported", "not_measured", "escalates_at", "gaps", "clause"),
    )
    return DefaultRule(
        minimum=_trigger(table, "minimum"),
        expected=_trigger(table, "expected"),
        counted=table.text("counted", "expected", ("expected", "any")),
        not_reported=table.flag("not_reported"),
        not_measured=table.flag("not_measured"),
        escalates_at=table.whole("escalates_at", None, least=2, most=36),
        passes_gaps=table.text("gaps", "break", ("break", "pass")) == "pass",
        clause=table.text("clause", ""),
        is_short=False,
    )


def _trigger(rules: Table, name: str) -> Trigger | None:
    table = rules.table(name)
    if table is None:
        return None
    table.known("misses", "within", "consecutive")
    misses = table.whole("misses", 1, least=1, most=36) or 1
    consecutive = table.flag("consecutive")
    within = table.whole("within", None, least=1, most=60)
    if misses > 1 and not consecutive and within is None:
        table.refuse("within", f'is missing: {misses} misses within how many months? or "consecutive: yes"')
    if consecutive and within is not None:
        table.refuse("within", "has no meaning for consecutive misses: leave it out")
    return Trigger(misses, within or 1, consecutive)


def check_defaults(path: str, rule: DefaultRule, has_minimum: bool, step: int) -> list[Problem]:
    problems = []
    if not has_minimum and rule.minimum is not None and (rule.expected is None or not rule.is_short):
        problems.append(Problem(f"{path}.minimum", "is missing: credits are given on a miss of the Minimum"))
    elif not has_minimum and rule.escalates_at is not None:
        problems.append(Problem(f"{path}.minimum", "is missing: misses of the Minimum are escalated"))
    for name, trigger in (("minimum", rule.minimum), ("expected", rule.expected)):
        if trigger and not trigger.consecutive and trigger.misses > max(1, trigger.within // step):
            problems.append(
                Problem(f"{path}.default.{name}", f"{trigger.misses} misses do not fit into {trigger.within} months")
            )
    return problems
