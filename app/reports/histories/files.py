"""A history file on its way to an import: kept first, checked at once when that is quick, else by the worker."""

from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from sqlalchemy import JSON, ForeignKey, LargeBinary, Text, select
from sqlalchemy.orm import Mapped, deferred, joinedload, mapped_column, relationship, undefer

from app import clock, events, jobs
from app.accounts.models import User
from app.blobs import KEPT
from app.copying import copy_of
from app.domain.canonical import sha256
from app.extensions import Base, Keyed, db, write
from app.jobs import Job
from app.masking import masked_filename
from app.reading import StillReading, read
from app.reports.histories import importing
from app.reports.histories import verdict as history_verdict
from app.reports.mapping.column_map import ColumnMap, from_document
from app.reports.mapping.remembering import MappedAlready
from app.reports.mapping.understanding import Unmapped
from app.reports.sending.confirming import CommentNeeded
from app.reports.tables.checking import MOST_PROBLEMS, Problem
from app.reports.tables.personal import Cleaned, cleaned
from app.reports.tables.problems import folded
from app.reports.tables.retelling import retold, told_of
from app.reports.uploads.intake import AGAIN, HEAD_START, LEASE, OURS, PATIENCE_SECONDS, Progress
from app.reports.uploads.leaving_out import answer_for, name_of_copy
from app.reports.uploads.models import Awaited
from app.tenancy import Scope
from app.web import Conflict, Refusal

QUICK_BYTES = 20_000  # about two hundred rows; more are checked and written for longer than a second
ASKING = ("personal", "unmapped", "warned")  # states that wait for an answer


