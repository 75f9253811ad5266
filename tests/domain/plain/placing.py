"""Which days a service level is judged over, and by whose words."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from tests.domain.plain.draws import days_in, exactly
from tests.domain.plain.figures import (
    FORMULAS,
    Figures,
    Part,
    first_of,
    folded,
    last_of,
    month_of,
    parties,
)

Window = tuple[date, date]


class Placing:
    def __init__(self, case: dict[str, Any]) -> None:
        self.case, self.figures = case, Figures(case)
        self.documents = sorted(case["terms"], key=lambda document: document["effective_from"])
        named = [each["contract_year"]["starts"] for each in self.documents if "contract_year" in each]
        self.year_starts = named[-1] if named else self.documents[0]["effective_from"]
        self.kept: dict[Any, Any] = {}

    def in_force(self, month: int) -> dict[str, Any] | None:
        """The newest terms effective by the first day; in the opening month the first that begin in it."""
        if ("terms", month) not in self.kept:
            begun = [each for each in self.documents if each["effective_from"] <= str(first_of(month))]
            begins = [each for each in self.documents if each["effective_from"] <= str(last_of(month))]
            self.kept["terms", month] = begun[-1] if begun else begins[0] if begins else None
        document: dict[str, Any] | None = self.kept["terms", month]
        return document

    def level(self, key: str, month: int) -> dict[str, Any] | None:
        document = self.in_force(month)
        return next((each for each in document["service_levels"] if each["key"] == key), None) if document else None

    def ends_year(self, month: int) -> bool:
        opening = int(self.year_starts[:4]) * 12 + int(self.year_starts[5:7]) - 1
        return (month + 1 - opening) % 12 == 0

    def reading(self, key: str, month: int) -> dict[str, Any] | None:
        """The level as it is judged: by the words in force where its window opens, if it says so."""
        level = self.level(key, month)
        if level is None or rule_of(level).get("amendment") != "start":
            return level
        window = self.regular(level, month)
        if window is None:
            return level
        opening = month_of(window[0])
        while self.in_force(opening) is None:
            opening += 1
        earlier = self.level(key, opening)
        return earlier if earlier and rule_of(earlier)["kind"] == rule_of(level)["kind"] else level

    def regular(self, level: dict[str, Any], month: int) -> Window | None:
        rule = rule_of(level)
        kind = rule["kind"]
        if kind == "quarter":
            return (first_of(month - 2), last_of(month)) if month % 3 == 2 else None
        if kind == "contract_year":
            return (first_of(month - 11), last_of(month)) if self.ends_year(month) else None
        if kind == "fiscal_month":
            day = timedelta(days=int(rule["starts_on"]) - 1)
            return first_of(month - 1) + day, first_of(month) + day - timedelta(days=1)
        months = 2 if kind == "average" else int(rule.get("months", 3 if kind == "look_back" else 1))
        return first_of(month + 1 - months), last_of(month)

    def window(self, level: dict[str, Any], month: int) -> Window | None:
        """The regular one, or the longer one that too few events call for."""
        window, rule = self.regular(level, month), rule_of(level)
        if window and rule["kind"] == "look_back" and self.events(level, window, month) < exactly(rule["events"]):
            window = first_of(month + 1 - int(rule.get("otherwise", 12))), last_of(month)
        low = volume_of(level)
        if window is None or low is None or low["rule"] != "extend":
            return window
        for months in range(1, int(low.get("months", 12)) + 1):
            longer = first_of(month + 1 - months), last_of(month)
            if months > 1 and len(self.parts(level, longer, month)) < months:
                break
            window = longer
            if self.events(level, window, month) >= exactly(low["minimum"]):
                break
        return window

    def events(self, level: dict[str, Any], window: Window, month: int) -> Fraction:
        """The denominator over a window, as far as it is known."""
        measures, _, denominator, _, _ = FORMULAS[level["metric"]]
        known: dict[str, list[Fraction]] = {measure: [] for measure in measures}
        days: dict[str, list[int]] = {measure: [] for measure in measures}
        for part in self.parts(level, window, month):
            pairs = self.figures.reporting(part, measures)
            for measure in measures if pairs else ():
                total = self.figures.party_total(part, measure, parties(part, measure)[0], pairs)
                known[measure] += [] if total is None else [total]
                days[measure] += [] if total is None else [self.figures.days(part, measure, pairs)]
        if not all(known.values()):
            return Fraction(0)
        totals = {measure: folded(measure, numbers, days[measure]) for measure, numbers in known.items()}
        return Fraction(denominator(totals))

    def parts(self, level: dict[str, Any], window: Window, month: int) -> list[Part]:
        """Month by month, those in which it is measured and somebody works; after an amendment only its own, if so."""
        newest = self.in_force(month) if rule_of(level).get("amendment") == "restart" else None
        found = []
        for each in range(month_of(window[0]), month_of(window[1]) + 1):
            document = self.in_force(each)
            if document is None or (newest is not None and document is not newest):
                continue
            first, last = max(window[0], first_of(each)), min(window[1], last_of(each))
            if str(last) < self.documents[0]["effective_from"]:
                continue  # a fiscal month that ended before the contract began
            within = [day for day in self.figures.days_of(each) if str(first) <= day <= str(last)]
            if within[0] < level.get("measured_from", ""):
                continue
            asked = level.get("source") == "stated" or set(FORMULAS[level["metric"]][0]) <= set(document["measures"])
            at_work = working(document, first, last)
            pairs = tuple(pair for pair in at_work if asked and in_scope(level, pair))
            others = tuple(pair for pair in at_work if not in_scope(level, pair))
            if pairs and is_of_record(level, document):
                pairs, others = self.figures.recorded(each), ()
            whole = (last - first).days + 1 == days_in(each)
            if pairs:
                days = None if whole else frozenset(within)
                found.append(Part(each, days, pairs, document["measures"], others))
        return found


def working(document: dict[str, Any], first: date, last: date) -> list[tuple[str, str]]:
    """Sites and queues that work on any of these days."""
    return [
        (pair["site"], pair["queue"])
        for pair in document["coverage"]
        if pair.get("from", str(first)) <= str(last) and pair.get("until", str(last)) >= str(first)
    ]


def is_of_record(level: dict[str, Any], document: dict[str, Any]) -> bool:
    """Whether its figures are counted by Accord: by report, not by site and queue."""
    sources = [document["measures"].get(measure, {}).get("source") for measure in FORMULAS[level["metric"]][0]]
    return level.get("source") != "stated" and set(sources) == {"record"}


def in_scope(level: dict[str, Any], pair: tuple[str, str]) -> bool:
    scope = level.get("scope", {})
    return pair[0] in scope.get("sites", [pair[0]]) and pair[1] in scope.get("queues", [pair[1]])


def rule_of(level: dict[str, Any]) -> dict[str, Any]:
    window = level.get("window", "month")
    return {"kind": window} if isinstance(window, str) else window


def step_of(level: dict[str, Any]) -> int:
    return {"quarter": 3, "contract_year": 12}.get(rule_of(level)["kind"], 1)


def volume_of(level: dict[str, Any]) -> dict[str, Any] | None:
    if "minimum_volume" in level:
        return {"minimum": level["minimum_volume"], "rule": "not_measured"}
    return level.get("low_volume")
