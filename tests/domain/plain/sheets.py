"""Random term sheets of every family of rules, valid by construction, as the YAML gives them."""

from typing import Any

from tests.domain.plain.draws import Draws, month_text

Sheet = dict[str, Any]

# metric: what it divides, its unit's scale, whether more is better, the report it travels in
METRICS: dict[str, tuple[tuple[str, str], int, bool, str]] = {
    "service_level": (("answered_in_threshold", "offered"), 100, True, "service"),
    "abandonment": (("abandoned", "offered"), 100, False, "service"),
    "aht": (("handle_seconds", "answered"), 1, False, "service"),
    "qa": (("qa_critical_errors", "qa_samples"), 100, True, "quality"),
    "complaint_rate": (("complaints", "contacts_handled"), 1000, False, "quality"),
    "staffing_fill": (("actual_fte", "required_fte"), 100, True, "staffing"),
    "backlog_days": (("backlog", "daily_closures"), 1, False, "service"),
}
# the Expected a contract would name, the Minimum a step worse, and the step
USUAL = {
    "service_level": (80, 5),
    "abandonment": (5, 3),
    "aht": (300, 60),
    "qa": (96, 2),
    "complaint_rate": (4, 2),
    "staffing_fill": (96, 4),
    "backlog_days": (3, 1),
}
CALENDAR = {
    "due": {"working_day": "5", "time": "17:00"},
    "lock": {"working_day": "10", "time": "17:00"},
    "holidays": ["2024-01-01", "2024-05-01", "2028-01-03"],
}


def sheet(draw: Draws, start: int) -> Sheet:
    """A contract whose first month is the ordinal `start`."""
    coverage = _coverage(draw, start)
    daily = {kind: draw.chance(30) for kind in ("service", "quality", "staffing")}
    levels = [_level(draw, number, coverage, daily, start) for number in range(draw.one(1, 2, 2, 3))]
    measures = _measures(draw, levels)
    agreed = _credits(draw, levels) if draw.chance(92) else None
    document: Sheet = {
        "schema": "accord-terms/1",
        "effective_from": month_text(start) + draw.one("-01", "-01", "-01", "-15"),
        "calendar": CALENDAR,
        "coverage": coverage,
        "reports": {kind: {"grain": "day" if daily[kind] else "month"} for kind in ("staffing", "service", "quality")},
        "measures": measures,
        "service_levels": levels,
    }
    if agreed is not None:
        document["credits"] = agreed
    if draw.chance(50):
        document["contract_year"] = {"starts": month_text(start - draw.whole(0, 11)) + "-01"}
    if draw.chance(50):
        document["claims"] = {"within": draw.text(0, 10, 30)}
    if draw.chance(20) and "offered" in measures:
        measures.setdefault("forecast_volume", {"source": "client"})
        variance = draw.text(0, 10, 10, 25)
        document["corridor"] = {"measure": "offered", "forecast": "forecast_volume", "variance": variance}
    if draw.chance(45):
        document["rights"] = [_right(draw, place, levels, agreed is not None) for place in range(draw.one(1, 1, 2))]
    if draw.chance(40):
        document["scorecard"] = _scorecard(draw)
    return document


def _coverage(draw: Draws, start: int) -> list[Sheet]:
    pairs = draw.one([("BOG", "EN")], [("BOG", "EN"), ("MED", "EN")], [("BOG", "EN"), ("BOG", "ES")])
    coverage: list[Sheet] = [{"site": site, "queue": queue} for site, queue in pairs]
    if len(coverage) > 1 and draw.chance(30):
        coverage[1]["from"] = month_text(start + draw.whole(1, 4)) + draw.one("-01", "-15")
    if len(coverage) > 1 and draw.chance(20):
        coverage[1]["until"] = month_text(start + draw.whole(5, 9)) + "-20"
    return coverage


