"""Prose for findings, written when somebody asks."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from app.domain.attainment import Default, Disposition
from app.domain.facts import Party
from app.domain.findings import Finding, Reason
from app.domain.periods import Month
from app.domain.prose.derivation import Step, judging, takes_figures_off
from app.domain.prose.price_wording import IN_MINOR_UNITS, Currency
from app.domain.prose.sums import amount
from app.domain.wording import days, grouped, in_unit, listed_days, many, month_name, target_words, telling, words

SENTENCES = {
    "met": "{value} meets the Expected of {target}.",
    "exceeded": "{value} exceeds the Expected of {target}.",
    "below_expected": "{value} misses the Expected of {target}.",
    "below_minimum": "{value} misses the Minimum of {target}.",
    "low_volume": "{volume} counted, under the {minimum_volume} from which this service level is judged.",
    "overdue": "The {party}'s {kind} report for {month} is overdue.",
    "not_due": "The {party}'s {kind} report for {month} has not come in, and is not overdue.",
    "awaiting_approval": "The {party}'s {kind} report for {month} is not approved yet.",
    "relief_awaiting_approval": "{measure} decides on relief, and the {party}'s {kind} report for {month} is not "
    "approved yet.",
    "relief_not_due": "{measure} decides on relief, and the {party}'s {kind} report for {month} has not come in, and "
    "is not overdue.",
    "nil_return": "A nil return: there was nothing to report.",
    "missing": "{measure} is missing in the {party}'s report for {site}, {queue}, {month}{others}.",
    "disagreed": "{measure} for {month}: {partner} by the partner, {client} by the client, "
    "further apart than the {tolerance} % agreed.",
    "zero_denominator": "Nothing to divide by: {denominator} came to zero.",
    "window_too_short": "{months} in the window; it is judged from {at_least} on.",
    "forgiven": "{failures} of {volume} failed, and {forgives} may.",
    "one_miss_allowed": "{volume} counted, under {minimum_volume}: one failure is allowed.",
    "maturing": "The result is final from {day} on.",
    "running": "{passed} of {days} days have passed: provisional until {day}.",
    "all_excused": "Relief leaves nothing to judge.",
    "no_stated_value": "The terms judge a stated value, and not exactly one was stated.",
}
OF_THE_RECORD = {
    "awaiting_approval": "Not every report for {month} has {awaited} yet: the result is not final.",
    "missing": "Accord's own record lacks {measure} for {month}{others}.",
    "nil_return": "Accord's own record tells nothing here: what was imported has no day on which it was sent.",
    "not_due": "By Accord's own record no report for {month} is due yet.",
}
AWAITED = {"timeliness": "come or fallen due", "delivery": "come", "decision": "come and been decided on"}
RESULTS = {
    "exceeded": "Exceeded",
    "met": "Met",
    "below_expected": "Below Expected",
    "below_minimum": "Below Minimum",
    "low_volume": "Low volume: not judged",
    "not_measured": "Not measured",
    "not_reported": "Not reported",
    "provisional": "Provisional",
}
DEFAULTS = {"none": "None", "expected": "Expected", "minimum": "Minimum", "reporting": "Reporting"}
MODES = {"half_up": "Rounded", "down": "Cut off"}
DISPOSITIONS = {
    "counts": "Counts",
    "excused": "Excused",
    "in_grace": "In grace: reported, not credited",
    "not_credited": "Not credited: loaded as history",
}


def sentence(reason: Reason) -> str:
    """`73.5 % misses the Minimum of at least 75 %.` Works from the stored code and figures."""
    figures = dict(reason.figures)
    if "value" in figures:
        unit, precision = figures["unit"], int(figures["precision"])
        figures["value"] = in_unit(telling(figures["value"], figures["target"], precision), unit)
        figures["target"] = target_words(figures["target"], unit)
    if "month" in figures:
        figures["month"] = month_name(Month.parse(figures["month"]))
    if "denominator" in figures:
        figures["denominator"] = words(figures["denominator"])
    if "months" in figures:
        figures["months"] = f"{many(figures['months'], 'month')} {'lies' if figures['months'] == '1' else 'lie'}"
    if "day" in figures:
        figures["day"] = listed_days(figures["day"])
    if "others" in figures:
        figures["others"] = f", and in {many(figures['others'], 'more place')}" if figures["others"] != "0" else ""
    for name in ("volume", "minimum_volume", "failures", "forgives", "partner", "client"):
        if name in figures:
            figures[name] = grouped(figures[name])
    of_record = figures.get("party") == Party.RECORD
    said = OF_THE_RECORD.get(reason.code) if of_record else None
    return (said or SENTENCES[reason.code]).format(**figures, awaited=AWAITED.get(figures.get("kind", ""), ""))


def reason_of(finding: Finding) -> Reason:
    """Its reason, with the result in the decimals that it is shown with."""
    code, figures = finding.reason.code, finding.reason.figures
    return Reason(code, {**figures, "precision": str(finding.decimals)}) if "precision" in figures else finding.reason


def value_words(finding: Finding, value: Decimal) -> str:
    """`79.96 %`: with as many decimals as it takes not to look like one of the targets."""
    targets = [each.target for each in finding.comparisons] or [finding.expected]
    shown = telling(str(value), " ".join(map(str, targets)), finding.decimals)
    return in_unit(shown, finding.metric.unit)


def outcome_words(finding: Finding) -> str:
    """`Not measured, default: Reporting`: the three axes, as far as there is something to say of them."""
    return ", ".join([RESULTS[finding.attainment].partition(":")[0], *set_apart(finding)])


def set_apart(finding: Finding) -> Iterator[str]:
    """A default, and whatever keeps a result from counting."""
    if finding.default != Default.NONE:
        yield f"default: {DEFAULTS[finding.default]}"
    if finding.disposition != Disposition.COUNTS:
        yield DISPOSITIONS[finding.disposition].partition(":")[0]


def why(
    finding: Mapping[str, Any], credits_chain: Mapping[str, Any] | None = None, currency: Currency = IN_MINOR_UNITS
) -> tuple[Step, ...]:
    """The derivation in reading order, from `Finding.to_document()` and `MonthCredits.to_document()`.

    `currency` writes amounts the way their readers write them.
    """
    return (
        *_place(finding),
        *_calculation(finding),
        *_comparisons(finding),
        *judging(finding),
        Step("Reason", sentence(Reason(finding["reason"]["code"], finding["reason"]["figures"]))),
        Step("Result", RESULTS[finding["attainment"]]),
        Step("Default", DEFAULTS[finding["default"]]),
        Step("Disposition", DISPOSITIONS[finding["disposition"]]),
        *amount(finding, credits_chain or {}, currency),
    )


def _place(finding: Mapping[str, Any]) -> Iterator[Step]:
    if finding["clause"]:
        yield Step("Clause", finding["clause"])
    scope = [", ".join(codes) for codes in finding["scope"].values() if codes]
    yield Step("Scope", " · ".join(scope) or "All sites and queues")
    yield Step("Window", days(finding["window"]["start"], finding["window"]["end"]))
    if finding["days"]["reported"] < finding["days"]["expected"]:
        yield Step("Days reported", "{reported} of {expected} days".format(**finding["days"]))


def _calculation(finding: Mapping[str, Any]) -> Iterator[Step]:
    metric = finding["metric"]
    if finding["threshold"]:
        yield Step("Threshold", finding["threshold"])
    scale = "" if metric["scale"] == "1" else f" × {metric['scale']}"
    if finding["source"] == "stated":
        yield Step("Source", "The value that the partner stated; Accord did not compute it")
    else:
        yield Step(
            "Formula", f"{_bracketed(words(metric['numerator']))} ÷ {_bracketed(words(metric['denominator']))}{scale}"
        )
    if finding["measures"]:
        inputs = ", ".join(f"{words(measure)} {grouped(value)}" for measure, value in finding["measures"].items())
        taken = ", after relief" if any(map(takes_figures_off, finding.get("relief") or ())) else ""
        yield Step("Inputs", f"{inputs}, from {_origin(finding['contributions'])}{taken}")
    if weights := finding.get("weights"):
        told = ", ".join(f"{count} of {month_name(Month.parse(month))}" for month, count in weights.items())
        yield Step("Mean", f"Of the days that were reported: {told}")
    if finding["raw"] != finding["contractual"]:
        yield from _worked_out(finding, "Raw", "raw", "raw_", scale)
    if finding["contractual"] is not None:
        yield from _worked_out(finding, "Calculation", "contractual", "", scale)
        yield Step("Rounding", _rounding(finding))
    if finding["stated"] is not None and finding["source"] != "stated":
        yield Step("Stated by the partner", f"{in_unit(grouped(finding['stated']), metric['unit'])}, not judged")
    for difference in finding["differences"]:
        partner, client = grouped(difference["partner"]), grouped(difference["client"])
        source = f"source of record: {difference['source']}"
        yield Step(
            words(difference["measure"]).capitalize(), f"{partner} by the partner, {client} by the client; {source}"
        )


def _origin(contributions: Sequence[Mapping[str, Any]]) -> str:
    """Submitted rows, or the reports for the window's months as Accord itself recorded them."""
    reports = {(each["month"], each["queue"]) for each in contributions if each["party"] == Party.RECORD}
    if reports:
        return f"{many(str(len(reports)), 'report')} in Accord's own record, each in the month that it is for"
    return many(str(len(contributions)), "submitted row")


