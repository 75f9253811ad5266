"""A history file on its way to an import: kept first, checked at once when that is quick, else by the worker."""

from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from sqlalchemy import JSON, ForeignKey, LargeBinary, select
from sqlalchemy.orm import Mapped, deferred, joinedload, mapped_column, relationship, undefer

from app import clock, events, jobs
from app.accounts.models import User
from app.contracts.models import Contract
from app.extensions import Base, Keyed, db, write
from app.jobs import Job
from app.partners.models import Partner, Queue, Site
from app.reading import StillReading, read
from app.reports import importing
from app.reports.checking import MOST_PROBLEMS, Problem
from app.reports.history import History, examine
from app.reports.intake import AGAIN, HEAD_START, LEASE, OURS, PATIENCE_SECONDS, Progress
from app.reports.leaving_out import name_of_copy
from app.reports.masking import copy_of
from app.reports.personal import Cleaned, cleaned
from app.reports.uploads import Awaited
from app.tenancy import Scope
from app.web import Refusal

# About two hundred rows; more are checked and written for longer than a second.
QUICK_BYTES = 20_000


class HistoryFile(Awaited, Keyed, Base):
    """Rows of several partners in one file: it belongs to whoever brought it, and to nobody else.

    Its bytes go with the verdict: `problems` when it is refused, or the key of the import, which keeps each partner's
    own rows. In the state `personal` a copy stays, without the columns of `personal` that somebody has to leave out.
    """

    __tablename__ = "history_file"

    content: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    problems: Mapped[list] = mapped_column(JSON, default=list)
    personal: Mapped[list] = mapped_column(JSON, default=list)
    import_key: Mapped[str | None]

    uploaded_by: Mapped[User] = relationship()

    def settle(self, *, import_key: str | None = None, problems: Sequence[Problem] = ()) -> None:
        self.state, self.progress, self.content = "ready" if import_key else "refused", 100, None
        shown = list(problems[:MOST_PROBLEMS])
        if more := len(problems) - len(shown):
            shown.append(Problem("And more", f"{more:,} further cells are wrong."))
        self.import_key, self.problems = import_key, [problem.to_document() for problem in shown]

    def hold(self, clean: Cleaned, copy: bytes) -> None:
        """Until somebody leaves the columns out."""
        self.state, self.progress, self.content = "personal", 100, copy
        self.filename = name_of_copy(self.filename)
        self.personal = [column.to_document() for column in clean.columns]
        events.record("personal-data.found", subject=self, actor=self.uploaded_by, **clean.figures, purged=True)


def receive(filename: str, content: bytes, actor: User) -> HistoryFile:
    """Keep the file; from here on a job checks what no request has checked."""
    with write() as session:
        kept = HistoryFile(filename=filename, content=content, uploaded_by_id=actor.id, uploaded_at=clock.now())
        session.add(kept)
        session.flush()
        jobs.enqueue("history.check", kept.id, after=HEAD_START if _is_quick(content) else None)
    if _is_quick(content):
        with suppress(StillReading):
            _settle(kept.id, patience=PATIENCE_SECONDS)
    return kept


def unfinished_file(user: User) -> HistoryFile | None:
    """The newest file that somebody brought, unless it was imported."""
    query = select(HistoryFile).where(HistoryFile.uploaded_by_id == user.id).order_by(HistoryFile.id.desc()).limit(1)
    newest = db.session.scalars(query).one_or_none()
    return newest if newest is not None and newest.state != "ready" else None


def _is_quick(content: bytes) -> bool:
    return len(content) <= QUICK_BYTES


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


def _settle(file_id: int, *, patience: float | None = None, progress: Progress | None = None) -> None:
    """Read and examine without a transaction, then write the import and the verdict in one, or the problems."""
    kept = db.session.scalars(_query(file_id).options(undefer(HistoryFile.content))).one()
    if not kept.is_open:
        return
    filename, content = kept.filename, kept.content
    if progress is not None:
        progress(0)
    try:
        clean = cleaned(read(filename, content, patience=patience, report=progress).sheets, _known_words())
        if clean.columns:
            _hold(file_id, clean)
            return
        history = examine(clean.sheets)
        problems = [*history.problems, *importing.conflicts(history)]
        if not problems:
            _import(file_id, history)
            return
    except Refusal as refused:
        problems = [Problem(filename, refused.message)]
    with write():
        if (held := _held(file_id)).is_open:
            held.settle(problems=problems)


def leave_out(kept: HistoryFile) -> None:
    """Go on with the copy, without the columns that hold personal data."""
    with write():
        held = _held(kept.id)
        if held.state != "personal":
            return
        figures = {"columns": len(held.personal), "holding": sorted({column["kind"] for column in held.personal})}
        events.record("personal-data.left-out", subject=held, **figures)
        held.state, held.progress, held.personal = "waiting", 0, []
        jobs.enqueue("history.check", held.id, after=HEAD_START if _is_quick(held.content) else None)
    if _is_quick(kept.content):
        with suppress(StillReading):
            _settle(kept.id, patience=PATIENCE_SECONDS)


def _known_words() -> frozenset[str]:
    """What the partners of whoever brought the file call their places and contracts."""
    named = [row for model in (Partner, Site, Queue) for row in db.session.execute(select(model.code, model.name))]
    named += db.session.execute(select(Contract.reference, Contract.name)).all()
    return frozenset(word.casefold() for pair in named for word in pair)


def _hold(file_id: int, clean: Cleaned) -> None:
    copy = copy_of(clean.sheets)
    with write():
        held = _held(file_id)
        if held.is_open:
            held.hold(clean, copy)


def _import(file_id: int, history: History) -> None:
    with write():
        held = _held(file_id)
        if held.is_open:
            held.settle(import_key=importing.keep(history, held.filename, held.uploaded_by))


def _held(file_id: int) -> HistoryFile:
    """Two that check the same file meet here."""
    query = _query(file_id).with_for_update(of=HistoryFile).execution_options(populate_existing=True)
    return db.session.scalars(query).unique().one()


def _query(file_id: int):
    return select(HistoryFile).where(HistoryFile.id == file_id).options(joinedload(HistoryFile.uploaded_by))
