"""What a finding costs, line by line: its price as a sum, what takes some of it off, and what comes back."""

from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from app.domain.periods import Month
from app.domain.prose.derivation import Step
from app.domain.prose.price_wording import Currency, points_of, points_price, price_of
from app.domain.wording import grouped, many, month_name, words

Part = Mapping[str, Any]
NOTHING = Decimal(0)
REST = "{rest}"  # where a step says what is left after it
CAPS = {
    "service_level": "the cap of this service level",
    "month": "the monthly cap",
    "quarter": "the cap of the quarter",
    "contract_year": "the cap of the contract year",
    "rolling_12": "the cap of twelve months",
}
WITHOUT_AMOUNT = ("awaiting_approval", "refused", "lost", "never")  # states of an earn-back told by what would come
BACK = {
    "earned": "{amount} comes back",
    "awaiting_approval": "{would} may come back and awaits approval",
    "refused": "{would} could have come back and was refused",
    "lost": "{would} does not come back",
    "never": "{would} never comes back",
    "deposited": "{amount} is put into the bank",
}


def amount(finding: Part, chain: Part, currency: Currency) -> Iterator[Step]:
    """What the finding costs, and what caps, the bank, waivers and earn-backs do to it."""
    for line in chain.get("lines", ()):
        if line["service_level"] != finding["service_level"]:
            continue
        if line["payable"] is None:
            whose = "the month's charges" if chain.get("charges") is None else "charges of an earlier month"
            yield Step("Credit", f"Not priced: {whose} are not entered")
            return
        yield from _priced(line, chain, finding["metric"]["unit"], currency)
        yield from _settled(line, chain, currency)
    for each in chain.get("earn_backs", ()):
        is_told = each["state"] in BACK and (Decimal(each["amount"]) or each["state"] in WITHOUT_AMOUNT)
        if is_told and each["service_level"] == finding["service_level"]:
            yield Step("Earn-back", _back(each, chain, currency))


def _priced(line: Part, chain: Part, unit: str, currency: Currency) -> Iterator[Step]:
    if repeated := points_of(line):
        yield Step("Points", repeated)
    if line.get("formula") == "points" and (price := points_price(chain, currency)):
        yield Step("Price of the points", f"{price} = {currency.write(str(_of_points(chain, currency)))}")
    forgone = (line.get("figures") or {}).get("priced")
    result = currency.write(str(line["uncapped"])) if forgone is None else currency.units(forgone)
    yield Step("Credit", f"{price_of(line, chain, unit, currency)} = {result}")
    if line.get("incident"):
        yield Step("Incident", f"{line['incident']}: another credit of it is paid, this one is not")
    if replacing := line.get("replaced_by"):
        names = {each["service_level"]: each["name"] for each in chain["lines"]}
        yield Step("Replaced", f"Not credited: {names[replacing]} stands in the place of the month's other credits")


def _of_points(chain: Part, currency: Currency) -> Decimal:
    """What the month's points come to, on all lines together."""
    lines = [line for line in chain["lines"] if line.get("formula") == "points"]
    forgone = [(line.get("figures") or {}).get("priced") for line in lines]
    amounts = [
        Decimal(line["uncapped"]) if priced is None else Decimal(priced) * currency.unit
        for line, priced in zip(lines, forgone, strict=True)
    ]
    return sum(amounts, NOTHING)


def _settled(line: Part, chain: Part, currency: Currency) -> Iterator[Step]:
    """Each thing that takes something off, with what is left after it; the last one leaves what is payable."""
    steps = [*_taken_off(line, chain, currency)]
    payable = Decimal(line["payable"])
    for place, (label, told, left) in enumerate(steps, 1):
        rest = payable if place == len(steps) else left.quantize(Decimal(1), ROUND_HALF_UP)
        yield Step(label, told.replace(REST, currency.write(str(rest))))
    if not steps and Decimal(line["uncapped"]) != payable:
        yield Step("Rounded", f"{currency.write(str(payable))}, its share of the month's total, which is rounded once")


