"""The submitted rows that a finding rests on: what each brought, who sent it and who approved it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.contracts.catalogue import CATALOGUE
from app.domain.exact import ARITHMETIC
from app.domain.wording import grouped
from app.extensions import db
from app.formatting import DASH
from app.partners.places import Places
from app.performance.models import Finding
from app.reports.histories.batches import Batch
from app.reports.models import Line, Review, Submission


@dataclass(frozen=True)
class Source:
    """One site and queue in one month, by one submission; the days of a daily report are folded into one."""

    month: str
    site: str
    queue: str
    party: str
    values: dict[str, Decimal]
    rows: tuple[int, ...]
    submission: Submission | None
    places: Places
    unavailable: Mapping[str, str]  # by the name of a measure, why the partner gave no figure

    @property
    def place(self) -> str:
        """`Bogotá · English voice`, as people call it."""
        return f"{self.places.site(self.site)} · {self.places.queue(self.queue)}"

    @property
    def first_row(self) -> int | None:
        return min(self.rows, default=None)

    def written(self, measure: str) -> str:
        return grouped(str(self.values[measure])) if measure in self.values else DASH

    @property
    def approved_by(self):
        decision = self._decision
        return decision and (decision.reviewer if isinstance(decision, Review) else decision.decided_by)

    @property
    def approved_at(self):
        return self._decision and self._decision.decided_at

    @property
    def _decision(self) -> Review | Batch | None:
        """Whatever approved the figures; None while nobody has."""
        if self.submission is None:
            return None
        if self.submission.review is not None:
            return self.submission.review if self.submission.review.decision == "approved" else None
        batch = self.submission.batch
        return batch if batch is not None and batch.state == "approved" else None


def sources_of(finding: Finding, places: Places) -> list[Source]:
    """By month, site and queue; one statement, and one more where a figure is missing."""
    groups: dict[tuple[str, str, str, str, str], list[dict]] = {}
    for part in finding.detail["contributions"]:
        place = (part["month"], part["site"], part["queue"], part["party"], part["submission"])
        groups.setdefault(place, []).append(part)
    submissions = _submissions({place[-1] for place in groups})
    reasons = _reasons(CATALOGUE.metrics[finding.detail["metric"]["key"]].measures, finding.detail["contributions"])
    return [
        _source(place, parts, submissions.get(place[-1]), places, reasons) for place, parts in sorted(groups.items())
    ]


def _reasons(measures: Sequence[str], parts: Iterable[dict]) -> dict[tuple[str, int | None], Mapping[str, str]]:
    """By submission and row, why figures of these measures are not available."""
    incomplete = [part for part in parts if not part["values"].keys() >= set(measures)]
    if not incomplete:
        return {}
    rows = db.session.execute(
        select(Submission.key, Line.row_number, Line.unavailable)
        .join(Line, Line.submission_id == Submission.id)
        .where(
            Submission.key.in_({part["submission"] for part in incomplete}),
            Line.row_number.in_({part["row"] for part in incomplete}),
        )
    )
    return {
        (submission, number): {CATALOGUE.measures[key].name: unavailable[key] for key in measures if key in unavailable}
        for submission, number, unavailable in rows
    }


def _submissions(keys: Iterable[str]) -> dict[str, Submission]:
    rows = db.session.scalars(
        select(Submission)
        .where(Submission.key.in_(keys))
        .options(
            joinedload(Submission.report),
            joinedload(Submission.certified_by),
            joinedload(Submission.review).joinedload(Review.reviewer),
            joinedload(Submission.batch).joinedload(Batch.decided_by),
        )
    )
    return {row.key: row for row in rows}


def _source(
    place: tuple[str, str, str, str, str],
    parts: list[dict],
    submission: Submission | None,
    places: Places,
    reasons: Mapping[tuple[str, int | None], Mapping[str, str]],
) -> Source:
    month, site, queue, party, _ = place
    measures = dict.fromkeys(measure for part in parts for measure in part["values"])
    values = {measure: _folded(measure, parts) for measure in measures}
    rows = tuple(part["row"] for part in parts if part["row"] is not None)
    unavailable = {measure: why for part in parts for measure, why in reasons.get((place[-1], part["row"]), {}).items()}
    return Source(month, site, queue, party, values, rows, submission, places, unavailable)


def _folded(measure: str, parts: list[dict]) -> Decimal:
    """Days of one place come together by the measure's own rule, as the arithmetic does it."""
    numbers = [Decimal(part["values"][measure]) for part in parts if measure in part["values"]]
    rule = CATALOGUE.measures[measure].over_months
    if rule == "last":
        return numbers[-1]
    total = sum(numbers, Decimal(0))
    return ARITHMETIC.divide(total, Decimal(len(numbers))) if rule == "mean" else total
