"""Files live in the database, addressed by content within one partner: one backup is a whole backup.

What nothing refers to any more (a file that was refused, slides that were never issued) is swept after a while.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import LargeBinary, Select, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, deferred, mapped_column

from app import clock, events
from app.extensions import Base, PartnerOwned, db, write
from app.jobs import Job, every_day, job

# Long enough to look into a file that somebody asks about, short enough that mistakes do not fill the backups.
KEPT = timedelta(days=30)
AT_ONCE = 200


class Blob(PartnerOwned, Base):
    __tablename__ = "blob"
    __table_args__ = (UniqueConstraint("partner_id", "id"), UniqueConstraint("partner_id", "sha256"))

    sha256: Mapped[str]
    size: Mapped[int]
    media_type: Mapped[str]
    created_at: Mapped[datetime]
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary))


def store(partner_id: int, content: bytes, media_type: str) -> Blob:
    """Keep the bytes, once per partner and content; inside write(), together with the row that refers to them."""
    blob = kept(partner_id, content)
    if blob is None:
        blob = Blob(
            partner_id=partner_id,
            sha256=hashlib.sha256(content).hexdigest(),
            size=len(content),
            media_type=media_type,
            created_at=clock.now(),
            content=content,
        )
        db.session.add(blob)
        db.session.flush()
    return blob


def kept(partner_id: int, content: bytes) -> Blob | None:
    """The same bytes, where the partner has them; nobody removes them until the commit. Inside write()."""
    same = select(Blob).where(Blob.partner_id == partner_id, Blob.sha256 == hashlib.sha256(content).hexdigest())
    return db.session.scalars(same.with_for_update(read=True, key_share=True)).one_or_none()


def hold(blob: Blob) -> None:
    """Nobody begins to refer to the bytes until the commit; inside write(), before anything is recorded."""
    held = select(Blob).where(Blob.id == blob.id).with_for_update().execution_options(populate_existing=True)
    db.session.scalars(held).one()


def purge(blob: Blob) -> bool:
    """Remove the bytes now, where nothing refers to them any more; inside write(). Whether they are gone."""
    db.session.flush()
    hold(blob)
    gone = db.session.scalars(_unreferenced().where(Blob.id == blob.id)).one_or_none()
    if gone is None:
        return False
    db.session.delete(gone)
    db.session.flush()
    return True


@job("blobs.sweep")
def sweep(_row: Job) -> None:
    """Remove what nothing refers to and was stored long ago, and put on record how much it was."""
    while _sweep_some(clock.now() - KEPT):
        pass


every_day("blobs.sweep")


def _sweep_some(before: datetime) -> bool:
    """On PostgreSQL a blob that somebody is about to refer to is passed over, and one that is held here can no longer
    be referred to; so it is asked twice. On SQLite write() has already made everybody else wait."""
    with write() as session:
        candidates = _unreferenced().where(Blob.created_at < before).order_by(Blob.id).limit(AT_ONCE)
        held = [blob.id for blob in session.scalars(candidates.with_for_update(skip_locked=True))]
        gone = session.scalars(_unreferenced().where(Blob.id.in_(held))).all()
        session.execute(delete(Blob).where(Blob.id.in_([blob.id for blob in gone])))
        _record(gone)
        return bool(gone)


def _unreferenced() -> Select[tuple[Blob]]:
    """Asks every column that names a blob, those of tables that are added later too."""
    names = [
        getattr(mapper.class_, mapper.get_property_by_column(column).key)
        for mapper in Base.registry.mappers
        for column in mapper.local_table.columns
        if any(key.target_fullname == "blob.id" for key in column.foreign_keys)
    ]
    return select(Blob).where(*(Blob.id.not_in(select(name).where(name.is_not(None))) for name in names))


def _record(gone: Collection[Blob]) -> None:
    by_partner = defaultdict(list)
    for blob in gone:
        by_partner[blob.partner_id].append(blob)
    for blobs in by_partner.values():
        events.record(
            "blob.swept", subject=blobs[0], files=len(blobs), kilobytes=sum(each.size for each in blobs) // 1024
        )
