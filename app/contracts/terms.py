"""Contracts and their dated terms: drafted, changed, put in force once and never changed after; inside write()."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import func, select

from app import clock, formatting, jobs
from app.accounts.models import User
from app.contracts.catalogue import CATALOGUE
from app.contracts.models import Contract, TermsVersion
from app.contracts.scrutiny import TermsRefused, problems_of
from app.contracts.sheets import spelled
from app.domain.canonical import sha256
from app.domain.catalogue import Problem
from app.domain.reading.terms_reader import SCHEMA
from app.domain.terms import Terms
from app.events import record
from app.extensions import db
from app.partners.ends import state_end
from app.partners.models import Partner
from app.partners.moments import moment_of_change
from app.partners.service import PartnerEnded
from app.web import Conflict, Refusal


class ReferenceTaken(Refusal):
    """The partner has a contract with this reference already."""


class NotADraft(Conflict):
    """Terms in force never change: an amendment replaces them."""

    title = "This is no draft any more"


class Overtaken(Conflict):
    """The draft is no longer the one that was seen."""


def versions_in_force(contract: Contract, as_known_at: datetime | None = None) -> list[TermsVersion]:
    """Every version that was ever put in force, earliest effective date first."""
    query = select(TermsVersion).where(TermsVersion.contract_id == contract.id, TermsVersion.state == "in_force")
    if as_known_at is not None:
        query = query.where(TermsVersion.activated_at <= as_known_at)
    return list(db.session.scalars(query.order_by(TermsVersion.effective_from)))


def terms_history(contract: Contract, as_known_at: datetime | None = None) -> tuple[Terms, ...]:
    return tuple(terms_of(version) for version in versions_in_force(contract, as_known_at))


def histories_of(contract_ids: Iterable[int]) -> dict[int, list[Terms]]:
    """The terms in force of several contracts, in one statement."""
    query = select(TermsVersion).where(TermsVersion.contract_id.in_(contract_ids), TermsVersion.state == "in_force")
    histories: dict[int, list[Terms]] = {}
    for version in db.session.scalars(query.order_by(TermsVersion.effective_from)):
        histories.setdefault(version.contract_id, []).append(terms_of(version))
    return histories


def terms_of(version: TermsVersion) -> Terms:
    """The version as the domain reads it. Raises TermsInvalid for a draft that is not yet right."""
    return _read(json.dumps(version.document))


def document_of(version: TermsVersion) -> dict[str, Any]:
    """A copy of the document that may be changed freely."""
    return json.loads(json.dumps(version.document))


def new_contract(
    partner: Partner,
    *,
    name: str,
    reference: str,
    currency: str,
    zone: str,
    starts_on: date,
    ends_on: date | None = None,
    actor: User | None = None,
) -> Contract:
    """Raises ReferenceTaken, PartnerEnded."""
    _refuse_ended(partner)
    _refuse_taken(partner.id, reference)
    contract = Contract(
        partner_id=partner.id,
        name=name,
        reference=reference,
        currency=currency,
        zone=zone,
        starts_on=starts_on,
        ends_on=ends_on,
        created_at=clock.now(),
    )
    db.session.add(contract)
    if ends_on is not None:
        db.session.flush()
        state_end(partner.id, ends_on, contract.id)
    record("contract.created", subject=contract, actor=actor, currency=currency, zone=zone, starts_on=starts_on)
    return contract


def change_contract(contract: Contract, name: str, reference: str, ends_on: date | None) -> None:
    """Zone and currency stay: every deadline and amount rests on them. Raises ReferenceTaken."""
    _refuse_taken(contract.partner_id, reference, contract.id)
    if ends_on != contract.ends_on:
        state_end(contract.partner_id, ends_on, contract.id)
        _have_settled(contract)
    contract.name, contract.reference, contract.ends_on = name, reference, ends_on
    record("contract.changed", subject=contract, ends_on=ends_on)


def blank(partner: Partner, starts_on: date) -> dict[str, Any]:
    """The document that a first draft starts from: usual deadlines, every open queue at the only site."""
    sites = [site for site in partner.sites if site.closed_on is None]
    queues = [queue for queue in partner.queues if queue.closed_on is None]
    covered = queues if len(sites) == 1 else []
    return {
        "schema": SCHEMA,
        "effective_from": starts_on.isoformat(),
        "calendar": {"due": {"working_day": 5, "time": "17:00"}, "lock": {"working_day": 10, "time": "17:00"}},
        "coverage": [{"site": sites[0].code, "queue": queue.code} for queue in covered],
        "reports": {},
        "measures": {},
        "service_levels": [],
    }


def new_draft(contract: Contract, document: Mapping[str, Any], actor: User, note: str = "") -> TermsVersion:
    """Keep a document as the contract's next version; it may still have problems. Raises PartnerEnded."""
    _refuse_ended(contract.partner)
    kept = spelled(document)
    numbers = select(func.max(TermsVersion.number)).where(TermsVersion.contract_id == contract.id)
    version = TermsVersion(
        partner_id=contract.partner_id,
        contract_id=contract.id,
        number=(db.session.scalar(numbers) or 0) + 1,
        effective_from=_effective_from(kept, contract.starts_on),
        document=kept,
        sha256=sha256(kept),
        note=note,
        created_at=clock.now(),
        created_by_id=actor.id,
    )
    db.session.add(version)
    figures = {"number": version.number, "effective_from": version.effective_from, "sha256": version.sha256}
    record("terms.drafted", subject=version, actor=actor, **figures)
    return version


