"""What another judgement would change: how service levels came out, and the money of each invoice month."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.facts import Party
from app.domain.findings import Finding
from app.domain.judging.evaluation import MonthEvaluation
from app.domain.periods import Month
from app.domain.rules.rights import Right
from app.performance.judging.known import known_now
from app.performance.rights.occurrences import KINDS
from app.performance.wording import payable_words
from app.reports.models import Report
from app.reports.record import as_if_corrected
from app.reports.sending.preview import as_if_approved


@dataclass(frozen=True)
class Change:
    """One service level in one month. Credits are in minor units; None while not priced or not credited."""

    month: Month
    before: Finding | None
    after: Finding | None
    credit_before: int | None
    credit_after: int | None

    @property
    def finding(self) -> Finding:
        """Either of the two: for what does not change, such as the service level's name."""
        return self.after or self.before


@dataclass(frozen=True)
class Total:
    """What one invoice month comes to, in minor units; None while it is not priced. One that is open comes to it so
    far.
    """

    month: Month
    before: int | None
    after: int | None
    before_is_open: bool
    after_is_open: bool

    @property
    def is_open(self) -> bool:
        return self.before_is_open or self.after_is_open

    def told(self, currency: str) -> tuple[str, str]:
        """Before and after, in words."""
        before = payable_words(self.before, self.before_is_open, currency)
        return before, payable_words(self.after, self.after_is_open, currency)


@dataclass(frozen=True)
class RightChange:
    """A right that opens with the other judgement, or that does not open with it; `about` names what it is for."""

    right: Right
    opens: bool
    about: str
    is_of_money: bool

    @property
    def kind(self) -> str:
        return KINDS[self.right.kind]


@dataclass(frozen=True)
class Effect:
    """All that comes out differently; nothing of it is stored."""

    changes: tuple[Change, ...]
    totals: tuple[Total, ...]
    rights: tuple[RightChange, ...] = ()

    @property
    def results(self) -> tuple[Change, ...]:
        """Those whose result differs, and not their credit alone: what people see who see no money."""
        return tuple(each for each in self.changes if _result(each.before) != _result(each.after))

    @property
    def months(self) -> tuple[Month, ...]:
        return tuple(sorted({each.month for each in (*self.changes, *self.totals)}))

    @property
    def difference(self) -> int | None:
        """By how much credits rise, in minor units; negative when they fall, None while one of them is not priced."""
        if any(each.before is None or each.after is None for each in self.totals):
            return None
        return sum((each.after or 0) - (each.before or 0) for each in self.totals)

    @property
    def is_open(self) -> bool:
        """Whether credits rise or fall by so much so far."""
        return any(each.is_open for each in self.totals)


def effect_of(report: Report, rows: list[dict], now: datetime) -> Effect:
    """The contract's whole history, judged with what is approved and with these rows in its place."""
    known = known_now(report.contract, now)
    facts = as_if_approved(known.facts, report, rows)
    if report.is_approved and report.party == Party.PARTNER:
        facts = as_if_corrected(facts, report)
    corrected = replace(known, facts=facts)
    return compare(known.judge(), corrected.judge())


def compare(judged: Iterable[MonthEvaluation], otherwise: Iterable[MonthEvaluation]) -> Effect:
    """Of the same history, judged twice."""
    before, after = ({each.month: each for each in months} for months in (judged, otherwise))
    months = sorted({*before, *after})
    changes = [change for month in months for change in _changes(month, before.get(month), after.get(month))]
    totals = [total_of(month, before.get(month), after.get(month)) for month in months]
    moved = [change for month in months for change in _rights(before.get(month), after.get(month))]
    return Effect(tuple(changes), tuple(each for each in totals if each.before != each.after), tuple(moved))


def total_of(month: Month, before: MonthEvaluation | None, after: MonthEvaluation | None) -> Total:
    are_open = (each is not None and each.is_open for each in (before, after))
    return Total(month, _payable(before), _payable(after), *are_open)


def _changes(month: Month, before: MonthEvaluation | None, after: MonthEvaluation | None) -> Iterator[Change]:
    earlier, later = _by_level(before), _by_level(after)
    for level in {**later, **earlier}:
        change = Change(month, earlier.get(level), later.get(level), _credit(before, level), _credit(after, level))
        if _outcome(change.before, change.credit_before) != _outcome(change.after, change.credit_after):
            yield change


def _rights(before: MonthEvaluation | None, after: MonthEvaluation | None) -> Iterator[RightChange]:
    for month, other, opens in ((before, after, False), (after, before, True)):
        kept = {(right.key, right.service_level) for right in other.rights} if other else set()
        for right in month.rights if month else ():
            if (right.key, right.service_level) not in kept:
                names = {level.key: level.name for level in month.terms.service_levels}
                about = names.get(right.service_level, "the whole contract")
                of_money = any(rule.key == right.key and rule.of == "credits" for rule in month.terms.rights)
                yield RightChange(right, opens, about, of_money)


def _by_level(month: MonthEvaluation | None) -> dict[str, Finding]:
    return {finding.level.key: finding for finding in month.findings} if month else {}


def _outcome(finding: Finding | None, credit: int | None) -> tuple:
    return *_result(finding), credit


def _result(finding: Finding | None) -> tuple:
    if finding is None:
        return ()
    return finding.raw, finding.contractual, finding.attainment, finding.default, finding.disposition


def _credit(month: MonthEvaluation | None, level: str) -> int | None:
    line = month.credits.line(level) if month else None
    return line.payable if line else None


def _payable(month: MonthEvaluation | None) -> int | None:
    return month.credits.payable if month else None
