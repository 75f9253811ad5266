"""How a partner earns a credit back.

After n good months in a row (half of it after six), all of it only when each of the next n months was exceeded, by the
average of the contract year, or from a bank that good months fill and that only ever offsets later credits.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from app.domain.attainment import GOOD
from app.domain.catalogue import Problem
from app.domain.exact import plain
from app.domain.rules.basis import Share
from app.domain.rules.trail import Judged, is_passed_over
from app.domain.tables import Table

NOTHING = Decimal(0)
HUNDRED = Decimal(100)
OF_KIND = {
    "months": ("fraction", "months", "comparison", "passes", "never_for", "approval", "gaps"),
    "annual_average": ("fraction", "comparison", "passes", "never_for", "approval"),
    "bank": ("passes", "deposit", "limit"),
}
KINDS = tuple(OF_KIND)
KEYS = tuple(dict.fromkeys(key for keys in OF_KIND.values() for key in keys))


class Exceeding(Judged, Protocol):
    """A finding that knows whether it beat its target."""

    @property
    def is_exceeding(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class EarnBackRule:
    """`fraction` is in percent of the credit."""

    kind: str
    fraction: Decimal = HUNDRED
    months: int = 1  # windows, for kind months
    comparison: str = "met"  # met | exceeded: exceeded is strictly better than the Expected
    passes: frozenset[int] = frozenset()  # calendar months that neither count nor break, and are in no average
    never_for: frozenset[int] = frozenset()  # calendar months whose credits are never earned back
    needs_approval: bool = False
    passes_gaps: bool = False
    deposit: Share | None = None  # bank: what a month that exceeded the Expected puts in
    limit: Decimal | None = None  # bank: the most it holds, in the currency's units
    clause: str = ""


@dataclass(slots=True)
class OpenCredit:
    """A credit that may still be earned back, while the engine walks through the months."""

    service_level: str
    month: str
    ordinal: int
    number: int  # calendar month, 1 to 12
    amount: Decimal  # minor units
    rule: EarnBackRule
    step: int = 1  # months from one window to the next
    good_windows: int = 0
    earned_at: int | None = None  # ordinal of the month in which the last condition was met
    clause: str = ""  # where the earn-back was agreed when the credit was given
    credit_clause: str = ""
    year: dict[str, str] = field(default_factory=dict)  # the average that decided it


@dataclass(frozen=True, slots=True)
class EarnBack:
    """Where one credit's earn-back stands at the end of one month. Amounts are minor units."""

    service_level: str
    credit_month: str
    kind: str
    state: str  # pending | earned | lost | awaiting_approval | refused | never | deposited | offset | expired
    good_windows: int
    needed: int
    fraction: Decimal
    credit: Decimal
    amount: Decimal
    clause: str
    reason: str = ""
    figures: dict[str, str] = field(default_factory=dict)
    credit_clause: str = ""  # of the credit that it gives back or offsets

    @property
    def run(self) -> str:
        return f"{self.good_windows} of {self.needed} good windows"

    def to_document(self) -> dict[str, object]:
        return {
            "service_level": self.service_level,
            "credit_month": self.credit_month,
            "kind": self.kind,
            "state": self.state,
            "counted": self.good_windows,
            "needed": self.needed,
            "fraction": plain(self.fraction),
            "credit": plain(self.credit),
            "amount": plain(self.amount),
            "clause": self.clause,
            "credit_clause": self.credit_clause,
            "reason": self.reason,
            "figures": self.figures,
        }


def step(rule: EarnBackRule, finding: Exceeding, number: int) -> str:
    """What one later window does to a run: `counts`, `passes` or `breaks`. `number` is its calendar month."""
    if number in rule.passes or is_passed_over(finding, rule.passes_gaps):
        return "passes"
    good = finding.is_exceeding if rule.comparison == "exceeded" else finding.attainment in GOOD
    return "counts" if good else "breaks"


def read_earn_back(part: Table) -> EarnBackRule | None:
    """`earn_back: {kind: months, months: "6", fraction: "50"}`."""
    table = part.table("earn_back")
    if table is None:
        return None
    table.known("kind", *KEYS, "clause")
    kind = table.text("kind", choices=KINDS)
    for name in KEYS:
        if kind in KINDS and name not in OF_KIND[kind] and table.content.get(name) is not None:
            table.refuse(name, f"has no meaning for the kind {kind}: leave it out")
    months = table.whole("months", None, least=1, most=36)
    if kind == "months" and months is None:
        table.refuse("months", 'is missing: after how many good months? "6" for six')
    fraction = table.number("fraction", most=100)
    deposit = None
    if kind == "bank" and (share := table.table("deposit", required=True)):
        share.known("percent", "amount")
        deposit = Share(share.number("percent", most=100), share.number("amount"))
        share.one_of("percent", "amount")
    return EarnBackRule(
        kind=kind,
        fraction=HUNDRED if fraction is None else fraction,
        months=months or 1,
        comparison=table.text("comparison", "met", ("met", "exceeded")),
        passes=_months(table, "passes"),
        never_for=_months(table, "never_for"),
        needs_approval=table.text("approval", "none", ("none", "required")) == "required",
        passes_gaps=table.text("gaps", "break", ("break", "pass")) == "pass",
        deposit=deposit,
        limit=table.number("limit"),
        clause=table.text("clause", ""),
    )


def _months(table: Table, name: str) -> frozenset[int]:
    texts = table.texts(name)
    if any(not (text.isdecimal() and 1 <= int(text) <= 12) for text in texts):
        table.refuse(name, 'must list calendar months, such as ["11", "12"]')
        return frozenset()
    return frozenset(map(int, texts))


def check_earn_back(path: str, rule: EarnBackRule | None) -> list[Problem]:
    if rule and len(rule.passes) == 12:
        return [Problem(f"{path}.earn_back.passes", "passes over every month: nothing could ever be earned back")]
    return []
