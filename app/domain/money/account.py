"""What a contract carries from month to month: credits that may be earned back, what caps have used up, the bank."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from app.domain.attainment import WITHOUT_RESULT
from app.domain.clauses import CreditTerms
from app.domain.credits import CreditLine
from app.domain.events import Events
from app.domain.findings import Finding
from app.domain.money.bank import Bank
from app.domain.money.charges import Charges
from app.domain.money.returning import (
    YEAR_MISSED,
    YEAR_UNKNOWN,
    Years,
    reaches,
    result_of,
    year_figures,
)
from app.domain.periods import Month, Span
from app.domain.rules.basis import Basis
from app.domain.rules.caps import Cap, Capped, apply_cap
from app.domain.rules.earn_back import EarnBack, OpenCredit, step
from app.domain.wording import words

NOTHING = Decimal(0)
HUNDRED = Decimal(100)


@dataclass(slots=True)
class Settled:
    """One month's credits while they may still change: amounts before the caps that come after the earn-back, and what
    the bank and waivers took of each after them.
    """

    gross: dict[str, Decimal]  # without credits that no cap holds
    given_up: Mapping[str, Decimal]
    late_caps: Sequence[tuple[Cap, Decimal, Decimal]]  # cap, limit, used by earlier months
    net: Decimal  # of `gross`

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
    charges: Charges
    settled: dict[int, Settled] = field(default_factory=dict)
    before: dict[int, Decimal] = field(default_factory=dict)  # what each month came to before the earn-back
    unpriced: set[int] = field(default_factory=set)  # months whose credits are not known
    open: list[OpenCredit] = field(default_factory=list)
    bank: Bank = field(init=False)

    def __post_init__(self) -> None:
        self.bank = Bank(self.charges, self.events.terminated_on)

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

    def lacks_charges(self, caps: Sequence[Cap], amounts: Mapping[str, Decimal], month: Month, basis: Basis) -> bool:
        """Whether a cap takes something off by a limit in which the charges of some month are missing, or is used up to
        an unknown part by a month that is not priced.
        """
        if any(self._is_used_by_unpriced(cap, month) for cap in caps):
            return True
        if not any(cap.percent and cap.is_long for cap in caps):
            return False  # the month's own are known
        left = dict(amounts)
        for cap in caps:
            limit, used = self._room(cap, month, basis, cap.after_earn_back)
            left, taken = apply_cap(cap, left, limit, used)
            time = Span.of_months(cap.first(month, self.year_starts), month)
            if cap.percent and self.charges.over(time) is None and any(each.taken_off for each in taken):
                return True
        return False

    def _is_used_by_unpriced(self, cap: Cap, month: Month) -> bool:
        return any(each in self.unpriced for each in range(cap.first(month, self.year_starts).ordinal, month.ordinal))

    def _room(self, cap: Cap, month: Month, basis: Basis, late: bool) -> tuple[Decimal, Decimal]:
        first = cap.first(month, self.year_starts)
        if cap.of == "at_risk":
            base = self.charges.at_risk_so_far(first, month, basis.at_risk or NOTHING)
        else:
            base = self.charges.so_far(first, month)
        earlier = range(first.ordinal, month.ordinal)
        if late:
            used = sum((self.settled[each].net for each in earlier if each in self.settled), NOTHING)
        else:
            used = sum((self.before.get(each, NOTHING) for each in earlier), NOTHING)
        return cap.limit(base, basis.unit), used

    def earn(self, month: Month, findings: Mapping[str, Finding], years: Years) -> list[EarnBack]:
        """Takes every open credit one month further, each by the rule in force when it was given."""
        return self._all_further(self.open, lambda credit: self._further(credit, month, findings, years))

    def end_year(self, month: Month, years: Years) -> list[EarnBack]:
        """A credit of the year's last month is judged by the average of its own year, which ends with that month."""
        if years is None:
            return []
        opened = [
            credit for credit in self.open if credit.ordinal == month.ordinal and credit.rule.kind == "annual_average"
        ]
        return self._all_further(opened, lambda credit: self._by_year(credit, month, years))

    def _all_further(self, among: Sequence[OpenCredit], further: Callable[[OpenCredit], EarnBack]) -> list[EarnBack]:
        results = []
        for credit in list(among):
            result = further(credit)
            if result.state not in ("pending", "awaiting_approval"):
                self.open.remove(credit)
            results.append(result)
        return results

    def _further(self, credit: OpenCredit, month: Month, findings: Mapping[str, Finding], years: Years) -> EarnBack:
        rule, finding = credit.rule, findings.get(credit.service_level)
        if rule.kind == "annual_average":
            return self._by_year(credit, month, years)
        if self.events.are_within(month) and (finding is None or finding.attainment in WITHOUT_RESULT):
            return self._paid(credit, month)
        if credit.earned_at is None and finding is not None:
            does = step(rule, finding, month.number)
            if does == "breaks":
                return result_of(credit, "lost", f"{month}: {words(finding.attainment.value)}")
            credit.good_windows += does == "counts"
            if credit.good_windows >= rule.months:
                credit.earned_at = month.ordinal
        elif credit.earned_at is None and self._breaks(credit, month):
            return result_of(credit, "lost", f"{month}: not measured")
        return self._paid(credit, month)

    def _by_year(self, credit: OpenCredit, month: Month, years: Years) -> EarnBack:
        if credit.earned_at is not None or years is None:
            return self._paid(credit, month)
        year = years.get((credit.service_level, credit.rule.passes))
        credit.year = year_figures(year)
        if year is None or not reaches(credit.rule, year):
            return result_of(credit, "lost", YEAR_MISSED if year and year.is_miss else YEAR_UNKNOWN)
        credit.earned_at = month.ordinal
        return self._paid(credit, month)

    def _paid(self, credit: OpenCredit, month: Month) -> EarnBack:
        if credit.earned_at is None:
            return result_of(credit, "pending")
        if credit.rule.needs_approval:
            return self._approved(credit, month)
        return self._earned(credit)

    def _breaks(self, credit: OpenCredit, month: Month) -> bool:
        """Whether a window that should have ended in this month is missing, and that breaks the run."""
        rule = credit.rule
        is_due = (month.ordinal - credit.ordinal) % credit.step == 0
        return is_due and not rule.passes_gaps and month.number not in rule.passes

    def _approved(self, credit: OpenCredit, month: Month) -> EarnBack:
        about = credit.service_level, credit.month
        decided = [
            each
            for each in self.events.approvals
            if (each.service_level, str(each.credit_month)) == about and Month.of(each.decided_on) <= month
        ]
        if not decided:
            return result_of(credit, "awaiting_approval")
        first = min(decided, key=lambda each: each.decided_on)
        return self._earned(credit) if first.granted else result_of(credit, "refused", first.approved_by)

    def _earned(self, credit: OpenCredit) -> EarnBack:
        """What comes back: the difference that the credit makes to its month, with the caps that come after."""
        settled = self.settled[credit.ordinal]
        earned = credit.amount * credit.rule.fraction / HUNDRED
        if credit.service_level not in settled.gross:
            return result_of(credit, "earned", amount=earned)
        settled.gross[credit.service_level] -= earned
        after = settled.after_caps()
        returned, settled.net = settled.net - after, after
        return result_of(credit, "earned", amount=returned)

    def leave_open(
        self, month: Month, lines: Iterable[CreditLine], findings: Sequence[Finding], agreed: CreditTerms
    ) -> list[EarnBack]:
        """A month that is not priced takes unknown parts of its caps and of the bank, and still puts into the bank."""
        self.unpriced.add(month.ordinal)
        self.bank.leave_open(lines)
        return [*self.bank.fill(month, findings, agreed), *self.bank.expire(month)]
