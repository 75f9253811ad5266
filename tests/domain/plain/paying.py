"""Caps, the bank, waivers and earn-back: what a month's credits come to in the end."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from tests.domain.plain.draws import month_text
from tests.domain.plain.judging import Found, set_aside
from tests.domain.plain.placing import step_of
from tests.domain.plain.pricing import UNIT, Pricing, share

NOTHING = Fraction(0)
Amounts = dict[str, Fraction]


@dataclass
class Paid:
    """One month's credits, in minor units."""

    state: str = "priced"
    lines: dict[str, Fraction | None] = field(default_factory=dict)
    shares: dict[str, int] = field(default_factory=dict)
    points: Fraction = NOTHING
    uncapped: Fraction = NOTHING
    capped: Fraction = NOTHING
    waived: Fraction = NOTHING
    offset: Fraction = NOTHING
    earned: Fraction = NOTHING
    payable: int | None = None
    bonus: int | None = None
    earn_backs: list[tuple[str, str, str, str, Fraction]] = field(default_factory=list)
    bank: Amounts = field(default_factory=dict)


@dataclass
class Credit:
    """A credit that may come back."""

    key: str
    month: int
    amount: Fraction
    rule: dict[str, Any]
    step: int
    good: int = 0
    earned: bool = False


@dataclass
class Kept:
    """What is needed to work a month out again when one of its credits is earned back."""

    gross: Amounts
    given_up: Amounts
    caps: list[tuple[dict[str, Any], Fraction, Fraction]]
    net: Fraction

    def again(self) -> Fraction:
        amounts = dict(self.gross)
        for cap, limit, used in self.caps:
            amounts = under(cap, amounts, limit, used)
        return sum((max(amount - self.given_up[key], NOTHING) for key, amount in amounts.items()), NOTHING)


def half_up(amount: Fraction) -> int:
    whole = int(abs(amount) * 2 + 1) // 2
    return whole if amount >= 0 else -whole


def under(cap: dict[str, Any], amounts: Amounts, limit: Fraction, used: Fraction) -> Amounts:
    if cap["over"] == "service_level":
        return {key: min(amount, limit) for key, amount in amounts.items()}
    total, room = sum(amounts.values(), NOTHING), max(limit - used, NOTHING)
    if total <= room:
        return amounts
    return {key: amount * room / total for key, amount in amounts.items()}


