"""From a file that arrives to its verdict: stored first, checked at once when that is quick, else by the worker."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import joinedload, undefer

from app import blobs, clock, jobs
from app.accounts.models import User
from app.blobs import Blob
from app.contracts.models import Contract
from app.copying import copy_of
from app.extensions import db, write
from app.jobs import Job
from app.masking import masked_filename
from app.reading import Reading, StillReading, read, without_collection
from app.reports.mapping.column_map import ColumnMap
from app.reports.mapping.remembering import MappedAlready, remember
from app.reports.mapping.understanding import Unmapped
from app.reports.models import Draft, Report, Submission
from app.reports.tables.checking import Checked
from app.reports.tables.finding import WrongFile
from app.reports.tables.mended import in_other_hands, record_changes, with_mended
from app.reports.tables.personal import NOTHING_READ, Cleaned, cleaned
from app.reports.tables.retelling import OF_THE_FILE, kept_of, retold, told_of
from app.reports.uploads.drafting import media_type, refuse_unless_open, replace_draft
from app.reports.uploads.leaving_out import hold_bytes, known_words, record_left_out, replace_original
from app.reports.uploads.meant import meant_by
from app.reports.uploads.models import Awaited, Upload
from app.reports.uploads.verdict import note_of_left_out, verdict_of
from app.web import Refusal

PATIENCE_SECONDS = 2.0
# Nothing larger is read within that time, and a request that tried would only read it twice.
QUICK_BYTES = 300_000
# How long the worker leaves a file to the request that brought it, which may have been killed.
HEAD_START = timedelta(seconds=6)
# Reading has limits of its own (app/reading.py); a worker that holds a file for longer has gone away.
LEASE = timedelta(minutes=1)
SAY_EVERY_SECONDS = 0.5
READ_PERCENT = 80
OURS = "This file could not be checked: something went wrong in Accord, not in your file."
AGAIN = "Upload it again; if this happens again, tell the administrator."


class Overtaken(Refusal):
    """A newer file came first."""


def receive(report: Report, filename: str, content: bytes, actor: User) -> Upload:
    """Keep the bytes and who brought them. From here on nothing is lost: a job checks what no request has checked."""
    refuse_unless_open(report, actor)
    with write():
        blob = blobs.store(report.partner_id, content, media_type(filename))
        return _await(report, blob, actor, filename=masked_filename(filename))


def receive_again(report: Report, before: Draft | Submission, mended: list[dict], actor: User, **about) -> Upload:
    """The file of a draft or of a version once more, with what somebody changed in it on the page."""
    refuse_unless_open(report, actor)
    with write():
        return _await(report, before.blob, actor, mended=mended, **{**kept_of(before), **about})


def _await(report: Report, blob: Blob, actor: User, **about) -> Upload:
    upload = Upload(
        partner_id=report.partner_id,
        report_id=report.id,
        blob_id=blob.id,
        uploaded_by_id=actor.id,
        uploaded_at=clock.now(),
        **about,
    )
    for earlier in db.session.scalars(_unmapped(report)):
        earlier.settle("refused", "A newer file came before anybody said what its columns are.")
    db.session.add(upload)
    db.session.flush()
    _leave_to_the_worker(upload, blob.size)
    return upload


def check_as_mapped(upload: Upload, chosen: ColumnMap, seen: int, actor: User) -> None:
    """Keep what its columns are, and check it by that. Raises MappedAlready, or what refuses a draft now."""
    refuse_unless_open(upload.report, actor)
    with write():
        held = _held(upload.id)
        if held.state != "unmapped":
            raise MappedAlready("This file was mapped already. Open the report to see what became of it.")
        held.mapping_number = remember(held.report, chosen, seen, actor).number
        if actor.id != held.uploaded_by_id:
            held.mended = [*held.mended, in_other_hands(held.uploaded_by_id, actor)]
        held.state, held.progress, held.sketch, held.number_style = "waiting", 0, None, ""
        _leave_to_the_worker(held, held.blob.size)
    check_quickly(upload)


def _leave_to_the_worker(upload: Upload, size: int) -> None:
    later = HEAD_START if size <= QUICK_BYTES else None
    jobs.enqueue("upload.check", upload.id, partner_id=upload.partner_id, after=later)


def check_quickly(upload: Upload) -> None:
    """Settle it within the patience of somebody who waits, or leave it to the worker."""
    if upload.blob.size <= QUICK_BYTES:
        try:
            _settle(upload.id, patience=PATIENCE_SECONDS)
        except StillReading:
            return


def save_draft(report: Report, filename: str, content: bytes, actor: User) -> Draft:
    """Bring a file and wait for its verdict, however long it takes. Raises Refusal when the file is refused."""
    upload = receive(report, filename, content, actor)
    _settle(upload.id)
    if upload.refusal:
        raise Refusal(upload.refusal)
    if upload.state == "unmapped":
        raise Refusal("Somebody has to say what the columns of this file are, on the page of the report.")
    return report.draft


def unfinished_upload(report: Report) -> Upload | None:
    """The newest file, when it is still to be checked, or was refused and no other figures came after it."""
    query = select(Upload).where(Upload.report_id == report.id).order_by(Upload.id.desc()).limit(1)
    newest = db.session.scalars(query).one_or_none()
    if newest is None or newest.state == "ready":
        return None
    is_answered = report.draft is not None and report.draft.prepared_at > newest.uploaded_at
    return newest if newest.is_open or not is_answered else None


def _give_up(row: Job) -> None:
    with write():
        upload = _held(row.subject_id)
        if upload.is_open:
            upload.settle("refused", f"{OURS} An earlier draft stays as it was. {AGAIN}")


@jobs.job("upload.check", lease=LEASE, on_failure=_give_up)
def check_upload(row: Job) -> None:
    """What a request left, or was killed over."""
    _settle(row.subject_id, progress=Progress(partial(_held, row.subject_id)))


class Progress:
    """Writes down from time to time how far a file is read; `hold` loads and locks its row."""

    def __init__(self, hold: Callable[[], Awaited]) -> None:
        self.hold, self.said_at = hold, 0.0

    def __call__(self, percent: int) -> None:
        if time.monotonic() - self.said_at < SAY_EVERY_SECONDS:
            return
        self.said_at = time.monotonic()
        with write():
            awaited = self.hold()
            if awaited.is_open:
                awaited.state, awaited.progress = "checking", percent * READ_PERCENT // 100


def _settle(upload_id: int, *, patience: float | None = None, progress: Progress | None = None) -> None:
    """Read and check without a transaction, then write the verdict in one; whoever comes second changes nothing."""
    upload = _loaded(upload_id)
    if not upload.is_open:
        return
    clean, copy, told = NOTHING_READ, b"", upload.told
    try:
        with without_collection():
            found = _read(upload, patience, progress)
            clean = cleaned(found.sheets, known_words(upload.report.contract.partner))
            if clean.differs:
                copy, told = copy_of(clean.sheets), told_of(found, clean)
            checked, mapping_number = verdict_of(upload, clean, found.notes)
        if checked.left_out:
            told = {**told, OF_THE_FILE: [*told.get(OF_THE_FILE, ()), *map(note_of_left_out, checked.left_out)]}
        checked.told = told
        _keep(upload_id, checked, mapping_number, clean, copy)
    except Unmapped as unmapped:
        with write():
            if (held := _held(upload_id)).is_open:
                held.ask(unmapped.sketch.to_document(), told)
                if clean.differs:
                    replace_original(held, held.blob, clean, copy, held)
    except Refusal as refused:
        meant = meant_by(refused.meant, upload.report) if isinstance(refused, WrongFile) and refused.meant else None
        with write():
            if (held := _held(upload_id)).is_open:
                original = held.blob
                held.settle("refused", refused.message)
                held.meant_for = meant.key if meant else ""
                if clean.differs:
                    replace_original(held, original, clean, b"")


def _read(upload: Upload, patience: float | None, progress: Progress | None) -> Reading:
    filename, content = upload.filename, upload.blob.content
    if progress is not None:
        progress(0)
    found = read(filename, content, patience=patience, report=progress)
    found = retold(found, upload.told)
    return replace(found, sheets=with_mended(found.sheets, upload.mended))


def _keep(upload_id: int, checked: Checked, mapping_number: int | None, clean: Cleaned, copy: bytes) -> None:
    with write():
        upload = _held(upload_id)
        if not upload.is_open:
            return
        earlier = upload.report.draft
        if earlier is not None and earlier.prepared_at > upload.uploaded_at:
            raise Overtaken("Newer figures came for this report while this file was checked. Those are its draft now.")
        if clean.differs:
            hold_bytes(upload, copy)
        draft, original = replace_draft(upload.report, checked, upload.uploaded_by), upload.blob
        draft.blob_id, draft.filename, draft.prepared_at = upload.blob_id, upload.filename, upload.uploaded_at
        draft.mapping_number, draft.mended, draft.number_style = mapping_number, upload.mended, upload.number_style
        upload.settle("ready")
        record_changes(upload.mended, upload.report, upload.uploaded_by)
        if clean.differs:
            replace_original(upload, original, clean, copy, draft)
        if checked.left_out:
            record_left_out(checked.left_out, upload.report, upload.uploaded_by)


def _unmapped(report: Report):
    return select(Upload).where(Upload.report_id == report.id, Upload.state == "unmapped")


def _loaded(upload_id: int) -> Upload:
    query = select(Upload).where(Upload.id == upload_id)
    report = joinedload(Upload.report).joinedload(Report.contract).joinedload(Contract.partner)
    return db.session.scalars(query.options(report, joinedload(Upload.blob).options(undefer(Blob.content)))).one()


def _held(upload_id: int) -> Upload:
    """Two that check the same file meet here."""
    query = select(Upload).where(Upload.id == upload_id).with_for_update(of=Upload)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()
