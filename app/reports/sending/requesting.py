"""Asking the leads who may certify a draft to do so: each of them once for the same figures."""

from collections.abc import Sequence

from sqlalchemy.orm import joinedload

from app import clock, events
from app.accounts.models import User
from app.extensions import db
from app.reports import notices
from app.reports.asking import terms_of
from app.reports.models import Draft, Report
from app.reports.permits import certifiers, refusal_to_ask
from app.reports.sending.certificate_requests import CertificateRequest
from app.web import Conflict


class NobodyToAsk(Conflict):
    """The partner has no lead who could certify this draft."""

    title = "There is nobody to ask"


def ask_to_certify(report: Report, *, seen_hash: str, remark: str, actor: User) -> list[User]:
    """Write to each lead who may certify the draft that the actor saw and was not asked yet. Inside write()."""
    db.session.refresh(report, with_for_update={"of": Report})
    draft = report.draft
    if draft is None:
        raise Conflict("There is nothing to certify. Upload the file first.", title="There is nothing to certify")
    db.session.refresh(draft)
    certification = terms_of(report).reports[report.kind].certification
    if refusal := refusal_to_ask(report, draft, actor, clock.now(), certification):
        raise refusal
    if draft.content_hash != seen_hash:
        raise Conflict(
            f"{draft.prepared_by.name} uploaded other figures after you opened this page. "
            "Open it again and look before you ask."
        )
    leads = certifiers(report, draft, clock.now(), certification)
    if not leads:
        raise NobodyToAsk("Nobody can certify this yet. Ask your partner manager to have a lead invited.")
    unasked = not_asked_yet(draft, leads)
    if unasked:
        _ask(report, draft, unasked, remark.strip(), actor)
    return unasked


def with_requests():
    """The loader of a draft's requests with their people."""
    people = joinedload(CertificateRequest.lead), joinedload(CertificateRequest.asked_by)
    return joinedload(Draft.requests).options(*people)


def not_asked_yet(draft: Draft, leads: Sequence[User]) -> list[User]:
    return [lead for lead in leads if draft.request_to(lead) is None]


def _ask(report: Report, draft: Draft, leads: Sequence[User], remark: str, actor: User) -> None:
    about = {"partner_id": report.partner_id, "report_id": report.id, "content_hash": draft.content_hash}
    about |= {"remark": remark, "asked_by_id": actor.id, "asked_at": clock.now()}
    db.session.add_all(CertificateRequest(lead_id=lead.id, **about) for lead in leads)
    figures = {"content": draft.content_hash, "leads": len(leads), "remark": events.digest_of(remark)}
    events.record("certificate.asked", subject=report, actor=actor, **figures)
    notices.tell_asked(report, leads, remark, actor)
    db.session.expire(draft, ["requests"])
