"""The steps of the Why? panel that only some contracts have: counting, severity, and relief."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.wording import bounded, grouped, listed_days, many, words

Part = Mapping[str, Any]

EFFECTS = {
    "applied": "granted",
    "late": "filed too late, without effect",
    "open": "not decided yet",
    "refused": "refused",
}
CLAIM_NOTES = ("reason", "deadline", "days", "already_out", "without_effect")
CLAIMED = {"days": "days left out", "adjust": "taken off", "period": "the whole window excused"}
ABOVE_FORECAST = "more than {over} % above the forecast of {forecast}, which is above {limit}"
BY_THE_TERMS = {
    "day": "days with more than {over} % above their forecast left out: {days}",
    "excess": "{actual} came in, " + ABOVE_FORECAST + "; {excess} taken out",
    "period": "{actual} came in, " + ABOVE_FORECAST + "; the whole window excused",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the Why? panel."""

    label: str
    text: str


def judging(finding: Part) -> Iterator[Step]:
    """What a stored finding says beyond its comparisons; findings of an earlier engine say none of it."""
    for relief in finding.get("relief") or ():
        yield Step("Relief", _relief(relief))
    if finding.get("averaged"):
        yield Step("Averaged", " and ".join(grouped(value) for value in finding["averaged"]))
    if severity := finding.get("severity"):
        points = f": {many(severity['points'], 'service point')}" if severity["points"] != "0" else ""
        band = bounded(severity["band"], finding["metric"]["unit"])
        yield Step("Severity", f"{severity['label']}{f', {band}' if band else ''}{points}")
    if count := finding.get("count"):
        span = "in a row" if count["within"] is None else f"within {count['within']} months"
        missed = f"{many(str(count['misses']), 'miss', 'misses')} of the {count['of'].capitalize()} {span}"
        yield Step("Counted", f"{missed}; {count['needed']} make a default")
    if finding.get("escalated"):
        yield Step("Escalated", f"{finding['escalated']} consecutive misses of the Minimum")


def takes_figures_off(relief: Part) -> bool:
    """Whether the stored measures are those that it left."""
    return relief["effect"] == "applied" and relief["kind"] in ("day", "days", "adjust")


def _relief(relief: Part) -> str:
    clause = f"; {relief['clause']}" if relief["clause"] else ""
    if relief["source"] == "terms":
        return f"{_by_terms(relief['kind'], relief['figures'])}{clause}"
    told = _claimed(relief["kind"], relief["figures"])
    return f"Claim {relief['source']}, {EFFECTS[relief['effect']]}: {told}{clause}"


def excusing(kind: str, source: str, figures: Part) -> str:
    """What excuses a result, without what was decided about it."""
    return _by_terms(kind, figures) if source == "terms" else f"Claim {source}: {_claimed(kind, figures)}"


def _by_terms(kind: str, figures: Part) -> str:
    told = {name: grouped(value) for name, value in figures.items() if name not in ("days", "already_out")}
    told["days"] = listed_days(figures.get("days") or "none")
    already = f"; out before: {listed_days(figures['already_out'])}" if figures.get("already_out") else ""
    return f"By the terms, {BY_THE_TERMS[kind].format_map(defaultdict(lambda: '–', told))}{already}"


def _claimed(kind: str, asked: Part) -> str:
    """`promotion; taken off: offered 4,900, answered in threshold 2,450`."""
    figures = dict(asked)
    reason, deadline, listed, already, without_effect = (figures.pop(name, "") for name in CLAIM_NOTES)
    what = listed_days(listed) or ", ".join(f"{words(name)} {grouped(value)}" for name, value in figures.items())
    if already:
        what = what or "none"
        already = f"out before: {listed_days(already)}"
    until = f"it could be filed until {listed_days(deadline)}" if deadline else ""
    told = f"{CLAIMED[kind]}: {what}" if what else CLAIMED[kind]
    return "; ".join(filter(None, (reason, told, already, without_effect, until)))
