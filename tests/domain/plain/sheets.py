"""Random term sheets of every family of rules, valid by construction, as the YAML gives them."""

from tests.domain.plain.draws import Draws, month_text
from tests.domain.plain.levels import METRICS, Sheet, service_level
from tests.domain.plain.recorded import COUNTED, source
from tests.domain.plain.tariffs import credit_terms

CALENDAR = {
    "due": {"working_day": "5", "time": "17:00"},
    "lock": {"working_day": "10", "time": "17:00"},
    "holidays": ["2024-01-01", "2024-05-01", "2028-01-03"],
}


def sheet(draw: Draws, start: int) -> Sheet:
    """A contract whose first month is the ordinal `start`."""
    coverage = _coverage(draw, start)
    daily = {kind: draw.chance(30) for kind in ("service", "quality", "staffing")}
    levels = [service_level(draw, number, coverage, daily, start) for number in range(draw.one(1, 2, 2, 3))]
    measures = _measures(draw, levels)
    agreed = credit_terms(draw, levels) if draw.chance(92) else None
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


def _measures(draw: Draws, levels: list[Sheet]) -> dict[str, Sheet]:
    measures: dict[str, Sheet] = {}
    for level in levels:
        for measure in METRICS[level["metric"]][0]:
            measures.setdefault(measure, {"source": "partner"})
        if "relief" in level:
            measures.setdefault("offered", {"source": "partner"})
            measures.setdefault("forecast_volume", {"source": "client"})
    for measure, terms in measures.items():
        if measure != "forecast_volume" and measure not in COUNTED and draw.chance(12):
            terms["source"] = draw.one("client", "agreed")
            if terms["source"] == "agreed":
                terms["tolerance"] = draw.text(0, 1, 5)
    source(draw, measures)
    return measures


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
        right["at_least"] = draw.text(50, 500, 1500)
    elif form == "within" or draw.chance(20):
        right["at_least"] = draw.text(2, 3)
    if draw.chance(60 if right["of"] in ("points", "credits") else 40):
        right["per"] = draw.one("contract", "service_level")
    if draw.chance(30):
        able = [level for level in levels if right["of"] != "minimum_misses" or "minimum" in level]
        right["service_levels"] = [draw.choice(able or levels)["key"]]
        if not able:
            right["of"] = "misses"
    elif draw.chance(30):
        right["class"] = draw.choice(levels).get("class", "key")
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
