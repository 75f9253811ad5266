"""Why service levels miss, in the words of whoever sends the figures."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Select, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from app.accounts.models import User
from app.extensions import Base, PartnerOwned, db

KINDS = {
    "volume": "Volume above the forecast",
    "staffing": "Absence or attrition",
    "training": "New starters or training",
    "system": "System or telephony outage",
    "change": "Change of product or process",
    "handling": "Handling or knowledge",
    "other": "Something else",
}
LONGEST_CAUSE = 400  # in letters: a few sentences, which the review deck quotes


class Cause(PartnerOwned, Base):
    """The cause of one miss. `number` is the version of the report that it goes with; it holds for later versions until
    another is given, and none is written for a version that was sent. An empty `kind` takes an earlier one back.
    """

    __tablename__ = "cause"
    __table_args__ = (
        UniqueConstraint("partner_id", "id"),
        UniqueConstraint("report_id", "number", "service_level"),
        ForeignKeyConstraint(["partner_id", "report_id"], ["report.partner_id", "report.id"]),
    )

    report_id: Mapped[int]
    number: Mapped[int]
    service_level: Mapped[str]
    kind: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    written_at: Mapped[datetime]

    author: Mapped[User] = relationship()

    @property
    def told(self) -> str:
        """`Absence or attrition: two classes started late.`"""
        return f"{KINDS[self.kind]}: {self.text}" if self.text else KINDS[self.kind]


def causes_of(report_id: int, number: int) -> dict[str, Cause]:
    """By service level, as they stand in one version of a report."""
    return {cause.service_level: cause for cause in _causes_in({report_id: number})}


def causes_by_version(report_id: int, numbers: Iterable[int]) -> dict[int, dict[str, Cause]]:
    """The same for several versions of a report."""
    found = db.session.scalars(_wanted([report_id])).all()
    return {
        number: {cause.service_level: cause for cause in _standing(found, {report_id: number})} for number in numbers
    }


def causes_behind(submissions: Iterable["Submission"], service_level: str = "") -> list[Cause]:  # noqa: F821
    """As they stand in the versions that figures came from; of one service level, or of all."""
    return _causes_in({submission.report_id: submission.number for submission in submissions}, service_level)


def _causes_in(versions: Mapping[int, int], service_level: str = "") -> list[Cause]:
    """Of versions by their number, one of each report."""
    wanted = _wanted(versions)
    if service_level:
        wanted = wanted.where(Cause.service_level == service_level)
    return _standing(db.session.scalars(wanted), versions)


def _wanted(report_ids: Iterable[int]) -> Select[tuple[Cause]]:
    wanted = select(Cause).where(Cause.report_id.in_(report_ids))
    return wanted.options(joinedload(Cause.author)).order_by(Cause.number)


def _standing(causes: Iterable[Cause], versions: Mapping[int, int]) -> list[Cause]:
    newest = {
        (cause.report_id, cause.service_level): cause for cause in causes if cause.number <= versions[cause.report_id]
    }
    return [cause for cause in newest.values() if cause.kind]
