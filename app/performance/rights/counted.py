"""Why a right opened: its condition in a sentence, and what each month brought to it."""

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import ColumnElement, Row, select

from app.domain.attainment import MISSES, Attainment, Default, Disposition
from app.domain.exact import plain
from app.domain.periods import Month
from app.domain.rules.rights import RightRule, brought_by
from app.domain.rules.trail import Trail, is_passed_over
from app.extensions import db
from app.formatting import exponent, money
from app.performance.judging.settling import unsettled_of
from app.performance.models import Evaluation, Finding
from app.performance.rights.occurrences import StandingRight
from app.performance.stored import IN_FORCE, WITH_FINDINGS
from app.performance.wording import payable_words

WORDS = {
    "misses": ("miss", "misses"),
    "minimum_misses": ("miss of the Minimum", "misses of the Minimum"),
    "defaults": ("default", "defaults"),
    "points": ("service point", "service points"),
}
SUMS = ("points", "credits")


class Counted(NamedTuple):
    """What one finding brought to the condition; `amount` is how much of what is counted."""

    finding: Finding
    amount: Decimal
    is_passed_over: bool


class _Judged(NamedTuple):
    """A stored finding as the domain's rules read one."""

    attainment: Attainment
    disposition: Disposition
    default: Default

    @property
    def is_miss(self) -> bool:
        return self.attainment in MISSES


def reason(right: StandingRight, sees_money: bool) -> str:
    """`3 in a row with at least 1 miss of the Minimum; 3 in a row open the right`; empty where it tells an amount."""
    if right.rule is None or (right.is_of_money and not sees_money):
        return ""
    return condition(right.rule, right.document["reached"], right.document["needed"], right.row.contract.currency)


def condition(rule: RightRule, reached: str, needed: str, currency: str) -> str:
    """What was reached beside what the rule needs: `2 misses within 3 months; 2 misses open the right.`

    `reached` and `needed` are numbers as text: months where the rule counts months, else what it counts; credits in
    units of the `currency`, an ISO code.
    """
    each = _many(rule, plain(rule.at_least), currency)
    if rule.consecutive is not None:
        return f"{reached} in a row with at least {each}; {needed} in a row open the right."
    if rule.months_of is not None:
        return f"{reached} of the last {rule.within} months with at least {each}; {needed} of them open the right."
    months = "one month" if rule.within == 1 else f"{rule.within} months"
    return f"{_many(rule, reached, currency)} within {months}; {_many(rule, needed, currency)} open the right."


def counted_in(right: StandingRight) -> list[Counted]:
    """The findings in force of the months that the condition looks at, oldest first; points and credits are sums."""
    if right.rule is None or right.rule.of in SUMS:
        return []
    found = [
        finding
        for evaluation in window_of(right)
        for finding in evaluation.findings
        if _counts(right, finding.service_level)
    ]
    return [_counted(right.rule, finding) for finding in found]


def sums_in(right: StandingRight) -> Iterator[tuple[str, str]]:
    """What each month brought, where points or credits are added up."""
    for evaluation in window_of(right) if right.rule and right.rule.of in SUMS else ():
        lines = [line for line in evaluation.credit_chain["lines"] if _counts(right, line["service_level"])]
        if right.rule.of == "points":
            yield evaluation.month, plain(sum((Decimal(line["points"]) for line in lines), Decimal(0)))
        else:
            yield evaluation.month, _owed(lines, evaluation)


def _owed(lines: list[dict], evaluation: Evaluation) -> str:
    """An amount, or why there is none yet."""
    amounts = [line["payable"] for line in lines]
    owed = None if None in amounts else sum(amounts)
    return payable_words(owed, unsettled_of(evaluation).may_cost, evaluation.contract.currency)


def _counts(right: StandingRight, key: str) -> bool:
    """Whether a service level counts towards the condition, as the terms that opened the right have it."""
    rule = right.rule
    if right.row.service_level or rule is None or not rule.names_some:
        return key == right.row.service_level or not right.row.service_level
    classes = {level.key: level.importance for level in right.terms.service_levels} if right.terms else {}
    return key in classes and rule.is_about(key, classes[key])


def window_of(right: StandingRight) -> list[Evaluation]:
    """The judgements in force that the condition looks at, oldest first; a run reaches over what is passed over."""
    step, windows, wanted = 1, 0, right.window
    if right.row.service_level and right.terms and right.rule.consecutive:
        step = right.terms.service_level(right.row.service_level).window.step
    aside = _passed_over(right) if right.rule and right.rule.consecutive else []
    last = Month.parse(right.row.month)
    first = last
    while windows < wanted:
        windows, first = wanted, last.plus(1 - wanted * step)
        wanted = right.window + sum(month >= str(first) for month in aside)
    judged = select(Evaluation).where(*_up_to(right), Evaluation.month >= str(first))
    return list(db.session.scalars(judged.options(*WITH_FINDINGS).order_by(Evaluation.month)))


def _passed_over(right: StandingRight) -> list[str]:
    """The months in which everything that counts towards the condition is passed over; one statement."""
    axes = Finding.attainment, Finding.disposition, Finding.default
    counting: dict[str, list[bool]] = {}
    for row in db.session.execute(
        select(Evaluation.month, Finding.service_level, *axes).join(Evaluation.findings).where(*_up_to(right))
    ):
        if _counts(right, row.service_level):
            counting.setdefault(row.month, []).append(is_passed_over(_as_judged(row)))
    return [month for month, passed in counting.items() if all(passed)]


def _up_to(right: StandingRight) -> tuple[ColumnElement[bool], ...]:
    """Judgements in force of its contract, to the month in which the right opened."""
    return IN_FORCE, Evaluation.contract_id == right.row.contract_id, Evaluation.month <= right.row.month


def _counted(rule: RightRule, finding: Finding) -> Counted:
    judged = _as_judged(finding)
    return Counted(finding, brought_by(rule, Trail({0: judged}), 0), is_passed_over(judged))


def _as_judged(finding: Finding | Row) -> _Judged:
    return _Judged(Attainment(finding.attainment), Disposition(finding.disposition), Default(finding.default))


def _many(rule: RightRule, number: str, currency: str) -> str:
    if rule.of == "credits":
        return f"{money(Decimal(number).scaleb(exponent(currency)), currency)} in credits"
    return f"{number} {WORDS[rule.of][number != '1']}"
