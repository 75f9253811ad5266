"""Two readings of one history side by side: what other terms would have changed, month by month."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.domain.findings import Finding
from app.domain.judging.evaluation import MonthEvaluation
from app.domain.periods import Month


@dataclass(frozen=True, slots=True)
class Change:
    """One service level in one month, by the old and by the new terms; None where one of them has no finding."""

    month: Month
    service_level: str
    before: Finding | None
    after: Finding | None
    credit_before: int | None  # minor units; None while not priced, 0 without a credit
    credit_after: int | None

    @property
    def status_changes(self) -> bool:
        return _status(self.before) != _status(self.after)

    @property
    def money_changes(self) -> bool:
        return self.credit_before != self.credit_after

    @property
    def difference(self) -> int | None:
        """Minor units; positive costs the partner more."""
        if self.credit_before is None or self.credit_after is None:
            return None
        return self.credit_after - self.credit_before


@dataclass(frozen=True, slots=True)
class MonthChange:
    """A month as a whole. Payables are minor units, None while not priced; one that is open is payable so far."""

    month: Month
    changes: tuple[Change, ...]
    payable_before: int | None
    payable_after: int | None
    before_is_open: bool
    after_is_open: bool

    @property
    def difference(self) -> int | None:
        if self.payable_before is None or self.payable_after is None:
            return None
        return self.payable_after - self.payable_before

    @property
    def is_changed(self) -> bool:
        return self.payable_before != self.payable_after or any(
            change.status_changes or change.money_changes for change in self.changes
        )


def backtest(before: Iterable[MonthEvaluation], after: Iterable[MonthEvaluation]) -> tuple[MonthChange, ...]:
    """Every month that either of the two judged, in order."""
    old, new = ({month.month: month for month in months} for months in (before, after))
    return tuple(_month(month, old.get(month), new.get(month)) for month in sorted(old.keys() | new.keys()))


def total(changes: Sequence[MonthChange]) -> int:
    """What the new terms would have cost the partner more, in minor units, over the months priced by both."""
    return sum(change.difference or 0 for change in changes)


def _month(month: Month, old: MonthEvaluation | None, new: MonthEvaluation | None) -> MonthChange:
    keys = [finding.level.key for each in (old, new) if each for finding in each.findings]
    changes = tuple(
        Change(
            month=month,
            service_level=key,
            before=old.finding(key) if old else None,
            after=new.finding(key) if new else None,
            credit_before=_credit(old, key),
            credit_after=_credit(new, key),
        )
        for key in dict.fromkeys(keys)
    )
    return MonthChange(
        month=month,
        changes=changes,
        payable_before=old.credits.payable if old else 0,
        payable_after=new.credits.payable if new else 0,
        before_is_open=old is not None and old.is_open,
        after_is_open=new is not None and new.is_open,
    )


def _credit(month: MonthEvaluation | None, key: str) -> int | None:
    line = month.credits.line(key) if month else None
    return 0 if line is None else line.payable


def _status(finding: Finding | None) -> tuple[str, ...]:
    if finding is None:
        return ()
    return finding.attainment.value, finding.default.value, finding.disposition.value
