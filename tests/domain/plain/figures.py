"""What was reported, added up by brute force: every figure is summed again whenever it is asked for."""

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, NamedTuple

from tests.domain.plain.draws import days_in, exactly, month_text

Pair = tuple[str, str]

# metric: measures, numerator, denominator, scale, more is better
FORMULAS: dict[str, tuple[tuple[str, ...], Any, Any, int, bool]] = {
    "service_level": (
        *(("answered_in_threshold", "offered"), lambda of: of["answered_in_threshold"], lambda of: of["offered"]),
        *(100, True),
    ),
    "abandonment": (("abandoned", "offered"), lambda of: of["abandoned"], lambda of: of["offered"], 100, False),
    "aht": (("handle_seconds", "answered"), lambda of: of["handle_seconds"], lambda of: of["answered"], 1, False),
    "qa": (
        *(("qa_samples", "qa_critical_errors"), lambda of: of["qa_samples"] - of["qa_critical_errors"]),
        *(lambda of: of["qa_samples"], 100, True),
    ),
    "complaint_rate": (
        *(("complaints", "contacts_handled"), lambda of: of["complaints"], lambda of: of["contacts_handled"]),
        *(1000, False),
    ),
    "staffing_fill": (
        *(("actual_fte", "required_fte"), lambda of: of["actual_fte"], lambda of: of["required_fte"], 100, True),
    ),
    "backlog_days": (
        *(("backlog", "daily_closures"), lambda of: of["backlog"], lambda of: of["daily_closures"], 1, False),
    ),
    "report_timeliness": (
        *(("reports_on_time", "reports_due"), lambda of: of["reports_on_time"], lambda of: of["reports_due"]),
        *(100, True),
    ),
    "report_completeness": (
        *(("reports_complete", "reports_delivered"), lambda of: of["reports_complete"]),
        *(lambda of: of["reports_delivered"], 100, True),
    ),
    "report_first_time_right": (
        *(("reports_right_first", "reports_delivered"), lambda of: of["reports_right_first"]),
        *(lambda of: of["reports_delivered"], 100, True),
    ),
    "report_lateness": (("report_days_late",), lambda of: of["report_days_late"], lambda of: 1, 1, False),
}
RECORD = {
    **dict.fromkeys(("reports_due", "reports_on_time"), "timeliness"),
    **dict.fromkeys(("reports_delivered", "reports_complete", "report_days_late"), "delivery"),
    "reports_right_first": "decision",
}
QUALITY = ("qa_samples", "qa_critical_errors", "complaints", "contacts_handled")
STAFFING = ("actual_fte", "required_fte")
APPROVED = ("approved", "imported")
UNDECIDED = ("awaiting", "not_due")  # who waits for such a report waits for its approval
MEANS = ("actual_fte", "required_fte", "daily_closures")
LASTS = ("backlog",)


class Part(NamedTuple):
    """A month, or some days of it, of a window."""

    month: int
    days: frozenset[str] | None
    pairs: tuple[Pair, ...]
    sources: dict[str, dict[str, str]]
    others: tuple[Pair, ...] = ()  # who works then, and is not judged


def kind_of(measure: str) -> str:
    return "quality" if measure in QUALITY else "staffing" if measure in STAFFING else "service"


def report_of(part: Part, measure: str) -> str:
    """What the measure is read from: a report, or that part of Accord's own record which counts it."""
    return RECORD[measure] if parties(part, measure) == ("record",) else kind_of(measure)


