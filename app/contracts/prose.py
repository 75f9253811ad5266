"""Terms in words: what a clause says to somebody who reads the contract. Reads drafts too, which may have gaps."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from app import formatting
from app.contracts.catalogue import CATALOGUE
from app.contracts.families import LEVEL_FAMILIES, WHOLE_FAMILIES, used
from app.contracts.sentences import sentence
from app.domain.catalogue import KINDS
from app.partners.places import Places

Part = Mapping[str, Any]

LEVEL_RULES = tuple(family for family in LEVEL_FAMILIES if family.name != "window")  # which is among the statements
CREDIT_RULES = tuple(family for family in WHOLE_FAMILIES if family.path[0] == "credits")

__all__ = ("LEVEL_FAMILIES", "WHOLE_FAMILIES", "used")  # what the pages read through this module besides

CODES = Places()  # every code stands for itself

COMPARATORS = {">=": "at least", ">": "more than", "<=": "at most", "<": "less than"}
WINDOWS = {"month": "each month", "quarter": "each quarter", "contract_year": "each contract year"}
SOURCES = {"partner": "the partner", "client": "the client", "agreed": "both, agreed", "record": "Accord's own record"}
GRAINS = {"month": "one row per month", "day": "one row per day"}
CERTIFICATIONS = {"second_person": "certified by a second person", "declaration": "declared by whoever sends it"}
CREDITS_ON = {
    "minimum": "a miss of the Minimum gives a credit",
    "expected": "a miss of the Expected gives a credit",
    "none": "no credit",
}
CLASSES = {"critical": "critical", "key": "key", "reported": "reported only"}
KEY = re.compile(r"\b[a-z]+(_[a-z]+)+\b")
MONEY = frozenset({"Credit", "Allocation", "Credits from"})
OF_A_SHEET = {
    **{f"write grain: day at reports.{kind}": f"choose one row per day for the {kind} report" for kind in KINDS},
}


class Statement(NamedTuple):
    """One thing that a clause says."""

    label: str
    words: str


def amount(value: object, unit: str = "") -> str:
    """A number of the document in its unit, as it was written: 80 becomes `80 %`."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    written = f"{number:,f}".replace("-", formatting.MINUS)
    suffix = {"percent": "\u00a0%", "seconds": "\u00a0seconds", "days": "\u00a0days", "hours": "\u00a0hours"}
    return written + suffix.get(unit, "")


def day(text: object) -> str:
    try:
        return formatting.day(date.fromisoformat(str(text)))
    except ValueError:
        return str(text)


def target(part: Part | None, unit: str) -> str:
    """`at least 80 %`, `between 75 % and 88 %`."""
    if not part:
        return "none"
    if band := part.get("band"):
        return f"between {amount(band.get('lower'), unit)} and {amount(band.get('upper'), unit)}"
    comparator = part.get("comparator")
    return f"{COMPARATORS.get(comparator, comparator)} {amount(part.get('value'), unit)}"


def targets(level: Part) -> str:
    """`At least 80 %, Minimum 75 %`: the Minimum without its words when they are the same."""
    unit = unit_of(level)
    expected, minimum = level.get("expected") or {}, level.get("minimum")
    words = target(expected, unit)
    if minimum and minimum.get("comparator") == expected.get("comparator") and "band" not in minimum:
        words += f", Minimum {amount(minimum.get('value'), unit)}"
    elif minimum:
        words += f", Minimum {target(minimum, unit)}"
    return words[:1].upper() + words[1:]


def definition(level: Part) -> str:
    """What the metric counts, with the threshold's own words where it has one."""
    metric = CATALOGUE.metrics.get(str(level.get("metric")))
    if metric is None:
        return f"Unknown metric {level.get('metric')}."
    threshold = level.get("threshold")
    return metric.description.replace("the threshold", threshold) if threshold else metric.description


def unit_of(level: Part) -> str:
    metric = CATALOGUE.metrics.get(str(level.get("metric")))
    return metric.unit if metric else ""


def scope(level: Part, places: Places = CODES) -> str:
    part = level.get("scope") or {}
    sites = ", ".join(map(places.site, part.get("sites") or ()))
    queues = ", ".join(map(places.queue, part.get("queues") or ()))
    words = f"{queues or 'all queues'}, {sites or 'at all sites'}" if sites or queues else "all sites and queues"
    return f"{words}, market {', '.join(part['markets'])}" if part.get("markets") else words


def final(level: Part) -> str:
    """`final 7 days after its window`; empty where the metric itself says when."""
    days = level.get("matures_after")
    return "" if days is None else f"final {days} day{'' if str(days) == '1' else 's'} after its window"


def window(level: Part) -> str:
    """`each month`, or what a mapping says: `each month, over the last 3 months together`."""
    rule = level.get("window") or "month"
    if not isinstance(rule, Mapping):
        return WINDOWS.get(rule, str(rule).replace("_", " "))
    return sentence("window", rule).removeprefix("Results are judged ")


