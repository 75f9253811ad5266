"""What an earn-back came to: its state, its clause and that of its credit, and the average that decided it."""

from collections.abc import Mapping
from decimal import Decimal

from app.domain.exact import plain
from app.domain.findings import Finding
from app.domain.periods import Month
from app.domain.rules.earn_back import EarnBack, EarnBackRule, OpenCredit

NOTHING = Decimal(0)
HUNDRED = Decimal(100)
YEAR_MISSED = "The year's average did not reach the target"
YEAR_UNKNOWN = "The year has no average to judge"

Years = Mapping[tuple[str, frozenset[int]], Finding | None] | None  # by service level and the months left out


def result_of(credit: OpenCredit, state: str, reason: str = "", amount: Decimal = NOTHING) -> EarnBack:
    rule = credit.rule
    needed = rule.months if rule.kind == "months" else 1
    return EarnBack(
        *(
            credit.service_level,
            credit.month,
            rule.kind,
            state,
            credit.good_windows,
            needed,
            rule.fraction,
            credit.amount,
        ),
        *(amount, credit.clause, reason, credit.year, credit.credit_clause),
    )


def banked(
    key: str, month: Month, state: str, amount: Decimal, category: str, clause: str, credit_clause: str = ""
) -> EarnBack:
    return EarnBack(
        *(key, str(month), "bank", state, 0, 0, HUNDRED, NOTHING, amount, clause, "", {"category": category}),
        credit_clause,
    )


def reaches(rule: EarnBackRule, year: Finding) -> bool:
    if rule.comparison == "exceeded":
        return year.is_exceeding
    return year.is_judged and not year.is_miss


def year_figures(year: Finding | None) -> dict[str, str]:
    """The year's average, the target that it was held against, and what relief there was in it."""
    if year is None:
        return {}
    figures = {"year": str(year.window), "target": str(year.expected)}
    if year.contractual is not None:
        figures["average"] = plain(year.contractual)
    if sources := dict.fromkeys(relief.source for relief in year.relief if relief.is_applied):
        figures["after_relief"] = ", ".join(sources)
    return figures


def agreed_clause(rule: EarnBackRule, own: bool, level: str, common: str) -> str:
    """Where the earn-back is agreed: its own clause, else that of the part of the terms in which it stands."""
    return rule.clause or (level if own else common)
