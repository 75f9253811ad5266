"""How credits come back: after good months, by the year's average, or from a bank that good months fill."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from tests.domain.plain.counting import set_aside
from tests.domain.plain.draws import exactly, month_text
from tests.domain.plain.judging import Found
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
    own_points: Amounts = field(default_factory=dict)
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

    def apart(self, key: str) -> bool:
        """Whether no cap holds this credit."""
        return key not in self.gross


def under(cap: dict[str, Any], amounts: Amounts, limit: Fraction, used: Fraction) -> Amounts:
    if cap["over"] == "service_level":
        return {key: min(amount, limit) for key, amount in amounts.items()}
    total, room = sum(amounts.values(), NOTHING), max(limit - used, NOTHING)
    if total <= room:
        return amounts
    return {key: amount * room / total for key, amount in amounts.items()}


class Earning(Pricing):
    kept_months: dict[int, Kept]
    open: list[Credit]
    bank: Amounts
    unsure: set[str]

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
            amount = share(rule["deposit"], self.base_of(found, document["credits"]))
            category = found.level.get("category", "")
            if amount is None:
                self.unsure.add(category)
                continue
            balance = self.bank.get(category, NOTHING)
            if "limit" in rule:
                amount = min(amount, max(exactly(rule["limit"]) * UNIT - balance, NOTHING))
            self.bank[category] = balance + amount
            paid.earn_backs.append((level["key"], month_text(month), "bank", "deposited", amount))

    def _expire(self, month: int, paid: Paid) -> None:
        if self.case["events"].get("terminated_on", "")[:7] == month_text(month):
            for number in self.bank.values():
                if number:
                    paid.earn_backs.append(("", month_text(month), "bank", "expired", number))
            self.bank = {}
            self.unsure = set()

    def in_case(self, month: int) -> bool:
        return bool(self.case["months"][0] <= month <= self.case["months"][-1])

    def _earn(self, month: int, among: list[Credit]) -> list[tuple[str, str, str, str, Fraction]]:
        """What became of these credits, which may still come back."""
        results = []
        for credit in list(among):
            state, amount = self._state(credit, month), NOTHING
            if state == "earned":
                amount = self._difference(credit, credit.amount * exactly(credit.rule.get("fraction", 100)) / 100)
            if state not in ("pending", "awaiting_approval"):
                self.open.remove(credit)
            results.append((credit.key, month_text(credit.month), credit.rule["kind"], state, amount))
        return results

    def _difference(self, credit: Credit, back: Fraction) -> Fraction:
        """What it makes to the credit's month to give so much back."""
        kept = self.kept_months[credit.month]
        if kept.apart(credit.key):
            return back
        kept.gross[credit.key] -= back
        before, kept.net = kept.net, kept.again()
        return before - kept.net

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
        window = self.regular({"window": "contract_year"}, month)
        if window is None:
            return "passes"
        months = range(month - 11, month + 1)
        last = max(each for each in months if self.level(credit.key, each))
        level = dict(self.level(credit.key, last) or {})
        aside = {each for each in months if str(each % 12 + 1) in credit.rule.get("passes", ())}
        for each in months:
            found = self.found(credit.key, each) if self.in_case(each) else None
            if found is not None and found.excused:
                aside |= set(range(each - step_of(found.level) + 1, each + 1))
        claims = []
        for each in months:
            found = self.found(credit.key, each) if self.in_case(each) else None
            if found is not None and not aside.issuperset(range(each - step_of(found.level) + 1, each + 1)):
                claims += [claim for claim in found.claims if claim["kind"] != "period"]
        parts = [part for part in self.parts(level, window, last) if part.month not in aside]
        parts = [part for part in parts if self.level(credit.key, part.month)]
        if not parts:
            return "breaks"
        if level.get("relief", {}).get("kind") == "period":
            level.pop("relief")
        year = self.judged(level, last, window, parts, claims, by_month=True)
        good = year.beats if credit.rule.get("comparison") == "exceeded" else year.attainment in ("met", "exceeded")
        return "counts" if good else "breaks"
