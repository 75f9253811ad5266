"""Writing a judgement down: the evaluation, its findings and the ledger entries that follow from it."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.contracts.catalogue import CATALOGUE
from app.contracts.models import Contract, TermsVersion
from app.domain import findings as domain
from app.domain.credits import CreditLine
from app.domain.judging.evaluation import ENGINE_VERSION, MonthEvaluation
from app.domain.reading.definitions import definitions_of
from app.events import record
from app.extensions import db
from app.performance import ledger
from app.performance.judging import vigil
from app.performance.models import Definitions, Evaluation, Finding, LedgerEntry
from app.reports.models import Report, Submission


@dataclass(frozen=True)
class Keeping:
    """Keeps the judgements of one contract that were made at one instant; inside write()."""

    contract: Contract
    now: datetime

    def keep(self, month: MonthEvaluation, before: Evaluation | None) -> Evaluation:
        """Store the month's judgement in place of the one before, and bring the ledger up to it."""
        if before is not None:
            before.superseded_at = self.now
            db.session.flush()
        self._keep_definitions(month)
        evaluation = self._evaluation(month, before.number + 1 if before else 1)
        db.session.add(evaluation)
        db.session.flush()
        record(
            "evaluation.stored",
            subject=evaluation,
            month=evaluation.month,
            number=evaluation.number,
            findings=len(month.findings),
            misses=sum(finding.is_miss for finding in month.findings),
            fingerprint=month.fingerprint,
        )
        self._post(evaluation, month)
        if month.rights or month.proposals:
            vigil.keep(self.contract, month)
        return evaluation

    def _keep_definitions(self, month: MonthEvaluation) -> None:
        """Once each: on PostgreSQL another partner's judgement may be keeping the same ones."""
        if db.session.get(Definitions, month.inputs["catalogue"]) is None:
            document = definitions_of(CATALOGUE, {finding.metric.key for finding in month.findings})
            with suppress(IntegrityError), db.session.begin_nested():
                db.session.add(Definitions(sha256=month.inputs["catalogue"], document=document))

    @cached_property
    def _terms_ids(self) -> dict[str, int]:
        """Only of terms in force: a draft may say the same today and something else tomorrow."""
        rows = db.session.execute(
            select(TermsVersion.sha256, TermsVersion.id)
            .where(TermsVersion.contract_id == self.contract.id, TermsVersion.state == "in_force")
            .order_by(TermsVersion.id)
        )
        return dict(rows.all())

    @cached_property
    def _content_hashes(self) -> dict[str, str]:
        rows = db.session.execute(
            select(Submission.key, Submission.content_hash)
            .join(Report, Submission.report_id == Report.id)
            .where(Report.contract_id == self.contract.id)
        )
        return dict(rows.all())

    def _evaluation(self, month: MonthEvaluation, number: int) -> Evaluation:
        return Evaluation(
            partner_id=self.contract.partner_id,
            contract_id=self.contract.id,
            month=str(month.month),
            number=number,
            terms_id=self._terms_ids[month.terms.sha256],
            as_known_at=self.now,
            engine_version=ENGINE_VERSION,
            fingerprint=month.fingerprint,
            inputs={**month.inputs, "content": {key: self._content_hashes[key] for key in month.submissions}},
            credit_chain=month.credits.to_document(),
            rights=[right.to_document() for right in month.rights],
            proposals=[proposal.to_document() for proposal in month.proposals],
            findings=[
                self._finding(str(month.month), finding, month.credits.line(finding.level.key))
                for finding in month.findings
            ],
        )

    def _finding(self, month: str, finding: domain.Finding, line: CreditLine | None) -> Finding:
        return Finding(
            partner_id=self.contract.partner_id,
            month=month,
            window_start=finding.window.first,
            window_end=finding.window.last,
            service_level=finding.level.key,
            scope_key="",
            name=finding.level.name,
            metric=finding.level.metric,
            value=None if finding.contractual is None else str(finding.contractual),
            attainment=finding.attainment.value,
            default=finding.default.value,
            disposition=finding.disposition.value,
            detail=finding.to_document(),
            credit_minor=line.payable if line else None,
        )

    def _post(self, evaluation: Evaluation, month: MonthEvaluation) -> None:
        posted = db.session.scalars(
            select(LedgerEntry)
            .where(LedgerEntry.contract_id == self.contract.id, LedgerEntry.invoice_month == evaluation.month)
            .order_by(LedgerEntry.id)
        ).all()
        postings = list(ledger.settle(ledger.standing(map(_posting, posted)), ledger.due(month.credits)))
        if not postings:
            return
        charged = ledger.clauses((_posting(entry), entry.clause) for entry in posted)
        for posting in postings:
            db.session.add(self._entry(evaluation, posting, ledger.clause_of(posting, month.credits, charged)))
        record(
            "ledger.posted",
            subject=evaluation,
            invoice_month=evaluation.month,
            entries=len(postings),
            amount_minor=sum(posting.amount for posting in postings),
            currency=self.contract.currency,
        )

    def _entry(self, evaluation: Evaluation, posting: ledger.Posting, clause: str) -> LedgerEntry:
        return LedgerEntry(
            partner_id=self.contract.partner_id,
            contract_id=self.contract.id,
            evaluation_id=evaluation.id,
            service_level=posting.identity.service_level,
            scope_key=posting.identity.scope,
            window=posting.identity.window,
            invoice_month=evaluation.month,
            kind=posting.kind,
            amount_minor=posting.amount,
            clause=clause,
            posted_at=self.now,
        )


def _posting(entry: LedgerEntry) -> ledger.Posting:
    identity = ledger.Identity(entry.service_level, entry.scope_key, entry.window)
    return ledger.Posting(identity, entry.kind, entry.amount_minor)