def shared_out(total: int, shares: Amounts) -> dict[str, int]:
    """Whole units in proportion; what is left over goes to the largest remainders, ties by key."""
    whole = sum(shares.values(), NOTHING)
    if not whole:
        return dict.fromkeys(shares, 0)
    exact = {key: total * each / whole for key, each in shares.items()}
    result = {key: each.numerator // each.denominator for key, each in exact.items()}
    waiting = sorted(exact, key=lambda key: (result[key] - exact[key], key))
    for key in waiting[: total - sum(result.values())]:
        result[key] += 1
    return result


class Paying(Pricing):
    def pay(self) -> dict[int, Paid]:
        """All months, in order."""
        self.before: dict[int, Fraction] = {}
        self.kept_months: dict[int, Kept] = {}
        self.open: list[Credit] = []
        self.bank: Amounts = {}
        return {month: self._pay(month) for month in self.case["months"] if self.in_force(month)}

    def _pay(self, month: int) -> Paid:
        document = self.in_force(month) or {}
        paid = Paid(earn_backs=self._earn(month))
        if "credits" not in document:
            paid.state = "off"
            self._expire(month, paid)
            return paid
        agreed = document["credits"]
        amounts, paid.points = self.priced(month)
        paid.lines = dict(amounts)
        caps = agreed.get("caps", [])
        if "monthly_cap" in agreed:
            caps = [{"over": "month", "percent": agreed["monthly_cap"]}]
        owes_unknown = any(amounts.values()) and self.charges(month) is None and any("percent" in cap for cap in caps)
        if None in amounts.values() or owes_unknown:
            paid.state = "not_priced"
            self._expire(month, paid)
            return paid
        self._settle(month, agreed, caps, {key: amount or NOTHING for key, amount in sorted(amounts.items())}, paid)
        self._deposit(month, document, paid)
        self._expire(month, paid)
        paid.bank = {category: number for category, number in self.bank.items() if number}
        bonuses = self.bonuses(month)
        if bonuses and all(amount is not None for _, amount in bonuses):
            paid.bonus = half_up(sum((amount or NOTHING for _, amount in bonuses), NOTHING))
        return paid

    def _settle(
        self, month: int, agreed: dict[str, Any], caps: list[dict[str, Any]], amounts: Amounts, paid: Paid
    ) -> None:
        paid.uncapped = sum(amounts.values(), NOTHING)
        for cap in caps:
            if cap.get("after_earn_back") != "yes":
                used = self._used(cap, month, self.before)
                amounts = under(cap, amounts, self._limit(cap, month, agreed), used)
        gross, late = dict(amounts), []
        self.before[month] = sum(gross.values(), NOTHING)
        for cap in caps:
            if cap.get("after_earn_back") == "yes":
                used = self._used(cap, month, {each: kept.net for each, kept in self.kept_months.items()})
                late.append((cap, self._limit(cap, month, agreed), used))
                amounts = under(cap, amounts, *late[-1][1:])
        paid.capped = paid.uncapped - sum(amounts.values(), NOTHING)
        capped = dict(amounts)
        amounts = self._draw(month, amounts, paid)
        amounts = self._waive(month, amounts, paid)
        given_up = {key: capped[key] - amounts[key] for key in amounts}
        owed = sum(amounts.values(), NOTHING)
        self.kept_months[month] = Kept(gross, given_up, late, owed)
        for key, amount in gross.items():
            self._open(month, key, amount - given_up[key], agreed, paid)
        paid.earned = sum((each[4] for each in paid.earn_backs if each[3] == "earned"), NOTHING)
        paid.payable = half_up(owed - paid.earned)
        paid.shares = shared_out(half_up(owed), amounts)

    def _first(self, cap: dict[str, Any], month: int) -> int:
        if cap["over"] == "quarter":
            return month - month % 3
        if cap["over"] == "rolling_12":
            return month - 11
        first = month
        while cap["over"] == "contract_year" and not self.ends_year(first - 1):
            first -= 1
        return first

    def _limit(self, cap: dict[str, Any], month: int, agreed: dict[str, Any]) -> Fraction:
        if "amount" in cap:
            return Fraction(cap["amount"]) * UNIT
        months = [each for each in range(self._first(cap, month), month + 1) if each in self.case["months"]]
        known = [self.charges(each) or NOTHING for each in months if self.in_force(each)]
        base = sum(known, NOTHING) * Fraction(cap["percent"]) / 100
        return base * Fraction(agreed["at_risk"]) / 100 if cap.get("of") == "at_risk" else base

    def _used(self, cap: dict[str, Any], month: int, spent: dict[int, Fraction]) -> Fraction:
        return sum((spent.get(each, NOTHING) for each in range(self._first(cap, month), month)), NOTHING)

    def _category(self, key: str, month: int) -> str:
        found = self.found(key, month)
        return str(found.level.get("category", "")) if found else ""

    def _draw(self, month: int, amounts: Amounts, paid: Paid) -> Amounts:
        left = dict(amounts)
        for key in sorted(left):
            category = self._category(key, month)
            drawn = min(self.bank.get(category, NOTHING), left[key])
            if drawn > 0:
                self.bank[category] -= drawn
                left[key] -= drawn
                paid.offset += drawn
                paid.earn_backs.append((key, month_text(month), "bank", "offset", drawn))
        return left

    def _waive(self, month: int, amounts: Amounts, paid: Paid) -> Amounts:
        left = dict(amounts)
        for waiver in self.case["events"].get("waivers", ()):
            keys = [key for key in left if waiver.get("service_level", key) == key]
            total = sum((left[key] for key in keys), NOTHING)
            if waiver["month"] != month_text(month) or not total:
                continue
            gone = min(Fraction(waiver["amount"]) * UNIT, total) if "amount" in waiver else total
            left |= {key: left[key] * (total - gone) / total for key in keys}
            paid.waived += gone
        return left

    def _rule(self, found: Found, agreed: dict[str, Any]) -> dict[str, Any] | None:
        return found.level.get("earn_back") or agreed.get("earn_back")

    def _open(self, month: int, key: str, amount: Fraction, agreed: dict[str, Any], paid: Paid) -> None:
        found = self.found(key, month)
        rule = self._rule(found, agreed) if found else None
        if found is None or rule is None or rule["kind"] == "bank" or not amount:
            return
        if str(month % 12 + 1) in rule.get("never_for", ()):
            paid.earn_backs.append((key, month_text(month), rule["kind"], "never", NOTHING))
        else:
            self.open.append(Credit(key, month, amount, rule, step_of(found.level)))

    def _deposit(self, month: int, document: dict[str, Any], paid: Paid) -> None:
        for level in document["service_levels"]:
            found = self.found(level["key"], month)
            rule = self._rule(found, document["credits"]) if found else None
            if found is None or rule is None or rule["kind"] != "bank":
                continue
            if found.disposition != "counts" or not found.beats or str(month % 12 + 1) in rule.get("passes", ()):
                continue
            amount, category = share(rule["deposit"], self.charges(month)) or NOTHING, found.level.get("category", "")
            balance = self.bank.get(category, NOTHING)
            if "limit" in rule:
                amount = min(amount, max(Fraction(rule["limit"]) * UNIT - balance, NOTHING))
            self.bank[category] = balance + amount
            paid.earn_backs.append((level["key"], month_text(month), "bank", "deposited", amount))

    def _expire(self, month: int, paid: Paid) -> None:
        if self.case["events"].get("terminated_on", "")[:7] == month_text(month):
            for number in self.bank.values():
                if number:
                    paid.earn_backs.append(("", month_text(month), "bank", "expired", number))
            self.bank = {}

    def _earn(self, month: int) -> list[tuple[str, str, str, str, Fraction]]:
        """What became of every credit that may still come back."""
        results, still = [], []
        for credit in self.open:
            state, amount = self._state(credit, month), NOTHING
            if state == "earned":
                kept = self.kept_months[credit.month]
                kept.gross[credit.key] -= credit.amount * Fraction(credit.rule.get("fraction", 100)) / 100
                before, kept.net = kept.net, kept.again()
                amount = before - kept.net
            if state in ("pending", "awaiting_approval"):
                still.append(credit)
            results.append((credit.key, month_text(credit.month), credit.rule["kind"], state, amount))
        self.open = still
        return results

    def _state(self, credit: Credit, month: int) -> str:
        if not credit.earned:
            does = self._year(credit, month) if credit.rule["kind"] == "annual_average" else self._window(credit, month)
            if does == "breaks":
                return "lost"
            credit.good += does == "counts"
            credit.earned = credit.good >= int(credit.rule.get("months", 1))
        if not credit.earned:
            return "pending"
        if credit.rule.get("approval") != "required":
            return "earned"
        for approval in self.case["events"].get("approvals", ()):
            about = approval["service_level"], approval["credit_month"]
            if about == (credit.key, month_text(credit.month)) and approval["decided_on"][:7] <= month_text(month):
                return "earned" if approval["granted"] == "yes" else "refused"
        return "awaiting_approval"

    def _window(self, credit: Credit, month: int) -> str:
        found, rule = self.found(credit.key, month), credit.rule
        passes = str(month % 12 + 1) in rule.get("passes", ())
        if found is None:
            is_due = (month - credit.month) % credit.step == 0
            return "breaks" if is_due and not passes and rule.get("gaps") != "pass" else "passes"
        if passes or set_aside(found, rule.get("gaps") == "pass"):
            return "passes"
        good = found.beats if rule.get("comparison") == "exceeded" else found.attainment in ("met", "exceeded")
        return "counts" if good else "breaks"

    def _year(self, credit: Credit, month: int) -> str:
        level = self.level(credit.key, month)
        if level is None or not self.ends_year(month):
            return "passes"
        window = self.regular({"window": "contract_year"}, month)
        if window is None:
            return "passes"
        year = self.judged(level, month, window, self.parts(level, window, month), [])
        good = year.beats if credit.rule.get("comparison") == "exceeded" else year.attainment in ("met", "exceeded")
        return "counts" if good else "breaks"
