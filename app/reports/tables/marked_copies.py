"""A copy of the file with what is wrong marked in its cells: at once when it is small, else by the worker."""

from datetime import datetime, timedelta

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, undefer, undefer_group

from app import blobs, clock, jobs
from app.blobs import Blob
from app.extensions import Base, PartnerOwned, db, write
from app.jobs import Job
from app.marking import Mark, mark, write_anew
from app.reading import read, without_collection
from app.reports.models import Draft
from app.reports.tables.cells import merged
from app.reports.tables.mended import at_last, rows_left_out, with_mended
from app.reports.tables.problems import cells_of
from app.reports.tables.retelling import retold
from app.web import XLSX

QUICK_BYTES = 100_000
BYTES_A_SECOND = 120_000  # of a workbook, opened, marked and written again
# The file is read, marked, and when that fails written anew: each within the limits of a child process.
LEASE = timedelta(minutes=3)


class MarkedCopy(PartnerOwned, Base):
    """What somebody asked for of a draft; `state` is waiting, marking, ready or failed.

    It goes with the figures that it is about. `is_own` says that it is the author's workbook with its formats and other
    sheets, and not a new one with the same cells.
    """

    __tablename__ = "marked_copy"
    __table_args__ = (
        UniqueConstraint("partner_id", "id"),
        UniqueConstraint("draft_id"),
        ForeignKeyConstraint(["partner_id", "draft_id"], ["draft.partner_id", "draft.id"]),
        ForeignKeyConstraint(["partner_id", "blob_id"], ["blob.partner_id", "blob.id"]),
    )

    draft_id: Mapped[int]
    blob_id: Mapped[int | None]
    state: Mapped[str] = mapped_column(default="waiting")
    is_own: Mapped[bool] = mapped_column(default=True)
    wanted_at: Mapped[datetime]

    draft: Mapped[Draft] = relationship(foreign_keys="MarkedCopy.draft_id")
    blob: Mapped[Blob | None] = relationship(foreign_keys="MarkedCopy.blob_id")

    @property
    def is_open(self) -> bool:
        return self.state in {"waiting", "marking"}


def can_be_marked(draft: Draft) -> bool:
    """Rows that were put together from several sheets have no cells of their own to mark."""
    return bool(draft.blob and (draft.problems or draft.warnings) and not draft.table.get("joined"))


def is_marked_quickly(draft: Draft) -> bool:
    return draft.blob is not None and draft.blob.size <= QUICK_BYTES


def seconds_to_mark(draft: Draft) -> int:
    """About how long it takes once its turn has come."""
    return 1 + (draft.blob.size // BYTES_A_SECOND if draft.blob else 0)


def copy_of_draft(draft: Draft, *options) -> MarkedCopy | None:
    """What was asked for of these figures."""
    query = select(MarkedCopy).where(MarkedCopy.draft_id == draft.id).options(*options)
    return db.session.scalars(query).one_or_none()


def ask_for_copy(draft: Draft) -> MarkedCopy:
    """Have the worker mark it; what is there already, or on its way, is not made twice. Inside write()."""
    copy = copy_of_draft(draft)
    if copy is not None and copy.state != "failed":
        return copy
    if copy is None:
        copy = MarkedCopy(partner_id=draft.partner_id, draft_id=draft.id)
        db.session.add(copy)
    copy.state, copy.wanted_at = "waiting", clock.now()
    db.session.flush()
    jobs.enqueue("draft.mark", copy.id, partner_id=draft.partner_id)
    return copy


def forget_copy(draft: Draft) -> None:
    """Other figures come, or these are sent. Inside write()."""
    db.session.execute(delete(MarkedCopy).where(MarkedCopy.draft_id == draft.id))


def marked_workbook(draft: Draft, content: bytes) -> tuple[bytes, bool]:
    """The file with its marks, and whether it is the author's own workbook: else it could not be opened as one."""
    name = draft.table.get("sheet", "")
    marks, listed = _marks(draft), _listed(draft)
    values = _changed(draft, name)
    body = mark(content, name, marks, listed, values) if name else None
    if body is not None:
        return body, True
    with without_collection():
        sheets = with_mended(retold(read(draft.filename, content), draft.told).sheets, draft.mended)
        return write_anew(next(sheet for sheet in sheets if sheet.name == name), marks, listed), False


def _give_up(row: Job) -> None:
    with write():
        copy = _held(row.subject_id)
        if copy is not None and copy.is_open:
            copy.state = "failed"


@jobs.job("draft.mark", lease=LEASE, attempts=2, on_failure=_give_up)
def mark_draft(row: Job) -> None:
    """Mark without a transaction, then keep it; whoever brought other figures meanwhile asks anew."""
    with write():
        copy = _held(row.subject_id)
        if copy is None or not copy.is_open:
            return
        copy.state = "marking"
    key, partner_id, draft = copy.key, copy.partner_id, copy.draft
    body, is_own = marked_workbook(draft, draft.blob.content)
    with write():
        copy = _held(row.subject_id)
        if copy is None or copy.key != key:
            return
        copy.blob_id, copy.is_own, copy.state = blobs.store(partner_id, body, XLSX).id, is_own, "ready"


def _held(copy_id: int) -> MarkedCopy | None:
    content = joinedload(MarkedCopy.draft).options(
        undefer_group("content"), joinedload(Draft.blob).options(undefer(Blob.content))
    )
    query = select(MarkedCopy).where(MarkedCopy.id == copy_id).options(content).with_for_update(of=MarkedCopy)
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def _changed(draft: Draft, sheet: str) -> list[tuple[int, int, str]]:
    """What was typed on the page, and every cell of a row that was left out there."""
    width = len(draft.table.get("headings", ()))
    here = [each for each in draft.mended if each["sheet"] == sheet]
    typed = [(each["row"], each["column"], each["now"]) for each in here if each["column"] is not None]
    gone = [row for name, row in rows_left_out(here) if name == sheet]
    return typed + [(row, column, "") for row in gone for column in range(width)]


def _marks(draft: Draft) -> list[Mark]:
    """What belongs to a row as a whole stands at its beginning."""
    problems = [
        Mark(row, column, "error", each["words"])
        for each in draft.problems
        if each["row"] is not None
        for row, column in cells_of(each) or [(each["row"], 0)]
    ]
    return problems + [
        Mark(row, column, "warning", each["words"])
        for each in draft.warnings
        for row, column in each["cells"]
        if row is not None and column is not None
    ]


def _listed(draft: Draft) -> list[tuple[str, str]]:
    told = [*merged(draft.table, draft.problems), *draft.warnings]
    left_out = [(each["place"], "Left out on the page.") for each in at_last(draft.mended) if each["column"] is None]
    return [*((each["place"], each["words"]) for each in told), *left_out]
