"""What a new version changes against the one before, figure by figure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.reports.models import Line, Submission
from app.reports.tables.figures import kept
from app.reports.template import Column


@dataclass(frozen=True)
class Difference:
    """`before` and `now` are None where the figure was or is not given."""

    site: str
    queue: str
    day: str | None
    name: str
    before: Decimal | None
    now: Decimal | None


def lines_of(submission: Submission) -> Sequence[Line]:
    return db.session.scalars(
        select(Line)
        .where(Line.submission_id == submission.id)
        .options(joinedload(Line.site), joinedload(Line.queue))
        .order_by(Line.id)
    ).all()


def rows_of(lines: Iterable[Line]) -> list[dict]:
    """What was sent, in the form in which drafts keep their rows."""
    return [
        {
            "row": line.row_number,
            "site": line.site.code,
            "queue": line.queue.code,
            "day": line.day.isoformat() if line.day else None,
            "measures": line.measures,
            "stated": line.stated,
            "unavailable": line.unavailable,
            "note": line.note,
            "nil": line.nil,
        }
        for line in lines
    ]


def comparable(rows: Iterable[dict]) -> list[dict]:
    """What the rows say, in one order and writing: 80 and 80.0 are the same figure, and where it stood says nothing."""
    told = [
        {
            **row,
            "row": None,
            "measures": kept(row["measures"]),
            "stated": kept(row["stated"]),
        }
        for row in rows
    ]
    return sorted(told, key=lambda row: (row["site"], row["queue"], row["day"] or ""))


def differences(before: Sequence[dict], now: Sequence[dict], columns: Sequence[Column]) -> list[Difference]:
    """In the order of the new rows; rows that are gone come last."""
    earlier, later = _by_place(before), _by_place(now)
    return [
        Difference(*place, column.heading, old, new)
        for place in (*later, *(place for place in earlier if place not in later))
        for column in columns
        if (old := _value(earlier.get(place), column)) != (new := _value(later.get(place), column))
    ]


def _by_place(rows: Sequence[dict]) -> dict[tuple, dict]:
    return {(row["site"], row["queue"], row["day"]): row for row in rows}


def _value(row: dict | None, column: Column) -> Decimal | None:
    text = row and row["stated" if column.is_stated else "measures"].get(column.key)
    return Decimal(text) if text else None
