"""What is excused: claimed days and figures, whole periods, and volume above the forecast."""

from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.domain.plain.draws import exactly, month_text
from tests.domain.plain.figures import UNDECIDED, Part, first_of, kind_of, last_of, parties

if TYPE_CHECKING:
    from tests.domain.plain.placing import Placing

Sheet = dict[str, Any]


class Relieved(NamedTuple):
    """Figures to take off are by month and measure. `rule` takes out what is above the forecast, of what is left."""

    dropped: frozenset[str] = frozenset()
    adjust: dict[int, dict[str, Fraction]] = {}
    rule: Sheet | None = None
    excused: bool = False

    def off(self, measure: str) -> Fraction:
        return sum((each.get(measure, Fraction(0)) for each in self.adjust.values()), Fraction(0))

    def of(self, month: int) -> "Relieved":
        return self._replace(adjust={month: self.adjust.get(month, {})})


def effective(document: Sheet, window: tuple[date, date], claims: list[Sheet]) -> list[Sheet]:
    """Claims that were granted, and filed in time for their window."""
    within = document.get("claims", {}).get("within")
    last = str(window[1] + timedelta(days=int(within))) if within is not None else "9999"
    return [claim for claim in claims if claim["decision"] == "granted" and claim.get("filed_on", "") <= last]


def relieved(
    placing: "Placing",
    level: Sheet,
    parts: list[Part],
    claims: list[Sheet],
    measures: tuple[str, ...],
) -> Relieved:
    """What these claims, which take effect, and the rule of the terms excuse."""
    dropped: set[str] = set()
    adjust: dict[int, dict[str, Fraction]] = {}
    for claim in claims:
        if claim["kind"] == "days":
            dropped |= set(claim["days"])
        of_month = adjust.setdefault(int(claim["month"][:4]) * 12 + int(claim["month"][5:7]) - 1, {})
        for measure, number in claim.get("adjust", {}).items():
            of_month[measure] = of_month.get(measure, Fraction(0)) + Fraction(number)
    adjust = {month: figures for month, figures in adjust.items() if figures}
    rule = level.get("relief")
    if rule and rule["kind"] == "day":
        dropped |= busy_days(placing, rule, parts)
    relief = Relieved(frozenset(dropped), adjust, rule if rule and rule["kind"] == "excess" else None)
    is_excused = any(claim["kind"] == "period" for claim in claims)
    if rule and rule["kind"] == "period":
        left = [placing.without(part, relief, measures) for part in parts]
        is_excused = is_excused or above(placing, rule, left, relief) is not None
    return relief._replace(excused=is_excused)


def above(placing: "Placing", rule: Sheet, parts: list[Part], relief: Relieved) -> Fraction | None:
    """The volume beyond what the forecast allows, of what claims have left; None when it is within, or not known."""
    actual = placing.figures.volume(parts, rule["measure"])
    forecast = forecast_of(placing, parts, rule)
    if actual is None or forecast is None:
        return None
    actual -= relief.off(rule["measure"])
    limit = forecast * (100 + exactly(rule["over"])) / 100
    return actual - limit if actual > limit else None


def busy_days(placing: "Placing", rule: Sheet, parts: list[Part]) -> set[str]:
    busy = set()
    for part in parts:
        issued = issues(placing, part, rule)
        forecast = placing.figures.daily(part, rule["forecast"])
        if issued is not None:
            named = [when for issue in issued for when in issue["values"] if len(when) == 10]
            forecast = {
                when: sum((Fraction(issue["values"][when]) for issue in issued), Fraction(0))
                for when in named
                if named.count(when) == len(issued)
            }
        for day, number in placing.figures.daily(part, rule["measure"]).items():
            if day in forecast and number * 100 > forecast[day] * (100 + exactly(rule["over"])):
                busy.add(day)
    return busy


