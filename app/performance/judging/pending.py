"""Whether a judgement is on its way: pages say so and look again."""

from collections.abc import Iterable

from sqlalchemy import select

from app.contracts.models import Contract
from app.extensions import db
from app.jobs import Job


def being_judged(contracts: Iterable[Contract]) -> bool:
    """Whether a judgement of one of these contracts waits or runs."""
    waiting = select(Job.id).where(
        Job.kind == "contract.evaluate",
        Job.subject_id.in_([contract.id for contract in contracts]),
        Job.state.in_(("waiting", "running")),
    )
    return db.session.scalars(waiting.limit(1)).first() is not None
