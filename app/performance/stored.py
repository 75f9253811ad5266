"""The judgements in force, as the pages read them: a fixed number of statements, whatever the number of rows."""

from collections.abc import Collection, Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from app import clock
from app.contracts.models import Contract
from app.contracts.terms import terms_of
from app.domain.periods import Month
from app.domain.terms import terms_in_force
from app.extensions import db
from app.partners.models import Partner
from app.performance.models import Evaluation, Finding, LedgerEntry, OpenedRight, TargetProposal
from app.reports.models import Report

IN_FORCE = Evaluation.superseded_at.is_(None)
WITH_PLACES = selectinload(Partner.sites), selectinload(Partner.queues)
WITH_PARTNER = joinedload(Evaluation.contract).joinedload(Contract.partner)
WITH_FINDINGS = selectinload(Evaluation.terms), selectinload(Evaluation.findings)


def judged_months(*criteria) -> list[str]:
    """Every month with a judgement in force, newest first."""
    months = select(Evaluation.month).where(IN_FORCE, *criteria).distinct().order_by(Evaluation.month.desc())
    return list(db.session.scalars(months))


def month_to_open(months: list[str]) -> str:
    """The newest judged month that has ended: one early report must not hide the month that everybody sent."""
    running = f"{clock.now():%Y-%m}"
    return next((month for month in months if month < running), months[0])


def in_force(*criteria, named: bool = True) -> list[Evaluation]:
    """Judgements in force with contract, partner, terms and findings, oldest month first.

    Pages that call sites and queues by their names have these loaded too.
    """
    return list(
        db.session.scalars(
            select(Evaluation)
            .where(IN_FORCE, *criteria)
            .options(WITH_PARTNER.options(*WITH_PLACES) if named else WITH_PARTNER, *WITH_FINDINGS)
            .order_by(Evaluation.month, Evaluation.contract_id)
        )
    )


def judgement_of(*criteria) -> Evaluation | None:
    """The one judgement in force that fits, with contract, partner and terms, in one statement."""
    with_terms = WITH_PARTNER, joinedload(Evaluation.terms)
    return db.session.scalars(select(Evaluation).where(IN_FORCE, *criteria).options(*with_terms)).one_or_none()


def judgements_of(rows: Collection[OpenedRight | TargetProposal]) -> dict[tuple[int, str], Evaluation]:
    """The judgement in force that each of these came from, by contract and month, with its terms; one statement."""
    if not rows:
        return {}
    evaluations = db.session.scalars(
        select(Evaluation)
        .where(
            IN_FORCE,
            Evaluation.contract_id.in_({row.contract_id for row in rows}),
            Evaluation.month.in_({row.month for row in rows}),
        )
        .options(joinedload(Evaluation.terms))
    )
    return {(evaluation.contract_id, evaluation.month): evaluation for evaluation in evaluations}


def chains(*criteria) -> list[Evaluation]:
    """Judgements in force with contract, partner and terms alone, for their credit chains; newest month first."""
    return list(
        db.session.scalars(
            select(Evaluation)
            .where(IN_FORCE, *criteria)
            .options(WITH_PARTNER, selectinload(Evaluation.terms))
            .order_by(Evaluation.month.desc(), Evaluation.contract_id)
        )
    )


def unjudged(months: Collection[str]) -> list[tuple[Contract, str]]:
    """Contracts that give credits and report for these months and have no judgement of them: nothing of theirs is
    decided or overdue.
    """
    current = select(Evaluation.id).where(
        IN_FORCE, Evaluation.contract_id == Report.contract_id, Evaluation.month == Report.month
    )
    asked = (
        select(Report.contract_id, Report.month)
        .where(Report.month.in_(months), ~current.exists())
        .distinct()
        .subquery()
    )
    found = db.session.execute(
        select(Contract, asked.c.month)
        .join(asked, asked.c.contract_id == Contract.id)
        .options(joinedload(Contract.partner), selectinload(Contract.terms))
        .order_by(asked.c.month.desc(), Contract.id)
    )
    return [(contract, month) for contract, month in found if _gives_credits(contract, Month.parse(month))]


def _gives_credits(contract: Contract, month: Month) -> bool:
    """Neither after an end, when nobody owes a report any more, nor by terms without credits."""
    ended_on = contract.partner.ended_on
    history = [terms_of(version) for version in contract.terms if version.state == "in_force"]
    terms = terms_in_force(history, month)
    return (
        contract.covers(month)
        and (ended_on is None or month.first <= ended_on)
        and (terms is not None and terms.credits is not None)
    )


def names_of(contract_ids: Iterable[int]) -> dict[tuple[int, str], str]:
    """What the contracts call their service levels, by the results in force."""
    rows = db.session.execute(
        select(Evaluation.contract_id, Finding.service_level, Finding.name)
        .join(Finding.evaluation)
        .where(Evaluation.contract_id.in_(contract_ids), IN_FORCE)
        .distinct()
    )
    return {(contract_id, key): name for contract_id, key, name in rows}


def posted(months: Iterable[str], *criteria) -> dict[tuple[int, str], int]:
    """What the ledger comes to per contract and invoice month, in minor units."""
    sums = (
        select(LedgerEntry.contract_id, LedgerEntry.invoice_month, func.sum(LedgerEntry.amount_minor))
        .where(LedgerEntry.invoice_month.in_(list(months)), *criteria)
        .group_by(LedgerEntry.contract_id, LedgerEntry.invoice_month)
    )
    return {(contract_id, month): int(total) for contract_id, month, total in db.session.execute(sums)}
