"""What a failure costs and what success pays, in a contract's words."""

from collections.abc import Callable, Iterator, Mapping

from app.contracts.sentences.writing import GAP, POINTS, SUFFIXES, Rule, day, listing, many, money, number, ordinal

WHETHER = "whether or not the result is a default"
PARTS = {
    "pro_rata": "a part of {} counts in proportion",
    "full": "only a whole {} counts",
    "started": "each {} begun counts as a whole one",
}
ONE_BLOCK = {
    "once": "a failure belongs to one block only, the oldest first",
    "again": "each month counts the failures of its whole period anew, whether or not they were paid for before",
}
LOWER = {"failed": "Every unit that failed", "beyond": "Every unit that failed beyond what the Expected allows"}
GATES = {
    "any": "nothing is paid while any service level is below its Minimum",
    "none": "it is paid whatever the other service levels come to",
}


def credit(rule: Rule) -> str:
    write = KINDS.get(rule.get("kind"))
    told = write(rule) if write else "A default gives a credit"
    if rule.get("replaces") == "others":
        told += "; nothing else of its month is credited beside it"
    if rule.is_yes("outside_caps"):
        told += "; no cap limits this credit, and it uses up none"
    return told + rule.clause()


def _allocation(rule: Rule) -> str:
    whose = "the amount at risk, or of its category's pool where there are categories"
    dated = [f"{each.number('percent')}\u00a0% from {day(each.get('from'))} on" for each in rule.rows("dated")]
    later = f"; {listing(dated)}" if dated else ""
    return f"For each default the partner credits {rule.number('percent')}\u00a0% of {whose}{later}"


def _fixed(rule: Rule) -> str:
    return f"For each default the partner credits {rule.share()}"


def _under_target(rule: Rule) -> str:
    noun, step = POINTS.get(rule.unit, "point"), rule.get("step", "1")
    one = noun if step == "1" else f"step of {many(step, noun)}"
    parts = PARTS.get(rule.get("points", "pro_rata"), rule.get("points")).format(one)
    short = f"for each {one} by which the result misses the Expected; {parts}"
    return f"For each default the partner credits {rule.share()} {short}"


def _band(rule: Rule) -> str:
    return f"Each result gives the credit of the severity band in which it lies, {WHETHER}"


def _occurrences(rule: Rule) -> str:
    free = rule.get("free", "0")
    but = "" if free == "0" else f"; the first {number(free)} of a window cost nothing"
    return f"For each default the partner credits {rule.share()} for every unit that failed{but}"


def _blocks(rule: Rule) -> str:
    size, span = many(rule.get("failures"), "failure"), many(rule.get("within"), "month")
    counted = ONE_BLOCK.get(rule.get("counted", "once"), rule.get("counted"))
    return f"For every {size} within {span} the partner credits {rule.share()}, {WHETHER}; {counted}"


def _two_price(rule: Rule) -> str:
    units = LOWER.get(rule.get("units", "failed"), rule.get("units"))
    prices = f"{rule.number('lower_price')} instead of {money(rule.get('price'))}"
    return f"{units} is paid at {prices}, and the difference is credited, {WHETHER}"


def _points(rule: Rule) -> str:
    own = many(rule.get("points"), "service point") if rule.has("points") else "the service points of its severity band"
    return f"Each default brings {own}; what the points of a month cost together is agreed under the service credits"


KINDS: Mapping[str, Callable[[Rule], str]] = {
    "allocation": _allocation,
    "fixed": _fixed,
    "under_target": _under_target,
    "band": _band,
    "occurrences": _occurrences,
    "blocks": _blocks,
    "two_price": _two_price,
    "points": _points,
}


def repeats(rule: Rule) -> str:
    span = f"within {many(rule.get('within'), 'month')}" if rule.has("within") else "in a row"
    steps = [
        f"{number(step.get('times'))} times its own credit or points from the {ordinal(step.get('failure'))} {span} on"
        for step in rule.rows("steps")
    ]
    gaps = ""
    if not rule.has("within"):
        gaps = "; a window without a result is passed over" if rule.get("gaps") == "pass" else ""
    return f"A default that repeats costs {listing(steps) or GAP}{gaps}{rule.clause()}"


def points(rule: Rule) -> str:
    kind, free = rule.get("kind"), rule.get("free", "0")
    beyond = "" if free == "0" else f"; the first {number(free)} of a month cost nothing"
    if kind == "table":
        steps = [
            f"{number(step.get('percent'))}\u00a0% of the charges from {many(step.get('points'), 'point')} on"
            for step in rule.rows("steps")
        ]
        return f"The service points of a month together cost {listing(steps) or GAP}; below that they cost nothing"
    told = f"Each service point costs {rule.share()}{beyond}"
    return f"{told}; {listing(list(_bands(rule))) or GAP}" if kind == "bands" else told


def _bands(rule: Rule) -> Iterator[str]:
    for band in rule.rows("bands"):
        which = f"points up to {band.number('up_to')}" if band.has("up_to") else "all further points"
        times = "once" if band.get("factor") == "1" else f"{band.number('factor')} times"
        yield f"{which} count {times}"


def bonus(rule: Rule) -> str:
    upper = f"{rule.number('upper')}{SUFFIXES.get(rule.unit, '')}"
    gate = rule.get("gate", "any")
    held = GATES.get(gate, f"nothing is paid while a {gate} service level is below its Minimum")
    way = "in proportion for a result between the Expected and that, and nothing at the Expected"
    return f"The partner is paid {rule.share()} for a result of {upper} or better, {way}; {held}{rule.clause()}"
