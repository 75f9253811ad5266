"""How a result is judged beyond its targets, in a contract's words."""

from collections.abc import Iterator

from app.contracts.sentences.writing import (
    GAP,
    SUFFIXES,
    Rule,
    day,
    listing,
    many,
    measure,
    number,
    opened,
    ordinal,
    target,
)

EDGES = {"at_least": "at least", "above": "more than", "below": "less than", "at_most": "at most"}
MODES = {"half_up": "a half is rounded away from zero", "down": "further decimals are cut off"}


WINDOWS = {
    "month": "each calendar month",
    "quarter": "each calendar quarter",
    "contract_year": "each contract year",
    "average": "each month, by the mean of its result and that of the month before",
}
AMENDED = {
    "start": "where an amendment falls into it, by the terms in force when it began",
    "restart": "where an amendment falls into it, over the months from the amendment on alone",
}


def window(rule: Rule) -> str:
    figures = many(rule.get("at_least"), "of its months has figures", "of its months have figures")
    told = [_time(rule) + (f", once {figures}" if rule.has("at_least") else "")]
    if amended := AMENDED.get(rule.get("amendment")):
        told.append(amended)
    return f"Results are judged {'; '.join(told)}"


def _time(rule: Rule) -> str:
    kind, months = rule.get("kind", "month"), rule.get("months", "3")
    if kind == "rolling":
        return f"each month, over the last {many(months, 'month')} together"
    if kind == "look_back":
        otherwise = f"over the last {many(rule.get('otherwise', '12'), 'month')} where they hold fewer than"
        return f"each month, over the last {many(months, 'month')}, or {otherwise} {rule.number('events')} units"
    if kind == "fiscal_month":
        first = rule.get("starts_on")
        until = str(int(first) - 1) if first.isdigit() else GAP
        return f"each month, from day {first} of the calendar month before to day {until} of its own"
    return WINDOWS.get(kind, kind)


def exceeded(rule: Rule) -> str:
    return f"A result of {target(rule)} counts as exceeded"


def bands(rule: Rule) -> str:
    return "; ".join(map(_band, rule.rows()))


def _band(rule: Rule) -> str:
    suffix = SUFFIXES.get(rule.unit, "")
    edges = [f"{words} {rule.number(name)}{suffix}" for name, words in EDGES.items() if rule.has(name)]
    costs = [many(rule.get("points"), "service point")] if rule.has("points") else []
    if rule.sees_money and (rule.has("percent") or rule.has("amount")):
        costs.append(f"a credit of {rule.share()}")
    told = f"“{rule.get('label')}” is a result of {' and '.join(edges) or GAP}"
    return told + (f", with {listing(costs)}" if costs else "")


def ramp(rule: Rule) -> str:
    steps = []
    for step in rule.rows():
        floor = f", the Minimum {target(step.within('minimum'))}" if step.has("minimum") else " and there is no Minimum"
        steps.append(f"from {day(step.get('from'))} on the Expected is {target(step.within('expected'))}{floor}")
    return opened("; ".join(steps)) or GAP


def rounding(rule: Rule) -> str:
    places, mode = many(rule.get("places"), "decimal"), rule.get("mode", "half_up")
    return f"Results are compared with {places}; {MODES.get(mode, mode)}{rule.clause()}"


def default(rule: Rule) -> str:
    return opened("; ".join(_defaults(rule))) + rule.clause()


def _defaults(rule: Rule) -> Iterator[str]:
    for name in ("minimum", "expected"):
        if rule.has(name):
            yield f"a miss of the {name.capitalize()} is a default{_from(rule.within(name))}"
    if rule.get("counted") == "any":
        yield "misses of the Minimum count as misses of the Expected too"
    if rule.is_yes("not_reported"):
        yield "a report that is overdue is a default"
    if rule.is_yes("not_measured"):
        yield "figures that are missing or in dispute are a default"
    if rule.has("escalates_at"):
        yield f"the {ordinal(rule.get('escalates_at'))} miss of the Minimum in a row is escalated"
    if rule.get("gaps") == "pass":
        yield "a window without a result is passed over"


def _from(counts: Rule) -> str:
    misses = counts.get("misses", "1")
    if misses == "1":
        return " at once"
    if counts.is_yes("consecutive"):
        return f" from the {ordinal(misses)} in a row on"
    return f" from the {ordinal(misses)} within {many(counts.get('within'), 'month')} on"


def low_volume(rule: Rule) -> str:
    few = f"where fewer than {rule.number('minimum')} units are judged" if rule.has("minimum") else ""
    kind = rule.get("rule", "not_measured")
    if kind == "one_miss":
        forgiven = many(rule.get("forgives", "1"), "failure is forgiven", "failures are forgiven")
        told = f"{few or 'however many units are judged'}, {forgiven}"
    elif kind == "extend":
        most = many(rule.get("months", "12"), "month")
        told = f"{few}, earlier months are added until there are enough, up to {most} together"
    else:
        told = f"{few}, the result is shown and not judged"
    return opened(told) + rule.clause()


def relief(rule: Rule) -> str:
    kind, over = rule.get("kind"), rule.number("over")
    volume, forecast = measure(rule.get("measure")), measure(rule.get("forecast"))
    above = f"{volume} exceeds {forecast} by more than {over}\u00a0%"
    if kind == "day":
        told = f"Days on which {above} are left out of the result"
    elif kind == "excess":
        told = f"Where {above}, what came above that limit is taken out of the result, failures first"
    else:
        told = f"Where {above}, the whole window is excused"
    if rule.has("locks"):
        days = many(number(rule.get("locks")), "day")
        told += f"; a forecast counts if it was issued at least {days} before the first of the month"
    return told + rule.clause()