def first_of(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def last_of(month: int) -> date:
    return date(month // 12, month % 12 + 1, days_in(month))


def month_of(day: date) -> int:
    return day.year * 12 + day.month - 1


def folded(measure: str, numbers: list[Fraction], days: list[int] | None = None) -> Fraction:
    """A mean of months that were reported by the day is the mean of their days, `days` in each."""
    if measure in LASTS or len(numbers) == 1:
        return numbers[-1]
    if measure in MEANS and days and all(days):
        return sum((number * each for number, each in zip(numbers, days, strict=True)), Fraction(0)) / sum(days)
    return sum(numbers, Fraction(0)) / (len(numbers) if measure in MEANS else 1)


def parties(part: Part, measure: str) -> tuple[str, ...]:
    """Whose figure of a measure is judged comes first."""
    source = part.sources.get(measure, {"source": "partner"})["source"]
    return ("partner", "client") if source == "agreed" else (source,)


class Figures:
    def __init__(self, case: dict[str, Any]) -> None:
        self.lines: dict[tuple[int, str, str, Pair], list[Any]] = defaultdict(list)
        self.opens = min(document["effective_from"] for document in case["terms"])
        for line in sorted(case["lines"], key=lambda line: line["day"] or ""):
            if line["day"] and line["day"] < self.opens:
                continue  # the contract had not begun
            place = line["month"], line["kind"], line["party"], (line["site"], line["queue"])
            self.lines[place].append({**line, "values": {key: exactly(text) for key, text in line["values"].items()}})
        self.standings = {
            (each["month"], each["kind"], each["party"]): each["standing"] for each in case["events"]["reports"]
        }
        self.standings |= {
            (month_text(each["month"]), each["part"], "record"): each["standing"] for each in case["record"]
        }

    def days_of(self, month: int) -> list[str]:
        """Every day of a month that is one of the contract's."""
        return [day for day in days_between(first_of(month), last_of(month)) if day >= self.opens]

    def standing(self, month: int, kind: str, party: str) -> str:
        return self.standings.get((month_text(month), kind, party), "not_due")

    def rows(self, part: Part, kind: str, party: str, pair: Pair) -> list[Any]:
        lines = self.lines.get((part.month, kind, party, pair), [])
        return [line for line in lines if part.days is None or line["day"] in part.days]

    def recorded(self, month: int) -> tuple[Pair, ...]:
        """The reports that the record of a month tells of; where it tells of none, one that is missing."""
        told = {pair for (each, _, party, pair) in self.lines if (each, party) == (month, "record")}
        return tuple(sorted(told)) or (("", ""),)

    def is_nil(self, part: Part, kind: str, party: str, pair: Pair) -> bool:
        lines = self.lines.get((part.month, kind, party, pair), [])
        return bool(lines) and all(line["nil"] for line in lines)

    def figure(self, part: Part, measure: str, party: str, pair: Pair) -> Fraction | None:
        """One row's figure in a month; None when it is not known."""
        worked = [line for line in self.rows(part, report_of(part, measure), party, pair) if not line["nil"]]
        if not worked or any(measure not in line["values"] for line in worked):
            return None
        return folded(measure, [line["values"][measure] for line in worked])

    def reporting(self, part: Part, measures: tuple[str, ...]) -> list[Pair]:
        """The pairs that had something to report, in every report that the measures travel in."""
        needed = {(report_of(part, measure), party) for measure in measures for party in parties(part, measure)}
        if any(
            self.standing(part.month, *report) == "nil"
            and not any(self.told_otherwise(part, measures, *report, pair) for pair in part.pairs)
            for report in needed
        ):
            return []
        return [
            pair
            for pair in part.pairs
            if not any(
                self.is_nil(part, *report, pair) and not self.told_otherwise(part, measures, *report, pair)
                for report in needed
            )
        ]

    def told_otherwise(self, part: Part, measures: tuple[str, ...], kind: str, party: str, pair: Pair) -> bool:
        """Whether the other party has a figure, if only 0, where one that both must agree on is said to be nil."""
        other = "client" if party == "partner" else "partner"
        both = [each for each in measures if kind_of(each) == kind and len(parties(part, each)) == 2]
        return any(self.figure(part, measure, other, pair) is not None for measure in both)

    def month_total(self, part: Part, measure: str, pairs: list[Pair]) -> Fraction | None:
        """None when one of the rows lacks the measure in one of the reports that must hold it."""
        others = [self.party_total(part, measure, party, pairs) for party in parties(part, measure)]
        return None if None in others else others[0]

    def days(self, part: Part, measure: str, pairs: list[Pair]) -> int:
        """On which something was reported; none of a report by the month."""
        party = parties(part, measure)[0]
        days = {
            line["day"]
            for pair in pairs
            for line in self.rows(part, report_of(part, measure), party, pair)
            if not line["nil"]
        }
        return 0 if None in days else len(days)

    def party_total(self, part: Part, measure: str, party: str, pairs: list[Pair]) -> Fraction | None:
        numbers = [self.figure(part, measure, party, pair) for pair in pairs]
        if len(numbers) == 1 or None in numbers:
            return None if None in numbers else numbers[0]
        return sum((number or Fraction(0) for number in numbers), Fraction(0))

    def agree(self, part: Part, measure: str, pairs: list[Pair]) -> bool:
        """Partner and client within the tolerance, where both count."""
        terms = part.sources.get(measure, {"source": "partner"})
        if terms["source"] != "agreed":
            return True
        ours, theirs = (
            sum((self.figure(part, measure, party, pair) or Fraction(0) for pair in pairs), Fraction(0))
            for party in ("partner", "client")
        )
        return abs(ours - theirs) * 100 <= abs(theirs) * exactly(terms["tolerance"])

    def volume(self, parts: list[Part], measure: str) -> Fraction | None:
        """A measure over rows and months, from its source of record; a nil return is nothing, a gap is unknown, and so
        is what nobody approved.
        """
        total = Fraction(0)
        for part in parts:
            party, kind = parties(part, measure)[0], kind_of(measure)
            standing = self.standing(part.month, kind, party)
            for pair in part.pairs if standing != "nil" else ():
                if standing not in APPROVED:
                    return None
                rows = self.rows(part, kind, party, pair)
                if rows and all(line["nil"] for line in rows):
                    continue
                number = self.figure(part, measure, party, pair)
                if number is None:
                    return None
                total += number
        return total

    def daily(self, part: Part, measure: str) -> dict[str, Fraction]:
        days: dict[str, Fraction] = {}
        kind, party = kind_of(measure), parties(part, measure)[0]
        for pair in part.pairs if self.standing(part.month, kind, party) in APPROVED else ():
            for line in self.rows(part, kind, party, pair):
                if line["day"] is not None and measure in line["values"]:
                    days[line["day"]] = days.get(line["day"], Fraction(0)) + line["values"][measure]
        return days

    def stated(self, parts: list[Part], metric: str, kind: str) -> Fraction | None:
        found = [
            exactly(line["stated"][metric])
            for part in parts
            for pair in part.pairs
            for line in self.lines.get((part.month, kind, "partner", pair), [])
            if metric in line["stated"]
        ]
        return found[0] if len(found) == 1 else None


def days_between(first: date, last: date) -> list[str]:
    return [str(first + timedelta(days=each)) for each in range((last - first).days + 1)]