def _rounding(finding: Mapping[str, Any]) -> str:
    """What is compared; findings of an earlier engine were never rounded."""
    rule, shown = finding.get("rounding"), _decimals(finding["metric"]["precision"])
    if rule is None and finding["source"] == "stated" and not finding.get("averaged"):
        return "None: judged and shown as it was stated"
    if rule is None:
        return f"None: compared unrounded, shown to {shown}"
    value = in_unit(grouped(finding["contractual"]), finding["metric"]["unit"])
    clause = f"; {rule['clause']}" if rule["clause"] else ""
    return f"{MODES[rule['mode']]} to {_decimals(rule['places'])} before it is compared: {value}{clause}"


def _decimals(places: int) -> str:
    return f"{places} decimal{'' if places == 1 else 's'}"


def _worked_out(finding: Mapping[str, Any], label: str, result: str, parts: str, scale: str) -> Iterator[Step]:
    """`31,590 ÷ 41,100 × 100 = 76.861313868613… %`; findings of an earlier engine do not know the parts of the raw."""
    if finding[result] is None:
        return
    unrounded = (finding.get("rounding") or {}).get("from") if result == "contractual" else None
    value = in_unit(grouped(unrounded or finding[result]), finding["metric"]["unit"])
    numerator, denominator = finding.get(f"{parts}numerator"), finding.get(f"{parts}denominator")
    if numerator is not None and denominator is not None:
        value = f"{grouped(numerator)} ÷ {grouped(denominator)}{scale} = {value}"
    yield Step(label, value)


def _comparisons(finding: Mapping[str, Any]) -> Iterator[Step]:
    for comparison in finding["comparisons"]:
        unit, precision = finding["metric"]["unit"], finding["metric"]["precision"]
        headroom = _apart(telling(comparison["headroom"].lstrip("-"), "0", precision), unit)
        verdict = f"met, {headroom} to spare" if comparison["is_met"] else f"missed by {headroom}"
        yield Step(comparison["name"].capitalize(), f"{target_words(comparison['target'], unit)}: {verdict}")


def _bracketed(formula: str) -> str:
    return f"({formula})" if any(sign in formula for sign in ("+", "-")) else formula


def _apart(distance: str, unit: str) -> str:
    """`6.5 points`: a distance between percentages is no percentage."""
    short = grouped(distance.replace(",", ""))
    return many(short.replace(",", ""), "point") if unit == "percent" else in_unit(short, unit)
