"""Claims, the corridor, rights, improvement and the scorecard, in a contract's words."""

from app.contracts.sentences.writing import GAP, SUFFIXES, Rule, day, listing, many, measure, money, number, opened

MAY = {
    "termination": "may terminate",
    "step_in": "may step in",
    "plan": "may ask for an improvement plan",
    "other": "has this right",
}
COUNTED = {
    "misses": ("miss", "misses"),
    "minimum_misses": ("miss of the Minimum", "misses of the Minimum"),
    "defaults": ("default", "defaults"),
    "points": ("service point", "service points"),
}
IMPROVED = {
    "halfway": "the middle between itself and the average of the last {months}, once each of them was better",
    "average": "the average of {best}the last {months}",
    "presumptive": "the middle between itself and the average of the last {months}",
}


def claims(rule: Rule) -> str:
    if not rule.has("within"):
        return f"A claim for relief may be filed at any time{rule.clause()}"
    days = many(rule.get("within"), "day")
    return f"A claim for relief counts if it is filed within {days} after the window that it is about{rule.clause()}"


def corridor(rule: Rule) -> str:
    volume, forecast, off = measure(rule.get("measure")), measure(rule.get("forecast")), rule.number("variance")
    short = f"Where {volume} is more than {off}\u00a0% below {forecast}, what is missing up to that limit is billed too"
    return f"{short}; what is more than {off}\u00a0% above it is told as a surplus{rule.clause()}"


def rights(rule: Rule) -> str:
    return "; ".join(map(_right, rule.rows()))


def _right(rule: Rule) -> str:
    may = MAY.get(rule.get("kind", "termination"), rule.get("kind"))
    told = f"{rule.get('name')}: the customer {may} after {_condition(rule)}{_of_which(rule)}"
    if rule.has("lapses_after"):
        told += f"; it lapses {many(rule.get('lapses_after'), 'day')} after the month in which it opened"
    return told + rule.clause()


def _condition(rule: Rule) -> str:
    many_of = _many(rule)
    if rule.has("consecutive"):
        return f"{many(rule.get('consecutive'), 'month')} in a row with at least {many_of}"
    if rule.has("months_of"):
        return f"{rule.number('months_of')} of the last {many(rule.get('within'), 'month')} with at least {many_of}"
    return f"at least {many_of} within {many(rule.get('within'), 'month')}"


def _many(rule: Rule) -> str:
    of, least = rule.get("of", "defaults"), rule.get("at_least", "1")
    if of == "credits":
        return f"{money(least)} of credits" if rule.sees_money else "an agreed amount of credits"
    return many(least, *COUNTED.get(of, (of, of)))


def _of_which(rule: Rule) -> str:
    usual = "contract" if rule.get("of", "defaults") in ("points", "credits") else "service_level"
    is_whole = rule.get("per", usual) == "contract"
    if rule.has("class"):
        which = f"all {rule.get('class')} service levels" if is_whole else f"one {rule.get('class')} service level"
    elif named := rule.part.get("service_levels"):
        names = [rule.levels.get(str(key), str(key)) for key in named]
        which = listing(names) if is_whole or len(names) == 1 else f"one of {listing(names)}"
    else:
        which = "all service levels" if is_whole else "one service level"
    return f", counted over {which} together" if is_whole else f" of {which}"


def improvement(rule: Rule) -> str:
    best = f"the {number(rule.get('best'))} best of " if rule.has("best") else ""
    months = many(rule.get("months", "12"), "month")
    to = IMPROVED.get(rule.get("kind"), GAP).format(months=months, best=best)
    told = f"A tighter Expected is proposed: {to}"
    if rule.has("cap_share"):
        told += f", but by no more than {rule.number('cap_share')}\u00a0% of the distance to the best possible result"
    if rule.has("places"):
        told += f"; to {many(rule.get('places'), 'decimal')}"
    return told + rule.clause()


def score(rule: Rule) -> str:
    suffix = SUFFIXES.get(rule.unit, "")
    told = "A result that meets the Expected earns all of its weight"
    if rule.has("zero"):
        told += f", one of {rule.number('zero')}{suffix} or worse nothing, and one between them a part in proportion"
    if rule.has("upper"):
        more = f"{rule.number('bonus')}\u00a0% of it more"
        told += (
            f"; one of {rule.number('upper')}{suffix} or better earns {more}, and one on the way there a part of that"
        )
    return told


def scorecard(rule: Rule) -> str:
    told = []
    if standings := [f"“{each.get('standing')}” from {each.number('at_least')} on" for each in rule.rows("standings")]:
        told.append(f"a score is {listing(standings)}")
    if rule.has("decay"):
        over = f", over {many(rule.get('months'), 'month')}" if rule.has("months") else ""
        told.append(f"each earlier month weighs {rule.number('decay')} times the month after it{over}")
    return opened("; ".join(told)) + rule.clause()


def contract_year(rule: Rule) -> str:
    return f"A contract year begins on {day(rule.get('starts'))}, and on the same day of each year before and after"
