"""What is due, what was sent, and what was decided about it."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.blobs import Blob
from app.contracts.models import Contract
from app.evidence.models import Evidence
from app.extensions import Base, PartnerOwned
from app.partners.models import Queue, Site
from app.reports.due.deferrals import Deferral, Lockable
from app.reports.due.owing import Owed
from app.reports.histories.batches import Batch
from app.reports.remarks import Remark
from app.reports.sending.certificate_requests import Certifiable
from app.reports.sending.confirmations import Confirmation, Warned, confirmations_of
from app.reports.tables.mended import Mended


class Report(Owed, Lockable, PartnerOwned, Base):
    """What is due: contract × month × kind × party. The root of everything that is sent for it.

    `state` is due, drafted, sent, returned or approved, and it is owed until it is sent; neither overdue nor
    dropped is a state.
    """

    __tablename__ = "report"
    __table_args__ = (
        UniqueConstraint("partner_id", "id"),
        UniqueConstraint("contract_id", "month", "kind", "party"),
        ForeignKeyConstraint(["partner_id", "contract_id"], ["contract.partner_id", "contract.id"]),
        Index(None, "partner_id", "state", "due_at"),
    )

    contract_id: Mapped[int]
    kind: Mapped[str]
    party: Mapped[str] = mapped_column(default="partner")
    opened_at: Mapped[datetime]
    approved_submission_id: Mapped[int | None]
    version_id: Mapped[int] = mapped_column()

    contract: Mapped[Contract] = relationship(foreign_keys="Report.contract_id")
    submissions: Mapped[list["Submission"]] = relationship(
        back_populates="report", order_by="Submission.number", foreign_keys="Submission.report_id"
    )
    draft: Mapped["Draft | None"] = relationship(back_populates="report", foreign_keys="Draft.report_id")
    deferrals: Mapped[list[Deferral]] = relationship(
        back_populates="report", order_by=Deferral.id, foreign_keys=Deferral.report_id
    )
    remarks: Mapped[list[Remark]] = relationship(order_by=Remark.id, foreign_keys=Remark.report_id)
    files: Mapped[list[Evidence]] = relationship(
        back_populates="report", order_by=Evidence.id, foreign_keys=Evidence.report_id
    )

    __mapper_args__ = {"version_id_col": version_id}

    def accepts_submission(self, now: datetime) -> bool:
        """Whether figures may be sent now; after the lock only what mends a returned or corrects an approved report."""
        return self.state in {"returned", "approved"} or (self.state in {"due", "drafted"} and not self.is_locked(now))

    @property
    def is_approved(self) -> bool:
        """Whether one version counts; what is sent from then on is a correction, and counts when it is approved."""
        return self.approved_submission_id is not None

    @property
    def is_decided(self) -> bool:
        """Whether a decision rests on what was sent, and no newer version waits."""
        return self.state == "approved"

    @property
    def approved_version(self) -> "Submission | None":
        """The version that counts."""
        return next((each for each in self.submissions if each.id == self.approved_submission_id), None)

    def is_sent_by(self, user: User) -> bool:
        """Whose report it is: the client's own figures come from internal people, a partner's also from a manager."""
        return self.party == "partner" or not user.role.is_partner


class Draft(Mended, Warned, Certifiable, PartnerOwned, Base):
    """The newest upload for a report, checked and not yet sent; the next upload replaces it.

    `rows` are what would be sent, `problems` what is wrong by cell, `warnings` what has to be confirmed, `personal` the
    columns with personal data to leave out, `table` the sheet as its author wrote it, `mapping_number` the version of
    the mapping of a workbook of the partner's own.
    """

    __tablename__ = "draft"
    __table_args__ = (
        UniqueConstraint("partner_id", "id"),
        UniqueConstraint("report_id"),
        ForeignKeyConstraint(["partner_id", "report_id"], ["report.partner_id", "report.id"]),
        ForeignKeyConstraint(["partner_id", "blob_id"], ["blob.partner_id", "blob.id"]),
    )

    report_id: Mapped[int]
    blob_id: Mapped[int | None]
    filename: Mapped[str]
    prepared_at: Mapped[datetime]
    content_hash: Mapped[str]
    rows: Mapped[list] = mapped_column(JSON, deferred=True, deferred_group="content")
    problems: Mapped[list] = mapped_column(JSON)
    personal: Mapped[list] = mapped_column(JSON, default=list)
    table: Mapped[dict] = mapped_column(JSON, default=dict, deferred=True, deferred_group="content")
    nil_reason: Mapped[str] = mapped_column(Text, default="")
    mapping_number: Mapped[int | None]
    version_id: Mapped[int] = mapped_column()

    report: Mapped[Report] = relationship(back_populates="draft", foreign_keys="Draft.report_id")
    blob: Mapped[Blob | None] = relationship(foreign_keys="Draft.blob_id")
    prepared_by: Mapped[User] = relationship()

    __mapper_args__ = {"version_id_col": version_id}


class Submission(Mended, PartnerOwned, Base):
    """One version of a report as certified and sent, never updated; `mended` are cells that were typed on the page."""

    __tablename__ = "submission"
    __table_args__ = (
        UniqueConstraint("partner_id", "id"),
        UniqueConstraint("report_id", "number"),
        UniqueConstraint("report_id", "content_hash"),
        UniqueConstraint("partner_id", "form_key"),
        ForeignKeyConstraint(["partner_id", "report_id"], ["report.partner_id", "report.id"]),
        ForeignKeyConstraint(["partner_id", "blob_id"], ["blob.partner_id", "blob.id"]),
        ForeignKeyConstraint(["partner_id", "batch_id"], ["batch.partner_id", "batch.id"]),
    )

    report_id: Mapped[int]
    number: Mapped[int]
    content_hash: Mapped[str]
    form_key: Mapped[str]
    blob_id: Mapped[int | None]
    filename: Mapped[str]
    mapping_number: Mapped[int | None]
    batch_id: Mapped[int | None]
    certified_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    sent_at: Mapped[datetime]
    on_behalf: Mapped[bool] = mapped_column(default=False)
    was_late: Mapped[bool] = mapped_column(default=False)
    nil_reason: Mapped[str] = mapped_column(Text, default="")
    correction_reason: Mapped[str] = mapped_column(Text, default="")

    report: Mapped[Report] = relationship(back_populates="submissions", foreign_keys="Submission.report_id")
    blob: Mapped[Blob | None] = relationship(foreign_keys="Submission.blob_id")
    batch: Mapped[Batch | None] = relationship(back_populates="submissions", foreign_keys="Submission.batch_id")
    prepared_by: Mapped[User] = relationship(foreign_keys="Submission.prepared_by_id")
    certified_by: Mapped[User] = relationship(foreign_keys="Submission.certified_by_id")
    lines: Mapped[list["Line"]] = relationship(order_by="Line.id", foreign_keys="Line.submission_id")
    review: Mapped["Review | None"] = relationship(back_populates="submission", foreign_keys="Review.submission_id")
    confirmations: Mapped[list[Confirmation]] = confirmations_of("Submission")

    @property
    def in_time(self) -> str:
        """`, late`; a correction has no day on which it is due."""
        if self.correction_reason:
            return ", as a correction"
        return ", late" if self.was_late else ", on\u00a0time"

    def was_entered_by(self, user: User) -> bool:
        """Whether the figures are this person's own: then somebody else must decide."""
        return self.was_prepared_by(user) or user.id == self.certified_by_id


