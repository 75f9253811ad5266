"""What can be asked about a month's credits, and what each decision on it would change; nothing is stored."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app import clock
from app.accounts.models import User
from app.concessions.known import Conceded, as_event
from app.concessions.models import Concession
from app.contracts.models import Contract
from app.domain.credits import round_half_up
from app.domain.judging.evaluation import MonthEvaluation
from app.domain.money.incidents import choice_ends
from app.domain.periods import Month
from app.extensions import db
from app.formatting import money
from app.performance.credits.money import MonthCredit
from app.performance.effects import Total, compare, total_of
from app.performance.judging.known import Known, known_now
from app.performance.levels import terms_of
from app.performance.models import Evaluation
from app.performance.stored import IN_FORCE

WITH_PEOPLE = (
    joinedload(Concession.contract).joinedload(Contract.partner),
    joinedload(Concession.asked_by),
    joinedload(Concession.decided_by),
)


@dataclass(frozen=True)
class Openings:
    """What can still be given up of one month's credits, by the judgement in force; amounts in minor units."""

    credit: MonthCredit
    awaiting: Mapping[str, int]  # credits whose earn-back awaits approval, by service level

    @property
    def contract(self) -> Contract:
        return self.credit.evaluation.contract

    @property
    def names(self) -> dict[str, str]:
        levels = terms_of(self.credit.evaluation).service_levels
        return {level.key: level.name for level in levels}

    @property
    def waivable(self) -> dict[str, int]:
        """What is left of each line."""
        return {line["service_level"]: line["payable"] for line in self.credit.lines if line["payable"]}

    @property
    def alternatives(self) -> dict[str, Decimal]:
        """Credits of which one could be chosen, where the terms know incidents; before caps."""
        agreed = terms_of(self.credit.evaluation).credits
        if agreed is None or agreed.choose_within is None:
            return {}
        costly = {line["service_level"]: line["uncapped"] for line in self.credit.lines if line["uncapped"]}
        return costly if len(costly) > 1 else {}

    def priced_name(self, key: str) -> str:
        """`Abandonment, $12,150 before caps`."""
        line = self.credit.line(key)
        amount = f", {money(line['uncapped'], self.contract.currency)} before caps" if line and line["uncapped"] else ""
        return f"{self.names.get(key, key)}{amount}"

    @property
    def choice_ends(self) -> date | None:
        return choice_ends(Month.parse(self.credit.evaluation.month), terms_of(self.credit.evaluation))

    @property
    def kinds(self) -> tuple[str, ...]:
        offered = {"waiver": self.waivable, "incident": self.alternatives, "earn_back": self.awaiting}
        return tuple(kind for kind, what in offered.items() if what)


def openings_of(evaluation: Evaluation) -> Openings:
    return Openings(MonthCredit(evaluation, 0), _awaiting(evaluation))


def _awaiting(evaluation: Evaluation) -> dict[str, int]:
    """By the newest judgement of the contract, where the terms leave the earn-back to somebody's approval."""
    terms = terms_of(evaluation)
    rules = [terms.credits and terms.credits.earn_back, *(level.earn_back for level in terms.service_levels)]
    if not any(rule and rule.needs_approval for rule in rules):
        return {}
    newest = select(Evaluation).where(IN_FORCE, Evaluation.contract_id == evaluation.contract_id)
    latest = db.session.scalars(newest.order_by(Evaluation.month.desc()).limit(1)).one()
    return {
        each["service_level"]: round_half_up(Decimal(each["credit"]) * Decimal(each["fraction"]) / 100)
        for each in awaiting_in(latest)
        if each["credit_month"] == evaluation.month
    }


def concessions_of(user: User, *criteria) -> list[Concession]:
    """Those that this person may read, what waits for a decision first, then the newest."""
    rows = db.session.scalars(
        select(Concession)
        .where(*criteria)
        .options(*WITH_PEOPLE)
        .order_by(Concession.decision != "open", Concession.asked_at.desc())
    )
    return [row for row in rows if row.is_shown_to(user)]


def awaiting_in(evaluation: Evaluation) -> list[dict]:
    """Earn-backs that wait for somebody's approval, as the newest judgement of a contract has them."""
    chain = evaluation.credit_chain
    return [each for each in chain.get("earn_backs", ()) if each["state"] == "awaiting_approval"]


class Alternative(NamedTuple):
    """One decision that could be taken: the invoice months that come out differently by it, and the month itself."""

    chosen: str
    words: str
    totals: tuple[Total, ...]


def alternatives_of(
    concession: Concession, contract: Contract, names: Mapping[str, str], now: datetime
) -> list[Alternative]:
    """By everything else that is known now; of an incident one for each credit that could be the one paid."""
    known, today = known_now(contract, now), clock.today(contract.zone)
    stands = known.judge([Month.of(today)])
    choices = {"": "If granted"}
    if concession.kind == "incident":
        choices = {"": "The highest, by default"} | {
            key: f"{names.get(key, key)} is paid" for key in concession.service_levels
        }
    found = []
    for chosen, words in choices.items():
        granted = _with(known, as_event(concession, contract, today, chosen)).judge([Month.of(today)])
        totals = compare(stands, granted).totals
        found.append(Alternative(chosen, words, totals or _unchanged(stands, concession.month)))
    return found


def _unchanged(judged: Iterable[MonthEvaluation], month: str) -> tuple[Total, ...]:
    return tuple(total_of(each.month, each, each) for each in judged if str(each.month) == month)


def _with(known: Known, event) -> Known:
    events = known.events
    conceded = Conceded(events.waivers, events.incidents, events.approvals).with_one(event)
    return replace(known, events=replace(events, **conceded._asdict()))


def waived_of(levels: Iterable[str], openings: Openings) -> int:
    """What is left to waive of these lines, of all when none is named."""
    return sum(left for key, left in openings.waivable.items() if key in levels or not levels)
