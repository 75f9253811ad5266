"""A file on its way to a draft."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.blobs import Blob
from app.extensions import Base, PartnerOwned
from app.reports.models import Report


class Awaited:
    """A file whose verdict somebody waits for; `state` is waiting, checking, unmapped, refused or ready."""

    filename: Mapped[str]
    uploaded_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="waiting")
    progress: Mapped[int] = mapped_column(default=0)

    @property
    def is_open(self) -> bool:
        """Whether its verdict is still to come."""
        return self.state in {"waiting", "checking"}

    @property
    def step(self) -> str:
        return f"Reading {self.filename}" if self.state == "checking" else "Waiting for its turn"


class Upload(Awaited, PartnerOwned, Base):
    """One file for a report, kept before anybody is told about it.

    When it is refused `refusal` says why, and `meant_for` is the key of the report that it is likely for; when it is
    ready its rows are the draft, with everything that is wrong in them. Only a file that is still to be checked
    holds on to its bytes; later the draft does. `personal` are columns that were blanked in it because they held
    personal data, `told` what reading it said before, by sheet, `mended` what somebody changed in it on the page,
    `number_style` how it writes numbers, where somebody said so, and `mapping_number` the version of the mapping that
    it was read with before.
    It is unmapped while somebody has to say what its columns are: `sketch` is what they need to see for that, and
    goes with the answer; a file whose mapping is to be changed has an empty one from the start.
    """

    __tablename__ = "upload"
    __table_args__ = (
        UniqueConstraint("partner_id", "id"),
        ForeignKeyConstraint(["partner_id", "report_id"], ["report.partner_id", "report.id"]),
        ForeignKeyConstraint(["partner_id", "blob_id"], ["blob.partner_id", "blob.id"]),
        Index(None, "report_id", "state"),
    )

    report_id: Mapped[int]
    blob_id: Mapped[int | None]
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    refusal: Mapped[str] = mapped_column(Text, default="")
    personal: Mapped[list] = mapped_column(JSON, default=list)
    told: Mapped[dict] = mapped_column(JSON, default=dict)
    mended: Mapped[list] = mapped_column(JSON, default=list)
    number_style: Mapped[str] = mapped_column(default="")
    mapping_number: Mapped[int | None]
    sketch: Mapped[dict | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    meant_for: Mapped[str] = mapped_column(default="")

    report: Mapped[Report] = relationship(foreign_keys="Upload.report_id")
    blob: Mapped[Blob | None] = relationship(foreign_keys="Upload.blob_id")
    uploaded_by: Mapped[User] = relationship()

    @property
    def is_mapped_anew(self) -> bool:
        return self.sketch is not None

    def settle(self, state: str, refusal: str = "") -> None:
        self.state, self.refusal, self.progress, self.blob_id, self.sketch = state, refusal, 100, None, None

    def ask(self, sketch: dict, told: dict) -> None:
        self.state, self.progress, self.sketch, self.told = "unmapped", 100, sketch, told
