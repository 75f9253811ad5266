"""What a claim would change, or changed: the contract judged with it and without, nothing stored."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from app.contracts.models import Contract
from app.domain.credits import CreditLine
from app.domain.findings import Finding
from app.domain.judging.evaluation import MonthEvaluation
from app.domain.periods import Month
from app.domain.rules.relief import Claim
from app.performance.effects import Total, compare, total_of
from app.performance.judging.known import known_now
from app.performance.wording import result_words


@dataclass(frozen=True)
class Change:
    """One service level of the claim's month, without the claim and with it granted, each with its credit's line."""

    before: Finding
    after: Finding
    line_before: CreditLine | None
    line_after: CreditLine | None

    @property
    def name(self) -> str:
        return self.before.level.name

    @property
    def raw(self) -> str:
        return _written(self.before, self.before.raw)

    @property
    def without(self) -> str:
        return _written(self.before, self.before.contractual)

    @property
    def granted(self) -> str:
        return _written(self.after, self.after.contractual)


@dataclass(frozen=True)
class Effect:
    """Amounts are minor units, None where a month is not priced. What later months look back on may change too:
    `months` are all that come out differently.
    """

    changes: tuple[Change, ...]
    months: tuple[Month, ...]
    has_credits: bool
    total: Total  # of the claim's month
    later: int | None

    @property
    def avoided(self) -> int | None:
        if self.total.before is None or self.total.after is None:
            return None
        return self.total.before - self.total.after


def effect_of(contract: Contract, claim: Claim, now: datetime) -> Effect | None:
    """By everything else that is known now; None when the month has no terms."""
    known = known_now(contract, now)
    others = tuple(each for each in known.events.claims if each.key != claim.key)
    granted = replace(claim, decision="granted")
    without = replace(known, events=replace(known.events, claims=others)).judge()
    relieved = replace(known, events=replace(known.events, claims=(*others, granted))).judge()
    before, after = _of_month(without, claim.month), _of_month(relieved, claim.month)
    if before is None or after is None:
        return None
    compared = compare(without, relieved)
    return Effect(
        changes=tuple(_changes(before, after, claim)),
        months=compared.months,
        has_credits=before.terms.credits is not None,
        total=total_of(before.month, before, after),
        later=_elsewhere(compared.totals, claim.month),
    )


def _changes(before: MonthEvaluation, after: MonthEvaluation, claim: Claim) -> Iterator[Change]:
    for finding in before.findings:
        key = finding.level.key
        if claim.is_about(key, claim.month):
            yield Change(finding, after.finding(key) or finding, before.credits.line(key), after.credits.line(key))


def _of_month(judged: Iterable[MonthEvaluation], month: str) -> MonthEvaluation | None:
    return next((each for each in judged if str(each.month) == month), None)


def _elsewhere(totals: Iterable[Total], month: str) -> int | None:
    """What the other months' credits come to less; None when one of them is not priced."""
    others = [(total.before, total.after) for total in totals if str(total.month) != month]
    known = [before - after for before, after in others if before is not None and after is not None]
    return sum(known) if len(known) == len(others) else None


def _written(finding: Finding, value) -> str:
    targets = " ".join(str(target) for target in (finding.expected, finding.minimum) if target is not None)
    return result_words(value, targets, finding.metric, finding.decimals)
