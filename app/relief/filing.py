"""Filing a claim for relief: who may, until when, and what a claim can ask. All of it inside write()."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select

from app import clock, events, jobs
from app.accounts.models import User
from app.contracts.models import Contract
from app.domain.rules.relief import ClaimTerms
from app.extensions import db
from app.formatting import day as day_words
from app.formatting import month as month_words
from app.partners.moments import moment_of_change
from app.relief import notices
from app.relief.models import Claim
from app.web import Refusal


class NothingToClaim(Refusal):
    """The terms give no relief here, or the result needs none."""

    status = 409
    title = "There is nothing to claim here"


class TooLate(Refusal):
    """The day has passed until which the terms accept a claim."""

    status = 409
    title = "It is too late for this claim"


class ClaimInvalid(Refusal):
    """What is asked cannot be granted as it stands."""


@dataclass(frozen=True)
class Grounds:
    """One result below its target, and what may be asked about it.

    `measures` is what each measure came to, `days` the same by day where it was reported by the day; `others` names
    further service levels missed in the same window. `obstacle` says why nothing can be claimed, in words.
    """

    contract: Contract
    month: str
    service_level: str
    name: str
    ended_on: date
    terms: ClaimTerms
    obstacle: str = ""
    kinds: tuple[str, ...] = ("period",)
    measures: Mapping[str, Decimal] = field(default_factory=dict)
    days: Mapping[date, Mapping[str, Decimal]] = field(default_factory=dict)
    others: Mapping[str, str] = field(default_factory=dict)

    @property
    def last_day(self) -> date | None:
        return self.terms.last_day(self.ended_on)

    def refusal(self) -> Refusal | None:
        """Why nothing can be claimed today, on the clock of the contract; None when it can."""
        if self.obstacle:
            return NothingToClaim(self.obstacle)
        if self.last_day is None or clock.today(self.contract.zone) <= self.last_day:
            return None
        clause = f" ({self.terms.clause})" if self.terms.clause else ""
        return TooLate(
            f"A claim about {self.name}, {month_words(self.month, 'long')}, could be filed until "
            f"{day_words(self.last_day)}{clause}. That day has passed, so it would have no effect."
        )


@dataclass(frozen=True)
class Asked:
    """What a claim asks, of which cause, and what speaks for it."""

    kind: str
    cause: str
    reason: str
    days: tuple[date, ...] = ()
    adjust: Mapping[str, Decimal] = field(default_factory=dict)
    also: tuple[str, ...] = ()
    clause: str = ""
    evidence: str = ""


def problems_of(asked: Asked, grounds: Grounds) -> dict[str, str]:
    """What is wrong with what is asked, in words, by the place where it was said: days, or a measure."""
    if asked.kind == "days":
        return {} if asked.days and set(asked.days) <= set(grounds.days) else {"days": "Choose the days to leave out."}
    return problems_of_figures(asked.adjust, grounds.measures, "were counted") if asked.kind == "adjust" else {}


def problems_of_figures(adjust: Mapping[str, Decimal], most: Mapping[str, Decimal], what: str) -> dict[str, str]:
    """`most` is how much there is of each measure, `what` says of whose doing."""
    if not adjust:
        return {next(iter(most)): "Say how much is to be taken off, of one figure at least."}
    return {
        measure: f"Write a number above 0 and at most {most[measure]:,f}: so many {what}."
        for measure, number in adjust.items()
        if not 0 < number <= most[measure]
    }


def file_claim(grounds: Grounds, asked: Asked, *, actor: User, form_key: str) -> Claim:
    """A doubled post gets the first one's claim. Raises NothingToClaim, TooLate, ClaimInvalid."""
    contract = grounds.contract
    filed_at = moment_of_change(contract.partner_id)
    if first := _filed_already(contract, form_key):
        return first
    if refusal := grounds.refusal():
        raise refusal
    if problems := problems_of(asked, grounds):
        raise ClaimInvalid(" ".join(problems.values()))
    numbers = select(func.max(Claim.number)).where(Claim.contract_id == contract.id)
    claim = Claim(
        partner_id=contract.partner_id,
        contract=contract,
        number=(db.session.scalar(numbers) or 0) + 1,
        form_key=form_key,
        month=grounds.month,
        service_levels=[grounds.service_level, *(key for key in asked.also if key in grounds.others)],
        kind=asked.kind,
        days=sorted(map(str, asked.days)) if asked.kind == "days" else [],
        adjust={measure: f"{number:f}" for measure, number in asked.adjust.items()} if asked.kind == "adjust" else {},
        cause=asked.cause,
        clause=asked.clause or grounds.terms.clause,
        reason=asked.reason,
        evidence=asked.evidence,
        filed_at=filed_at,
        filed_on=clock.today(contract.zone),
        filed_by=actor,
        on_behalf=not actor.role.is_partner,
    )
    db.session.add(claim)
    _record(claim, actor)
    return claim


def _filed_already(contract: Contract, form_key: str) -> Claim | None:
    return db.session.scalars(
        select(Claim).where(Claim.contract_id == contract.id, Claim.form_key == form_key)
    ).one_or_none()


def _record(claim: Claim, actor: User) -> None:
    figures = {"number": claim.number, "month": claim.month, "claim": claim.kind, "cause": claim.cause}
    figures |= {"service_levels": claim.service_levels, "days": claim.days, "adjust": claim.adjust}
    texts = {"reason": events.digest_of(claim.reason), "evidence": events.digest_of(claim.evidence)}
    events.record("claim.filed", subject=claim, actor=actor, on_behalf=claim.on_behalf, **figures, **texts)
    jobs.enqueue("contract.evaluate", claim.contract_id, partner_id=claim.partner_id)
    notices.tell_filed(claim)
