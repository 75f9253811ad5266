"""Random service levels: windows, targets, defaults, volumes and relief."""

from typing import Any

from tests.domain.plain.draws import Draws, month_text
from tests.domain.plain.recorded import OF_RECORD, fit
from tests.domain.plain.tariffs import earn_back, price, repeats, share

Sheet = dict[str, Any]

# metric: what it divides, its unit's scale, whether more is better, the report it travels in
METRICS: dict[str, tuple[tuple[str, ...], int, bool, str]] = {
    "service_level": (("answered_in_threshold", "offered"), 100, True, "service"),
    "abandonment": (("abandoned", "offered"), 100, False, "service"),
    "aht": (("handle_seconds", "answered"), 1, False, "service"),
    "qa": (("qa_critical_errors", "qa_samples"), 100, True, "quality"),
    "complaint_rate": (("complaints", "contacts_handled"), 1000, False, "quality"),
    "staffing_fill": (("actual_fte", "required_fte"), 100, True, "staffing"),
    "backlog_days": (("backlog", "daily_closures"), 1, False, "service"),
    "report_timeliness": (("reports_on_time", "reports_due"), 100, True, "service"),
    "report_completeness": (("reports_complete", "reports_delivered"), 100, True, "service"),
    "report_first_time_right": (("reports_right_first", "reports_delivered"), 100, True, "service"),
    "report_lateness": (("report_days_late",), 1, False, "service"),
}
REPORTED = [metric for metric in METRICS if metric not in OF_RECORD]
# the Expected a contract would name, the Minimum a step worse, and the step
USUAL = {
    "service_level": (80, 5),
    "abandonment": (5, 3),
    "aht": (300, 60),
    "qa": (96, 2),
    "complaint_rate": (4, 2),
    "staffing_fill": (96, 4),
    "backlog_days": (3, 1),
    **dict.fromkeys(("report_timeliness", "report_completeness", "report_first_time_right"), (50, 12)),
    "report_lateness": (3, 1),
}


def service_level(draw: Draws, number: int, coverage: list[Sheet], daily: dict[str, bool], start: int) -> Sheet:
    metric = draw.one(*OF_RECORD) if draw.chance(12) else draw.one("service_level", "abandonment", *REPORTED)
    more = METRICS[metric][2]
    level: Sheet = {
        "key": f"level-{draw.one('a', 'b', 'c')}{number}",
        "name": f"Level {number}",
        "metric": metric,
        "weight": draw.text(0, 10, 20, 33, 40),
        "window": _window(draw, daily[METRICS[metric][3]]),
    }
    if level["window"] == "month":
        del level["window"]
    if draw.chance(20):
        level["scope"] = {"sites": ["BOG"]} if draw.chance(50) else {"queues": [coverage[-1]["queue"]]}
    _targets(draw, level, start)
    if draw.chance(45):
        level["class"] = draw.one("critical", "critical", "reported")
    kind = kind_of(level)
    if draw.chance(8) and kind == "month":
        level["source"] = "stated"
        level["scope"] = {"sites": ["BOG"], "queues": ["EN"]}
    limits = "band" not in level["expected"]
    if draw.chance(25) or level["expected"].get("band"):
        level["bands"] = _bands(draw, level)
    default(draw, level)
    _volume(draw, level, kind)
    _relief(draw, level, kind, daily)
    price(draw, level, start)
    if level.get("credit", level.get("allocation")) is not None and draw.chance(30):
        level["repeats"] = repeats(draw)
    if draw.chance(35):
        level["earn_back"] = earn_back(draw)
    if draw.chance(25) and limits:
        level["bonus"] = {"upper": beyond(draw, level), **share(draw, 3)}
        if draw.chance(70):
            level["bonus"]["gate"] = draw.one("none", "critical", "key")
    if draw.chance(25) and limits:
        months = draw.whole(1, 4)
        level["improvement"] = {"kind": draw.one("halfway", "average", "presumptive"), "months": str(months)}
        if level["improvement"]["kind"] == "average" and draw.chance(60):
            level["improvement"]["best"] = str(draw.whole(1, months))
        if draw.chance(50):
            level["improvement"]["cap_share"] = draw.text(1, 5, 20)
        if draw.chance(40):
            level["improvement"]["places"] = draw.text(0, 1, 2)
    if draw.chance(30) and limits:
        level["score"] = {"upper": beyond(draw, level), "bonus": draw.text(10, 20)}
        if draw.chance(50):
            value, step = int(level["expected"]["value"]), USUAL[metric][1]
            level["score"]["zero"] = str(value - 2 * step if more else value + 2 * step)
    if draw.chance(20):
        level["rounding"] = {"places": draw.text(0, 1, 2), **({"mode": "down"} if draw.chance(30) else {})}
    if draw.chance(10):
        level["matures_after"] = draw.text(15, 45)
    if draw.chance(12):
        level["measured_from"] = month_text(start + draw.whole(0, 3)) + draw.one("-01", "-15")
    if draw.chance(20):
        level["credits_from"] = month_text(start + draw.whole(0, 3)) + "-01"
    if metric in OF_RECORD:
        fit(draw, level, month_text(start + 1) + "-01")
    return level


def kind_of(level: Sheet) -> str:
    window = level.get("window", "month")
    return window if isinstance(window, str) else str(window["kind"])


def _window(draw: Draws, daily: bool) -> Any:
    kind = draw.one("month", "month", "month", "month", "quarter", "contract_year", "rolling", "average", "look_back")
    if daily and draw.chance(40):
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


def default(draw: Draws, level: Sheet) -> None:
    """Long windows count in their own steps, so that the nth miss fits into the months."""
    has_minimum = "minimum" in level
    if draw.chance(30):
        level["credits_on"] = draw.one("minimum", "expected", "expected") if has_minimum else "expected"
        return
    rule: Sheet = {}
    if draw.chance(85) or not has_minimum:
        rule["expected"] = _trigger(draw, kind_of(level))
    if has_minimum and (draw.chance(70) or "expected" not in rule):
        rule["minimum"] = _trigger(draw, kind_of(level))
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
    rules = ["not_measured", *([] if kind == "average" else ["one_miss"]), *(["extend"] * 2 if kind == "month" else [])]
    rule = draw.choice(rules)
    level["low_volume"] = {"minimum": minimum, "rule": rule}
    if rule == "one_miss" and draw.chance(50):
        level["low_volume"] = {"rule": rule, "forgives": draw.text(0, 3, "20.5")}
    if rule == "extend" and draw.chance(50):
        level["low_volume"]["months"] = draw.text(2, 3, 6)


def _relief(draw: Draws, level: Sheet, kind: str, daily: dict[str, bool]) -> None:
    """Of volume, which stands in the service report whatever report the metric travels in."""
    if draw.chance(60) or kind == "average" or level.get("source") == "stated":
        return
    kinds = ["period"]
    if kind != "fiscal_month":
        kinds += ["excess"] * 2 if level["metric"] in ("service_level", "abandonment") else []
    else:
        kinds = []
    if daily["service"] and daily[METRICS[level["metric"]][3]]:
        kinds += ["day", "day"]
    if not kinds:
        return
    level["relief"] = {
        **{"kind": draw.choice(kinds), "measure": "offered", "forecast": "forecast_volume"},
        "over": draw.text(0, 10, 10, 25),
    }
    if draw.chance(30):
        level["relief"]["locks"] = draw.text(0, 15, 30)


def beyond(draw: Draws, level: Sheet) -> str:
    step = USUAL[level["metric"]][1]
    value = int(level["expected"]["value"])
    return str(value + step) if METRICS[level["metric"]][2] else str(value - step * 0.5)
