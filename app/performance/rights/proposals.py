"""Targets that continuous improvement would tighten: what each rests on, and the draft that is made of it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app import clock, events
from app.accounts.models import User
from app.contracts import amending, terms
from app.contracts.catalogue import CATALOGUE
from app.contracts.models import Contract, TermsVersion
from app.domain.clauses import ServiceLevel
from app.domain.periods import Month
from app.domain.wording import many
from app.extensions import db
from app.formatting import measured
from app.performance.levels import terms_of
from app.performance.models import Evaluation, TargetProposal
from app.performance.stored import in_force, judgements_of
from app.web import Conflict, Refusal

KINDS = {
    "halfway": "halfway to the average",
    "average": "to the average",
    "presumptive": "the level presumed at signature",
}


class ProposalSettled(Conflict):
    """It is in a draft or was declined; the message says which."""

    title = "This proposal is settled already"


class LevelGone(Refusal):
    """The terms that an amendment would amend hold no such limit any more."""


@dataclass(frozen=True)
class StandingProposal:
    """An occurrence beside the judgement in force that found it."""

    row: TargetProposal
    evaluation: Evaluation
    document: dict

    @property
    def level(self) -> ServiceLevel:
        return terms_of(self.evaluation).service_level(self.row.service_level)

    @property
    def clause(self) -> str:
        return self.document["clause"]

    @property
    def kind(self) -> str:
        return KINDS[self.document["kind"]]

    @property
    def proposed(self) -> str:
        """The new value of the Expected, with no more decimals than it needs."""
        return self._plain("proposed")

    def shown(self, figure: str) -> str:
        """One of level, proposed and average with its unit."""
        text = self._plain(figure)
        places = min(4, len(text.partition(".")[2]))
        return measured(text, CATALOGUE.metrics[self.level.metric].unit, places)

    @property
    def limit(self) -> str:
        """`20 % of the way from 95 % to 100 %`: what the clause holds it to; empty where it goes all the way."""
        rule = self.level.improvement
        if not self.document["capped"] or rule is None or rule.cap_share is None:
            return ""
        end = "100" if self.level.expected.wants_more else "0"
        to = measured(end, CATALOGUE.metrics[self.level.metric].unit, 0)
        return f"{rule.cap_share.normalize():f}\u00a0% of the way from {self.shown('level')} to {to}"

    @property
    def averaged(self) -> str:
        """`of 6 months`, `of the best 4 of 12 months`: what the average is of."""
        noun = "window" if self.level.window.step > 1 else "month"
        counted = many(str(self.document["months"]), noun)
        rule = self.level.improvement
        return f"of the best {rule.best} of {counted}" if rule and rule.best else f"of {counted}"

    def _plain(self, figure: str) -> str:
        return f"{Decimal(self.document[figure]).normalize():f}"

    @property
    def draft(self) -> TermsVersion | None:
        """The amendment that holds it; a discarded one does not."""
        return self.row.terms if self.row.terms is not None and self.row.terms.state != "discarded" else None

    @property
    def state(self) -> str:
        if self.row.declined_at is not None:
            return "declined"
        if self.draft is None:
            return "open"
        return "drafted" if self.draft.is_draft else "active"

    @property
    def months(self) -> tuple[str, str]:
        """The first and the last month that it rests on."""
        step = self.level.window.step
        last = Month.parse(self.row.month)
        return str(last.plus(-(int(self.document["months"]) - 1) * step)), str(last)


def proposals_of(contract: Contract) -> list[StandingProposal]:
    """The newest first; those that a later judgement took away are left out."""
    return sorted(standing(TargetProposal.contract_id == contract.id), key=lambda each: each.row.month, reverse=True)


def standing(*criteria) -> list[StandingProposal]:
    rows = db.session.scalars(
        select(TargetProposal)
        .where(*criteria)
        .options(
            joinedload(TargetProposal.contract).joinedload(Contract.partner),
            joinedload(TargetProposal.declined_by),
            joinedload(TargetProposal.terms),
        )
        .order_by(TargetProposal.id)
    ).all()
    judged = judgements_of(rows)
    found = [(row, judged.get((row.contract_id, row.month))) for row in rows]
    return [
        StandingProposal(row, evaluation, document)
        for row, evaluation in found
        if evaluation
        for document in evaluation.proposals or ()
        if document["service_level"] == row.service_level
    ]


def evaluations_of(proposal: StandingProposal) -> list[Evaluation]:
    """The judgements in force of the months that it rests on."""
    between = Evaluation.month.between(*proposal.months)
    return in_force(Evaluation.contract_id == proposal.row.contract_id, between)


def draft(proposal: StandingProposal, actor: User) -> TermsVersion:
    """An amendment with the new target, from the next month that may have one; inside write(). Raises the above."""
    row = _lock(proposal)
    amended = amending.latest(row.contract)
    if amended is None:
        raise LevelGone("There are no terms in force to amend. Put the contract's terms in force first.")
    document = terms.document_of(amended)
    note = f"{proposal.level.name}: {proposal.shown('level')} becomes {proposal.shown('proposed')}."
    row.terms = amending.begin(row.contract, _tightened(proposal, document), actor, f"{note} {proposal.clause}".strip())
    db.session.flush()
    events.record("target.drafted", subject=row, actor=actor, month=row.month, service_level=row.service_level)
    return row.terms


def decline(proposal: StandingProposal, reason: str, actor: User) -> None:
    """Inside write(). It is not proposed again for the same months. Raises ProposalSettled."""
    row = _lock(proposal)
    row.declined_at, row.declined_by, row.reason = clock.now(), actor, reason
    figures = {"month": row.month, "service_level": row.service_level, "reason": events.digest_of(reason)}
    events.record("target.declined", subject=row, actor=actor, **figures)


def _lock(proposal: StandingProposal) -> TargetProposal:
    db.session.refresh(proposal.row, with_for_update={"of": TargetProposal})
    if proposal.state == "declined":
        raise ProposalSettled(
            f"{proposal.row.declined_by.name} declined this proposal already. Open it again and look."
        )
    if proposal.state != "open":
        raise ProposalSettled(
            f"Terms {proposal.draft.number} hold this target already. Open them from the contract's page."
        )
    return proposal.row


def _tightened(proposal: StandingProposal, document: dict[str, Any]) -> dict[str, Any]:
    """The Expected as it will stand: that of the last step of a ramp, where there is one."""
    levels = [level for level in document["service_levels"] if level["key"] == proposal.row.service_level]
    ramp = levels[0].get("ramp") if levels else None
    part = max(ramp, key=lambda step: step["from"]) if ramp else levels[0] if levels else {}
    if "value" not in part.get("expected", {}):
        raise LevelGone("The terms in force have no such limit for this service level any more. Decline the proposal.")
    part["expected"]["value"] = proposal.proposed
    return document
