"""Keeps watch over what failures open and what good years tighten: rights, and proposals of continuous improvement."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from app.domain.credits import MonthCredits
from app.domain.findings import Finding
from app.domain.money.account import Account
from app.domain.periods import Month
from app.domain.rules.improvement import ImprovementRule
from app.domain.rules.rights import Right, RightRule, Subject, are_passed_over, brought_by, opened, reached
from app.domain.rules.trail import Trail
from app.domain.terms import Terms

NOTHING = Decimal(0)


class Vigil:
    """`open`: the right that stands, by rule and service level, until it lapses or is exercised."""

    def __init__(self, account: Account, unit: int) -> None:
        self.account, self.unit = account, unit
        self.open: dict[tuple[str, str], Right] = {}
        self.brought: dict[int, dict[str, dict[str, Decimal]]] = {}  # by month and service level, points and credits
        self.proposed: dict[str, int] = {}

    def rights(
        self, terms: Terms, month: Month, priced: MonthCredits, trails: Mapping[str, Trail[Finding]]
    ) -> Iterator[Right]:
        """Those that open in this month. A right that stands does not open again; one that lapsed does, when the
        condition holds in a later month.
        """
        self.brought[month.ordinal] = {
            line.service_level: {"points": line.points, "credits": Decimal(line.payable or 0) / self.unit}
            for line in priced.lines
        }
        for rule in terms.rights:
            for subject in self._subjects(rule, terms, trails):
                key, found = subject.service_level, reached(rule, subject, month.ordinal)
                if found[0] < found[1] or not subject.amount(month.ordinal) or self._stands(rule, key, month):
                    continue
                right = opened(rule, key, str(month), month.last, found)
                self.open[rule.key, key] = right
                yield right

    def _subjects(self, rule: RightRule, terms: Terms, trails: Mapping[str, Trail[Finding]]) -> Iterator[Subject]:
        keys = [level.key for level in terms.service_levels if rule.is_about(level.key, level.importance)]
        found = {key: trails[key] for key in keys if key in trails}
        if rule.per == "contract":
            yield self._subject(rule, "", found, 1)
            return
        for key, trail in found.items():
            yield self._subject(rule, key, {key: trail}, trail.step)

    def _subject(self, rule: RightRule, key: str, trails: Mapping[str, Trail[Finding]], step: int) -> Subject:
        named = trails if key or rule.names_some else None

        def amount(ordinal: int) -> Decimal:
            if rule.of in ("points", "credits"):
                return self._sum(rule.of, named, ordinal)
            return sum((brought_by(rule, trail, ordinal) for trail in trails.values()), NOTHING)

        return Subject(key, amount, lambda ordinal: are_passed_over(tuple(trails.values()), ordinal), step)

    def _sum(self, of: str, keys: Iterable[str] | None, ordinal: int) -> Decimal:
        """What the month's credits came to, over these service levels; None: all, also those that have since gone."""
        month = self.brought.get(ordinal, {})
        return sum((month[key][of] for key in (month if keys is None else keys) if key in month), NOTHING)

    def _stands(self, rule: RightRule, key: str, month: Month) -> bool:
        right = self.open.get((rule.key, key))
        if right is None:
            return False
        if right.lapses_on is not None and right.lapses_on < month.last:
            return False
        return not any(
            each.right == rule.key and each.service_level in ("", key) and right.opened_on <= each.on <= month.last
            for each in self.account.events.exercises
        )

    def may_propose(self, rule: ImprovementRule, key: str, ordinal: int, trail: Trail[Finding]) -> bool:
        """A level presumed at signature is set once; a ratchet waits until its months have passed again."""
        last = self.proposed.get(key)
        if rule.kind == "presumptive":
            return last is None and ordinal - min(trail.findings) == (rule.months - 1) * trail.step
        return last is None or ordinal - last >= rule.months * trail.step