class HistoryFile(Awaited, Keyed, Base):
    """Rows of several partners in one file: it belongs to whoever brought it, and to nobody else.

    Its bytes go with the verdict: `problems` when it is refused, or the key of the import, which keeps each partner's
    own rows. Until then somebody answers what it asks, in this order: in the state `personal` a copy stays without the
    columns of `personal`, and what reading the file `told`; unmapped it has a `sketch` of what its columns may be,
    until they are `chosen`; in the state `warned` its `warnings` are confirmed with a `comment`, for exactly these.
    """

    __tablename__ = "history_file"

    content: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    problems: Mapped[list] = mapped_column(JSON, default=list)
    personal: Mapped[list] = mapped_column(JSON, default=list)
    told: Mapped[dict] = mapped_column(JSON, default=dict)
    sketch: Mapped[dict | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    chosen: Mapped[dict | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    warnings: Mapped[list] = mapped_column(JSON, default=list, deferred=True)
    comment: Mapped[str] = mapped_column(Text, default="")
    import_key: Mapped[str | None]

    uploaded_by: Mapped[User] = relationship()

    @property
    def seen_hash(self) -> str:
        """Of the warnings that somebody confirms."""
        return sha256(self.warnings)

    def settle(self, *, import_key: str | None = None, problems: Sequence[Problem] = ()) -> None:
        self.state, self.progress, self.content = "ready" if import_key else "refused", 100, None
        self.sketch, self.warnings, self.comment = None, [], ""
        shown = [*problems[:MOST_PROBLEMS], *folded(problems[MOST_PROBLEMS:])]
        self.import_key, self.problems = import_key, [problem.to_document() for problem in shown]

    def hold(self, clean: Cleaned, copy: bytes, told: dict[str, list[str]]) -> None:
        """Until somebody leaves the columns out."""
        self.state, self.progress, self.content, self.told = "personal", 100, copy, told
        self.filename = name_of_copy(self.filename)
        self.personal = [column.to_document() for column in clean.columns]
        events.record("personal-data.found", subject=self, actor=self.uploaded_by, **clean.figures, purged=True)

    def ask(self, sketch: dict) -> None:
        self.state, self.progress, self.sketch, self.chosen = "unmapped", 100, sketch, None

    def warn(self, warnings: list[dict]) -> None:
        self.state, self.progress, self.warnings, self.comment = "warned", 100, warnings, ""


def receive(filename: str, content: bytes, actor: User, *, anew: bool = False) -> HistoryFile:
    """Keep the file; from here on a job checks what no request has checked. With `anew` its columns are asked about
    also where they are known."""
    with write() as session:
        about = {"filename": masked_filename(filename), "content": content, "sketch": {} if anew else None}
        kept = HistoryFile(uploaded_by_id=actor.id, uploaded_at=clock.now(), **about)
        session.add(kept)
        session.flush()
        _leave_to_the_worker(kept)
    _check_quickly(kept)
    return kept


def unfinished_file(user: User) -> HistoryFile | None:
    """The newest file that somebody brought, unless it was imported."""
    query = select(HistoryFile).where(HistoryFile.uploaded_by_id == user.id).order_by(HistoryFile.id.desc()).limit(1)
    newest = db.session.scalars(query).one_or_none()
    return newest if newest is not None and newest.state != "ready" else None


def leave_out(kept: HistoryFile) -> None:
    """Go on with the copy, without the columns that hold personal data."""
    with write():
        held = _held(kept.id)
        if held.state != "personal":
            return
        answer_for(held, held, held.uploaded_by)
        _go_on(held)
    _check_quickly(kept)


def map_as(kept: HistoryFile, chosen: ColumnMap) -> None:
    """Go on with what somebody said of its columns. Raises MappedAlready."""
    with write():
        held = _held(kept.id)
        if held.state != "unmapped":
            raise MappedAlready("This file was mapped already. Open it to see what became of it.")
        held.sketch, held.chosen = None, chosen.to_document()
        _go_on(held)
    _check_quickly(kept)


def confirm(kept: HistoryFile, *, seen: str, comment: str) -> None:
    """Go on with the warnings answered, for exactly those that were seen. Raises Conflict and CommentNeeded."""
    if not comment.strip():
        raise CommentNeeded("Say why the figures are right all the same.")
    with write():
        held = _held(kept.id)
        if held.state != "warned" or held.seen_hash != seen:
            raise Conflict("What this file warns of has changed. Open it again and look before you confirm.")
        held.comment = comment.strip()
        _go_on(held)
    _check_quickly(kept)


def _go_on(held: HistoryFile) -> None:
    held.state, held.progress = "waiting", 0
    _leave_to_the_worker(held)


def _leave_to_the_worker(kept: HistoryFile) -> None:
    jobs.enqueue("history.check", kept.id, after=HEAD_START if _is_quick(kept) else None)


def _check_quickly(kept: HistoryFile) -> None:
    if kept.content is not None and _is_quick(kept):
        with suppress(StillReading):
            _settle(kept.id, patience=PATIENCE_SECONDS)


def _is_quick(kept: HistoryFile) -> bool:
    return len(kept.content or b"") <= QUICK_BYTES


def _scope_of(row: Job) -> Scope:
    """The partners that whoever brought the file may see."""
    return db.session.scalars(_query(row.subject_id)).one().uploaded_by.scope


def _give_up(row: Job) -> None:
    with write():
        kept = _held(row.subject_id)
        if kept.is_open:
            kept.settle(problems=[Problem(kept.filename, f"{OURS} Nothing was imported. {AGAIN}")])


@jobs.job("history.check", lease=LEASE, scope=_scope_of, on_failure=_give_up)
def check_file(row: Job) -> None:
    """What a request left, or was killed over."""
    _settle(row.subject_id, progress=Progress(partial(_held, row.subject_id)))


@jobs.job("history.expire")
def expire(_row: Job) -> None:
    """What still waits for an answer goes with its bytes, which may hold what the answer would have left out."""
    waited = (HistoryFile.state.in_(ASKING), HistoryFile.uploaded_at < clock.now() - KEPT)
    for file_id in db.session.scalars(select(HistoryFile.id).where(*waited)).all():
        with write():
            if (held := _held(file_id)).state in ASKING:
                words = f"Nobody answered what this file asks within {KEPT.days} days, so it is gone. Upload it again."
                held.settle(problems=[Problem(held.filename, words)])


jobs.every_day("history.expire")


def _settle(file_id: int, *, patience: float | None = None, progress: Progress | None = None) -> None:
    """Read and examine without a transaction, then write the import and the verdict in one, or what is asked first."""
    everything = (undefer(HistoryFile.content), undefer(HistoryFile.chosen), undefer(HistoryFile.sketch))
    kept = db.session.scalars(_query(file_id).options(*everything)).one()
    if not kept.is_open:
        return
    filename, content, told = kept.filename, kept.content, kept.told
    chosen, anew = kept.chosen and from_document(kept.chosen), kept.sketch is not None
    if progress is not None:
        progress(0)
    verdict = history_verdict.Verdict()
    try:
        found = retold(read(filename, content, patience=patience, report=progress), told)
        clean = cleaned(found.sheets, history_verdict.known_words())
        if clean.columns:
            _hold(file_id, clean, told_of(found, clean))
            return
        verdict = history_verdict.verdict_of(clean.sheets, chosen, [*found.notes, *clean.notes], anew=anew)
    except Unmapped as unmapped:
        with write():
            if (held := _held(file_id)).is_open:
                held.ask(unmapped.sketch.to_document())
        return
    except Refusal as refused:
        verdict.problems.append(Problem(filename, refused.message))
    with write():
        if (held := _held(file_id)).is_open:
            _decide(held, verdict)


def _decide(held: HistoryFile, verdict: history_verdict.Verdict) -> None:
    """What was said of the columns holds for the next file too, whatever is wrong with this one."""
    numbers = verdict.remember(held.uploaded_by)
    if verdict.problems:
        held.settle(problems=verdict.problems)
    elif verdict.history.warnings and not (held.comment and held.warnings == verdict.history.warnings):
        held.warn(verdict.history.warnings)
    else:
        key = importing.keep(verdict.history, held.filename, held.uploaded_by, held.comment, numbers)
        held.settle(import_key=key)


def _hold(file_id: int, clean: Cleaned, told: dict[str, list[str]]) -> None:
    copy = copy_of(clean.sheets)
    with write():
        if (held := _held(file_id)).is_open:
            held.hold(clean, copy, told)


def _held(file_id: int) -> HistoryFile:
    """Two that check the same file meet here."""
    query = _query(file_id).with_for_update(of=HistoryFile).execution_options(populate_existing=True)
    return db.session.scalars(query).unique().one()


def _query(file_id: int):
    return select(HistoryFile).where(HistoryFile.id == file_id).options(joinedload(HistoryFile.uploaded_by))
