"""The earn-back bank: good months fill it by category, it offsets later credits, and it is never paid out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from app.domain.attainment import Disposition
from app.domain.clauses import CreditTerms
from app.domain.credits import CreditLine
from app.domain.exact import DUST
from app.domain.findings import Finding
from app.domain.money.charges import Charges
from app.domain.money.returning import agreed_clause, banked
from app.domain.periods import Month
from app.domain.rules.earn_back import EarnBack

NOTHING = Decimal(0)


@dataclass
class Bank:
    """Minor units by category. A balance that rests on charges that are not known is `unsure`, never smaller."""

    charges: Charges
    ends_on: date | None = None  # the contract's last day
    balances: dict[str, Decimal] = field(default_factory=dict)
    clauses: dict[str, str] = field(default_factory=dict)  # of the rule by which each was filled last
    unsure: set[str] = field(default_factory=set)

    def is_unsure_of(self, lines: Iterable[CreditLine]) -> bool:
        """Whether some credit would be offset by a balance that is not known."""
        return any(line.uncapped and line.category in self.unsure for line in lines)

    def leave_open(self, lines: Iterable[CreditLine]) -> None:
        """Credits that are not priced draw an unknown part of what is there."""
        owing = (line for line in lines if line.uncapped is None or line.uncapped)
        self.unsure |= {line.category for line in owing if self.balances.get(line.category)}

    def fill(self, month: Month, findings: Sequence[Finding], agreed: CreditTerms) -> list[EarnBack]:
        """What this month's results put into the bank."""
        results = []
        for finding in findings:
            rule = finding.level.earn_back or agreed.earn_back
            if not (rule and rule.kind == "bank" and rule.deposit and finding.is_exceeding):
                continue
            if finding.disposition is not Disposition.COUNTS or month.number in rule.passes:
                continue
            basis = self.charges.basis_of(agreed, month, finding)
            amount = rule.deposit.of(basis)
            category = finding.level.category
            balance = self.balances.get(category, NOTHING)
            if amount is None:
                self.unsure.add(category)
                continue
            if rule.limit is not None:
                amount = min(amount, max(rule.limit * basis.unit - balance, NOTHING))
            self.balances[category] = balance + amount
            clause = agreed_clause(rule, bool(finding.level.earn_back), finding.level.clause, agreed.clause)
            self.clauses[category] = clause
            results.append(banked(finding.level.key, month, "deposited", amount, category, clause))
        return results

    def expire(self, month: Month) -> list[EarnBack]:
        """The bank ends with the contract, whether or not that month can be priced."""
        if self.ends_on is None or Month.of(self.ends_on) != month:
            return []
        ended, self.balances = self.balances, {}
        self.unsure.clear()
        return [
            banked("", month, "expired", balance, category, self.clauses[category])
            for category, balance in ended.items()
            if balance
        ]

    def draw(
        self, month: Month, amounts: Mapping[str, Decimal], lines: Mapping[str, CreditLine]
    ) -> tuple[dict[str, Decimal], list[EarnBack]]:
        """Offsets this month's credits with what earlier months put in, line by line in order of their keys."""
        left, results = dict(amounts), []
        for key in sorted(left):
            category = lines[key].category
            drawn = min(self.balances.get(category, NOTHING), left[key])
            if drawn > 0:
                rest = self.balances[category] - drawn
                self.balances[category] = rest if rest >= DUST else NOTHING
                left[key] -= drawn
                clause = self.clauses[category]
                results.append(banked(key, month, "offset", drawn, category, clause, lines[key].clause))
        return left, results
