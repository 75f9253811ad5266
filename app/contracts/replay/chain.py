"""The credits of a month for reading in a terminal: amounts to the currency's minor unit, and what decided each."""

from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal

from app.contracts.replay.lacking import lacking
from app.contracts.replay.run import Replay
from app.domain.credits import CreditLine
from app.domain.judging.evaluation import MonthEvaluation
from app.domain.money.unsettled import unsettled_in
from app.domain.prose.explain import reason_of, sentence
from app.domain.prose.price_wording import Currency, points_of, points_price, price_of
from app.domain.rules.bonus import Bonus
from app.domain.rules.caps import Capped
from app.domain.rules.earn_back import EarnBack

Money = Callable[[Decimal | int | None], str]
NO_CLAUSE = "no clause named"
ONE_MINOR_UNIT = 1
BUT_NOT_EXCEEDED = ", and this earn-back asks for strictly better"
A_GAP = "; give its figures, or write gaps: pass where the contract passes over a gap"
TO_DECIDE = "waits for a decision: write it under approvals of the events"


def rounded_money(places: int) -> Money:
    """`1,234.50` of minor units, a half away from zero."""

    def money(minor: Decimal | int | None) -> str:
        if minor is None:
            return "not priced"
        amount = Decimal(minor).quantize(Decimal(1), ROUND_HALF_UP).scaleb(-places)
        return f"{amount:,.{places}f}"

    return money


def credit_lines(month: MonthEvaluation, replay: Replay) -> Iterator[str]:
    priced, money = month.credits, rounded_money(replay.places)
    units = {finding.level.key: finding.metric.unit for finding in month.findings}
    chain, currency = priced.to_document(), Currency(lambda minor: money(Decimal(minor)), 10**replay.places)
    is_last = month is replay.evaluations[-1]
    for line in priced.lines:
        sums = price_of(line.to_document(), chain, units.get(line.service_level, ""), currency)
        yield _line(line, sums, money)
    if price := points_price(chain, currency):
        yield f"points: {price} ({priced.clause or NO_CLAUSE})"
    yield from (_cap(cap, money) for cap in priced.caps if cap.taken_off)
    for waived in priced.waivers:
        yield f"waived{f' {waived.service_level}' if waived.service_level else ''} {money(waived.amount)}"
    for each in priced.earn_backs:
        if each.state != "pending" or is_last:
            yield _earn_back(each, month, replay, money)
    yield from (_bonus(each, money) for each in priced.bonuses)
    for each in lacking(month, replay.history, replay.invoices):
        yield f"not priced: {each}; {each.remedy}"
    if priced.payable is not None and (priced.payable or priced.lines):
        yield f"payable {money(priced.payable)} {replay.currency}"
    open_results = unsettled_in(month.findings, month.terms.credits)
    if open_results.may_cost:
        yield f"not settled yet: {open_results.share}; more may be due"
    yield from (f"warning: {warning}" for warning in priced.warnings)


def _line(line: CreditLine, price: str, money: Money) -> str:
    amount = "not priced" if line.uncapped is None else f"{money(line.uncapped)} → {money(line.payable)}"
    return f"credit {line.service_level}: {amount} ({', '.join(_how(line, price))}; {line.clause or NO_CLAUSE})"


def _how(line: CreditLine, price: str) -> Iterator[str]:
    """The price as a sum, and what else decided."""
    yield price
    if repeated := points_of(line.to_document()):
        yield repeated
    if line.outside_caps:
        yield "outside every cap"
    if line.incident:
        yield f"another credit of incident {line.incident} is paid"
    if line.replaced_by:
        yield f"the failure of {line.replaced_by} stands alone"


def _cap(cap: Capped, money: Money) -> str:
    of = f" {cap.service_level}" if cap.service_level else ""
    used = f", of which {money(cap.used)} was used" if cap.used else ""
    clause = f"; {cap.clause}" if cap.clause else ""
    over = f"cap over {cap.over.replace('_', ' ')}{of}"
    return f"{over}: {money(cap.limit)}{used}, takes off {money(cap.taken_off)}{clause}"


def _earn_back(each: EarnBack, month: MonthEvaluation, replay: Replay, money: Money) -> str:
    if each.kind == "bank":
        of = f" by {each.service_level}" if each.service_level else ""
        return f"bank of {each.figures['category'] or 'the contract'}: {each.state}{of} {money(each.amount)}"
    whose = f"earn-back of {each.service_level} for {each.credit_month}"
    if each.state == "earned":
        return f"{whose}: earned {money(each.amount)}{_capped_already(each, money)}; {each.clause or NO_CLAUSE}"
    so_far = each.run if each.kind == "months" else "the year has not ended"
    told = (
        f"lost, {_lost(each, month)}"
        if each.state == "lost"
        else {
            "pending": f"open, {so_far}",
            "awaiting_approval": TO_DECIDE,
            "refused": f"refused{f' by {each.reason}' if each.reason else ''}",
            "never": "never, by the month of the credit",
        }[each.state]
    )
    return f"{whose} ({money(each.credit)}{_held(each, replay, money)}): {told}; {each.clause or NO_CLAUSE}"


def _held(each: EarnBack, replay: Replay, money: Money) -> str:
    """What of the credit is payable, where a cap after the earn-back holds it; the share is of what it was before."""
    priced = (month.credits for month in replay.evaluations if str(month.month) == each.credit_month)
    lines = (month.line(each.service_level) for month in priced)
    left = next((line.payable for line in lines if line is not None), None)
    if left is None or each.credit - left < ONE_MINOR_UNIT:
        return ""
    return f", of which a cap after earn-back leaves {money(left)}"


def _capped_already(each: EarnBack, money: Money) -> str:
    """Why less comes back than the fraction of the credit: a cap after earn-back holds what is left of it."""
    share = each.credit * each.fraction / 100
    if share - each.amount < ONE_MINOR_UNIT:
        return ""
    of_credit = f"{each.fraction} % of {money(each.credit)} is {money(share)}"
    return f" ({of_credit}, and a cap after earn-back had taken off the rest)"


def _lost(each: EarnBack, month: MonthEvaluation) -> str:
    """Which month, and which condition it did not hold."""
    if each.kind == "annual_average":
        figures = each.figures
        average = f", {Decimal(figures['average']):.4f}" if "average" in figures else ""
        return f"{each.reason} of {figures['target']}{average} in {figures['year']}" if figures else each.reason
    finding = month.finding(each.service_level)
    run = f"after {each.run}"
    if finding is None:
        return f"{run}: {month.month} has no result{A_GAP}"
    short = BUT_NOT_EXCEEDED if finding.attainment == "met" else "" if finding.is_judged else A_GAP
    return f"{run}: {month.month}: {sentence(reason_of(finding)).rstrip('.')}{short}"


def _bonus(bonus: Bonus, money: Money) -> str:
    held = f"withheld: {bonus.gated_by} is under its Minimum" if bonus.gated_by else money(bonus.amount)
    way = f"nothing at {bonus.figures['target']}, all at {bonus.figures['upper']}"
    return f"bonus {bonus.service_level}: {held} ({way}); {bonus.clause or NO_CLAUSE}"
