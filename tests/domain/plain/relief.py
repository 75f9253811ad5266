"""What is excused: claimed days and figures, whole periods, and volume above the forecast."""

from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.domain.plain.draws import exactly, month_text
from tests.domain.plain.figures import Part, first_of, last_of

if TYPE_CHECKING:
    from tests.domain.plain.placing import Placing


class Relieved(NamedTuple):
    dropped: frozenset[str]
    adjust: dict[str, Fraction]
    excess: Fraction | None
    excused: bool


def relieved(
    placing: "Placing",
    level: dict[str, Any],
    document: dict[str, Any],
    window: tuple[date, date],
    parts: list[Part],
    claims: list[dict[str, Any]],
) -> Relieved:
    within = document.get("claims", {}).get("within")
    dropped: set[str] = set()
    adjust: dict[str, Fraction] = {}
    excused = False
    for claim in claims:
        late = within is not None and claim.get("filed_on", "") > str(window[1] + timedelta(days=int(within)))
        if late or claim["decision"] != "granted":
            continue
        excused = excused or claim["kind"] == "period"
        if claim["kind"] == "days":
            dropped |= set(claim["days"])
        for measure, number in claim.get("adjust", {}).items():
            adjust[measure] = adjust.get(measure, Fraction(0)) + Fraction(number)
    excess = None
    rule = level.get("relief")
    if rule and rule["kind"] == "day":
        dropped |= busy_days(placing, rule, parts)
    elif rule:
        over = above(placing, rule, parts)
        excused = excused or (rule["kind"] == "period" and over is not None)
        excess = over if rule["kind"] == "excess" else None
    return Relieved(frozenset(dropped), adjust, excess, excused)


def above(placing: "Placing", rule: dict[str, Any], parts: list[Part]) -> Fraction | None:
    """The volume beyond what the forecast allows; None when it is within, or one of the two is not known."""
    actual = placing.figures.volume(parts, rule["measure"])
    forecast = forecast_of(placing, parts, rule["forecast"], rule.get("locks"))
    if actual is None or forecast is None:
        return None
    limit = forecast * (100 + exactly(rule["over"])) / 100
    return actual - limit if actual > limit else None


def busy_days(placing: "Placing", rule: dict[str, Any], parts: list[Part]) -> set[str]:
    busy = set()
    for part in parts:
        issued = issues(placing, part, rule["forecast"], rule.get("locks"))
        forecast = placing.figures.daily(part, rule["forecast"])
        if issued is not None:
            forecast = {}
            for issue in issued:
                for when, number in issue["values"].items():
                    if len(when) == 10:
                        forecast[when] = forecast.get(when, Fraction(0)) + Fraction(number)
        for day, number in placing.figures.daily(part, rule["measure"]).items():
            if day in forecast and number * 100 > forecast[day] * (100 + exactly(rule["over"])):
                busy.add(day)
    return busy


def forecast_of(placing: "Placing", parts: list[Part], measure: str, locks: str | None) -> Fraction | None:
    total = Fraction(0)
    for part in parts:
        issued = issues(placing, part, measure, locks)
        if issued is None:
            reported = placing.figures.volume([part], measure)
            if reported is None:
                return None
            total += reported
            continue
        if not issued:
            return None
        for issue in issued:
            for when, number in issue["values"].items():
                if when[:7] == month_text(part.month) and (part.days is None or len(when) == 7 or when in part.days):
                    total += Fraction(number)
    return total


def issues(placing: "Placing", part: Part, measure: str, locks: str | None) -> list[dict[str, Any]] | None:
    """The newest of each place that came in time and names this month; None when none was ever issued."""
    every = [issue for issue in placing.case["events"].get("forecasts", ()) if issue["measure"] == measure]
    if not every:
        return None
    last = str(last_of(part.month))
    if locks is not None:
        last = str(first_of(part.month) - timedelta(days=int(locks)))
    newest: dict[tuple[str, str], dict[str, Any]] = {}
    for issue in every:
        place = issue.get("site", ""), issue.get("queue", "")
        is_here = any(place[0] in ("", site) and place[1] in ("", queue) for site, queue in part.pairs)
        names = any(when[:7] == month_text(part.month) for when in issue["values"])
        is_newer = place not in newest or issue["issued_on"] >= newest[place]["issued_on"]
        if issue["issued_on"] <= last and is_here and names and is_newer:
            newest[place] = issue
    return list(newest.values())
