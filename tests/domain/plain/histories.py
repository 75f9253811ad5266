"""Random histories for a term sheet: amendments, reported lines often on a boundary, charges, and what happened."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from tests.domain.plain import sheets
from tests.domain.plain.amending import amended
from tests.domain.plain.draws import Draws, days_in, month_text
from tests.domain.plain.happenings import happenings
from tests.domain.plain.levels import METRICS, USUAL, Sheet
from tests.domain.plain.recorded import is_recorded, record

VOLUMES = (4, 20, 100, 100, 200, 220, 250, 440, 500)


def case(seed: int) -> dict[str, Any]:
    """Everything of one contract, as documents: terms, months, lines, events (with charges and standings)."""
    draw = Draws(seed)
    start = draw.one(2023, 2027) * 12 + draw.whole(6, 13)
    terms = [sheets.sheet(draw, start)]
    length = draw.one(4, 6, 8, 10, 13) if draw.chance(82) else 26
    for _ in range(draw.one(0, 0, 1, 1, 2, 3)):
        terms.append(amended(draw, terms, start, length))
    terms.sort(key=lambda document: document["effective_from"])
    terms = [each for place, each in enumerate(terms) if each["effective_from"] not in _dates(terms[:place])]
    months = list(range(start, start + length))
    lines, standings = _reported(draw, terms, months)
    events = happenings(draw, terms, months)
    events["reports"] = standings
    told, known = record(draw, terms, months)
    return {
        **{"seed": seed, "terms": terms, "months": months, "lines": [*lines, *told], "record": known},
        "events": events,
    }


def _dates(terms: list[Sheet]) -> set[str]:
    return {each["effective_from"] for each in terms}


def in_force(terms: list[Sheet], ordinal: int) -> Sheet | None:
    first, last = month_text(ordinal) + "-01", f"{month_text(ordinal)}-{days_in(ordinal)}"
    by_then = [each for each in terms if each["effective_from"] <= first]
    within = [each for each in terms if each["effective_from"] <= last]
    return by_then[-1] if by_then else within[0] if within else None


def _reported(draw: Draws, terms: list[Sheet], months: list[int]) -> tuple[list[Sheet], list[Sheet]]:
    unlucky = draw.one(0, 1, 2, 5)
    imported = draw.one(0, 0, 0, 1, 3)
    habits = {metric: draw.one("steady", "mixed", "bad", "edge") for metric in METRICS}
    picked = sorted(draw.sample([9, 10, 21, 22, 27, 28], 2))
    lines: list[Sheet] = []
    standings: list[Sheet] = []
    for ordinal in months:
        document = in_force(terms, ordinal)
        if document is None:
            continue
        moods = {metric: _mood(draw, habit) for metric, habit in habits.items()}
        for kind in ("staffing", "service", "quality"):
            wanted = {key for key in document["measures"] if _travels(document, key, kind)}
            stated = [each["metric"] for each in document["service_levels"] if each.get("source") == "stated"]
            stated = [metric for metric in stated if METRICS[metric][3] == kind]
            used = {key for each in terms for key in each["measures"] if _travels(each, key, kind)}
            if not used and not stated:
                continue
            is_relieving = kind == "service" and any("relief" in level for level in document["service_levels"])
            standing = _standing(draw, unlucky + 3 * is_relieving, ordinal - months[0] < imported)
            days = _days(ordinal, picked) if document["reports"][kind]["grain"] == "day" else [None]
            found = _rows(draw, document, ordinal, used, moods, days)
            _state(draw, found, stated, moods)
            parties = ["partner"]
            if any(document["measures"].get(key, {}).get("source") in ("client", "agreed") for key in wanted):
                parties.append("client")
            for party in parties:
                if party == "client":
                    standing = _standing(draw, unlucky / 2 + 3 * is_relieving, False)
                standings.append({"month": month_text(ordinal), "kind": kind, "party": party, "standing": standing})
                is_returned = standing == "awaiting" and draw.chance(25)
                if standing in ("approved", "awaiting", "imported") and not is_returned:
                    lines += _spoiled(draw, _seen_by(draw, found, party, document), kind, party, ordinal, unlucky)
    return lines, standings


def _days(ordinal: int, picked: list[int]) -> list[int]:
    return sorted({1, *picked, days_in(ordinal)})


def _standing(draw: Draws, unlucky: float, is_imported: bool) -> str:
    if draw.chance(2.5 * unlucky):
        return draw.one("overdue", "not_due", "nil", "awaiting")
    return "imported" if is_imported else "approved"


def _travels(document: Sheet, measure: str, kind: str) -> bool:
    """Whether a report of this kind holds the measure; what Accord itself counts is in none."""
    return _report(measure) == kind and not is_recorded(document, measure)


def _report(measure: str) -> str:
    if measure == "forecast_volume":
        return "service"
    return next(report for measures, _, _, report in METRICS.values() if measure in measures)


def _mood(draw: Draws, habit: str) -> str:
    if habit == "steady":
        return draw.one("good", "good", "better", "expected", "under")
    if habit == "edge":
        return draw.one("expected", "under", "minimum", "worst")
    if habit == "bad":
        return draw.one("worst", "bad", "bad", "minimum", "good")
    return draw.one("good", "better", "expected", "under", "minimum", "worst", "bad", "single")


def _aim(metric: str, mood: str) -> Fraction:
    """What a row of that mood comes to, in the metric's unit."""
    value, step = USUAL[metric]
    sign = 1 if METRICS[metric][2] else -1
    away = {"better": 1, "good": Fraction(1, 2), "minimum": -1, "worst": -1, "bad": -2}.get(mood, 0)
    return value + sign * step * Fraction(away)