def _level(draw: Draws, number: int, coverage: list[Sheet], daily: dict[str, bool], start: int) -> Sheet:
    metric = draw.one("service_level", "service_level", "abandonment", *METRICS)
    more = METRICS[metric][2]
    level: Sheet = {
        "key": f"level-{draw.one('a', 'b', 'c')}{number}",
        "name": f"Level {number}",
        "metric": metric,
        "weight": draw.text(0, 10, 20, 33, 40),
        "window": _window(draw, daily[METRICS[metric][3]], METRICS[metric][3]),
    }
    if level["window"] == "month":
        del level["window"]
    if draw.chance(20):
        level["scope"] = {"sites": ["BOG"]} if draw.chance(50) else {"queues": [coverage[-1]["queue"]]}
    _targets(draw, level, start)
    kind = _kind(level)
    if draw.chance(8) and kind == "month":
        level["source"] = "stated"
        level["scope"] = {"sites": ["BOG"], "queues": ["EN"]}
    limits = "band" not in level["expected"]
    if draw.chance(25) or level["expected"].get("band"):
        level["bands"] = _bands(draw, level)
    _default(draw, level)
    _volume(draw, level, kind)
    _relief(draw, level, kind, daily)
    _price(draw, level, start)
    if level.get("credit", level.get("allocation")) is not None and draw.chance(30):
        level["repeats"] = _repeats(draw)
    if draw.chance(35):
        level["earn_back"] = earn_back(draw)
    if draw.chance(25) and limits:
        level["bonus"] = {"upper": _beyond(draw, level), **_share(draw, 3)}
        if draw.chance(30):
            level["bonus"]["gate"] = "none"
    if draw.chance(25) and limits:
        months = draw.whole(1, 4)
        level["improvement"] = {"kind": draw.one("halfway", "presumptive"), "months": str(months)}
        if draw.chance(50):
            level["improvement"]["cap_share"] = draw.text(1, 5, 20)
        if draw.chance(40):
            level["improvement"]["places"] = draw.text(0, 1, 2)
    if draw.chance(30) and limits:
        level["score"] = {"upper": _beyond(draw, level), "bonus": draw.text(10, 20)}
        if draw.chance(50):
            value, step = int(level["expected"]["value"]), USUAL[metric][1]
            level["score"]["zero"] = str(value - 2 * step if more else value + 2 * step)
    if draw.chance(10):
        level["matures_after"] = draw.text(15, 45)
    if draw.chance(12):
        level["measured_from"] = month_text(start + draw.whole(0, 3)) + draw.one("-01", "-15")
    if draw.chance(20):
        level["credits_from"] = month_text(start + draw.whole(0, 3)) + "-01"
    return level


def _kind(level: Sheet) -> str:
    window = level.get("window", "month")
    return window if isinstance(window, str) else str(window["kind"])


def _window(draw: Draws, daily: bool, report: str) -> Any:
    kind = draw.one("month", "month", "month", "month", "quarter", "contract_year", "rolling", "average", "look_back")
    if daily and report != "staffing" and draw.chance(40):
        kind = "fiscal_month"
    if kind in ("month", "quarter", "contract_year") and draw.chance(50):
        return kind
    window: Sheet = {"kind": kind, "amendment": draw.one("end", "start", "restart")}
    longest = {"quarter": 3, "contract_year": 12, "average": 2}.get(kind, 1)
    if kind == "fiscal_month":
        window["starts_on"] = draw.text(10, 22, 28)
    if kind == "rolling":
        longest = draw.one(2, 3, 3, 6)
        window["months"] = str(longest)
    if kind == "look_back":
        longest = draw.whole(1, 2)
        window |= {"months": str(longest), "events": draw.text(300, 1000, 1500), "otherwise": draw.text(3, 6)}
    if draw.chance(30):
        window["at_least"] = str(draw.whole(1, longest))
    return window


def _targets(draw: Draws, level: Sheet, start: int) -> None:
    value, step = USUAL[level["metric"]]
    more = METRICS[level["metric"]][2]
    if draw.chance(8):
        level["expected"] = {"band": {"lower": str(value - step), "upper": str(value + step)}}
        if draw.chance(60):
            level["minimum"] = {"band": {"lower": str(value - 2 * step), "upper": str(value + 2 * step)}}
        return
    signs = (">=", ">=", ">") if more else ("<=", "<=", "<")
    worse = value - step if more else value + step
    better = value + step / 2 if more else value - step / 2
    level["expected"] = {"comparator": draw.one(*signs), "value": str(value)}
    if draw.chance(70):
        level["minimum"] = {"comparator": signs[0], "value": str(worse)}
    if draw.chance(20):
        level["exceeded"] = {"comparator": draw.one(*signs), "value": str(better)}
    if draw.chance(15):
        eased = {"comparator": signs[0], "value": str(worse)}
        level["ramp"] = [{"from": month_text(start) + "-01", "expected": eased}]
        if draw.chance(50):
            lowest = str(worse - step if more else worse + step)
            level["ramp"][0]["minimum"] = {"comparator": signs[0], "value": lowest}
        then: Sheet = {"from": month_text(start + draw.whole(1, 4)) + draw.one("-01", "-10")}
        then["expected"] = dict(level["expected"])
        if "minimum" in level:
            then["minimum"] = dict(level["minimum"])
        level["ramp"].append(then)


