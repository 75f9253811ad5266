"""Rights that failures open: to terminate, to step in, to a plan. They are notified, and lapse unless exercised."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from app.domain.attainment import Attainment, Default
from app.domain.exact import plain
from app.domain.rules.classes import CLASSES
from app.domain.rules.trail import Trail, counts, is_passed_over
from app.domain.tables import Table

NOTHING = Decimal(0)
COUNTED = ("misses", "minimum_misses", "defaults", "points", "credits")


@dataclass(frozen=True, slots=True)
class RightRule:
    """`at_least` of what is counted, within rolling months, in consecutive months (of one service level: consecutive
    windows), or in n months of m.

    `points` and `credits` are summed (credits in the currency's units), everything else is counted. `per` service level
    or over the whole contract. What counts is named by key or by class.
    """

    key: str
    name: str
    kind: str  # termination | step_in | plan | other
    of: str
    at_least: Decimal
    consecutive: int | None = None
    within: int | None = None
    months_of: int | None = None  # of the last `within` months so many must reach `at_least` each
    service_levels: tuple[str, ...] = ()
    importance: str = ""  # critical | key | reported (the document's `class`); empty: whatever their class
    per: str = "service_level"
    lapses_after: int | None = None  # days
    clause: str = ""

    def is_about(self, key: str, importance: str) -> bool:
        """Whether a service level of that key and class counts; without either every one does."""
        return key in (self.service_levels or (key,)) and self.importance in ("", importance)

    @property
    def names_some(self) -> bool:
        return bool(self.service_levels or self.importance)


@dataclass(frozen=True, slots=True)
class Right:
    """A right that opened at the end of a month."""

    key: str
    name: str
    kind: str
    service_level: str  # empty: the contract as a whole
    month: str
    reached: Decimal
    needed: Decimal
    opened_on: date
    lapses_on: date | None
    clause: str

    def state(self, as_of: date, exercised_on: date | None = None) -> str:
        """exercised, or what `standing_on` says."""
        if exercised_on is not None and (self.lapses_on is None or exercised_on <= self.lapses_on):
            return "exercised"
        return standing_on(as_of, self.opened_on, self.lapses_on)

    def to_document(self) -> dict[str, object]:
        return {
            **{name: getattr(self, name) for name in ("key", "name", "kind", "service_level", "month", "clause")},
            "reached": plain(self.reached),
            "needed": plain(self.needed),
            "opened_on": str(self.opened_on),
            "lapses_on": None if self.lapses_on is None else str(self.lapses_on),
        }


def standing_on(day: date, opened_on: date, lapses_on: date | None) -> str:
    """ahead, open or lapsed, where nothing was recorded of it. A month that was approved before its end opens a right
    only on its last day: until then the right is ahead. On the day on which it lapses it is still open.
    """
    if day < opened_on:
        return "ahead"
    return "lapsed" if lapses_on is not None and day > lapses_on else "open"


class Subject(NamedTuple):
    """Whose failures open a right: what one month brought, and whether it is passed over."""

    service_level: str  # empty: the contract as a whole
    amount: Callable[[int], Decimal]
    passes: Callable[[int], bool] = lambda _: False
    step: int = 1  # months from one window to the next


def reached(rule: RightRule, subject: Subject, ordinal: int) -> tuple[Decimal, Decimal]:
    """What was reached and what is needed."""
    if rule.consecutive is not None:
        return Decimal(_in_a_row(rule, subject, ordinal, rule.consecutive)), Decimal(rule.consecutive)
    months = [subject.amount(each) for each in range(ordinal - (rule.within or 1) + 1, ordinal + 1)]
    if rule.months_of is not None:
        return Decimal(sum(each >= rule.at_least for each in months)), Decimal(rule.months_of)
    return sum(months, NOTHING), rule.at_least


def _in_a_row(rule: RightRule, subject: Subject, ordinal: int, needed: int) -> int:
    run = 0
    while run < needed:
        if subject.amount(ordinal) >= rule.at_least:
            run += 1
        elif not subject.passes(ordinal):
            break
        ordinal -= subject.step
    return run


def are_passed_over(trails: Sequence[Trail[Any]], ordinal: int) -> bool:
    """Whether everything that was judged in a month is set aside, so that it neither counts nor breaks a run."""
    found = [trail.findings[ordinal] for trail in trails if ordinal in trail.findings]
    return bool(found) and all(map(is_passed_over, found))


def brought_by(rule: RightRule, trail: Trail[Any], ordinal: int) -> Decimal:
    """What one service level's finding brought in a month."""
    finding = trail.findings.get(ordinal)
    if finding is None or not counts(finding):
        return NOTHING
    if rule.of == "minimum_misses":
        return Decimal(finding.attainment == Attainment.BELOW_MINIMUM)
    if rule.of == "defaults":
        return Decimal(finding.default != Default.NONE)
    return Decimal(finding.is_miss)


def opened(rule: RightRule, service_level: str, month: str, last: date, found: tuple[Decimal, Decimal]) -> Right:
    lapses = None if rule.lapses_after is None else last + timedelta(days=rule.lapses_after)
    return Right(rule.key, rule.name, rule.kind, service_level, month, *found, last, lapses, rule.clause)


def read_rights(whole: Table) -> tuple[RightRule, ...]:
    """`rights: [{key: exit, name: Termination, of: minimum_misses, consecutive: "3"}]`."""
    if whole.content.get("rights") is None:
        return ()
    rules = []
    for table in whole.tables("rights"):
        table.known(
            *("key", "name", "kind", "of", "at_least", "consecutive", "within", "months_of", "service_levels", "per"),
            *("class", "lapses_after", "clause"),
        )
        consecutive = table.whole("consecutive", None, least=1, most=60)
        within = table.whole("within", None, least=1, most=60)
        table.one_of("within", "consecutive", ", in months")
        if table.content.get("class") is not None and table.content.get("service_levels"):
            table.refuse("class", "and service_levels both say what counts: keep one of them")
        of, at_least = table.text("of", "defaults", COUNTED), table.number("at_least")
        if at_least is not None and not at_least:
            table.refuse("at_least", "must be above 0")
        rules.append(
            RightRule(
                key=table.text("key"),
                name=table.text("name"),
                kind=table.text("kind", "termination", ("termination", "step_in", "plan", "other")),
                of=of,
                at_least=at_least or Decimal(1),
                consecutive=consecutive,
                within=within,
                months_of=table.whole("months_of", None, least=1, most=60),
                service_levels=table.texts("service_levels"),
                importance=table.text("class", "", CLASSES),
                per=table.text("per", "contract" if of in ("points", "credits") else "service_level", PER),
                lapses_after=table.whole("lapses_after", None, least=1, most=3650),
                clause=table.text("clause", ""),
            )
        )
    return tuple(rules)


PER = ("service_level", "contract")
