"""Caps, the bank and waivers: what a month's credits come to in the end."""

from fractions import Fraction
from typing import Any

from tests.domain.plain.draws import exactly, month_text
from tests.domain.plain.earning import NOTHING, Amounts, Credit, Earning, Kept, Paid, under
from tests.domain.plain.pricing import UNIT


def half_up(amount: Fraction) -> int:
    whole = int(abs(amount) * 2 + 1) // 2
    return whole if amount >= 0 else -whole


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


class Paying(Earning):
    def pay(self) -> dict[int, Paid]:
        """All months, in order."""
        self.before: dict[int, Fraction] = {}
        self.kept_months: dict[int, Kept] = {}
        self.unpriced: set[int] = set()
        self.open: list[Credit] = []
        self.bank: Amounts = {}
        self.unsure: set[str] = set()  # categories whose bank rests on unknown charges
        return {month: self._pay(month) for month in self.case["months"] if self.in_force(month)}

    def _pay(self, month: int) -> Paid:
        document = self.in_force(month) or {}
        paid = Paid(earn_backs=self._earn(month, self.open))
        if "credits" not in document:
            paid.earned = sum((each[4] for each in paid.earn_backs if each[3] == "earned"), NOTHING)
            paid.state = "priced" if paid.earned else "off"
            paid.payable = half_up(-paid.earned) if paid.earned else None
            self._expire(month, paid)
            return paid
        agreed = document["credits"]
        amounts, paid.own_points = self.priced(month)
        paid.points = sum(paid.own_points.values(), NOTHING)
        paid.lines = dict(amounts)
        caps = agreed.get("caps", [])
        if "monthly_cap" in agreed:
            caps = [{"over": "month", "percent": agreed["monthly_cap"]}]
        held = {key: amount for key, amount in amounts.items() if not self._is_outside(key, month)}
        offset_unknown = any(amount and self._category(key, month) in self.unsure for key, amount in amounts.items())
        owes_unknown = (
            any(held.values()) and self.charges(month) is None and any(exactly(cap.get("percent", 0)) for cap in caps)
        )
        owes_unknown = owes_unknown or offset_unknown
        if None in amounts.values() or owes_unknown or self._lacks_charges(month, agreed, caps, held):
            paid.state = "not_priced"
            self.unpriced.add(month)
            owing = {self._category(key, month) for key, amount in amounts.items() if amount is None or amount}
            self.unsure |= {category for category in owing if self.bank.get(category)}
            self._deposit(month, document, paid)
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
        outside = {key: amount for key, amount in amounts.items() if self._is_outside(key, month)}
        amounts = {key: amount for key, amount in amounts.items() if key not in outside}
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
        amounts = dict(sorted({**amounts, **outside}.items()))
        paid.capped = paid.uncapped - sum(amounts.values(), NOTHING)
        capped = dict(amounts)
        amounts = self._draw(month, amounts, paid)
        amounts = self._waive(month, amounts, paid)
        given_up = {key: capped[key] - amounts[key] for key in amounts}
        owed = sum(amounts.values(), NOTHING)
        self.kept_months[month] = Kept(gross, given_up, late, sum((amounts[key] for key in gross), NOTHING))
        for key, amount in sorted({**gross, **outside}.items()):
            self._open(month, key, amount - given_up[key], agreed, paid)
        if self.ends_year(month):
            here = [each for each in self.open if each.month == month and each.rule["kind"] == "annual_average"]
            paid.earn_backs += self._earn(month, here)
        paid.earned = sum((each[4] for each in paid.earn_backs if each[3] == "earned"), NOTHING)
        paid.payable = half_up(owed - paid.earned)
        paid.shares = shared_out(half_up(owed), amounts)

    def _lacks_charges(
        self, month: int, agreed: dict[str, Any], caps: list[dict[str, Any]], amounts: dict[str, Fraction | None]
    ) -> bool:
        """A cap bites whose time holds a month without charges, or holds a month that is not priced itself."""
        times = [range(self._first(cap, month), month) for cap in caps]
        if any(amounts.values()) and any(self.unpriced.intersection(time) for time in times):
            return True
        left = {key: amount or NOTHING for key, amount in sorted(amounts.items())}
        for cap in sorted(caps, key=lambda cap: cap.get("after_earn_back") == "yes"):
            spent = self.before
            if cap.get("after_earn_back") == "yes":
                spent = {each: kept.net for each, kept in self.kept_months.items()}
            capped = under(cap, left, self._limit(cap, month, agreed), self._used(cap, month, spent))
            time = [each for each in range(self._first(cap, month), month + 1) if each in self.case["months"]]
            unknown = [each for each in time if self.in_force(each) and self.charges(each) is None]
            if exactly(cap.get("percent", 0)) and unknown and sum(capped.values()) < sum(left.values()):
                return True
            left = capped
        return False

    def _is_outside(self, key: str, month: int) -> bool:
        found = self.found(key, month)
        return found is not None and found.level.get("credit", {}).get("outside_caps") == "yes"

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
            return exactly(cap["amount"]) * UNIT
        months = [each for each in range(self._first(cap, month), month + 1) if each in self.case["months"]]
        base = NOTHING
        for each in months:
            if document := self.in_force(each):
                own = document.get("credits", agreed)["at_risk"]
                base += (self.charges(each) or NOTHING) * (exactly(own) / 100 if cap.get("of") == "at_risk" else 1)
        return base * exactly(cap["percent"]) / 100

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
            gone = min(exactly(waiver["amount"]) * UNIT, total) if "amount" in waiver else total
            left |= {key: left[key] * (total - gone) / total for key in keys}
            paid.waived += gone
        return left
