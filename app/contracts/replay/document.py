"""The result of a replay as JSON: documented in docs/evaluate.md, and stable. Amounts are in the currency's units."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from app.contracts.replay.lacking import lacking
from app.contracts.replay.run import Replay
from app.domain.credits import CreditLine
from app.domain.exact import plain
from app.domain.findings import Finding
from app.domain.judging.evaluation import ENGINE_VERSION, MonthEvaluation
from app.domain.judging.scorecard import Scorecard
from app.domain.money.unsettled import unsettled_in
from app.domain.prose.explain import reason_of, sentence
from app.domain.rules.bonus import Bonus
from app.domain.rules.caps import Capped
from app.domain.rules.earn_back import EarnBack
from app.domain.rules.repeats import RepeatRule
from app.domain.rules.rights import Right

FORMAT = "accord-evaluation/1"
Money = Callable[[Decimal | int | None], str | None]


def replay_document(replay: Replay) -> dict[str, Any]:
    """Everything that the contract says of the history, with every intermediate value, reason and clause."""
    money = money_of(replay.places)
    return {
        "format": FORMAT,
        "engine": ENGINE_VERSION,
        "contract": dict(replay.head),
        "currency": replay.currency,
        "as_of": _day(replay.events.as_of),
        "terms": [{"effective_from": str(terms.effective_from), "sha256": terms.sha256} for terms in replay.history],
        "warnings": list(replay.warnings),
        "not_used": [{"line": place.line, "path": place.path, "why": place.message} for place in replay.not_used],
        "months": [_month(month, replay, money) for month in replay.evaluations],
        "rights": [_right(right, replay) for month in replay.evaluations for right in month.rights],
        "totals": _totals(replay, money),
    }


def money_of(places: int) -> Money:
    """Minor units as units of the currency; more decimals than it has only where an amount is not yet rounded."""

    def money(minor: Decimal | int | None) -> str | None:
        if minor is None:
            return None
        amount = Decimal(minor).scaleb(-places)
        rounded = round(amount, places)
        return f"{rounded:f}" if rounded == amount else plain(amount)

    return money


def _month(month: MonthEvaluation, replay: Replay, money: Money) -> dict[str, Any]:
    return {
        "month": str(month.month),
        "terms": str(month.terms.effective_from),
        "fingerprint": month.fingerprint,
        "findings": [_finding(finding) for finding in month.findings],
        "credits": _credits(month, money) | {"missing_charges": _missing_charges(month, replay)},
        "scorecard": _scorecard(month.scorecard),
        "rights_opened": [right.key for right in month.rights],
        "proposals": [proposal.to_document() for proposal in month.proposals],
        "corridor": month.corridor.to_document() if month.corridor else None,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    document = finding.to_document()
    return document | {"default_clause": finding.level.default.clause, "sentence": sentence(reason_of(finding))}


def _credits(month: MonthEvaluation, money: Money) -> dict[str, Any]:
    priced, repeats = month.credits, {level.key: level.repeats for level in month.terms.service_levels}
    chain = ("charges", "cap", "uncapped", "cap_applied", "waived", "offset", "earned_back", "payable", "bonus")
    return {
        "pricing": priced.pricing.value,
        "clause": priced.clause,
        "invoice_month": str(priced.invoice_month) if priced.invoice_month else None,
        "base": priced.base,
        "at_risk_percent": _text(priced.at_risk),
        "at_risk_amount": None
        if priced.at_risk is None or priced.charges is None
        else money(Decimal(priced.charges) * priced.at_risk / 100),
        **{name: money(getattr(priced, name)) for name in chain},
        "points": plain(priced.points),
        "points_price": dict(priced.points_price),
        "lines": [_line(line, repeats.get(line.service_level), money) for line in priced.lines],
        "caps": [_cap(cap, money) for cap in priced.caps],
        "earn_backs": [_earn_back(each, money) for each in priced.earn_backs],
        "bonuses": [_bonus(each, money) for each in priced.bonuses],
        "bank": {category: money(balance) for category, balance in priced.bank.items()},
        "warnings": list(priced.warnings),
        "unsettled": _unsettled(month),
    }


def _unsettled(month: MonthEvaluation) -> dict[str, Any]:
    found = unsettled_in(month.findings, month.terms.credits)
    waits_for = [sentence(reason) for reason in found.waits_for]
    return {"results": found.results, "waiting": found.waiting, "waits_for": waits_for, "may_cost": found.may_cost}


def _missing_charges(month: MonthEvaluation, replay: Replay) -> list[dict[str, str]]:
    found = lacking(month, replay.history, replay.invoices)
    return [{"month": str(each.month), "what": each.what, "needed_for": each.needed_for} for each in found]


def _line(line: CreditLine, repeats: RepeatRule | None, money: Money) -> dict[str, Any]:
    texts = ("service_level", "name", "clause", "window", "default", "category", "formula", "incident")
    figures = dict(line.figures)
    if window := figures.get("charges"):
        figures["charges"] = money(Decimal(window)) or ""
    return {name: getattr(line, name) for name in (*texts, "replaced_by")} | {
        "figures": figures,
        "failures": line.failures,
        "factor": plain(line.factor),
        "repeats_clause": repeats.clause if repeats else "",
        "points": plain(line.points),
        "outside_caps": line.outside_caps,
        "uncapped": money(line.uncapped),
        "payable": money(line.payable),
    }


def _cap(cap: Capped, money: Money) -> dict[str, Any]:
    amounts = {name: money(getattr(cap, name)) for name in ("limit", "used", "before", "taken_off")}
    return {"over": cap.over, "service_level": cap.service_level, "clause": cap.clause} | amounts


def _earn_back(each: EarnBack, money: Money) -> dict[str, Any]:
    return each.to_document() | {"credit": money(each.credit), "amount": money(each.amount)}


def _bonus(each: Bonus, money: Money) -> dict[str, Any]:
    return each.to_document() | {"amount": money(each.amount)}


def _scorecard(card: Scorecard) -> dict[str, Any]:
    return {
        "value": _text(card.value),
        "standing": card.standing,
        "month": _text(card.month),
        "points": _text(card.total),
        "weight_judged": plain(card.weight_judged),
        "weight_total": plain(card.weight_total),
        "scores": [
            {
                "service_level": score.finding.level.key,
                "weight": plain(score.weight),
                "percent": _text(score.points),
                "points": _text(score.earned),
            }
            for score in card.scores
        ],
    }


def _right(right: Right, replay: Replay) -> dict[str, Any]:
    """Without a day of knowledge every month is over: what lapsed before the end of the last one has lapsed."""
    until = right.lapses_on or date.max
    used = [
        each.on
        for each in replay.events.exercises
        if each.right == right.key
        and each.service_level in ("", right.service_level)
        and right.opened_on <= each.on <= until
    ]
    exercised_on = min(used, default=None)
    state = right.state(replay.events.as_of or replay.evaluations[-1].month.last, exercised_on)
    return right.to_document() | {"state": state, "exercised_on": _day(exercised_on)}


def _totals(replay: Replay, money: Money) -> dict[str, Any]:
    """Over all months that are priced."""
    names = ("uncapped", "cap_applied", "waived", "offset", "earned_back", "payable", "bonus")
    priced = [month.credits for month in replay.evaluations]
    sums = {name: sum((getattr(each, name) or 0 for each in priced), Decimal(0)) for name in names}
    return {name: money(amount) for name, amount in sums.items()} | {
        "not_priced": [str(each.month) for each in priced if each.pricing == "not_priced"],
        "not_settled": [
            str(each.month) for each in replay.evaluations if unsettled_in(each.findings, each.terms.credits).may_cost
        ],
    }


def _text(number: Decimal | None) -> str | None:
    return None if number is None else plain(number)


def _day(day: object) -> str | None:
    return None if day is None else str(day)
