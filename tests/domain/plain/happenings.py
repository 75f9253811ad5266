"""Random events around a history: charges, claims, forecasts, incidents, waivers, approvals, a termination."""

from datetime import date, timedelta
from typing import Any

from tests.domain.plain.draws import Draws, days_in, month_text
from tests.domain.plain.levels import METRICS, Sheet


def happenings(draw: Draws, terms: list[Sheet], months: list[int]) -> Sheet:
    events: Sheet = {"charges": _charges(draw, months)}
    levels = [level for document in terms for level in document["service_levels"]]
    keys = sorted({level["key"] for level in levels})
    if draw.chance(50):
        events["claims"] = [_claim(draw, place, terms, months) for place in range(draw.one(1, 2, 3, 4, 8))]
        events["claims"] = [claim for claim in events["claims"] if claim]
    if any("forecast_volume" in document["measures"] for document in terms) and draw.chance(60):
        events["forecasts"] = _forecasts(draw, terms, months)
    if len(keys) > 1 and draw.chance(50):
        months_of = draw.sample(months, min(3, len(months)))
        events["incidents"] = [_incident(draw, place, month, keys[:2]) for place, month in enumerate(months_of)]
        if len(keys) > 2 and draw.chance(75):
            events["incidents"] += [_incident(draw, len(months_of), months_of[0], keys[1:3])]
    if draw.chance(35):
        events["waivers"] = [_waiver(draw, months, keys) for _ in range(draw.whole(1, 4))]
    if draw.chance(70):
        events["approvals"] = [_approval(draw, month, key) for month in months for key in keys if draw.chance(60)]
    rights = [right["key"] for document in terms for right in document.get("rights", ())]
    if rights and draw.chance(40):
        events["exercises"] = [_exercise(draw, months, rights, keys)]
    if draw.chance(30):
        events["terminated_on"] = str(_day(draw.choice(months), 20))
    if draw.chance(60):
        events["as_of"] = str(_last(months[-1]) + timedelta(days=draw.one(0, 14, 15, 44, 45, 60)))
    return {name: part for name, part in events.items() if part}


def _day(ordinal: int, day: int) -> date:
    return date(ordinal // 12, ordinal % 12 + 1, min(day, days_in(ordinal)))


def _last(ordinal: int) -> date:
    return _day(ordinal, 31)


def _charges(draw: Draws, months: list[int]) -> list[Sheet]:
    charges = []
    usual = draw.one("100000", "123456.78", "41200")
    for ordinal in [*months, months[-1] + 1]:
        if draw.chance(4):
            continue
        total = (
            "0" if draw.chance(3) else usual if draw.chance(60) else f"{draw.whole(20000, 99999)}.{draw.whole(10, 99)}"
        )
        charge: Sheet = {"month": month_text(ordinal), "total": total}
        if draw.chance(92):
            charge["lines"] = {"travel": draw.text("1200", "350.25"), **({"tools": "99.99"} if draw.chance(50) else {})}
        charges.append(charge)
    return charges


def _claim(draw: Draws, place: int, terms: list[Sheet], months: list[int]) -> Sheet | None:
    month = draw.choice(months)
    document = draw.choice(terms)
    level = draw.choice(document["service_levels"])
    measures, _, _, report = METRICS[level["metric"]]
    kinds = ["period"]
    kinds += ["adjust", "adjust", "days"]
    if document["reports"][report]["grain"] == "day":
        kinds += ["days", "days"]
    claim: Sheet = {"key": f"claim-{place}", "month": month_text(month), "kind": draw.choice(kinds)}
    claim["decision"] = draw.one("granted", "granted", "granted", "refused", "open")
    if claim["kind"] != "period" or draw.chance(60):
        claim["service_levels"] = [level["key"]]
    if claim["kind"] == "adjust":
        claim["adjust"] = {draw.choice(measures): draw.text(1, 10, 40)}
        if draw.chance(30):
            claim["adjust"] = dict.fromkeys(measures, draw.text(5, 20))
    if claim["kind"] == "days":
        days = [_day(month, day) for day in (1, 9, 10, 21, 22, 27, 28, 31)]
        claim["days"] = sorted({str(day) for day in draw.sample(days, draw.one(1, 2, 5))})
    if draw.chance(80):
        claim["filed_on"] = str(_last(month) + timedelta(days=draw.one(-3, 0, 1, 10, 11, 30, 31)))
    return claim


def _forecasts(draw: Draws, terms: list[Sheet], months: list[int]) -> list[Sheet]:
    by_day = draw.chance(50)
    pairs = sorted({(pair["site"], pair["queue"]) for document in terms for pair in document["coverage"]})
    whole: list[tuple[str, str]] = [("", "")]
    issues = []
    for site, queue in whole if draw.chance(60) else pairs:
        for _ in range(draw.one(1, 2)):
            values: dict[str, Any] = {}
            for ordinal in draw.sample(months, draw.whole(1, len(months))):
                number = draw.text(80, 100, 200, 400)
                if by_day:
                    values |= {str(_day(ordinal, day)): number for day in (1, 9, 10, 21, 22, 28, 31)}
                else:
                    values[month_text(ordinal)] = number
            issued = _day(draw.choice(months) - 1, draw.one(1, 15, 28))
            issue: Sheet = {"issued_on": str(issued), "measure": "forecast_volume", "values": values}
            issues.append(issue | ({"site": site, "queue": queue} if site else {}))
    days = [issue["issued_on"] for issue in issues]
    return [issue for place, issue in enumerate(issues) if issue["issued_on"] not in days[:place] or issue.get("site")]


def _incident(draw: Draws, place: int, month: int, keys: list[str]) -> Sheet:
    incident: Sheet = {"key": f"incident-{place}", "month": month_text(month), "service_levels": keys}
    if draw.chance(60):
        incident["chosen"] = draw.choice(keys)
        incident["chosen_on"] = str(_last(month) + timedelta(days=draw.one(3, 7, 8, 14, 15)))
    return incident


def _waiver(draw: Draws, months: list[int], keys: list[str]) -> Sheet:
    waiver: Sheet = {"month": month_text(draw.choice(months))}
    if draw.chance(50):
        waiver["service_level"] = draw.choice(keys)
    if draw.chance(60):
        waiver["amount"] = draw.text(100, "333.33", 5000)
    return waiver


def _approval(draw: Draws, month: int, key: str) -> Sheet:
    return {
        **{"service_level": key, "credit_month": month_text(month), "granted": draw.one("yes", "no", "no")},
        "decided_on": str(_last(month + draw.whole(0, 5)) + timedelta(days=draw.one(0, 1))),
    }


def _exercise(draw: Draws, months: list[int], rights: list[str], keys: list[str]) -> Sheet:
    exercise = {"right": draw.choice(rights), "on": str(_day(draw.choice(months), 31))}
    return exercise | ({"service_level": draw.choice(keys)} if draw.chance(40) else {})