class Line(PartnerOwned, Base):
    """One row of a submission: site × queue (× day), measures as decimal strings, and its row in the file.

    `nil` says that the queue was closed or not yet live; `unavailable` says by figure why there is none, `note` for the
    row as a whole.
    """

    __tablename__ = "line"
    __table_args__ = (
        UniqueConstraint("partner_id", "id"),
        UniqueConstraint("submission_id", "site_id", "queue_id", "day"),
        ForeignKeyConstraint(["partner_id", "submission_id"], ["submission.partner_id", "submission.id"]),
        ForeignKeyConstraint(["partner_id", "site_id"], ["site.partner_id", "site.id"]),
        ForeignKeyConstraint(["partner_id", "queue_id"], ["queue.partner_id", "queue.id"]),
        Index(
            "uq_line_without_day", "submission_id", "site_id", "queue_id", unique=True,
            sqlite_where=text("day IS NULL"), postgresql_where=text("day IS NULL"),
        ),
    )  # fmt: skip

    submission_id: Mapped[int] = mapped_column(index=True)
    site_id: Mapped[int]
    queue_id: Mapped[int]
    day: Mapped[date | None]
    measures: Mapped[dict] = mapped_column(JSON)
    stated: Mapped[dict] = mapped_column(JSON, default=dict)
    unavailable: Mapped[dict] = mapped_column(JSON, default=dict)
    days_reported: Mapped[int | None]
    row_number: Mapped[int | None]
    nil: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(Text, default="")

    site: Mapped[Site] = relationship(foreign_keys="Line.site_id")
    queue: Mapped[Queue] = relationship(foreign_keys="Line.queue_id")


class Review(PartnerOwned, Base):
    """The one internal decision on a submission, bound to the content the reviewer saw."""

    __tablename__ = "review"
    __table_args__ = (
        UniqueConstraint("partner_id", "id"),
        UniqueConstraint("submission_id"),
        ForeignKeyConstraint(["partner_id", "submission_id"], ["submission.partner_id", "submission.id"]),
    )

    submission_id: Mapped[int]
    decision: Mapped[str]
    content_hash: Mapped[str]
    reason: Mapped[str] = mapped_column(Text, default="")
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime]

    submission: Mapped[Submission] = relationship(back_populates="review", foreign_keys="Review.submission_id")
    reviewer: Mapped[User] = relationship()
