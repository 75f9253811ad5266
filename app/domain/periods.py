"""Months, quarters and deadlines."""

from calendar import isleap
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SATURDAY = 5
LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """A calendar month. `number` is 1 to 12."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> "Month":
        """`2026-09`. Raises ValueError for anything else."""
        year, separator, number = text.partition("-")
        digits = year.isascii() and year.isdigit() and number.isascii() and number.isdigit()
        if not (separator and digits and len(year) == 4 and len(number) == 2 and 1 <= int(number) <= 12):
            raise ValueError(f'"{text}" is not a month: write it as 2026-09')
        return cls(int(year), int(number))

    @classmethod
    def of(cls, day: date) -> "Month":
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        return date(self.year, self.number, self.days)

    @property
    def days(self) -> int:
        return 29 if self.number == 2 and isleap(self.year) else LENGTHS[self.number - 1]

    @property
    def ordinal(self) -> int:
        """Months since the year 0, for counting."""
        return self.year * 12 + self.number - 1

    @property
    def months(self) -> "tuple[Month, ...]":
        return (self,)

    @property
    def quarter(self) -> "Quarter":
        return Quarter(self.year, (self.number + 2) // 3)

    def plus(self, months: int) -> "Month":
        ordinal = self.ordinal + months
        return Month(ordinal // 12, ordinal % 12 + 1)

    def next(self) -> "Month":
        return self.plus(1)

    def previous(self) -> "Month":
        return self.plus(-1)

    def through(self, last: "Month") -> "Iterator[Month]":
        """Every month from this one to `last`, both included."""
        for ordinal in range(self.ordinal, last.ordinal + 1):
            yield Month(ordinal // 12, ordinal % 12 + 1)

    def __hash__(self) -> int:
        return self.year * 12 + self.number

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"


@dataclass(frozen=True, order=True, slots=True)
class Quarter:
    """A calendar quarter. `number` is 1 to 4."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> "Quarter":
        """`2026-Q3`. Raises ValueError for anything else."""
        year, separator, number = text.partition("-Q")
        if not (separator and len(year) == 4 and year.isascii() and year.isdigit() and number in ("1", "2", "3", "4")):
            raise ValueError(f'"{text}" is not a quarter: write it as 2026-Q3')
        return cls(int(year), int(number))

    @property
    def months(self) -> tuple[Month, ...]:
        opening = Month(self.year, self.number * 3 - 2)
        return (opening, opening.plus(1), opening.plus(2))

    @property
    def first(self) -> date:
        return self.months[0].first

    @property
    def last(self) -> date:
        return self.months[2].last

    @property
    def days(self) -> int:
        return sum(month.days for month in self.months)

    def next(self) -> "Quarter":
        return self.months[2].next().quarter

    def previous(self) -> "Quarter":
        return self.months[0].previous().quarter

    def __str__(self) -> str:
        return f"{self.year:04d}-Q{self.number}"


@dataclass(frozen=True, order=True, slots=True)
class Span:
    """Any run of days: several months, or a fiscal month that begins on the 22nd."""

    first: date
    last: date

    @classmethod
    def of_months(cls, opening: Month, closing: Month) -> "Span":
        return cls(opening.first, closing.last)

    @property
    def months(self) -> tuple[Month, ...]:
        """Every month that has a day in it."""
        return tuple(Month.of(self.first).through(Month.of(self.last)))

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def __str__(self) -> str:
        whole = self.first.day == 1 and self.last == Month.of(self.last).last
        edges = (Month.of(self.first), Month.of(self.last)) if whole else (self.first, self.last)
        return f"{edges[0]}..{edges[1]}"


Window = Month | Quarter | Span


def contract_year(month: Month, opens: Month) -> Span:
    """The contract year that holds a month: twelve whole months, of which each begins a multiple of twelve months after
    `opens`, or before it.
    """
    opening = month.plus(-((month.ordinal - opens.ordinal) % 12))
    return Span.of_months(opening, opening.plus(11))


def each_day(window: Window) -> Iterator[date]:
    return (window.first + timedelta(days=each) for each in range(window.days))


def nth_working_day(month: Month, nth: int, holidays: Collection[date] = ()) -> date:
    """The nth day from the first of the month that is neither weekend nor holiday; runs on into the next month."""
    if nth < 1:
        raise ValueError("working days are counted from 1")
    day = month.first - timedelta(days=1)
    while nth:
        day += timedelta(days=1)
        if day.weekday() < SATURDAY and day not in holidays:
            nth -= 1
    return day


def deadline(period: Month, working_day: int, at: time, zone: str, holidays: Collection[date] = ()) -> datetime:
    """The instant (aware, UTC) at which something about `period` falls due, in the month after it."""
    return instant_of(nth_working_day(period.next(), working_day, holidays), at, zone)


def instant_of(day: date, at: time, zone: str) -> datetime:
    """A day's local time as an instant (aware, UTC).

    A local time that a clock change skips or repeats means the later instant: nobody is late by a wall clock that
    has not shown the time yet.
    """
    local = datetime.combine(day, at, ZoneInfo(zone))
    return max(local.replace(fold=fold).astimezone(UTC) for fold in (0, 1))


def is_overdue(due: datetime, instant: datetime) -> bool:
    """The one rule of lateness: at the due instant itself a report is on time."""
    return instant > due