def change_draft(version: TermsVersion, document: Mapping[str, Any], actor: User, seen: int | None = None) -> None:
    """Replace a draft's document. Raises NotADraft, Overtaken."""
    _refuse_unless_draft(version, seen)
    version.document = spelled(document)
    version.sha256 = sha256(version.document)
    version.effective_from = _effective_from(document, version.effective_from)
    record("terms.changed", subject=version, actor=actor, number=version.number, sha256=version.sha256)


def activate(version: TermsVersion, actor: User, seen: int | None = None) -> None:
    """Put a draft in force, once and for good. Raises NotADraft, Overtaken, TermsRefused."""
    now = moment_of_change(version.partner_id)  # two amendments cannot both believe to be the latest
    db.session.refresh(version)
    contract = version.contract
    _refuse_unless_draft(version, seen)
    if problems := problems_before(contract, version.document):
        raise TermsRefused(problems)
    version.state, version.activated_at, version.activated_by_id = "in_force", now, actor.id
    figures = {"number": version.number, "effective_from": version.effective_from, "sha256": version.sha256}
    record("terms.activated", subject=version, actor=actor, **figures)
    _have_settled(contract)


def _have_settled(contract: Contract) -> None:
    """Which reports are owed, and what they come to."""
    for kind in ("reports.open", "contract.evaluate"):
        jobs.enqueue(kind, contract.id, partner_id=contract.partner_id)


def problems_before(contract: Contract, document: Mapping[str, Any]) -> tuple[Problem, ...]:
    """What stands between a document and being put in force as the contract's next terms."""
    return problems_of(contract, document, versions_in_force(contract))


def discard(version: TermsVersion, actor: User, seen: int | None = None) -> None:
    """Give a draft up; it stays on the record and can never be put in force. Raises NotADraft, Overtaken."""
    _refuse_unless_draft(version, seen)
    version.state = "discarded"
    record("terms.discarded", subject=version, actor=actor, number=version.number)


def _refuse_ended(partner: Partner) -> None:
    if partner.has_ended(clock.today(partner.zone)):
        ended = formatting.day(partner.ended_on)
        raise PartnerEnded(f"{partner.name} ended on {ended}. Resume the partnership before you write terms with it.")


def _refuse_taken(partner_id: int, reference: str, own: int | None = None) -> None:
    same = select(Contract.id).where(Contract.partner_id == partner_id, Contract.reference == reference)
    if set(db.session.scalars(same)) - {own}:
        raise ReferenceTaken(f"Another contract of this partner has the reference {reference}. Choose another.")


@lru_cache(maxsize=256)
def _read(text: str) -> Terms:
    """The text keeps the order of the document: templates have their columns in it."""
    return Terms.from_document(json.loads(text), CATALOGUE)


def _refuse_unless_draft(version: TermsVersion, seen: int | None) -> None:
    if version.state == "discarded":
        raise NotADraft("This draft was discarded. Start a new amendment from the contract's page.")
    if not version.is_draft:
        raise NotADraft(f"{version.activated_by.name} put these terms in force already. Amend the contract instead.")
    if seen is not None and seen != version.version_id:
        raise Overtaken("Somebody changed this draft after you opened it. Open it again and look before you save.")


def _effective_from(document: Mapping[str, Any], otherwise: date) -> date:
    try:
        return date.fromisoformat(str(document.get("effective_from")))
    except ValueError:
        return otherwise