def _rows(
    draw: Draws, document: Sheet, ordinal: int, used: set[str], moods: dict[str, str], days: list[Any]
) -> list[Sheet]:
    first, last = month_text(ordinal) + "-01", f"{month_text(ordinal)}-{days_in(ordinal)}"
    volumes = {metric: draw.choice(VOLUMES) for metric in METRICS}
    if draw.chance(2):
        volumes[draw.choice(sorted(METRICS))] = 0
    volumes["abandonment"] = volumes["service_level"]
    figures = _figures(used, volumes, moods)
    rows: list[Sheet] = []
    for pair in document["coverage"]:
        if pair.get("from", first) > last or pair.get("until", last) < first:
            continue
        for day in days:
            values = dict(figures[bool(rows)])
            if "offered" in values and "forecast_volume" in used:
                values["forecast_volume"] = _forecast(draw, Fraction(values["offered"]))
            kept = {key: text for key, text in values.items() if key in used}
            rows.append({"site": pair["site"], "queue": pair["queue"], "day": day, "values": kept})
    return rows


def _figures(used: set[str], volumes: dict[str, int], moods: dict[str, str]) -> list[dict[str, str]]:
    """Of a month's first row, which often misses by one, and of each other row."""
    rows: list[dict[str, str]] = [{}, {}]
    for metric, (measures, scale, more, _) in METRICS.items():
        if not used & set(measures):
            continue
        upper, *lower = measures
        number = Fraction(volumes[metric] if lower else 1)
        share = _aim(metric, moods[metric]) / scale
        failed = metric == "qa"
        for is_first, values in zip((True, False), rows, strict=True):
            counted = number * (1 - share if failed else share)
            if moods[metric] in ("under", "worst") and is_first:
                counted += -1 if more != failed else 1
            if moods[metric] == "single":  # one failure in the whole month
                alone = Fraction(is_first)
                counted = number - alone if more and not failed else alone
            values |= {each: _text(number) for each in lower if each not in values}
            values.setdefault(upper, _text(max(counted, Fraction(0))))
    return rows


def _forecast(draw: Draws, offered: Fraction) -> str:
    if draw.chance(5):
        return "1"
    edge = offered * 100 / draw.one(100, 110, 110, 125, 80)
    return str(int(edge) - draw.one(0, 0, 1, 5))


def _text(number: Fraction) -> str:
    """At most four decimals; what does not come out even is cut off."""
    cut = number * 10000 // 1
    whole, rest = divmod(int(cut), 10000)
    return str(whole) if not rest else f"{whole}.{rest:04d}"


def _state(draw: Draws, rows: list[Sheet], stated: list[str], moods: dict[str, str]) -> None:
    for row in rows[: draw.one(1, 1, 1, 1, 2, 0)]:
        row["stated"] = {metric: _text(_aim(metric, moods[metric])) for metric in stated}


def _seen_by(draw: Draws, rows: list[Sheet], party: str, document: Sheet) -> list[Sheet]:
    """The client's figures of what it is or shares the source of, often at the tolerance itself."""
    if party == "partner":
        return [{**row, "values": dict(row["values"])} for row in rows]
    seen = []
    apart = draw.one(0, 0, 0, 1, 2)
    for row in rows:
        values = {}
        for key, text in row["values"].items():
            terms = document["measures"].get(key, {"source": "partner"})
            if terms["source"] == "agreed":
                tolerance = Fraction(terms["tolerance"])
                values[key] = _text(Fraction(text) * 100 / (100 + tolerance * apart))
            elif terms["source"] == "client":
                values[key] = _text(Fraction(text) + (apart if key != "forecast_volume" else 0))
        seen.append({"site": row["site"], "queue": row["queue"], "day": row["day"], "values": values})
    return seen


def _spoiled(draw: Draws, rows: list[Sheet], kind: str, party: str, ordinal: int, unlucky: int) -> list[Sheet]:
    lines = []
    for row in rows:
        line = {"month": ordinal, "kind": kind, "party": party, "stated": {}, "nil": False, **row}
        if row["day"] is not None:
            line["day"] = str(date(ordinal // 12, ordinal % 12 + 1, 1) + timedelta(days=row["day"] - 1))
        if unlucky and draw.chance(unlucky * 0.4):
            line |= {"nil": True, "values": {}, "stated": {}}
        elif unlucky and line["values"] and draw.chance(unlucky * 0.4):
            line["values"].pop(draw.choice(sorted(line["values"])))
        elif unlucky and draw.chance(unlucky * 0.2):
            continue
        lines.append(line)
    return lines
