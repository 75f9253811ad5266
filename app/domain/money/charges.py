"""What percentages are of: the charges of a month, by the credit base of the terms in force in it.

A month whose terms have no credits counts with its invoice, where a later cap or a longer window holds it.
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from app.domain.clauses import INVOICE, BaseRule, CreditTerms
from app.domain.figures.windowing import Windows
from app.domain.findings import Finding
from app.domain.periods import Month, Window
from app.domain.rules.basis import HUNDRED, Basis
from app.domain.terms import Terms

NOTHING = Decimal(0)


def invoice_month(base: BaseRule, month: Month) -> Month:
    """The month whose invoice the credits of `month` are a share of, and come off."""
    return month.next() if base.next_month else month


def months_charged(finding: Finding, month: Month, in_force: Callable[[Month], Terms | None]) -> list[Month]:
    """The months of a finding's window whose charges its credit is a share of, where the base says `over: window`."""
    newest, anew = in_force(month), finding.level.window.amendment == "restart"
    inside = [each for each in finding.window.months if in_force(each)]
    return [each for each in inside if in_force(each) is newest] if anew else inside


class Charges:
    """Minor units, by month; None while they are not known."""

    def __init__(
        self, windows: Windows, totals: Mapping[Month, int], lines: Mapping[Month, Mapping[str, int]], unit: int
    ) -> None:
        self.windows, self.totals, self.lines, self.unit = windows, totals, lines, unit
        self.known: dict[Month, Decimal | None] = {}

    def of(self, month: Month) -> Decimal | None:
        if month not in self.known:
            terms = self.windows.in_force(month)
            self.known[month] = self._of(terms.credits.base if terms and terms.credits else INVOICE, month)
        return self.known[month]

    def over(self, window: Window) -> Decimal | None:
        """Of all its months that have terms."""
        return self._sum(month for month in window.months if self.windows.in_force(month))

    def _sum(self, months: Iterable[Month]) -> Decimal | None:
        charges = [self.of(month) for month in months]
        known = [each for each in charges if each is not None]
        return sum(known, NOTHING) if len(known) == len(charges) else None

    def basis(self, agreed: CreditTerms, month: Month) -> Basis:
        """What the credits of a month are a share of."""
        return Basis(self.of(month), agreed.at_risk, HUNDRED, self.unit)

    def basis_of(self, agreed: CreditTerms, month: Month, finding: Finding) -> Basis:
        """What the credit of one finding is a share of: of its whole quarter or year, where the base says so; after an
        amendment that starts it anew, of the months since.
        """
        basis = self.basis(agreed, month)
        if not agreed.base.over_window or finding.level.window.step == 1:
            return basis
        return basis._replace(charges=self._sum(months_charged(finding, month, self.windows.in_force)))

    def so_far(self, first: Month, last: Month) -> Decimal:
        """What is known of these months."""
        if first == last:
            return self.of(last) or NOTHING
        months = (month for month in first.through(last) if self.windows.in_force(month))
        return sum((self.of(month) or NOTHING for month in months), NOTHING)

    def at_risk_so_far(self, first: Month, last: Month, percent: Decimal) -> Decimal:
        """What the terms in force in each month put at risk of its known charges; `percent` where they name none."""
        total = NOTHING
        for month in first.through(last):
            if terms := self.windows.in_force(month):
                agreed = terms.credits.at_risk if terms.credits else None
                total += (self.of(month) or NOTHING) * (percent if agreed is None else agreed) / HUNDRED
        return total

    def _of(self, base: BaseRule, month: Month) -> Decimal | None:
        if base.kind == "fixed_fee":
            return (base.amount or NOTHING) * self.unit
        invoiced = invoice_month(base, month)
        total, lines = self.totals.get(invoiced), self.lines.get(invoiced)
        if total is None:
            return None
        if base.kind != "invoice_net":
            return Decimal(total)
        return None if lines is None else max(Decimal(total - sum(lines.get(name, 0) for name in base.less)), NOTHING)
