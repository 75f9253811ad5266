"""Random prices, points, caps and earn-back: what failures cost, and what comes off again."""

from typing import Any

from tests.domain.plain.draws import Draws, month_text

Sheet = dict[str, Any]


def credit_terms(draw: Draws, levels: list[Sheet]) -> Sheet:
    agreed: Sheet = {"at_risk": draw.text(10, 15), "pool": "200"}
    if draw.chance(30):
        agreed["categories"] = [{"name": "voice", "pool": draw.text(50, 80)}, {"name": "other", "pool": "60"}]
    if draw.chance(60):
        for level in levels:
            level["category"] = draw.one("voice", "other")
    if "categories" in agreed:
        for level in levels:
            level.setdefault("category", "voice")
    if draw.chance(20):
        agreed["monthly_cap"] = draw.text(2, 5, 10)
    elif draw.chance(70):
        agreed["caps"] = [cap(draw) for _ in range(draw.one(1, 1, 2, 3))]
    base = draw.one("invoice", "invoice", "fixed_fee", "invoice_net")
    if base != "invoice" or draw.chance(25):
        agreed["base"] = {"kind": base}
        if base == "fixed_fee":
            agreed["base"]["amount"] = draw.text(100000, "87654.32")
        if base == "invoice_net":
            agreed["base"]["less"] = draw.one(["travel"], ["travel", "tools"])
        if draw.chance(40):
            agreed["base"]["month"] = "next"
        if draw.chance(40):
            agreed["base"]["over"] = "window"
    if draw.chance(40) or any(level.get("credit", {}).get("kind") == "points" for level in levels):
        agreed["points"] = _points(draw)
    if draw.chance(25):
        agreed["earn_back"] = earn_back(draw)
    if draw.chance(40):
        agreed["incidents"] = {"choose_within": draw.text(5, 10)}
    return agreed


def cap(draw: Draws) -> Sheet:
    over = draw.one("service_level", "month", "month", "quarter", "contract_year", "rolling_12")
    cap: Sheet = {"over": over}
    form = draw.one("charges", "charges", "at_risk", "amount")
    if form == "amount":
        cap["amount"] = draw.text(800, 2000, "1333.33")
    elif form == "at_risk":
        cap |= {"percent": draw.text(20, 50), "of": "at_risk"}
    else:
        cap["percent"] = draw.text("0.5", 1, 3)
    if draw.chance(40):
        cap["after_earn_back"] = "yes"
    return cap


def _points(draw: Draws) -> Sheet:
    kind = draw.one("rate", "table", "bands")
    if kind == "table":
        steps = [("1", "0.5"), ("3", "1.5"), ("6", "4")]
        return {"kind": kind, "steps": [{"points": least, "percent": percent} for least, percent in steps]}
    rule: Sheet = {"kind": kind, **({"percent": "0.4"} if draw.chance(50) else {"amount": "350"})}
    if draw.chance(50):
        rule["free"] = "1"
    if kind == "bands":
        rule["bands"] = [{"up_to": "3", "factor": "1"}, {"up_to": "5", "factor": "1.2"}, {"factor": "1.5"}]
    return rule


def price(draw: Draws, level: Sheet, start: int) -> None:
    if draw.chance(30):
        level["allocation"] = draw.text(10, 20, "33.3")
        return
    kinds = ["allocation", "fixed", "under_target", "under_target", "occurrences", "blocks", "two_price", "points"]
    if "bands" in level:
        kinds += ["band", "band", "points"]
    kind = draw.choice(kinds)
    credit: Sheet = {"kind": kind}
    if kind == "allocation":
        credit["percent"] = draw.text(0, 10, 20)
        if draw.chance(70):
            credit["dated"] = [{"from": month_text(start + draw.whole(1, 6)) + draw.one("-01", "-15"), "percent": "30"}]
    elif kind == "points":
        if "bands" not in level or draw.chance(30):
            credit["points"] = draw.text(1, 3, 5)
    elif kind == "two_price":
        credit |= {
            "price": draw.text(4, "3.35"),
            "lower_price": draw.text("2.5", 1),
            "units": draw.one("failed", "beyond"),
        }
    elif kind != "band":
        credit |= share(draw)
    if kind == "under_target":
        credit["points"] = draw.one("pro_rata", "full", "started")
        if draw.chance(40):
            credit["step"] = draw.text("0.5", 2)
    if kind in ("occurrences", "blocks") and "percent" in credit:
        credit["percent"] = draw.text("0.01", "0.003")
    if kind in ("occurrences", "blocks") and "amount" in credit:
        credit["amount"] = draw.text("12.5", 7)
    if kind == "occurrences" and draw.chance(50):
        credit["free"] = draw.text(5, 20, 60)
    if kind == "blocks":
        failures, within = draw.text(30, 70, 150), draw.text(1, 3, 6)
        credit |= {"failures": failures, "within": within, "counted": draw.one("once", "again")}
    if draw.chance(10):
        credit["replaces"] = "others"
    if draw.chance(10):
        credit["outside_caps"] = "yes"
    level["credit"] = credit


def repeats(draw: Draws) -> Sheet:
    repeats: Sheet = {"steps": [{"failure": "2", "times": draw.text(2, "1.5")}]}
    if draw.chance(50):
        repeats["steps"].append({"failure": draw.text(3, 4), "times": "3"})
    if draw.chance(60):
        repeats["within"] = draw.text(2, 4, 12)
    if draw.chance(40):
        repeats["gaps"] = "pass"
    return repeats


def earn_back(draw: Draws) -> Sheet:
    kind = draw.one("months", "months", "months", "annual_average", "annual_average", "bank", "bank")
    rule: Sheet = {"kind": kind}
    if kind == "months":
        rule["months"] = draw.text(1, 2, 3)
    if kind == "bank":
        rule["deposit"] = share(draw)
        if draw.chance(40):
            rule["limit"] = draw.text(600, 1200)
    if kind != "bank" and draw.chance(50):
        rule["fraction"] = draw.text(50, "33.3")
    if kind != "bank" and draw.chance(40):
        rule["comparison"] = draw.one("met", "exceeded")
    if draw.chance(25):
        rule["passes"] = draw.sample([str(number) for number in range(1, 13)], draw.whole(1, 4))
    if kind != "bank" and draw.chance(20):
        rule["never_for"] = draw.sample([str(number) for number in range(1, 13)], 2)
    if draw.chance(30) and kind != "bank":
        rule["approval"] = "required"
    if kind == "months" and draw.chance(30):
        rule["gaps"] = "pass"
    return rule


def share(draw: Draws, percent: int = 2) -> Sheet:
    return {"percent": draw.text(percent, "1.5")} if draw.chance(60) else {"amount": draw.text(500, "333.33")}
