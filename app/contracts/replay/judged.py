"""What was judged, as those who look for events without effect ask for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from app.domain.events import Events
from app.domain.judging.evaluation import MonthEvaluation
from app.domain.periods import Month


@dataclass(frozen=True)
class Judged:
    """`said` are all events of the file, `document` their text; `as_of` is the day of knowledge that counts."""

    said: Events
    document: Mapping[str, Any]
    evaluations: tuple[MonthEvaluation, ...]
    as_of: date | None
    unit: int  # minor units of one unit of the currency
    is_cut_short: bool = False  # months after the contract's end were left out

    @cached_property
    def months(self) -> dict[Month, MonthEvaluation]:
        return {each.month: each for each in self.evaluations}

    def why_not(self, when: Month | date) -> str:
        """Why something about a month or day has no effect on what was judged; empty where it may have."""
        month = when if isinstance(when, Month) else Month.of(when)
        if month in self.months:
            return ""
        if not self.months:
            return f"{month} is not judged: no month is"
        return f"{month} is not judged: the months judged are {min(self.months)} to {max(self.months)}"

    def is_later(self, day: date | None) -> bool:
        """Whether it was not yet known."""
        return day is not None and self.as_of is not None and day > self.as_of

    def too_late(self, what: str, day: date | None) -> str:
        return f"{what} on {day}, after {self.as_of}, the day of knowledge"
