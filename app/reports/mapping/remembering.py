"""Keeping what a person confirmed about a layout, and bringing it back next month."""

from collections.abc import Sequence

from sqlalchemy import select

from app import clock, events
from app.accounts.models import User
from app.contracts.models import Contract
from app.domain.canonical import sha256
from app.extensions import db
from app.reports.asking import places_of
from app.reports.mapping.column_map import QUEUE, SITE, ColumnMap
from app.reports.mapping.models import RememberedMap
from app.reports.mapping.proposing import Known
from app.reports.models import Report
from app.reports.template import Template
from app.web import Conflict

MEMORY = 20


class MappedAlready(Conflict):
    """Somebody else confirmed or forgot a mapping first."""

    title = "The mapping is settled already"


def newest(report: Report) -> RememberedMap | None:
    """The newest version for reports of this kind, forgotten or not."""
    return db.session.scalars(_of(report).order_by(RememberedMap.number.desc()).limit(1)).one_or_none()


def version(report: Report, number: int | None, kind: str = "") -> RememberedMap | None:
    """The version that something was read with; `kind` is the history's for what came with one."""
    query = select(RememberedMap).where(RememberedMap.contract_id == report.contract_id)
    query = query.where(RememberedMap.kind == (kind or report.kind), RememberedMap.party == report.party)
    return number and db.session.scalars(query.where(RememberedMap.number == number)).one_or_none()


def versions(kept: RememberedMap) -> Sequence[RememberedMap]:
    same = (RememberedMap.contract_id == kept.contract_id, RememberedMap.kind == kept.kind)
    query = select(RememberedMap).where(*same, RememberedMap.party == kept.party)
    return db.session.scalars(query.order_by(RememberedMap.number.desc())).all()


def known_of(report: Report, template: Template) -> Known:
    """Codes and names of the places that the report asks for, and how this partner headed columns in any report."""
    sites, queues = places_of(report.partner_id)
    asked = {SITE: template.sites, QUEUE: template.queues}
    codes = {
        role: {
            **{place.name.casefold(): place.code for place in places if place.code in asked[role]},
            **{code.casefold(): code for code in asked[role]},
        }
        for role, places in ((SITE, sites), (QUEUE, queues))
    }
    query = select(RememberedMap).where(
        RememberedMap.partner_id == report.partner_id, RememberedMap.forgotten_at.is_(None)
    )
    earlier = db.session.scalars(query.order_by(RememberedMap.id.desc()).limit(MEMORY)).all()
    memory = {
        column.heading.bare: column.role for each in reversed(earlier) for column in each.chosen.columns if column.role
    }
    return Known(codes, memory, report.contract.partner.number_style)


def remember(report: Report, chosen: ColumnMap, seen: int, actor: User) -> RememberedMap:
    """A new version, by whoever saw the newest before it. Inside write()."""
    before = newest(report)
    if (before.number if before else 0) != seen:
        raise MappedAlready("Somebody else confirmed a mapping after you opened this page. Open it again and look.")
    if before and before.forgotten_at is None and before.document == chosen.to_document():
        return before
    return keep_version(report.contract, report.kind, report.party, chosen, seen + 1, actor)


def keep_version(
    contract: Contract, kind: str, party: str, chosen: ColumnMap, number: int, actor: User
) -> RememberedMap:
    """Inside write()."""
    kept = RememberedMap(
        partner_id=contract.partner_id,
        contract_id=contract.id,
        kind=kind,
        party=party,
        number=number,
        document=chosen.to_document(),
        confirmed_by_id=actor.id,
        confirmed_at=clock.now(),
    )
    db.session.add(kept)
    db.session.flush()
    figures = {"columns": len(chosen.columns), "left_out": len(chosen.left_out), "content": sha256(kept.document)}
    events.record("mapping.confirmed", subject=kept, actor=actor, version=kept.number, **figures)
    return kept


def forget(kept: RememberedMap, actor: User) -> None:
    """The next file in a partner's own words is asked about anew; what was read stays as it is. Inside write()."""
    db.session.refresh(kept, with_for_update={"of": RememberedMap})
    if kept.forgotten_at is not None or versions(kept)[0].number != kept.number:
        raise MappedAlready("This mapping is not in use any more. Open the newest version.")
    kept.forgotten_at, kept.forgotten_by_id = clock.now(), actor.id
    events.record("mapping.forgotten", subject=kept, actor=actor, version=kept.number)


def _of(report: Report):
    same = (RememberedMap.contract_id == report.contract_id, RememberedMap.kind == report.kind)
    return select(RememberedMap).where(*same, RememberedMap.party == report.party)
