"""Random amendments: other targets, prices and windows, and now and then no credits any more."""

from copy import deepcopy

from tests.domain.plain import levels, recorded, tariffs
from tests.domain.plain.draws import Draws, month_text
from tests.domain.plain.levels import METRICS, USUAL, Sheet


def amended(draw: Draws, terms: list[Sheet], start: int, length: int) -> Sheet:
    document = deepcopy(terms[-1])
    document["effective_from"] = month_text(start + draw.whole(1, length - 1)) + draw.one("-01", "-01", "-15")
    for level in document["service_levels"]:
        if draw.chance(60):
            _alter(draw, level, document)
    if document.get("credits") and draw.chance(50):
        agreed = document["credits"]
        agreed["at_risk"] = draw.text(8, 12)
        agreed.pop("monthly_cap", None)
        agreed["caps"] = [tariffs.cap(draw) for _ in range(draw.one(1, 2))]
        if draw.chance(40):
            agreed["earn_back"] = tariffs.earn_back(draw)
    if len(document["service_levels"]) > 1 and draw.chance(15):
        gone = document["service_levels"].pop()["key"]
        for right in document.get("rights", ()):
            if gone in right.get("service_levels", ()):
                right["service_levels"] = []
    _reclassed(draw, document)
    recorded.source(draw, document["measures"])
    if draw.chance(15):
        document.pop("rights", None)
    if draw.chance(16):
        _without_money(draw, document, terms[-1])
    return document


def _reclassed(draw: Draws, document: Sheet) -> None:
    """Promotes or demotes one level; a class that none is left in can no longer be named."""
    if draw.chance(25):
        draw.choice(document["service_levels"])["class"] = draw.one("critical", "key")
    left = {level.get("class", "key") for level in document["service_levels"]}
    for right in document.get("rights", ()):
        if "class" in right and right["class"] not in left:
            del right["class"]


def _without_money(draw: Draws, document: Sheet, before: Sheet) -> None:
    """An amendment that ends the credits; what was earned before it is still owed."""
    for part in [before["credits"], *before["service_levels"]] if "credits" in before else ():
        part.pop("earn_back", None)
        if part is before["credits"]:
            part["earn_back"] = {"kind": "months", "months": draw.text(1, 2)}
    document.pop("credits", None)
    for level in document["service_levels"]:
        for name in ("allocation", "credit", "repeats", "earn_back", "bonus"):
            level.pop(name, None)
    rights = [right for right in document.pop("rights", ()) if right["of"] not in ("credits", "points")]
    document |= {"rights": rights} if rights else {}


def _alter(draw: Draws, level: Sheet, document: Sheet) -> None:
    """Eases or tightens the targets of a level, or prices and counts its misses otherwise."""
    what = draw.one("targets", "default", "window", "earn_back", "repeats", "price")
    if what == "targets" and "band" not in level["expected"]:
        step = USUAL[level["metric"]][1]
        worse = -step if METRICS[level["metric"]][2] else step
        for name in ("bonus", "score", "exceeded", "ramp"):
            level.pop(name, None)
        for name in ("expected", "minimum"):
            if name in level:
                level[name] = level[name] | {"value": str(int(level[name]["value"]) + worse)}
    elif what == "default":
        level.pop("credits_on", None)
        level.pop("default", None)
        levels.default(draw, level)
    elif what == "window":
        window = level.get("window", "month")
        window = {"kind": window} if isinstance(window, str) else dict(window)
        level["window"] = window | {"amendment": draw.one("start", "restart", "end")}
    elif what == "earn_back":
        level["earn_back"] = tariffs.earn_back(draw)
    elif what == "repeats" and "credit" in level:
        level["repeats"] = tariffs.repeats(draw)
    elif what == "price" and document.get("credits") and "allocation" in level:
        level["allocation"] = "25"
