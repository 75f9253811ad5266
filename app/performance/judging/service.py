"""Judging a contract's history and keeping what came out: stored once, superseded, never changed."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import select

from app import clock
from app.contracts.catalogue import CATALOGUE
from app.contracts.models import Contract
from app.domain.catalogue import Catalogue
from app.domain.judging.evaluation import MonthEvaluation
from app.domain.periods import Month
from app.extensions import db, write
from app.jobs import Job, enqueue, every_day, job
from app.partners.moments import hold, seal
from app.performance.judging.keeping import Keeping
from app.performance.judging.known import known_at
from app.performance.judging.vigil import lacks_vigil
from app.performance.models import Evaluation


def judge(
    contract: Contract, as_known_at: datetime, judged: Iterable[str] = (), catalogue: Catalogue | None = None
) -> tuple[MonthEvaluation, ...]:
    """The contract's whole history as it was known at an instant, by the terms then in force; nothing is stored.

    Months that were judged before are judged again, also when nothing is owed for them any more. Without other
    definitions today's catalogue defines the metrics.
    """
    return known_at(contract, as_known_at).judge(map(Month.parse, judged), catalogue or CATALOGUE)


def evaluate_contract(contract: Contract, now: datetime) -> int:
    """Store the months that came out differently, with their ledger entries; returns how many there were.

    The instant is sealed before anything is read, so what is read is what will always have been known at it.
    Knowledge never goes back: a worker that was overtaken while it read begins again.
    """
    partner_id = contract.partner_id
    with write():
        as_known_at = seal(partner_id, now)
    judged = judge(contract, as_known_at, _current(contract))
    if not _changed(judged, _current(contract)):
        return 0
    with write():
        hold(partner_id)
        current = _current(contract)
        overtaken = any(evaluation.as_known_at > as_known_at for evaluation in current.values())
        changed = [] if overtaken else _changed(judged, current)
        keeping = Keeping(contract, as_known_at)
        for month in changed:
            keeping.keep(month, current.get(str(month.month)))
    return evaluate_contract(contract, now) if overtaken else len(changed)


@job("contract.evaluate")
def evaluate_one(row: Job) -> None:
    """A later job of the same contract will see all that this one could, so a burst is judged once."""
    later = select(Job.id).where(
        Job.kind == row.kind, Job.subject_id == row.subject_id, Job.state == "waiting", Job.id > row.id
    )
    if db.session.scalars(later.limit(1)).first() is not None:
        return
    contract = db.session.scalars(select(Contract).where(Contract.id == row.subject_id)).one()
    evaluate_contract(contract, clock.now())


@job("partner.evaluate")
def evaluate_partner(row: Job) -> None:
    """When the partnership ended or goes on: every contract of it."""
    with write():
        for contract_id in db.session.scalars(select(Contract.id).where(Contract.partner_id == row.subject_id)).all():
            enqueue("contract.evaluate", contract_id, partner_id=row.subject_id)


@job("contracts.evaluate")
def evaluate_all(_row: Job) -> None:
    """Once a day: a report that nobody sent becomes a finding when its due instant has passed."""
    day = clock.now().date().isoformat()
    contracts = db.session.execute(select(Contract.id, Contract.partner_id)).all()
    with write():
        for contract_id, partner_id in contracts:
            unique = f"contract.evaluate:{contract_id}:{day}"
            enqueue("contract.evaluate", contract_id, partner_id=partner_id, unique=unique)


every_day("contracts.evaluate")


def _current(contract: Contract) -> dict[str, Evaluation]:
    rows = db.session.scalars(
        select(Evaluation).where(Evaluation.contract_id == contract.id, Evaluation.superseded_at.is_(None))
    )
    return {row.month: row for row in rows}


def _changed(judged: Iterable[MonthEvaluation], current: Mapping[str, Evaluation]) -> list[MonthEvaluation]:
    return [month for month in judged if _differs(current.get(str(month.month)), month)]


def _differs(stored: Evaluation | None, month: MonthEvaluation) -> bool:
    return stored is None or stored.fingerprint != month.fingerprint or lacks_vigil(stored, month)
