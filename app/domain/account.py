"""What a contract carries from month to month: credits that may be earned back, the bank, what caps have used up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from app.domain.attainment import Disposition
from app.domain.events import Events
from app.domain.findings import Finding
from app.domain.periods import Month
from app.domain.rules.basis import Basis
from app.domain.rules.caps import Cap, Capped, apply_cap
from app.domain.rules.earn_back import EarnBack, EarnBackRule, OpenCredit, step

NOTHING = Decimal(0)
HUNDRED = Decimal(100)


@dataclass(slots=True)
class Settled:
    """One month's credits while they may still change: amounts before the caps that come after the earn-back, and what
    the bank and waivers took of each after them.
    """

    gross: dict[str, Decimal]
    given_up: Mapping[str, Decimal]
    late_caps: Sequence[tuple[Cap, Decimal, Decimal]]  # cap, limit, used by earlier months
    net: Decimal

    def after_caps(self) -> Decimal:
        amounts = dict(self.gross)
        for cap, limit, used in self.late_caps:
            amounts, _ = apply_cap(cap, amounts, limit, used)
        return sum((max(amount - self.given_up[key], NOTHING) for key, amount in amounts.items()), NOTHING)


@dataclass
class Account:
    """Walks forward through the months; nothing in it is looked up by date."""

    events: Events
    year_starts: Month
    charges: dict[int, Decimal] = field(default_factory=dict)  # credit base by month
    settled: dict[int, Settled] = field(default_factory=dict)
    before: dict[int, Decimal] = field(default_factory=dict)  # what each month came to before the earn-back
    open: list[OpenCredit] = field(default_factory=list)
    bank: dict[str, Decimal] = field(default_factory=dict)

    def cap(
        self, caps: Sequence[Cap], amounts: dict[str, Decimal], month: Month, basis: Basis, late: bool
    ) -> tuple[dict[str, Decimal], list[Capped], list[tuple[Cap, Decimal, Decimal]]]:
        """The amounts under each cap in turn, what each took off, and its limit and use."""
        found: list[Capped] = []
        applied = []
        for cap in caps:
            limit, used = self._room(cap, month, basis, late)
            if amounts:
                amounts, taken = apply_cap(cap, amounts, limit, used)
                found += taken
            applied.append((cap, limit, used))
        return amounts, found, applied

    def _room(self, cap: Cap, month: Month, basis: Basis, late: bool) -> tuple[Decimal, Decimal]:
        first = cap.first(month, self.year_starts).ordinal
        charges = sum((self.charges.get(each, NOTHING) for each in range(first, month.ordinal + 1)), NOTHING)
        earlier = range(first, month.ordinal)
        if late:
            used = sum((self.settled[each].net for each in earlier if each in self.settled), NOTHING)
        else:
            used = sum((self.before.get(each, NOTHING) for each in earlier), NOTHING)
        return cap.limit(charges, basis.at_risk or NOTHING, basis.unit), used

    def earn(self, month: Month, findings: Mapping[str, Finding], year_met: Mapping[str, bool]) -> list[EarnBack]:
        """Takes every open credit one month further. `year_met` says of each level whether its contract year ended
        well; it is empty in other months.
        """
        results, still_open = [], []
        for credit in self.open:
            result = self._further(credit, month, findings.get(credit.service_level), year_met)
            if result.state in ("pending", "awaiting_approval"):
                still_open.append(credit)
            results.append(result)
        self.open = still_open
        return results

    def _further(
        self, credit: OpenCredit, month: Month, finding: Finding | None, year_met: Mapping[str, bool]
    ) -> EarnBack:
        rule = credit.rule
        if credit.earned_at is None and rule.kind == "annual_average":
            if credit.service_level in year_met:
                if not year_met[credit.service_level]:
                    return _result(credit, "lost", "The year's average did not reach the target")
                credit.earned_at = month.ordinal
        elif credit.earned_at is None and finding is not None:
            does = step(rule, finding, month.number)
            if does == "breaks":
                return _result(credit, "lost", f"{month}: {finding.attainment.value}")
            credit.counted += does == "counts"
            if credit.counted >= rule.months:
                credit.earned_at = month.ordinal
        elif credit.earned_at is None and self._breaks(credit, month):
            return _result(credit, "lost", f"{month}: not measured")
        if credit.earned_at is None:
            return _result(credit, "pending")
        if rule.needs_approval:
            return self._approved(credit, month)
        return self._earned(credit)

    def _breaks(self, credit: OpenCredit, month: Month) -> bool:
        """Whether a window that should have ended in this month is missing, and that breaks the run."""
        rule = credit.rule
        is_due = (month.ordinal - credit.ordinal) % credit.step == 0
        return is_due and not rule.passes_gaps and month.number not in rule.passes

    def _approved(self, credit: OpenCredit, month: Month) -> EarnBack:
        for approval in self.events.approvals:
            if (approval.service_level, str(approval.credit_month)) == (credit.service_level, credit.month):
                if Month.of(approval.decided_on) > month:
                    break
                if not approval.granted:
                    return _result(credit, "refused", approval.approved_by)
                return self._earned(credit)
        return _result(credit, "awaiting_approval")

    def _earned(self, credit: OpenCredit) -> EarnBack:
        """What comes back: the difference that the credit makes to its month, with the caps that come after."""
        settled = self.settled[credit.ordinal]
        earned = credit.amount * credit.rule.fraction / HUNDRED
        settled.gross[credit.service_level] -= earned
        after = settled.after_caps()
        returned, settled.net = settled.net - after, after
        return _result(credit, "earned", amount=returned)

    def fill(
        self, month: Month, findings: Sequence[Finding], common: EarnBackRule | None, basis: Basis
    ) -> list[EarnBack]:
        """What this month's results put into the bank. `common` is the rule of levels that have none of their own."""
        results = []
        for finding in findings:
            rule = finding.level.earn_back or common
            if not (rule and rule.kind == "bank" and rule.deposit and finding.is_exceeding):
                continue
            if finding.disposition is not Disposition.COUNTS or month.number in rule.passes:
                continue
            amount = rule.deposit.of(basis) or NOTHING
            category = finding.level.category
            balance = self.bank.get(category, NOTHING)
            if rule.limit is not None:
                amount = min(amount, max(rule.limit * basis.unit - balance, NOTHING))
            self.bank[category] = balance + amount
            results.append(_bank(finding.level.key, month, rule, "deposited", amount, category))
        return results

    def expire(self, month: Month) -> list[EarnBack]:
        """The bank ends with the contract, whether or not that month can be priced."""
        if self.events.terminated_on is None or Month.of(self.events.terminated_on) != month:
            return []
        ended, self.bank = self.bank, {}
        rule = EarnBackRule("bank")
        return [_bank("", month, rule, "expired", balance, category) for category, balance in ended.items() if balance]

    def draw(
        self, month: Month, amounts: Mapping[str, Decimal], category_of: Mapping[str, str]
    ) -> tuple[dict[str, Decimal], list[EarnBack]]:
        """Offsets this month's credits with what earlier months put in, line by line in order of their keys."""
        left, results = dict(amounts), []
        for key in sorted(left):
            category = category_of[key]
            drawn = min(self.bank.get(category, NOTHING), left[key])
            if drawn > 0:
                self.bank[category] -= drawn
                left[key] -= drawn
                results.append(_bank(key, month, EarnBackRule("bank"), "offset", drawn, category))
        return left, results


def _result(credit: OpenCredit, state: str, reason: str = "", amount: Decimal = NOTHING) -> EarnBack:
    rule = credit.rule
    needed = rule.months if rule.kind == "months" else 1
    return EarnBack(
        *(credit.service_level, credit.month, rule.kind, state, credit.counted, needed, rule.fraction, credit.amount),
        *(amount, rule.clause, reason),
    )


def _bank(key: str, month: Month, rule: EarnBackRule, state: str, amount: Decimal, category: str) -> EarnBack:
    return EarnBack(
        *(key, str(month), "bank", state, 0, 0, HUNDRED, NOTHING, amount, rule.clause, "", {"category": category})
    )
