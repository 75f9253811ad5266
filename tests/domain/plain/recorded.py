"""Random records of how a partner reports: what Accord itself counts, report by report, where the terms read it."""

from typing import Any

from tests.domain.plain.draws import Draws, month_text

Sheet = dict[str, Any]
OF_RECORD = ("report_timeliness", "report_completeness", "report_first_time_right", "report_lateness")
KINDS = ("staffing", "service", "quality")
PARTS = {
    "timeliness": ("reports_due", "reports_on_time"),
    "delivery": ("reports_delivered", "reports_complete", "report_days_late"),
    "decision": ("reports_right_first",),
}
COUNTED = frozenset(measure for measures in PARTS.values() for measure in measures)


def fit(draw: Draws, level: Sheet, first: str) -> None:
    """A level that counts reports: whole ones of whole months, and three in a month."""
    level.pop("relief", None)
    if level.get("source") != "stated":
        level.pop("scope", None)
    if "measured_from" in level:
        level["measured_from"] = first
    window = level.get("window")
    if isinstance(window, dict) and window["kind"] == "fiscal_month":
        level["window"] = {"kind": "rolling", "months": "2"}
    elif isinstance(window, dict) and window["kind"] == "look_back":
        window["events"] = draw.text(4, 7)
    for volume in (level, level.get("low_volume", {})):
        for name in ("minimum_volume", "minimum"):
            if isinstance(volume.get(name), str):
                volume[name] = draw.text(2, 3, 7)
    credit = level.get("credit", {})
    if credit.get("kind") == "blocks":
        credit["failures"] = draw.text(2, 3)
    if "free" in credit:
        credit["free"] = draw.text(1, 2)


def source(draw: Draws, measures: dict[str, Sheet]) -> None:
    """One for all that is counted: the record, or the client who types the numbers."""
    of_all = "client" if draw.chance(15) else "record"
    for measure in COUNTED & measures.keys():
        measures[measure] = {"source": of_all}


def is_recorded(document: Sheet, measure: str) -> bool:
    return bool(document["measures"].get(measure, {}).get("source") == "record")


def record(draw: Draws, terms: list[Sheet], months: list[int]) -> tuple[list[Sheet], list[Sheet]]:
    """Lines and standings, of every month that has terms, as soon as some of them read the record."""
    lines: list[Sheet] = []
    standings: list[Sheet] = []
    if not any(is_recorded(document, measure) for document in terms for measure in COUNTED):
        return lines, standings
    lateness, gaps = draw.one(5, 20, 50, 80), draw.one(0, 0, 3, 8)
    opening = terms[0]["effective_from"][:7]
    for ordinal in months:
        if month_text(ordinal) < opening or draw.chance(gaps / 2):  # nothing of the month is due yet
            continue
        is_untold = draw.chance(gaps)
        told = [] if is_untold else [_delivery(draw, kind, lateness) for kind in KINDS if not draw.chance(gaps)]
        for part, measures in PARTS.items():
            standing = "nil" if is_untold else "awaiting" if draw.chance(gaps) else "approved"
            standings.append({"month": ordinal, "part": part, "standing": standing})
            for kind, counts in told if not draw.chance(gaps / 2) else ():
                values = {measure: str(counts[measure]) for measure in measures}
                if draw.chance(gaps / 4):
                    values.pop(draw.choice(measures))
                place = {"month": ordinal, "kind": part, "party": "record", "site": "", "queue": kind, "day": None}
                lines.append(place | {"values": values, "stated": {}, "nil": False})
    return lines, standings


def _delivery(draw: Draws, kind: str, lateness: int) -> tuple[str, dict[str, int]]:
    """How one report came: in time, late by some days, or never."""
    is_late, is_whole, is_right = draw.chance(lateness), draw.chance(80), draw.chance(70)
    came = not is_late or draw.chance(80)
    counts = {
        **{"reports_due": 1, "reports_on_time": int(not is_late), "reports_delivered": int(came)},
        **{"reports_complete": int(came and is_whole), "reports_right_first": int(came and is_right)},
        "report_days_late": draw.whole(1, 5) if is_late else 0,
    }
    return kind, counts
