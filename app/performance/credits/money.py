"""A month's credits of one contract as pages show them: its chain, and whether it is known already."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

from app.domain.credits import Pricing
from app.domain.money.unsettled import Unsettled
from app.domain.prose.price_wording import Currency, price_of
from app.formatting import exponent, money
from app.formatting import month as month_name
from app.performance.judging.settling import unsettled_of
from app.performance.models import Evaluation

CAPS = {
    "service_level": "Cap of a service level",
    "month": "Monthly cap",
    "quarter": "Cap of the quarter",
    "contract_year": "Cap of the contract year",
    "rolling_12": "Cap of twelve months",
}
NOTHING_READ: Mapping[int, Unsettled] = MappingProxyType({})


class Taken(NamedTuple):
    """A step of the chain that takes something off, in minor units; `limit` is a cap's."""

    label: str
    amount: Decimal
    clause: str = ""
    limit: Decimal | None = None


@dataclass(frozen=True)
class MonthCredit:
    """One contract's credits of one invoice month, in minor units; amounts are None while not priced.

    `told` is what of its results has still to come, where that was read already.
    """

    evaluation: Evaluation
    posted: int
    told: Unsettled | None = None

    @property
    def chain(self) -> dict:
        return self.evaluation.credit_chain

    @property
    def currency(self) -> str:
        return self.evaluation.contract.currency

    @property
    def is_off(self) -> bool:
        return self.chain["pricing"] == Pricing.OFF

    @property
    def is_unpriced(self) -> bool:
        return self.chain["pricing"] == Pricing.NOT_PRICED

    @property
    def is_due(self) -> bool:
        """Something is to be posted, also when it is only what is earned back."""
        return bool(self.chain["lines"] or self.chain.get("returns"))

    @cached_property
    def unsettled(self) -> Unsettled:
        return self.told or unsettled_of(self.evaluation)

    @property
    def is_open(self) -> bool:
        """Results that may cost something have still to come: what is due is due so far, and nothing is not none."""
        return not self.is_off and self.unsettled.may_cost

    @property
    def is_unknown(self) -> bool:
        """There is no amount yet: not even that it is zero."""
        return self.is_unpriced or (self.is_open and not self.is_due)

    @property
    def waits_for(self) -> str:
        """In sentences, what an amount or the rest of it waits for; empty where the month is known whole."""
        charges = "The month's charges are" if self.chain.get("charges") is None else "Charges of an earlier month are"
        unpriced = f"{charges} not entered." if self.is_unpriced else ""
        return " ".join(filter(None, (unpriced, str(self.unsettled) if self.is_open else "")))

    @property
    def status(self) -> str:
        """no_credits, not_priced, not_settled, due, due_so_far or none_due."""
        if self.is_off:
            return "no_credits"
        if self.is_unpriced:
            return "not_priced"
        if self.is_open:
            return "due_so_far" if self.is_due else "not_settled"
        return "due" if self.is_due else "none_due"

    @property
    def lines(self) -> list[dict]:
        """The lines of the chain, the dearest first; what the cap took off each is the difference."""
        lines = [line | {"uncapped": _amount(line["uncapped"])} for line in self.chain["lines"]]
        return sorted(lines, key=lambda line: (-(line["uncapped"] or 0), line["service_level"]))

    def line(self, service_level: str) -> dict | None:
        return next((line for line in self.lines if line["service_level"] == service_level), None)

    def sums(self, units: Mapping[str, str]) -> dict[str, str]:
        """How each line was worked out, `3 % of $303,000`; `units` are those of the results by service level."""
        currency = as_written(self.currency)
        return {
            line["service_level"]: price_of(line, self.chain, units.get(line["service_level"], ""), currency)
            for line in self.lines
        }

    def amount(self, name: str) -> Decimal | None:
        """A figure of the chain: charges, uncapped, cap, cap_applied, offset, waived, earned_back or payable.

        Chains of an earlier engine know no offset. `exact` gives it with more decimals than there is money for.
        """
        return _amount(self.chain.get(name))

    def exact(self, name: str) -> Decimal | None:
        """A figure of the chain in minor units, with the decimals that rounding takes off; None where it is not priced,
        and where the chain of an earlier engine has no such figure.
        """
        text = self.chain.get(name)
        return None if text is None else Decimal(text)

    @property
    def caps(self) -> list[Taken]:
        """What each cap took off; chains of an earlier engine know the monthly one."""
        if "caps" in self.chain:
            return [
                Taken(CAPS[cap["over"]], _amount(cap["taken_off"]), cap["clause"], _amount(cap["limit"]))
                for cap in self.chain["caps"]
            ]
        if self.chain["monthly_cap"] is None or self.amount("cap_applied") is None:
            return []
        return [Taken(CAPS["month"], self.amount("cap_applied"), self.chain["clause"], self.amount("cap"))]

    @property
    def returned(self) -> list[Taken]:
        """What is earned back of each earlier credit, under the month of the credit."""
        clauses = {
            f"{each['service_level']}/{each['credit_month']}": each["clause"]
            for each in self.chain.get("earn_backs", ())
            if each["state"] == "earned"
        }
        return [
            Taken(f"Earned back, {month_name(key.rsplit('/', 1)[1])}", Decimal(amount), clauses[key])
            for key, amount in self.chain.get("returns", {}).items()
        ]

    @property
    def taken(self) -> list[Taken]:
        """Everything between the lines and what is payable, in the order of the terms."""
        offset = self.amount("offset")
        drawn = [each["clause"] for each in self.chain.get("earn_backs", ()) if each["state"] == "offset"]
        bank = [Taken("Offset by the bank", offset, "; ".join(dict.fromkeys(filter(None, drawn))))] if offset else []
        return [*self.caps, *bank, *self.waived, *self.returned]

    @property
    def waived(self) -> list[Taken]:
        """What each waiver took off; its label names what it is about."""
        names = {line["service_level"]: line["name"] for line in self.chain["lines"]} | {"": "all credits"}
        return [
            Taken(
                f"Waived, {names.get(each['service_level'], each['service_level'])}",
                _amount(each["amount"]),
                each["clause"],
            )
            for each in self.chain.get("waivers", ())
        ]

    @property
    def share(self) -> Decimal | None:
        """What is payable as percent of the month's charges."""
        charges, payable = self.amount("charges"), self.amount("payable")
        return payable * 100 / charges if charges and payable is not None else None


def as_written(currency: str) -> Currency:
    """Amounts in the minor units of a currency, the way its readers write them."""
    return Currency(lambda minor: money(minor, currency), 10 ** exponent(currency))


def credits_of(
    evaluations: Iterable[Evaluation],
    posted: Mapping[tuple[int, str], int],
    told: Mapping[int, Unsettled] = NOTHING_READ,
) -> list[MonthCredit]:
    """`posted` is what the ledger comes to per contract and month, `told` what has still to come by judgement."""
    return [MonthCredit(each, posted.get((each.contract_id, each.month), 0), told.get(each.id)) for each in evaluations]


def _amount(text: str | int | None) -> Decimal | None:
    """In whole minor units: what is not rounded yet is rounded to be read, and adds up unrounded in the chain."""
    return None if text is None else Decimal(text).quantize(Decimal(1), ROUND_HALF_UP)
