"""What other terms would have made of the months that were approved: judged again, and stored nowhere."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from app.contracts.catalogue import CATALOGUE
from app.contracts.models import TermsVersion
from app.contracts.placed import placed
from app.domain.facts import Party, Standing
from app.domain.findings import Finding
from app.domain.judging.backtest import Change, MonthChange, backtest
from app.domain.periods import Month
from app.domain.terms import Terms
from app.performance.judging.known import Known

MONTHS = 24
APPROVED = (Standing.APPROVED, Standing.NIL)


@dataclass(frozen=True)
class Course:
    """One service level over the months, by month; `level` is as the tried terms have it, or the last that had it."""

    finding: Finding
    changes: Mapping[Month, Change]

    @property
    def name(self) -> str:
        return self.finding.level.name


@dataclass(frozen=True)
class WhatIf:
    """The approved months, oldest first, as they are judged and as they would have been. Amounts are minor units."""

    months: tuple[MonthChange, ...]

    @cached_property
    def courses(self) -> tuple[Course, ...]:
        """By service level, in the order of the terms."""
        found: dict[str, dict[Month, Change]] = {}
        for month in self.months:
            for change in month.changes:
                found.setdefault(change.service_level, {})[month.month] = change
        return tuple(Course(_newest(changes.values()), changes) for changes in found.values())

    @property
    def priced(self) -> list[MonthChange]:
        """The months with an amount on both sides: only these are added up."""
        return [month for month in self.months if month.difference is not None]

    @property
    def unpriced(self) -> int:
        return len(self.months) - len(self.priced)

    @property
    def open(self) -> int:
        """How many of the months that are added up may yet cost more."""
        return sum(month.before_is_open or month.after_is_open for month in self.priced)

    @property
    def credits_before(self) -> int:
        return sum(month.payable_before or 0 for month in self.priced)

    @property
    def credits_after(self) -> int:
        return sum(month.payable_after or 0 for month in self.priced)

    @property
    def misses_before(self) -> int:
        return sum(misses(month)[0] for month in self.months)

    @property
    def misses_after(self) -> int:
        return sum(misses(month)[1] for month in self.months)


def misses(month: MonthChange) -> tuple[int, int]:
    """How many service levels are missed in a month, and how many would have been."""
    before, after = ([getattr(change, side) for change in month.changes] for side in ("before", "after"))
    return sum(bool(each and each.is_miss) for each in before), sum(bool(each and each.is_miss) for each in after)


def what_if(known: Known, versions: Iterable[TermsVersion], document: Mapping[str, Any]) -> WhatIf:
    """Raises TermsInvalid. The whole history is judged, since rules look back; the last approved months are shown."""
    reports = ((key, status) for key, status in known.facts.reports.items() if key.party != Party.RECORD)
    approved = {key.month for key, status in reports if status.standing in APPROVED}
    tried = replace(known, terms=as_if(versions, document))
    changes = backtest(known.judge(), tried.judge())
    return WhatIf(tuple(change for change in changes if change.month in approved)[-MONTHS:])


def as_if(versions: Iterable[TermsVersion], document: Mapping[str, Any]) -> tuple[Terms, ...]:
    """The document in the place of each version in force; what was reported, by whom and where stays as it was."""
    Terms.from_document(document, CATALOGUE)  # what is wrong with it is said in its own places
    written = [placed(version.document, document) for version in versions]
    return tuple(Terms.from_document(each, CATALOGUE) for each in written)


def _newest(changes: Iterable[Change]) -> Finding:
    found = [each for change in changes for each in (change.before, change.after) if each]
    return found[-1]
