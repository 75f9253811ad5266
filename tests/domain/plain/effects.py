"""Which families of rules had an effect on a case, so that none can go untested without being noticed."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

from app.domain.findings import Finding
from app.domain.judging.evaluation import MonthEvaluation
from app.domain.targets import Limit
from tests.domain.plain.draws import month_text

WANTED = frozenset(
    [
        *(f"window {kind}" for kind in ("month", "fiscal_month", "quarter", "contract_year", "rolling", "average")),
        *("window look_back", "look_back longer", "amendment end", "amendment start", "amendment restart"),
        *("amended in mid-window", "amended in mid-month", "leap February", "ramp", "two pairs"),
        *("exactly Expected", "exactly Minimum", "limit >=", "limit >", "limit <=", "limit <", "band"),
        *(f"attainment {name}" for name in ("exceeded", "met", "below_expected", "below_minimum", "low_volume")),
        *(f"attainment {name}" for name in ("not_measured", "not_reported", "provisional")),
        *(f"disposition {name}" for name in ("counts", "excused", "in_grace", "not_credited")),
        *("default minimum", "default expected", "default reporting", "default counted", "default in a row"),
        *("escalated", "low volume not_measured", "low volume one_miss", "low volume extend"),
        *(f"obstacle {code}" for code in ("overdue", "not_due", "nil_return", "missing", "disagreed", "maturing")),
        *("obstacle zero_denominator", "obstacle window_too_short", "obstacle awaiting_approval"),
        *("obstacle no_stated_value", "stated", "source client", "source agreed"),
        *("relief day", "relief excess", "relief period", "claim days applied", "claim adjust applied"),
        *("claim period applied", "claim late", "claim refused", "claim open"),
        *(f"price {name}" for name in ("allocation", "fixed", "under_target", "band", "occurrences", "blocks")),
        *("price two_price", "price points", "dated allocation", "repeated", "repeated in a row"),
        *("points rate", "points table", "points bands", "incident", "incident chosen", "incidents joined"),
        *(f"cap {over}" for over in ("service_level", "month", "quarter", "contract_year", "rolling_12")),
        *(f"late cap {over}" for over in ("service_level", "month", "quarter", "contract_year", "rolling_12")),
        *("cap of at_risk", "cap of amount"),
        *(f"months {state}" for state in ("pending", "earned", "lost", "awaiting_approval", "refused", "never")),
        *("annual_average earned", "annual_average lost", "bank deposited", "bank offset", "bank expired"),
        *("waived", "bonus", "bonus gated", "paid back more than owed", "not priced", "no charges", "category pool"),
        *("base fixed_fee", "base invoice", "base invoice_net", "base next month"),
        *(f"right {of}" for of in ("misses", "minimum_misses", "defaults", "points", "credits")),
        *("right consecutive", "right within", "right months_of", "right per contract", "right again"),
        *("right of a class", "right of one level's credits", "bonus gated by a class"),
        *(
            "proposal halfway",
            "proposal average",
            "proposal presumptive",
            "proposal capped",
            "score faded",
            "score above its weight",
        ),
        *("score down to zero", "corridor shortfall", "corridor surplus"),
        *("rounding half_up", "rounding down", "rounding decides", "mean of days", "day relieved once"),
        *("forgiven some", "base over the window", "replaced", "gap on a relieved day"),
        *("outside the caps", "earned outside the caps"),
        *("source record", "record and client", "record awaiting_approval", "record nil_return", "record missing"),
        *("obstacle relief_awaiting_approval", "obstacle relief_not_due", "relief by another report"),
        *("day relief awaited", "excess relief awaited", "period relief awaited", "relief that did not come"),
        *("average without days", "paid after the credits ended", "year after relief", "year by its last month"),
    ]
)


def effects(case: dict[str, Any], evaluated: Iterable[MonthEvaluation]) -> set[str]:
    found: set[str] = set()
    opened: set[tuple[str, str]] = set()
    for month in evaluated:
        for finding in month.findings:
            found.update(_of_finding(case, finding, month))
        found.update(_of_money(case, month))
        for right in month.rights:
            rule = next(each for each in month.terms.rights if each.key == right.key)
            form = "consecutive" if rule.consecutive else "months_of" if rule.months_of else "within"
            found |= {f"right {rule.of}", f"right {form}"}
            if rule.of not in ("points", "credits") and rule.per == "contract":
                found.add("right per contract")
            if rule.of in ("points", "credits") and right.service_level:
                found.add("right of one level's credits")
            if rule.importance:
                found.add("right of a class")
            if (right.key, right.service_level) in opened:
                found.add("right again")
            opened.add((right.key, right.service_level))
        found.update(_of_watch(month))
    starts = [document["effective_from"] for document in case["terms"]]
    found |= {"amended in mid-month" for start in starts[1:] if start.endswith("-15")}
    return found


def _of_finding(case: dict[str, Any], finding: Finding, month: MonthEvaluation) -> Iterator[str]:
    window, target = finding.level.window, finding.expected
    yield f"window {window.kind}"
    yield f"attainment {finding.attainment.value}"
    yield f"disposition {finding.disposition.value}"
    yield f"default {finding.default.value}"
    first, last = str(finding.window.first), str(finding.window.last)
    if any(first < document["effective_from"] <= month_text(finding.ordinal) + "-01" for document in case["terms"][1:]):
        yield "amended in mid-window"
        yield f"amendment {window.amendment}"
    if window.kind == "look_back" and finding.window == window.back(month.month, window.otherwise):
        yield "look_back longer"
    if any(first <= f"{year}-02-29" <= last for year in (2024, 2028)):
        yield "leap February"
    if any(step.expected == target for step in finding.level.ramp):
        yield "ramp"
    if len({(line.site, line.queue) for line in finding.lines}) > 1:
        yield "two pairs"
    yield f"limit {target.comparator}" if isinstance(target, Limit) else "band"
    edges = [("Expected", target), ("Minimum", finding.minimum)]
    for name, edge in edges:
        if isinstance(edge, Limit) and finding.value == Fraction(edge.value):
            yield f"exactly {name}"
    if finding.tally and finding.default.value != "none":
        yield "default in a row" if finding.tally.within is None else "default counted"
    if finding.level.rounding and finding.unrounded is not None and finding.unrounded != finding.contractual:
        yield f"rounding {finding.level.rounding.mode}"
        is_met = [each.is_met for each in finding.comparisons[:1]]
        yield "rounding decides" if is_met and is_met != [target.is_met_by(finding.unrounded)] else ""
    if finding.weights:
        yield "mean of days"
    if any("already_out" in relief.figures for relief in finding.relief):
        yield "day relieved once"
    if window.kind == "average" and any(relief.kind == "days" and relief.is_applied for relief in finding.relief):
        yield "average without days"
    if finding.raw is None and finding.contractual is not None:
        yield "gap on a relieved day"
    if finding.escalated:
        yield "escalated"
    yield from _of_obstacle(finding)
    yield from _of_relief(case, finding)
    for relief in finding.relief:
        if relief.source == "terms":
            yield f"relief {relief.kind}"
            yield "relief by another report" if finding.metric.kind != "service" else ""
        else:
            yield f"claim {relief.kind} applied" if relief.is_applied else f"claim {relief.effect}"


def _of_relief(case: dict[str, Any], finding: Finding) -> Iterator[str]:
    rule, code = finding.level.relief, finding.obstacle.code if finding.obstacle else ""
    if rule is None:
        return
    if code in ("relief_awaiting_approval", "relief_not_due"):
        yield f"{rule.kind} relief awaited"
    overdue = {each["month"] for each in case["events"]["reports"] if each["standing"] == "overdue"}
    if finding.metric.kind != "service" and finding.is_miss and month_text(finding.ordinal) in overdue:
        yield "relief that did not come"


def _of_obstacle(finding: Finding) -> Iterator[str]:
    code, volume = finding.obstacle.code if finding.obstacle else "", finding.level.volume
    yield f"obstacle {code}"
    parties = {line.party for line in finding.lines}
    if "record" in parties and finding.value is not None:
        yield "record and client" if "client" in parties else "source record"
    if finding.obstacle and finding.obstacle.figures.get("party") == "record":
        yield f"record {code}"
    if volume and code in ("low_volume", "forgiven"):
        yield f"low volume {volume.rule}" if volume.rule != "extend" else ""
        yield "forgiven some" if volume.minimum is None else ""
    if volume and volume.rule == "extend" and len(finding.window.months) > 1:
        yield "low volume extend"
    if finding.level.source == "stated" and finding.value is not None:
        yield "stated"
    for difference in finding.differences:
        yield f"source {difference.source}"


def _of_money(case: dict[str, Any], month: MonthEvaluation) -> Iterator[str]:
    priced, agreed = month.credits, month.terms.credits
    if priced.pricing.value == "not_priced":
        yield "not priced"
    if agreed is None and priced.payable:
        yield "paid after the credits ended"
    for back in priced.earn_backs:
        yield "year after relief" if "after_relief" in back.figures else ""
        yield "year by its last month" if back.figures.get("average") and back.credit_month == str(month.month) else ""
    if agreed is None or priced.pricing.value != "priced":
        return
    if priced.charges is None:
        yield "no charges"
    for line in priced.lines:
        if line.uncapped:
            yield f"price {line.formula}"
            yield f"base {agreed.base.kind}"
            yield "base next month" if agreed.base.next_month else ""
            yield "base over the window" if "charges" in line.figures else ""
            level = next(each.level for each in month.findings if each.level.key == line.service_level)
            if line.allocation is not None and line.allocation != level.allocation:
                yield "dated allocation"
            if line.allocation is not None and agreed.categories:
                yield "category pool"
            if line.factor > 1 and level.repeats:
                yield "repeated in a row" if level.repeats.within is None else "repeated"
        yield "replaced" if line.replaced_by else ""
        yield "outside the caps" if line.outside_caps and line.uncapped and priced.cap_applied else ""
        if line.incident:
            yield "incident"
            keys = line.incident.split(" and ")
            yield "incidents joined" if len(keys) > 1 else ""
            chosen = {each.get("chosen") for each in case["events"]["incidents"] if each["key"] in keys}
            paid = {each.service_level for each in priced.lines if each.uncapped and not each.incident}
            yield "incident chosen" if chosen & paid else ""
    if priced.points and agreed.points is not None:
        yield priced.points_price["formula"].replace("_", " ")
    for cap in priced.caps:
        if cap.taken_off:
            for rule in agreed.caps:
                if rule.over == cap.over:
                    yield f"late cap {cap.over}" if rule.after_earn_back else f"cap {cap.over}"
                    yield "cap of amount" if rule.amount is not None else f"cap of {rule.of}"
    outside = {level.key for level in month.terms.service_levels if level.outside_caps}
    for back in priced.earn_backs:
        yield f"{back.kind} {back.state}"
        yield "earned outside the caps" if back.state == "earned" and back.service_level in outside else ""
    yield "waived" if priced.waived else ""
    yield "bonus" if priced.bonus else ""
    yield "bonus gated" if any(bonus.gated_by for bonus in priced.bonuses) else ""
    gates = {level.key: level.bonus.gate for level in month.terms.service_levels if level.bonus}
    gated = {gates.get(bonus.service_level, "any") for bonus in priced.bonuses if bonus.gated_by}
    yield "bonus gated by a class" if gated - {"any"} else ""
    yield "paid back more than owed" if (priced.payable or 0) < 0 else ""


def _of_watch(month: MonthEvaluation) -> Iterator[str]:
    for proposal in month.proposals:
        yield f"proposal {proposal.kind}"
        yield "proposal capped" if proposal.capped else ""
    card = month.scorecard
    yield "score faded" if card.value != card.month else ""
    for score in card.scores:
        if score.points is not None and score.weight:
            yield "score above its weight" if score.points > 100 else ""
            rule = score.finding.level.score
            yield "score down to zero" if rule and rule.zero is not None and 0 < score.points < 100 else ""
    if month.corridor:
        yield "corridor shortfall" if month.corridor.shortfall else ""
        yield "corridor surplus" if month.corridor.surplus else ""