def forecast_of(placing: "Placing", parts: list[Part], rule: Sheet) -> Fraction | None:
    total = Fraction(0)
    for part in parts:
        issued = issues(placing, part, rule)
        if issued is None:
            reported = placing.figures.volume([part], rule["forecast"])
            if reported is None:
                return None
            total += reported
            continue
        if not issued:
            return None
        for issue in issued:
            for when, number in issue["values"].items():
                if when[:7] != month_text(part.month) or (
                    len(when) == 10 and part.days is not None and when not in part.days
                ):
                    continue
                spread = len(when) == 7 and part.days is not None
                share = Fraction(len(part.days or ()), len(placing.figures.days_of(part.month))) if spread else 1
                total += Fraction(number) * share
    return total


def issues(placing: "Placing", part: Part, rule: Sheet) -> list[Sheet] | None:
    """The newest of each place that came in time and names this month; None when there is none at all."""
    month, last = month_text(part.month), str(last_of(part.month))
    if "locks" in rule:
        last = str(first_of(part.month) - timedelta(days=int(rule["locks"])))
    every = [
        issue
        for issue in placing.case["events"].get("forecasts", ())
        if issue["measure"] == rule["forecast"]
        and issue["issued_on"] <= last
        and any(when[:7] == month for when in issue["values"])
    ]
    if not every:
        return None
    newest: dict[tuple[str, str], Sheet] = {}
    for issue in every:
        place = issue.get("site", ""), issue.get("queue", "")
        is_here = any(place[0] in ("", site) and place[1] in ("", queue) for site, queue in part.pairs)
        is_newer = place not in newest or issue["issued_on"] >= newest[place]["issued_on"]
        if is_here and is_newer:
            newest[place] = issue
    report = kind_of(rule["measure"]), parties(part, rule["measure"])[0]
    for pair in part.pairs:
        standing = placing.figures.standing(part.month, *report)
        is_nil = standing in ("nil", *UNDECIDED) or placing.figures.is_nil(part, *report, pair)
        is_forecast = any(place[0] in ("", pair[0]) and place[1] in ("", pair[1]) for place in newest)
        if not is_nil and not is_forecast:
            return []
    for site, queue in part.others:
        if any(place[0] in ("", site) and place[1] in ("", queue) for place in newest):
            return []
    return list(newest.values())


def is_open(placing: "Placing", rule: Sheet, parts: list[Part]) -> str:
    """Where nobody can say yet whether the volume is above the forecast of these months: what is not approved of them,
    and may still be. Empty where it can be said, or never will be.
    """
    states = set()
    for part in parts:
        of_month = [_known(placing, rule, part, rule["measure"])]
        issued = issues(placing, part, rule)
        if issued is None:
            of_month.append(_known(placing, rule, part, rule["forecast"]))
        elif rule["kind"] == "day":
            of_month.append("known" if _names_days(placing, part, issued) else "never")
        else:
            of_month.append("known" if issued else "never")
        states |= set(of_month)
    return "" if "never" in states else " ".join(sorted(states & set(UNDECIDED)))


def _names_days(placing: "Placing", part: Part, issued: list[Sheet]) -> bool:
    """Whether some day of the month that is judged is named by every issue."""
    days = placing.figures.days_of(part.month) if part.days is None else part.days
    return any(all(day in issue["values"] for issue in issued) for day in days) and bool(issued)


def _known(placing: "Placing", rule: Sheet, part: Part, measure: str) -> str:
    """What is known of a measure in a month: it is, it never will be, or where its report stands until it is."""
    standing = placing.figures.standing(part.month, kind_of(measure), parties(part, measure)[0])
    if standing in UNDECIDED and part.pairs and measure in part.sources:
        return standing
    if rule["kind"] == "day":
        return "known" if placing.figures.daily(part, measure) else "never"
    return "known" if placing.figures.volume([part], measure) is not None else "never"


def waits(placing: "Placing", rule: Sheet, parts: list[Part], apart: bool) -> str:
    """What the relief of a window waits for; `apart`: each month by itself decides on what it had itself."""
    if not apart:
        return is_open(placing, rule, parts)
    return next(filter(None, (is_open(placing, rule, [part]) for part in parts)), "")
