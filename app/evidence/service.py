"""Attaching and withdrawing, inside write(), and what a page shows of it."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from sqlalchemy.orm import joinedload

from app import blobs, clock, events
from app.accounts.models import User
from app.evidence.kinds import kind_of
from app.evidence.models import Evidence
from app.extensions import db
from app.masking import masked_filename
from app.web import Conflict, Refusal

NO_NAMES: Mapping[str, str] = MappingProxyType({})


class NotYours(Refusal):
    """The other side attached it."""

    status = 403


def attach(
    subject, *, filename: str, content: bytes, shows: str, expires_on: date | None, actor: User, service_level: str = ""
) -> Evidence:
    """`subject` is a report or a claim. The same file twice about one thing is one.

    Raises NotEvidence, before anything is kept.
    """
    kind = kind_of(filename, content)
    blob = blobs.store(subject.partner_id, content, kind.media_type)
    for known in subject.files:
        if (known.sha256, known.service_level) == (blob.sha256, service_level) and not known.is_withdrawn:
            return known
    attached = Evidence(
        partner_id=subject.partner_id,
        **{f"{subject.__tablename__}_id": subject.id},
        blob=blob,
        filename=masked_filename(kind.name_of(filename)),
        shows=shows.strip(),
        service_level=service_level,
        sha256=blob.sha256,
        size=blob.size,
        media_type=kind.media_type,
        expires_on=expires_on,
        attached_at=clock.now(),
        attached_by=actor,
    )
    db.session.add(attached)
    figures = {"sha256": blob.sha256, "bytes": blob.size, "media_type": kind.media_type, "expires_on": expires_on}
    events.record("evidence.attached", subject=subject, actor=actor, shows=events.digest_of(attached.shows), **figures)
    return attached


def with_files(files):
    """The files of a report or a claim and whose they are, within the statement that loads it."""
    loaded = joinedload(files)
    return loaded.options(joinedload(Evidence.attached_by), joinedload(Evidence.withdrawn_by))


def card_of(subject, actor: User, level_names: Mapping[str, str] = NO_NAMES) -> dict:
    """What the card on the subject's page shows; the page loads the files with `with_files`."""
    return {
        "evidence": subject.files,
        "withdrawable": {each.key for each in subject.files if refusal_to_withdraw(each, subject, actor) is None},
        "today": clock.now().date(),
        "level_names": level_names,
    }


def refusal_to_withdraw(evidence: Evidence, subject, actor: User) -> Refusal | None:
    """Its own side may, until somebody has decided on it."""
    if evidence.attached_by.role.is_partner != actor.role.is_partner:
        return NotYours("The other side attached this file.")
    if evidence.is_withdrawn:
        return Conflict("The file was withdrawn already.")
    if subject.is_decided:
        return Conflict("The decision rests on this file, so it stays.")
    return None


def withdraw(evidence: Evidence, actor: User) -> None:
    """The bytes go, unless another row holds the same; what it was stays on record. Raises NotYours, Conflict."""
    subject = evidence.report or evidence.claim
    db.session.refresh(subject, with_for_update={"of": type(subject)})  # whoever decides on it meets us here
    db.session.refresh(evidence)
    if refusal := refusal_to_withdraw(evidence, subject, actor):
        raise refusal
    evidence.blob, evidence.withdrawn_at, evidence.withdrawn_by = None, clock.now(), actor
    events.record("evidence.withdrawn", subject=subject, actor=actor, sha256=evidence.sha256)
