"""Service credits of one contract and invoice month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from app.domain.findings import Finding
from app.domain.periods import Month
from app.domain.terms import Terms


class Pricing(StrEnum):
    OFF = "off"  # the terms carry no credits
    PRICED = "priced"
    NOT_PRICED = "not_priced"  # a credit is due and the month's charges are not known


@dataclass(frozen=True, slots=True)
class CreditLine:
    """What one finding costs. Amounts are minor units; only `payable` is rounded."""

    service_level: str
    name: str
    clause: str
    window: str
    default: str
    allocation: Decimal
    uncapped: Decimal | None  # None while not priced
    payable: int | None


@dataclass(frozen=True, slots=True)
class MonthCredits:
    """uncapped - cap_applied - waived - earned_back = payable, in minor units; all None while not priced."""

    month: Month
    pricing: Pricing
    clause: str
    charges: int | None
    at_risk: Decimal | None  # percent
    monthly_cap: Decimal | None  # percent
    cap: Decimal | None  # minor units
    uncapped: Decimal | None
    cap_applied: Decimal | None
    waived: Decimal | None
    earned_back: Decimal | None
    payable: int | None
    lines: tuple[CreditLine, ...]  # by service-level key

    def line(self, service_level: str) -> CreditLine | None:
        raise NotImplementedError

    def to_document(self) -> dict[str, Any]:
        raise NotImplementedError


def price(month: Month, terms: Terms, findings: Sequence[Finding], charges: int | None) -> MonthCredits:
    """The month's chain. A finding costs money when it is a default, counts, and carries an allocation."""
    raise NotImplementedError


def round_half_up(amount: Decimal) -> int:
    raise NotImplementedError


def largest_remainder(total: int, shares: Mapping[str, Decimal]) -> dict[str, int]:
    """Shares out `total` in proportion; what rounding leaves goes to the largest remainders, ties by key."""
    raise NotImplementedError
