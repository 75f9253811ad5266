"""Files live in the database, addressed by content within one partner: one backup is a whole backup."""

import hashlib
from datetime import datetime

from sqlalchemy import LargeBinary, UniqueConstraint, select
from sqlalchemy.orm import Mapped, deferred, mapped_column

from app import clock
from app.extensions import Base, PartnerOwned, db


class Blob(PartnerOwned, Base):
    __tablename__ = "blob"
    __table_args__ = (UniqueConstraint("partner_id", "id"), UniqueConstraint("partner_id", "sha256"))

    sha256: Mapped[str]
    size: Mapped[int]
    media_type: Mapped[str]
    created_at: Mapped[datetime]
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary))


def store(partner_id: int, content: bytes, media_type: str) -> Blob:
    """Keep the bytes, once per partner and content; inside write()."""
    sha256 = hashlib.sha256(content).hexdigest()
    blob = db.session.scalars(select(Blob).where(Blob.partner_id == partner_id, Blob.sha256 == sha256)).one_or_none()
    if blob is None:
        blob = Blob(
            partner_id=partner_id,
            sha256=sha256,
            size=len(content),
            media_type=media_type,
            created_at=clock.now(),
            content=content,
        )
        db.session.add(blob)
        db.session.flush()
    return blob
