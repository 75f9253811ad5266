"""Rights as pages show them: each occurrence with what the judgement in force says of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app import clock
from app.contracts.models import Contract
from app.domain.periods import Month
from app.domain.rules.rights import RightRule, standing_on
from app.domain.terms import Terms
from app.extensions import db
from app.performance.levels import terms_of
from app.performance.models import Evaluation, OpenedRight
from app.performance.stored import judgements_of

KINDS = {"termination": "to terminate", "step_in": "to step in", "plan": "to a plan", "other": ""}
STATES = ("open", "ahead", "exercised", "declined", "lapsed", "gone")


@dataclass(frozen=True)
class StandingRight:
    """An occurrence beside the judgement in force of its month; `evaluation` None: a later judgement took it away."""

    row: OpenedRight
    evaluation: Evaluation | None
    document: dict
    today: date

    @property
    def state(self) -> str:
        """open, ahead, exercised, declined, lapsed, or gone."""
        if self.row.decision or self.evaluation is None:
            return self.row.decision or "gone"
        return standing_on(self.today, self.opened_on, self.lapses_on)

    @property
    def is_open(self) -> bool:
        return self.state == "open"

    @property
    def is_ahead(self) -> bool:
        return self.state == "ahead"

    @property
    def may_be_recorded(self) -> bool:
        """A notice that was given in time may be entered after the right would have lapsed."""
        return self.state in ("open", "lapsed")

    @property
    def name(self) -> str:
        return self.document.get("name") or self.row.right_key

    @property
    def clause(self) -> str:
        return self.document.get("clause", "")

    @property
    def opened_on(self) -> date:
        return Month.parse(self.row.month).last

    @property
    def lapses_on(self) -> date | None:
        text = self.document.get("lapses_on")
        return date.fromisoformat(text) if text else None

    @property
    def kind(self) -> str:
        return KINDS.get(self.document.get("kind", "other"), "")

    @property
    def terms(self) -> Terms | None:
        return terms_of(self.evaluation) if self.evaluation else None

    @property
    def rule(self) -> RightRule | None:
        rules = self.terms.rights if self.terms else ()
        return next((rule for rule in rules if rule.key == self.row.right_key), None)

    @property
    def about(self) -> str:
        """The service level by its name, or the whole contract."""
        if not self.row.service_level:
            return "the whole contract"
        levels = self.terms.service_levels if self.terms else ()
        names = {level.key: level.name for level in levels}
        return names.get(self.row.service_level, self.row.service_level)

    @property
    def is_of_money(self) -> bool:
        return self.rule is not None and self.rule.of == "credits"

    @property
    def window(self) -> int:
        """How many months the condition looks back over."""
        return (self.rule.consecutive or self.rule.within or 1) if self.rule else 1


def rights_of(contracts: Iterable[Contract]) -> list[StandingRight]:
    """Every right that stands or stood, the open ones first; those that a later judgement took away are left out."""
    found = standing(OpenedRight.contract_id.in_([contract.id for contract in contracts]))
    kept = [right for right in found if right.state != "gone"]
    return sorted(kept, key=lambda right: (STATES.index(right.state), -right.opened_on.toordinal(), right.row.id))


def standing(*criteria) -> list[StandingRight]:
    """One statement more where there are any."""
    rows = db.session.scalars(
        select(OpenedRight)
        .where(*criteria)
        .options(joinedload(OpenedRight.contract).joinedload(Contract.partner), joinedload(OpenedRight.decided_by))
        .order_by(OpenedRight.id)
    ).all()
    judged = judgements_of(rows)
    return [_standing(row, judged.get((row.contract_id, row.month))) for row in rows]


def _standing(row: OpenedRight, evaluation: Evaluation | None) -> StandingRight:
    identity = (row.right_key, row.service_level)
    kept = (evaluation.rights if evaluation else None) or ()
    document = next((each for each in kept if (each["key"], each["service_level"]) == identity), None)
    return StandingRight(row, evaluation if document else None, document or {}, clock.today(row.contract.zone))
