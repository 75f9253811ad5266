"""The steps of the Why? panel that only some contracts have: counting, severity, relief, and prices of every kind."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.domain.wording import grouped, words

Money = Callable[[str], str]
Part = Mapping[str, Any]

EFFECTS = {
    "applied": "granted",
    "late": "filed too late, without effect",
    "open": "not decided yet",
    "refused": "refused",
}
CLAIM_NOTES = ("reason", "deadline", "days", "already_out", "without_effect")
CLAIMED = {"days": "days left out", "adjust": "taken off", "period": "the whole window excused"}
WITHOUT_AMOUNT = ("awaiting_approval", "refused", "lost", "never")  # states of an earn-back told by its credit
CAPS = {
    "service_level": "the cap of this service level",
    "month": "the monthly cap",
    "quarter": "the cap of the quarter",
    "contract_year": "the cap of the contract year",
    "rolling_12": "the cap of twelve months",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the Why? panel."""

    label: str
    text: str


def judging(finding: Part) -> Iterator[Step]:
    """What a stored finding says beyond its comparisons; findings of an earlier engine say none of it."""
    for relief in finding.get("relief") or ():
        yield Step("Relief", _relief(relief))
    if finding.get("averaged"):
        yield Step("Averaged", " and ".join(grouped(value) for value in finding["averaged"]))
    if severity := finding.get("severity"):
        points = f", {grouped(severity['points'])} points" if Decimal(severity["points"]) else ""
        yield Step("Severity", f"{severity['label']} ({severity['band']}){points}")
    if count := finding.get("count"):
        span = "in a row" if count["within"] is None else f"within {count['within']} months"
        misses = "1 miss" if count["misses"] == 1 else f"{count['misses']} misses"
        told = f"{misses} of the {count['of'].capitalize()} {span}; {count['needed']} make a default"
        yield Step("Counted", told)
    if finding.get("escalated"):
        yield Step("Escalated", f"{finding['escalated']} consecutive misses of the Minimum")


def takes_figures_off(relief: Part) -> bool:
    """Whether the stored measures are those that it left."""
    return relief["effect"] == "applied" and relief["kind"] in ("day", "days", "adjust")


def amount(finding: Part, chain: Part, money: Money) -> Iterator[Step]:
    """What the finding costs, and what caps and earn-backs do to it."""
    for line in chain.get("lines", ()):
        if line["service_level"] != finding["service_level"]:
            continue
        if line["payable"] is None:
            whose = "the month's charges" if chain.get("charges") is None else "charges of an earlier month"
            yield Step("Credit", f"Not priced: {whose} are not entered")
            return
        yield Step("Credit", f"{_price(line, chain, money)} = {money(str(line['uncapped']))}")
        if line.get("incident"):
            yield Step("Incident", f"{line['incident']}: another credit of it is paid")
        if replacing := line.get("replaced_by"):
            names = {each["service_level"]: each["name"] for each in chain["lines"]}
            yield Step("Replaced", f"{names[replacing]} stands in the place of the month's other credits")
        if Decimal(chain["cap_applied"]) and not line.get("outside_caps"):
            yield from _capped(line, chain, money)
        yield from _waived(line, chain, money)
    for each in chain.get("earn_backs", ()):
        if each["service_level"] != finding["service_level"]:
            continue
        if Decimal(each["amount"]) or each["state"] in WITHOUT_AMOUNT:
            value = each["amount"] if Decimal(each["amount"]) else each["credit"]
            why = f", {words(each['reason'])}" if each["state"] == "lost" else ""
            told = f"{words(each['state'])}, {each['credit_month']}: {money(value)}{why}"
            yield Step("Earn-back", f"{told}; {each['clause']}" if each["clause"] else told)


def _relief(relief: Part) -> str:
    clause = f"; {relief['clause']}" if relief["clause"] else ""
    if relief["source"] == "terms":
        return f"{_by_terms(relief['kind'], relief['figures'])}{clause}"
    told = _claimed(relief["kind"], relief["figures"])
    return f"Claim {relief['source']}, {EFFECTS[relief['effect']]}: {told}{clause}"


def excusing(kind: str, source: str, figures: Part) -> str:
    """What excuses a result, without what was decided about it."""
    return _by_terms(kind, figures) if source == "terms" else f"Claim {source}: {_claimed(kind, figures)}"


def _by_terms(kind: str, figures: Part) -> str:
    told = ", ".join(f"{words(name)} {value}" for name, value in figures.items() if value)
    return f"{words(kind).capitalize()}, by the terms: {told}"


def _claimed(kind: str, asked: Part) -> str:
    """`promotion; taken off: offered 4,900, answered in threshold 2,450`."""
    figures = dict(asked)
    reason, deadline, listed, already, without_effect = (figures.pop(name, "") for name in CLAIM_NOTES)
    what = listed or ", ".join(f"{words(name)} {grouped(value)}" for name, value in figures.items())
    if already:
        what = what or "none"
        already = f"out before: {already}"
    until = f"it could be filed until {deadline}" if deadline else ""
    told = f"{CLAIMED[kind]}: {what}" if what else CLAIMED[kind]
    return "; ".join(filter(None, (reason, told, already, without_effect, until)))


def _price(line: Part, chain: Part, money: Money) -> str:
    formula, figures = line.get("formula", "allocation"), dict(line.get("figures") or {})
    window = figures.pop("charges", "")
    if formula == "allocation":
        pool = f" × {figures['pool']} % pool" if figures.get("pool", "100") != "100" else ""
        base = f"{money(window)} of the whole window" if window else money(str(chain["charges"]))
        text = f"{base} × {chain['at_risk']} % at risk{pool} × {line['allocation']} %"
    elif formula == "points":
        text = f"{grouped(line['points'])} of {grouped(chain['points'])} points of the month"
    else:
        told = ", ".join(f"{words(name)} {value}" for name, value in figures.items())
        of = f", of {money(window)} in the whole window" if window else ""
        text = f"{words(formula).capitalize()}: {told}{of}"
    if line.get("factor", "1") != "1":
        text += f" × {line['factor']}, as failure {line['failures']}"
    return text


def _waived(line: Part, chain: Part, money: Money) -> Iterator[Step]:
    if not line.get("waived"):
        return
    about = [each for each in chain["waivers"] if each["service_level"] in ("", line["service_level"])]
    clauses = "; ".join(dict.fromkeys(each["clause"] for each in about if each["clause"]))
    told = f"{money(line['waived'])} given up, {money(str(line['payable']))} remains"
    yield Step("Waived", f"{told}; {clauses}" if clauses else told)


def _capped(line: Part, chain: Part, money: Money) -> Iterator[Step]:
    share = money(str(line["payable"]))
    caps = chain.get("caps")
    if caps is None:  # judged by an engine that knew the monthly cap alone
        caps = [{"over": "month", "limit": chain["cap"], "taken_off": chain["cap_applied"], "service_level": ""}]
    for cap in caps:
        if Decimal(cap["taken_off"]) and cap["service_level"] in ("", line["service_level"]):
            yield Step(f"After {CAPS[cap['over']]}", f"{share}, its share of {money(str(cap['limit']))}")