def _bands(draw: Draws, level: Sheet) -> list[Sheet]:
    value, step = USUAL[level["metric"]]
    more = METRICS[level["metric"]][2]
    edges = [value - 2 * step, value - step, value] if more else [value, value + step, value + 2 * step]
    labels = ["severe", "serious", "minor", "good"] if more else ["good", "minor", "serious", "severe"]
    worth = {"good": (0, 0), "minor": (1, 1), "serious": (2, 3), "severe": (4, 5)}
    bands: list[Sheet] = []
    holds_lower = draw.chance(60)
    for place, label in enumerate(labels):
        band: Sheet = {"label": label, "points": str(worth[label][0])}
        if worth[label][1] and draw.chance(85):
            name = draw.one("percent", "amount")
            band[name] = str(worth[label][1] * (1 if name == "percent" else 1000))
        if place:
            band["at_least" if holds_lower else "above"] = str(edges[place - 1])
        if place < 3:
            band["below" if holds_lower else "at_most"] = str(edges[place])
        bands.append(band)
    if not any("percent" in band or "amount" in band for band in bands):
        bands[0 if more else 3]["percent"] = "5"
    return bands


def _default(draw: Draws, level: Sheet) -> None:
    """Long windows count in their own steps, so that the nth miss fits into the months."""
    has_minimum = "minimum" in level
    if draw.chance(30):
        level["credits_on"] = draw.one("minimum", "expected", "expected") if has_minimum else "expected"
        return
    rule: Sheet = {}
    if draw.chance(85) or not has_minimum:
        rule["expected"] = _trigger(draw, _kind(level))
    if has_minimum and (draw.chance(70) or "expected" not in rule):
        rule["minimum"] = _trigger(draw, _kind(level))
    rule["counted"] = draw.one("expected", "any")
    if draw.chance(40):
        rule["not_reported"] = "yes"
    if draw.chance(40):
        rule["not_measured"] = "yes"
    if draw.chance(30) and has_minimum:
        rule["escalates_at"] = draw.text(2, 3)
    if draw.chance(40):
        rule["gaps"] = draw.one("break", "pass")
    level["default"] = rule


def _trigger(draw: Draws, kind: str) -> Sheet:
    step = {"quarter": 3, "contract_year": 12}.get(kind, 1)
    form = draw.one("once", "once", "within", "row")
    if form == "once":
        return {}
    misses = draw.one(2, 2, 3)
    if form == "row":
        return {"misses": str(misses), "consecutive": "yes"}
    return {"misses": str(misses), "within": str(min(draw.whole(misses, misses + 4) * step, 60))}


def _volume(draw: Draws, level: Sheet, kind: str) -> None:
    if draw.chance(70):
        return
    minimum = draw.text(100, 200, 300)
    if draw.chance(30):
        level["minimum_volume"] = minimum
        return
    rules = ["not_measured", "one_miss"] + (["extend", "extend"] if kind == "month" else [])
    level["low_volume"] = {"minimum": minimum, "rule": draw.choice(rules)}
    if draw.chance(50):
        level["low_volume"]["months"] = draw.text(2, 3, 6)


def _relief(draw: Draws, level: Sheet, kind: str, daily: dict[str, bool]) -> None:
    service = METRICS[level["metric"]][3] == "service"
    if draw.chance(70) or not service or kind == "average" or level.get("source") == "stated":
        return
    kinds = ["period"]
    if kind != "fiscal_month":
        kinds += ["excess"] * 2 if level["metric"] in ("service_level", "abandonment") else []
    else:
        kinds = []
    if daily["service"]:
        kinds += ["day", "day"]
    if not kinds:
        return
    level["relief"] = {
        **{"kind": draw.choice(kinds), "measure": "offered", "forecast": "forecast_volume"},
        "over": draw.text(0, 10, 10, 25),
    }
    if draw.chance(30):
        level["relief"]["locks"] = draw.text(0, 15, 30)


def _share(draw: Draws, percent: int = 2) -> Sheet:
    return {"percent": draw.text(percent, "1.5")} if draw.chance(60) else {"amount": draw.text(500, "333.33")}


