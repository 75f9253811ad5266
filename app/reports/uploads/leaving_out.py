"""What becomes of a file with personal data: its bytes go, a copy without it stays, and somebody answers for it."""

from collections.abc import Sequence
from pathlib import PurePath
from typing import Protocol

from sqlalchemy.orm import Mapped

from app import blobs, clock, events
from app.accounts.models import User
from app.blobs import Blob
from app.extensions import Base, db
from app.partners.models import Partner
from app.reports.asking import places_of
from app.reports.models import Draft, Report
from app.reports.permits import refusal_to_prepare
from app.reports.tables.personal import Cleaned
from app.reports.uploads.models import Upload
from app.web import XLSX, Conflict


class Keeper(Protocol):
    """What keeps a file of which columns are to be left out."""

    personal: Mapped[list]


def known_words(partner: Partner) -> frozenset[str]:
    """What a partner's sites and queues are called, without capitals: no names of people."""
    sites, queues = places_of(partner.id)
    words = {word for place in (*sites, *queues) for word in (place.code, place.name)}
    return frozenset(word.casefold() for word in {*words, partner.code, partner.name})


def hold_bytes(upload: Upload, copy: bytes) -> None:
    """Those that go and those that stay, before anything is recorded: who keeps the same ones waits for the record."""
    blobs.hold(upload.blob)
    blobs.store(upload.partner_id, copy, XLSX)


def replace_original(
    upload: Upload, original: Blob, clean: Cleaned, copy: bytes, keeper: Draft | Upload | None = None
) -> None:
    """The bytes that held personal data go; whoever keeps the file, if anybody does, gets the copy. Inside write(),
    when nothing else of this upload refers to them."""
    kept = blobs.store(upload.partner_id, copy, XLSX) if keeper is not None else None
    if keeper is not None and kept is not None:
        keeper.blob_id, keeper.filename = kept.id, name_of_copy(keeper.filename)
    if keeper is upload:
        upload.personal = [*upload.personal, *(column.to_document() for column in clean.columns)]
    events.record(
        "personal-data.found",
        subject=upload.report,
        actor=upload.uploaded_by,
        **clean.figures,
        original=original.sha256,
        kept=kept.sha256 if kept else None,
        purged=blobs.purge(original),
    )


def leave_out(report: Report, *, seen_hash: str, actor: User) -> None:
    """Go on without the columns that hold personal data. Inside write()."""
    db.session.refresh(report, with_for_update={"of": Report})
    if refusal := refusal_to_prepare(report, actor, clock.now()):
        raise refusal
    draft = report.draft
    if draft is None:
        raise Conflict("There is no file here. Upload it first.", title="There is no file here")
    db.session.refresh(draft)
    if draft.seen_hash != seen_hash:
        raise Conflict("Another file was uploaded after you opened this page. Open it again and look.")
    if draft.personal:
        answer_for(draft, report, actor)


def answer_for(keeper: Keeper, subject: Base, actor: User) -> None:
    """Somebody leaves the columns out, and says so. Inside write()."""
    record_left_out(keeper.personal, subject, actor)
    keeper.personal = []


def record_left_out(columns: Sequence[dict], subject: Base, actor: User) -> None:
    kinds = sorted({column["kind"] for column in columns})
    events.record("personal-data.left-out", subject=subject, actor=actor, columns=len(columns), holding=kinds)


def name_of_copy(filename: str) -> str:
    """A copy is a workbook, whatever the file was, and says in its name that it is one."""
    return f"{PurePath(filename).stem or 'report'} without personal data.xlsx"