def _taken_off(line: Part, chain: Part, currency: Currency) -> Iterator[tuple[str, str, Decimal]]:
    """Label, words with a place for what is left, and what that is; clauses stand in the words as they were written."""
    left = Decimal(line["uncapped"])
    for cap in () if line.get("outside_caps") else _caps(chain):
        taken = Decimal(cap["taken_off"])
        if taken and left and cap["service_level"] in ("", line["service_level"]):
            before = Decimal(cap.get("before") or chain["uncapped"])
            left = left - left * taken / before if not cap["service_level"] else left - taken
            yield f"After {CAPS[cap['over']]}", f"{REST}, {_share_of(cap, currency)}", left
    for each in chain.get("earn_backs", ()):
        if (each["state"], each["service_level"]) == ("offset", line["service_level"]):
            left -= Decimal(each["amount"])
            told = f"{currency.write(each['amount'])} is paid by the bank, {REST} remains"
            yield "Offset", _with_clause(told, each["clause"]), left
    if line.get("waived"):
        about = [each for each in chain["waivers"] if each["service_level"] in ("", line["service_level"])]
        clauses = "; ".join(dict.fromkeys(each["clause"] for each in about if each["clause"]))
        told = f"{currency.write(line['waived'])} given up, {REST} remains"
        yield "Waived", _with_clause(told, clauses), left - Decimal(line["waived"])


def _caps(chain: Part) -> list[Part]:
    caps = chain.get("caps")
    if caps is None:  # judged by an engine that knew the monthly cap alone
        return [{"over": "month", "limit": chain["cap"], "taken_off": chain["cap_applied"] or "0", "service_level": ""}]
    return list(caps)


def _share_of(cap: Part, currency: Currency) -> str:
    """`its share of $36,360, to which $57,482 is cut`; a longer cap says what earlier months used up."""
    limit, used = Decimal(cap["limit"]), Decimal(cap.get("used") or 0)
    if cap["service_level"]:
        return _with_clause("the most it may cost", cap.get("clause", ""))
    room = currency.write(str(max(limit - used, NOTHING)))
    told = f"its share of {room}"
    if used:
        told += f", what earlier months left of {currency.write(str(limit))}"
    elif "before" in cap:
        told += f", to which the month's {currency.write(cap['before'])} is cut"
    return _with_clause(told, cap.get("clause", ""))


def _back(each: Part, chain: Part, currency: Currency) -> str:
    posted = chain.get("returns", {}).get(f"{each['service_level']}/{each['credit_month']}", each["amount"])
    would = (Decimal(each["credit"]) * Decimal(each["fraction"]) / 100).quantize(Decimal(1), ROUND_HALF_UP)
    told = BACK[each["state"]].format(amount=currency.write(str(posted)), would=currency.write(str(would)))
    if each["kind"] != "bank":
        month = month_name(Month.parse(each["credit_month"]))
        of, base = "", ""
        if each["fraction"] != "100":
            of = f"{grouped(each['fraction'])} % of "
            is_sum = each["state"] in WITHOUT_AMOUNT or Decimal(posted) == would  # a cap after it may leave less
            base = f", {currency.write(each['credit'])}" if is_sum else ""
        run = f" after {many(str(each['needed']), 'good window')}" if each["kind"] == "months" else ""
        why = f" ({words(_in_months(each['reason']))})" if each["state"] == "lost" and each["reason"] else ""
        told = f"{told}{run if each['state'] == 'earned' else ''}: {of}the credit of {month}{base}{why}"
    return _with_clause(told, each["clause"])


def _in_months(reason: str) -> str:
    """`2026-08: below_expected`, as the engine writes it, with the month's name."""
    month, colon, what = reason.partition(": ")
    return f"{month_name(Month.parse(month))}: {what}" if colon else reason


def _with_clause(told: str, clause: str) -> str:
    return f"{told}; {clause}" if clause else told