def _price(draw: Draws, level: Sheet, start: int) -> None:
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
        credit |= _share(draw)
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
    level["credit"] = credit


def _repeats(draw: Draws) -> Sheet:
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
        rule["deposit"] = _share(draw)
        if draw.chance(40):
            rule["limit"] = draw.text(600, 1200)
    if kind != "bank" and draw.chance(50):
        rule["fraction"] = draw.text(50, "33.3")
    if draw.chance(40):
        rule["comparison"] = draw.one("met", "exceeded")
    if draw.chance(25):
        rule["passes"] = draw.sample([str(number) for number in range(1, 13)], draw.whole(1, 4))
    if draw.chance(20):
        rule["never_for"] = draw.sample([str(number) for number in range(1, 13)], 2)
    if draw.chance(30) and kind != "bank":
        rule["approval"] = "required"
    if draw.chance(30):
        rule["gaps"] = "pass"
    return rule


def _beyond(draw: Draws, level: Sheet) -> str:
    step = USUAL[level["metric"]][1]
    value = int(level["expected"]["value"])
    return str(value + step) if METRICS[level["metric"]][2] else str(value - step * 0.5)


def _measures(draw: Draws, levels: list[Sheet]) -> dict[str, Sheet]:
    measures: dict[str, Sheet] = {}
    for level in levels:
        for measure in METRICS[level["metric"]][0]:
            measures.setdefault(measure, {"source": "partner"})
        if "relief" in level:
            measures.setdefault("offered", {"source": "partner"})
            measures.setdefault("forecast_volume", {"source": "client"})
    for measure, terms in measures.items():
        if measure != "forecast_volume" and draw.chance(12):
            terms["source"] = draw.one("client", "agreed")
            if terms["source"] == "agreed":
                terms["tolerance"] = draw.text(0, 1, 5)
    return measures


def _credits(draw: Draws, levels: list[Sheet]) -> Sheet:
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
        agreed["caps"] = [_cap(draw) for _ in range(draw.one(1, 1, 2, 3))]
    base = draw.one("invoice", "invoice", "fixed_fee", "invoice_net")
    if base != "invoice" or draw.chance(25):
        agreed["base"] = {"kind": base}
        if base == "fixed_fee":
            agreed["base"]["amount"] = draw.text(100000, "87654.32")
        if base == "invoice_net":
            agreed["base"]["less"] = draw.one(["travel"], ["travel", "tools"])
        if draw.chance(40):
            agreed["base"]["month"] = "next"
    if draw.chance(40) or any(level.get("credit", {}).get("kind") == "points" for level in levels):
        agreed["points"] = _points(draw)
    if draw.chance(25):
        agreed["earn_back"] = earn_back(draw)
    if draw.chance(40):
        agreed["incidents"] = {"choose_within": draw.text(5, 10)}
    return agreed


def _cap(draw: Draws) -> Sheet:
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


def _right(draw: Draws, place: int, levels: list[Sheet], has_credits: bool) -> Sheet:
    counted = ["misses", "minimum_misses", "defaults", "defaults"] + (
        ["points", "points", "credits"] if has_credits else []
    )
    right: Sheet = {"key": f"right-{place}", "name": f"Right {place}", "of": draw.choice(counted)}
    form = draw.one("consecutive", "within", "months_of")
    if form == "consecutive":
        right["consecutive"] = draw.text(1, 2, 3)
    else:
        right["within"] = str(draw.whole(2, 6))
    if form == "months_of":
        right["months_of"] = str(draw.whole(1, int(right["within"])))
    if right["of"] == "credits":
        right["at_least"] = draw.text(500, 1500)
    elif form == "within" or draw.chance(20):
        right["at_least"] = draw.text(2, 3)
    if right["of"] not in ("points", "credits"):
        if draw.chance(40):
            right["per"] = draw.one("contract", "service_level")
        if draw.chance(30):
            right["service_levels"] = [draw.choice(levels)["key"]]
    if draw.chance(50):
        right["lapses_after"] = draw.text(20, 31, 60)
    return right


def _scorecard(draw: Draws) -> Sheet:
    rule: Sheet = {}
    if draw.chance(50):
        edges = [("good", "100"), ("fair", "62.5"), ("poor", "0")]
        rule["standings"] = [{"standing": name, "at_least": least} for name, least in edges]
    if draw.chance(70):
        rule |= {"decay": draw.text("0.5", "0.9", 1, 0), "months": draw.text(2, 3)}
    return rule
