"""Service credits of one contract and invoice month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from app.domain.clauses import CreditTerms
from app.domain.exact import plain
from app.domain.findings import Default, Disposition, Finding
from app.domain.periods import Month

NONE_YET = Decimal(0)


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
    allocation: Decimal  # percent
    uncapped: Decimal | None  # None while not priced
    payable: int | None


@dataclass(frozen=True, slots=True)
class MonthCredits:
    """uncapped - cap_applied - waived - earned_back = payable, in minor units; all None when off or not priced."""

    month: Month
    pricing: Pricing
    clause: str = ""
    charges: int | None = None
    at_risk: Decimal | None = None  # percent
    monthly_cap: Decimal | None = None  # percent
    cap: Decimal | None = None  # minor units
    uncapped: Decimal | None = None
    cap_applied: Decimal | None = None
    waived: Decimal | None = None
    earned_back: Decimal | None = None
    payable: int | None = None
    lines: tuple[CreditLine, ...] = ()  # by service-level key

    def line(self, service_level: str) -> CreditLine | None:
        return next((line for line in self.lines if line.service_level == service_level), None)

    def to_document(self) -> dict[str, Any]:
        """JSON of decimal strings; what is already whole minor units stays a number."""
        chain = {column.name: _json(getattr(self, column.name)) for column in fields(self) if column.name != "lines"}
        lines = [{column.name: _json(getattr(line, column.name)) for column in fields(line)} for line in self.lines]
        return chain | {"lines": lines}


def price(month: Month, terms: CreditTerms | None, findings: Sequence[Finding], charges: int | None) -> MonthCredits:
    """The month's chain. `charges` are minor units; unknown charges leave a credit unpriced, never zero; a month
    that owes none comes to zero with or without them.
    """
    if terms is None:
        return MonthCredits(month, Pricing.OFF)
    owed = sorted((finding for finding in findings if gives_credit(finding)), key=lambda finding: finding.level.key)
    if charges is None and owed:
        lines = tuple(_line(finding, None, None) for finding in owed)
        return MonthCredits(
            month, Pricing.NOT_PRICED, terms.clause, None, terms.at_risk, terms.monthly_cap, lines=lines
        )
    at_risk = (charges or 0) * terms.at_risk / 100
    amounts = {finding.level.key: at_risk * _allocation(finding) / 100 for finding in owed}
    uncapped = sum(amounts.values(), NONE_YET)
    cap = None if terms.monthly_cap is None or charges is None else charges * terms.monthly_cap / 100
    capped = uncapped if cap is None else min(uncapped, cap)
    payable = round_half_up(capped)
    shares = largest_remainder(payable, amounts)
    return MonthCredits(
        month=month,
        pricing=Pricing.PRICED,
        clause=terms.clause,
        charges=charges,
        at_risk=terms.at_risk,
        monthly_cap=terms.monthly_cap,
        cap=cap,
        uncapped=uncapped,
        cap_applied=uncapped - capped,
        waived=NONE_YET,
        earned_back=NONE_YET,
        payable=payable,
        lines=tuple(_line(finding, amounts[finding.level.key], shares[finding.level.key]) for finding in owed),
    )


def gives_credit(finding: Finding) -> bool:
    """A default that counts, of a service level with a share of the amount at risk."""
    counts = finding.default != Default.NONE and finding.disposition == Disposition.COUNTS
    return counts and bool(finding.level.allocation)


def round_half_up(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


def largest_remainder(total: int, shares: Mapping[str, Decimal]) -> dict[str, int]:
    """Shares out `total` in proportion; what rounding leaves goes to the largest remainders, ties by key."""
    whole = sum(shares.values(), Decimal(0))
    if not whole:
        return dict.fromkeys(shares, 0)
    parts = {key: divmod(total * Fraction(share), Fraction(whole)) for key, share in shares.items()}
    result = {key: part for key, (part, _) in parts.items()}
    for key in sorted(parts, key=lambda key: (-parts[key][1], key))[: total - sum(result.values())]:
        result[key] += 1
    return result


def _allocation(finding: Finding) -> Decimal:
    return finding.level.allocation or Decimal(0)


def _line(finding: Finding, uncapped: Decimal | None, payable: int | None) -> CreditLine:
    return CreditLine(
        service_level=finding.level.key,
        name=finding.level.name,
        clause=finding.level.clause,
        window=str(finding.window),
        default=finding.default.value,
        allocation=_allocation(finding),
        uncapped=uncapped,
        payable=payable,
    )


def _json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    return value if value is None or isinstance(value, int) else str(value)