def service_level(level: Part) -> Iterator[Statement]:
    """Everything that a service level says, for the page and for the differences between two terms."""
    metric = CATALOGUE.metrics.get(str(level.get("metric")))
    unit = metric.unit if metric else ""
    yield Statement("Name", str(level.get("name")))
    yield Statement("Metric", metric.name if metric else str(level.get("metric")))
    yield Statement("Expected", target(level.get("expected"), unit))
    if level.get("minimum"):
        yield Statement("Minimum", target(level["minimum"], unit))
    if level.get("threshold"):
        yield Statement("Threshold", level["threshold"])
    yield Statement("Scope", scope(level))
    yield Statement("Judged", window(level))
    if level.get("source") == "stated":
        yield Statement("Judged by", "the value that the partner states")
    yield Statement("Class", CLASSES.get(level.get("class", "key"), str(level.get("class"))))
    yield Statement("Weight", amount(level.get("weight", "0")))
    if level.get("minimum_volume"):
        yield Statement("Minimum volume", amount(level["minimum_volume"]))
    if level.get("measured_from"):
        yield Statement("Measured from", day(level["measured_from"]))
    if final(level):
        yield Statement("Result", final(level))
    yield from _credit(level)
    if level.get("clause"):
        yield Statement("Clause", level["clause"])


def _credit(level: Part) -> Iterator[Statement]:
    rule = level.get("credits_on", "none")
    if rule != "none":
        yield Statement("Credit", CREDITS_ON.get(rule, str(rule)))
    if level.get("allocation"):
        of_pool = ", or of its category's pool where there are categories" if level.get("category") else ""
        yield Statement("Allocation", f"{amount(level['allocation'], 'percent')} of the amount at risk{of_pool}")
    if level.get("credits_from"):
        yield Statement("Credits from", day(level["credits_from"]))


def calendar(part: Part) -> Iterator[Statement]:
    for name, label in (("due", "Reports are due"), ("lock", "Reports lock")):
        if deadline := part.get(name):
            yield Statement(label, f"working day {deadline.get('working_day')} at {deadline.get('time')}")


def report(part: Part) -> str:
    grain, certification = part.get("grain", "month"), part.get("certification", "second_person")
    return f"{GRAINS.get(grain, grain)}, {CERTIFICATIONS.get(certification, certification)}"


def measure(part: Part) -> str:
    source = part.get("source", "partner")
    words = SOURCES.get(source, source)
    if part.get("tolerance") is not None:
        words += f" within {amount(part['tolerance'], 'percent')}"
    if part.get("per_head") is not None:
        words += f", at least {part['per_head']} per person"
    if part.get("rate") is not None:
        words += f", invoiced at {part['rate']} per hour"
    return words


def measure_name(key: str) -> str:
    known = CATALOGUE.measures.get(key)
    return known.name if known else key


def carrier(measure: str, source: str | None) -> str:
    """The report that carries a measure, or `record` where nobody reports it; nothing for an unknown one."""
    known = CATALOGUE.measures.get(measure)
    return "" if known is None else "record" if source == "record" else known.kind


def carried(kind: str) -> str:
    """`Staffing report`, as a heading."""
    named = {"record": "Accord's own record", "": "Unknown measures"}
    return named.get(kind) or f"{kind.capitalize()} report"


def measures_by_kind(document: Part) -> Iterator[tuple[str, list[tuple[str, Part]]]]:
    """The measures under the report that carries them; unknown ones come last, under no kind."""
    measures = document.get("measures") or {}
    for kind in (*KINDS, "record", ""):
        found = [(key, part) for key, part in measures.items() if carrier(key, part.get("source")) == kind]
        if found or kind in (document.get("reports") or {}):
            yield kind, found


def plainly(message: str) -> str:
    """A problem's words for a form, which has no signs, quotes or keys: `>= 80` becomes `at least 80`."""
    for sign, words in ({f"{sign} ": f"{words} " for sign, words in COMPARATORS.items()} | OF_A_SHEET).items():
        message = message.replace(sign, words)
    return KEY.sub(lambda key: measure_name(key[0]).replace("_", " "), message)


def pair(row: Part) -> str:
    return f"{row.get('queue')} at {row.get('site')}"


def period(row: Part) -> str:
    """When a site works a queue, and for which market."""
    words = " ".join(f"{word} {day(row[word])}" for word in ("from", "until") if row.get(word)) or "all the time"
    return f"{words}, market {row['market']}" if row.get("market") else words


def credit_terms(part: Part) -> Iterator[Statement]:
    if part.get("at_risk") is not None:
        yield Statement("At risk", f"{amount(part['at_risk'], 'percent')} of the month's charges")
    if part.get("pool") is not None:
        yield Statement("Pool", f"{amount(part['pool'], 'percent')} of the amount at risk to allocate")
    if part.get("monthly_cap") is not None:
        yield Statement("Monthly cap", f"{amount(part['monthly_cap'], 'percent')} of the month's charges")
    if part.get("clause"):
        yield Statement("Clause", part["clause"])
