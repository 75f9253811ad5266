"""Keeps what a judgement found to have opened or tightened, each occurrence once, and what is known of it later."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select

from app import events, jobs
from app.contracts.models import Contract
from app.domain.events import Exercise
from app.domain.judging.evaluation import MonthEvaluation
from app.extensions import db
from app.performance.models import Evaluation, OpenedRight, TargetProposal


def exercises_known(contract: Contract, instant: datetime) -> tuple[Exercise, ...]:
    """The rights that were exercised or declined by then: neither stands any more, so it may open anew."""
    rows = db.session.scalars(
        select(OpenedRight)
        .where(OpenedRight.contract_id == contract.id, OpenedRight.decided_at <= instant)
        .order_by(OpenedRight.id)
    )
    return tuple(Exercise(row.right_key, row.decided_on, row.service_level) for row in rows if row.decided_on)


def lacks_vigil(evaluation: Evaluation | None, month: MonthEvaluation) -> bool:
    """Whether a stored judgement is older than the keeping of what this one found."""
    return evaluation is not None and evaluation.rights is None and bool(month.rights or month.proposals)


def keep(contract: Contract, month: MonthEvaluation) -> None:
    """A row for each occurrence that has none yet, and a notice of each right; the partner is held, inside write()."""
    known = set(_known(contract, str(month.month)))
    for right in month.rights:
        if (right.key, right.service_level) not in known:
            _open(contract, right.key, right.service_level, right.month)
    for proposal in month.proposals:
        if ("", proposal.service_level) not in known:
            row = TargetProposal(
                partner_id=contract.partner_id,
                contract_id=contract.id,
                service_level=proposal.service_level,
                month=str(month.month),
            )
            db.session.add(row)
            events.record("target.proposed", subject=row, month=row.month, service_level=row.service_level)


def _known(contract: Contract, month: str) -> Iterator[tuple[str, str]]:
    of_month = (OpenedRight.contract_id == contract.id, OpenedRight.month == month)
    for row in db.session.execute(select(OpenedRight.right_key, OpenedRight.service_level).where(*of_month)):
        yield row.right_key, row.service_level
    proposed = (TargetProposal.contract_id == contract.id, TargetProposal.month == month)
    for service_level in db.session.scalars(select(TargetProposal.service_level).where(*proposed)):
        yield "", service_level


def _open(contract: Contract, right: str, service_level: str, month: str) -> None:
    row = OpenedRight(
        partner_id=contract.partner_id,
        contract_id=contract.id,
        right_key=right,
        service_level=service_level,
        month=month,
    )
    db.session.add(row)
    events.record("right.opened", subject=row, month=month, right=right, service_level=service_level or None)
    jobs.enqueue("right.tell", row.id, partner_id=row.partner_id, unique=f"right.tell:{row.id}")
