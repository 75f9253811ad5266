"""What changed against an earlier submission, and what looks odd about it: for the eyes of a reviewer."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from app.domain.catalogue import Measure
from app.formatting import percent
from app.reports.models import Line, Submission

JUMP = Decimal("0.25")
A_FEW = 3  # of what is counted one by one: two leavers after one say nothing


@dataclass(frozen=True)
class Change:
    """One measure of one site and queue, now and before; `ratio` is the relative change (0.1 = a tenth more)."""

    measure: Measure
    now: Decimal | None
    before: Decimal | None
    unavailable: str = ""  # why it is not given now
    corrects: bool = False  # before is the version that is corrected: most figures are meant to be the same

    @property
    def ratio(self) -> Decimal | None:
        if self.now is None or not self.before:
            return None
        return self.now / self.before - 1

    @property
    def is_same(self) -> bool:
        return self.now is not None and self.now == self.before

    @property
    def oddity(self) -> str | None:
        """Why a person should look twice, in words."""
        if self.now is None and self.unavailable:
            return f"not available: {self.unavailable}"
        if self.now is None and self.before is not None:
            return "no longer given"
        if self._moved_by_a_few:
            return None
        if self.now == 0 and self.before:
            return "fell to zero"
        if self._is_a_copy:
            return "exactly the same as before"
        if self.ratio is not None and abs(self.ratio) > JUMP:
            return f"{'up' if self.ratio > 0 else 'down'} {percent(abs(self.ratio) * 100, 0)}"
        return None

    @property
    def _moved_by_a_few(self) -> bool:
        if not self.measure.integer or self.now is None or self.before is None or self.is_same:
            return False
        return abs(self.now - self.before) <= A_FEW

    @property
    def _is_a_copy(self) -> bool:
        if self.corrects or self.measure.over_months != "sum":
            return False
        return self.is_same and bool(self.now)


@dataclass(frozen=True)
class Place:
    """The changes of one site and queue."""

    site: str
    queue: str
    codes: tuple[str, str]
    row_number: int | None
    changes: tuple[Change, ...]

    @property
    def has_changed(self) -> bool:
        return not all(change.is_same for change in self.changes)

    @property
    def oddities(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.oddity)


def compare(
    submission: Submission, earlier: Submission | None, measures: Iterable[Measure], corrects: bool = False
) -> tuple[tuple[Place, ...], tuple[str, ...]]:
    """The places of a submission beside an earlier one, or the one that it corrects, and the places that were there
    before and are missing now.

    Days of one place are added up; a measure nobody gave stays missing, it does not become zero.
    """
    measures = tuple(measures)
    now, before = _totals(submission.lines), _totals(earlier.lines if earlier else ())
    reasons: dict[tuple[int, int], dict[str, str]] = defaultdict(dict)
    for line in submission.lines:
        reasons[line.site_id, line.queue_id] |= line.unavailable
    places = tuple(
        Place(
            line.site.name,
            line.queue.name,
            (line.site.code, line.queue.code),
            line.row_number,
            tuple(
                Change(
                    measure,
                    now[place].get(measure.key),
                    before.get(place, {}).get(measure.key),
                    reasons[place].get(measure.key, ""),
                    corrects,
                )
                for measure in measures
                if measure.key in {*now[place], *before.get(place, ()), *reasons[place]}
            ),
        )
        for place, line in _first_lines(submission.lines).items()
    )
    gone = before.keys() - now.keys()
    named = _first_lines(earlier.lines if earlier else ())
    return places, tuple(f"{named[place].site.name}, {named[place].queue.name}" for place in sorted(gone))


def _first_lines(lines: Iterable[Line]) -> dict[tuple[int, int], Line]:
    first: dict[tuple[int, int], Line] = {}
    for line in lines:
        first.setdefault((line.site_id, line.queue_id), line)
    return first


def _totals(lines: Iterable[Line]) -> dict[tuple[int, int], dict[str, Decimal]]:
    totals: dict[tuple[int, int], dict[str, Decimal]] = defaultdict(dict)
    for line in lines:
        place = totals[line.site_id, line.queue_id]
        for measure, value in line.measures.items():
            place[measure] = place.get(measure, Decimal(0)) + Decimal(value)
    return totals
