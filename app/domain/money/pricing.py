"""Prices a month's findings, each by its formula; points are summed, and of one incident one credit is paid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from app.domain.attainment import JUDGED, Default, Disposition
from app.domain.clauses import CreditTerms
from app.domain.credits import CreditLine, MonthCredits, Pricing
from app.domain.exact import plain
from app.domain.findings import Finding
from app.domain.money.account import Account
from app.domain.money.charges import invoice_month
from app.domain.money.incidents import choice_ends, joined
from app.domain.money.returning import Years
from app.domain.money.settlement import Settlement, without_credits
from app.domain.periods import Month
from app.domain.rules.basis import Basis, Case
from app.domain.rules.bonus import Bonus, bonus, gate_of
from app.domain.rules.caps import in_order, scaled
from app.domain.rules.prices import ByPoints
from app.domain.rules.repeats import repeat_of
from app.domain.rules.trail import Trail
from app.domain.targets import Limit
from app.domain.terms import Terms

NOTHING = Decimal(0)
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Desk:
    """Prices one month of one contract."""

    account: Account
    terms: Terms
    month: Month
    findings: Sequence[Finding]
    trails: Mapping[str, Trail[Finding]]
    unit: int
    years: Years

    def month_credits(self) -> MonthCredits:
        """`findings` are the month's; unknown charges leave a credit unpriced, never zero; a month that owes none comes
        to zero with or without them.
        """
        agreed = self.terms.credits
        by_key = {finding.level.key: finding for finding in self.findings}
        returned = self.account.earn(self.month, by_key, self.years)
        if agreed is None:
            return without_credits(self.account, self.month, returned)
        basis = self.account.charges.basis(agreed, self.month)
        lines = self._lines(agreed)
        lines, points, points_price = self._points(agreed, basis, lines)
        lines = self._without_replaced(self._one_of_each_incident(lines))
        head = MonthCredits(
            month=self.month,
            pricing=Pricing.PRICED,
            clause=agreed.clause,
            invoice_month=invoice_month(agreed.base, self.month),
            base=agreed.base.kind,
            charges=None if basis.charges is None else int(basis.charges),
            at_risk=agreed.at_risk,
            monthly_cap=agreed.monthly_cap,
            points=points,
            points_price=points_price,
            bonuses=tuple(self._bonuses(agreed)),
        )
        if self._are_unknown(agreed, basis, lines):
            left_open = self.account.leave_open(self.month, lines, self.findings, agreed)
            unpriced = tuple(line._replace(uncapped=None, payable=None) for line in lines)
            backs = (*returned, *left_open)
            return replace(head, pricing=Pricing.NOT_PRICED, lines=unpriced, earn_backs=backs, bonuses=())
        settlement = Settlement(self.account, agreed, self.month, self.findings, basis, self.years)
        return settlement.settle(head, lines, returned)

    def _are_unknown(self, agreed: CreditTerms, basis: Basis, lines: Sequence[CreditLine]) -> bool:
        """Whether a credit, a cap over it or the bank that offsets it rests on charges that are not known."""
        if any(line.uncapped is None for line in lines):
            return True
        if self.account.bank.is_unsure_of(lines):
            return True
        if not any(line.uncapped for line in lines if not line.outside_caps):
            return False
        if basis.charges is None and any(cap.percent for cap in agreed.caps):
            return True
        owed = {line.service_level: line.uncapped or NOTHING for line in lines if not line.outside_caps}
        early, late = in_order(agreed.caps)
        return self.account.lacks_charges((*early, *late), owed, self.month, basis)

    def _lines(self, agreed: CreditTerms) -> list[CreditLine]:
        """One for each finding that costs something, by service-level key."""
        lines = []
        for finding in sorted(self.findings, key=lambda finding: finding.level.key):
            if is_priced(finding):
                line = self._line(finding, agreed)
                if line.uncapped is None or line.uncapped or line.points or finding.default is not Default.NONE:
                    lines.append(line)
        return lines

    def _line(self, finding: Finding, agreed: CreditTerms) -> CreditLine:
        level, trail = finding.level, self.trails[finding.level.key]
        if level.price is None:
            raise ValueError(f"{level.key} has no price")
        case = _case(finding, trail)
        basis = self.account.charges.basis_of(agreed, self.month, finding)
        priced = level.price.price(case, basis._replace(pool=agreed.pool_of(level.category)))
        is_default = finding.default is not Default.NONE
        repeat = repeat_of(level.repeats if is_default else None, trail, finding.ordinal)
        points = level.price.points_of(finding.severity) if isinstance(level.price, ByPoints) else NOTHING
        return CreditLine(
            service_level=level.key,
            name=level.name,
            clause=level.clause,
            window=str(finding.window),
            default=finding.default.value,
            allocation=level.price.on(case.first) if hasattr(level.price, "on") else None,
            uncapped=None if priced.amount is None and repeat.factor else (priced.amount or NOTHING) * repeat.factor,
            payable=None,
            category=level.category,
            formula=priced.formula,
            figures=priced.figures | self._charged(agreed, basis),
            failures=repeat.failures,
            factor=repeat.factor,
            points=points * repeat.factor,
            outside_caps=level.outside_caps,
        )

    def _charged(self, agreed: CreditTerms, basis: Basis) -> dict[str, str]:
        """The charges of a whole quarter or year, in minor units; those of the month stand with the month."""
        if not agreed.base.over_window or basis.charges in (None, self.account.charges.of(self.month)):
            return {}
        return {"charges": plain(basis.charges or NOTHING)}

    def _points(
        self, agreed: CreditTerms, basis: Basis, lines: list[CreditLine]
    ) -> tuple[list[CreditLine], Decimal, Mapping[str, str]]:
        """What the month's points cost, on the lines that brought them in proportion."""
        points = sum((line.points for line in lines), NOTHING)
        if not points or agreed.points is None:
            return lines, points, {}
        priced = agreed.points.price(points, basis)
        shares = {line.service_level: line.points for line in lines if line.points}
        amounts = None if priced.amount is None else scaled(shares, priced.amount, points)
        told = {"formula": priced.formula, **priced.figures}
        return (
            [
                line._replace(uncapped=None if amounts is None else amounts[line.service_level])
                if line.points
                else line
                for line in lines
            ],
            points,
            told,
        )

    def _one_of_each_incident(self, lines: list[CreditLine]) -> list[CreditLine]:
        """Misses of one incident are each priced, and one is paid: the customer's choice in time, else the highest."""
        incidents = [incident for incident in self.account.events.incidents if incident.month == self.month]
        for together in joined(incidents, {line.service_level for line in lines}):
            among = {line.service_level: line for line in lines if together.holds(line.service_level)}
            if len(among) < 2 or any(line.uncapped is None for line in among.values()):
                continue
            ends = choice_ends(self.month, self.terms)
            chosen = [among[key] for key in together.chosen(ends) if key in among] or among.values()
            paid = max(chosen, key=lambda line: (line.uncapped or NOTHING, line.service_level)).service_level
            lines = [
                line._replace(uncapped=NOTHING, incident=together.name, figures=self._forgone(line))
                if line.service_level in among and line.service_level != paid
                else line
                for line in lines
            ]
        return lines

    def _without_replaced(self, lines: list[CreditLine]) -> list[CreditLine]:
        """A failure whose credit stands in the place of all others (UK call-off terms: compensation for a critical
        service level failure) leaves nothing of them; of several such failures each costs its own.
        """
        levels = {finding.level.key: finding.level for finding in self.findings}
        standing = [
            line.service_level
            for line in lines
            if levels[line.service_level].replaces_others and line.uncapped and line.default != Default.NONE
        ]
        if not standing:
            return lines
        return [
            line
            if line.service_level in standing
            else line._replace(uncapped=NOTHING, replaced_by=standing[0], figures=self._forgone(line))
            for line in lines
        ]

    def _forgone(self, line: CreditLine) -> dict[str, str]:
        """What the credit would have come to, in the currency's units, had it been the one to be paid."""
        return {**line.figures, "priced": plain((line.uncapped or NOTHING) / self.unit)}

    def _bonuses(self, agreed: CreditTerms) -> list[Bonus]:
        found: list[Bonus] = []
        for finding in self.findings:
            rule = finding.level.bonus
            if rule is None or not finding.is_exceeding or finding.disposition is not Disposition.COUNTS:
                continue
            value = finding.value
            if value is not None and isinstance(finding.expected, Limit):
                gate = gate_of(rule.gate, self.findings)
                basis = self.account.charges.basis_of(agreed, self.month, finding)
                found.append(bonus(rule, finding.level.key, value, finding.expected.value, gate, basis))
        return found


def is_priced(finding: Finding) -> bool:
    """A default that counts, or a result that is priced whatever it is, of a service level with a price."""
    price = finding.level.price
    if price is None or finding.disposition is not Disposition.COUNTS:
        return False
    if finding.default is not Default.NONE:
        return finding.level.may_cost(finding.window.first)
    return price.is_always and finding.attainment in JUDGED


def _case(finding: Finding, trail: Trail[Finding]) -> Case:
    return Case(
        numerator=finding.numerator,
        denominator=finding.denominator,
        exact=finding.exact,
        scale=finding.metric.scale,
        expected=finding.expected,
        band=finding.severity,
        first=finding.window.first,
        trail=trail,
        ordinal=finding.ordinal,
    )
