"""A stored judgement worked out again from what it was made of, and what differs if anything does."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from app.contracts.catalogue import CATALOGUE
from app.domain.canonical import canonical_json
from app.domain.catalogue import Catalogue
from app.domain.judging.evaluation import ENGINE_VERSION, MonthEvaluation
from app.domain.reading.definitions import with_definitions
from app.extensions import db
from app.performance.judging.service import judge
from app.performance.models import Definitions, Evaluation


@dataclass(frozen=True)
class Difference:
    """Where a stored judgement and its repetition part, in words.

    `part` is fingerprint, finding, chain, rights, proposals or month.
    """

    part: str
    words: str


def recompute(evaluation: Evaluation) -> MonthEvaluation | None:
    """By the definitions kept with it, as known at its instant; None when its month is no longer there."""
    before = select(Evaluation.month).where(
        Evaluation.contract_id == evaluation.contract_id, Evaluation.as_known_at <= evaluation.as_known_at
    )
    months = set(db.session.scalars(before))
    again = judge(evaluation.contract, evaluation.as_known_at, months, _catalogue(evaluation))
    return next((month for month in again if str(month.month) == evaluation.month), None)


def is_the_same(evaluation: Evaluation, again: MonthEvaluation | None) -> bool:
    """Whether both come to the same bytes: fingerprint, findings, credit chain, rights and proposals."""
    return next(differences(evaluation, again), None) is None


def differences(evaluation: Evaluation, again: MonthEvaluation | None) -> Iterator[Difference]:
    if again is None:
        yield Difference("month", "no terms are in force for it any more")
        return
    if evaluation.fingerprint != again.fingerprint:
        yield Difference("fingerprint", _why(evaluation, again))
    stored = {finding.service_level: finding.detail for finding in evaluation.findings}
    found = {finding.level.key: finding.to_document() for finding in again.findings}
    for level in dict.fromkeys([*stored, *found]):
        if canonical_json(stored.get(level)) != canonical_json(found.get(level)):
            yield Difference("finding", f"{level} comes out differently")
    if list(stored) != list(found) and stored.keys() == found.keys():
        yield Difference("finding", "the findings stand in another order")
    chain = again.credits.to_document()
    if canonical_json(evaluation.credit_chain) != canonical_json(chain):
        yield Difference("chain", f"payable was {evaluation.credit_chain.get('payable')}, is {chain.get('payable')}")
    yield from _watched(evaluation, again)


def _watched(evaluation: Evaluation, again: MonthEvaluation) -> Iterator[Difference]:
    """What opened and what would be tightened, unless it was judged before these were kept."""
    for part in ("rights", "proposals"):
        stored, found = getattr(evaluation, part), [each.to_document() for each in getattr(again, part)]
        if stored is not None and canonical_json(stored) != canonical_json(found):
            before, after = _named(part, stored), _named(part, found)
            yield Difference(part, f"were {before}, are {after}" if before != after else "have other figures")


def _named(part: str, documents: list[dict]) -> str:
    return ", ".join(each["key" if part == "rights" else "service_level"] for each in documents) or "none"


def _why(evaluation: Evaluation, again: MonthEvaluation) -> str:
    """The inputs that moved; what was judged by other rules is said before anything else."""
    if evaluation.engine_version != ENGINE_VERSION:
        return f"judged by engine {evaluation.engine_version}, and this is engine {ENGINE_VERSION}"
    if "catalogue" not in evaluation.inputs:
        return "judged before the definitions were kept with a judgement"
    if evaluation.inputs["catalogue"] != again.inputs["catalogue"]:
        return "judged with another catalogue, whose definitions are not kept"
    moved = [name for name in again.inputs if evaluation.inputs.get(name) != again.inputs[name]]
    return f"other inputs: {', '.join(moved)}" if moved else "the stored fingerprint is not that of the inputs"


def _catalogue(evaluation: Evaluation) -> Catalogue:
    kept = db.session.get(Definitions, evaluation.inputs.get("catalogue", ""))
    return CATALOGUE if kept is None else with_definitions(CATALOGUE, kept.document)
