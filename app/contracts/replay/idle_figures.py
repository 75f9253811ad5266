"""What stands beside the figures and has no effect: charges, reports, claims, forecasts."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date

from app.contracts.catalogue import CATALOGUE
from app.contracts.replay.judged import Judged
from app.domain.catalogue import Problem
from app.domain.clauses import INVOICE, BaseRule, Coverage, ServiceLevel
from app.domain.events import Forecast
from app.domain.figures.issues import locked_on, standing_of
from app.domain.figures.reliefs import measures_read
from app.domain.findings import Finding
from app.domain.judging.evaluation import MonthEvaluation
from app.domain.money.charges import invoice_month
from app.domain.periods import Month
from app.domain.reading.level_checks import meant
from app.domain.rules.relief import Claim, Relief


def _charges(judged: Judged) -> Iterator[Problem]:
    bases: dict[Month, list[BaseRule]] = {}
    for month, evaluation in judged.months.items():
        base = evaluation.terms.credits.base if evaluation.terms.credits else INVOICE
        bases.setdefault(invoice_month(base, month), []).append(base)
    credited = any(month.terms.credits for month in judged.evaluations)
    for place, row in enumerate(judged.document.get("charges") or ()):
        month, path = Month.parse(row["month"]), f"charges.{place}"
        if not credited:
            yield Problem(path, "the terms have no credits")
        elif month not in bases:
            yield Problem(path, judged.why_not(month) or f"no credit is a share of the invoice of {month}")
        elif all(base.kind == "fixed_fee" for base in bases[month]):
            yield Problem(path, "the credit base is a fixed fee")
        else:
            yield from _lines(path, row.get("lines") or {}, bases[month])


def _lines(path: str, lines: Collection[str], bases: Sequence[BaseRule]) -> Iterator[Problem]:
    taken_off = {name: None for base in bases if base.kind == "invoice_net" for name in base.less}
    for name in lines:
        if name not in taken_off:
            yield Problem(f"{path}.lines.{name}", f"the credit base takes no such line off{meant(name, taken_off)}")


def _reports(judged: Judged) -> Iterator[Problem]:
    for place, row in enumerate(judged.document.get("reports") or ()):
        month, kind, party = Month.parse(row["month"]), row["kind"], row.get("party", "partner")
        why = judged.why_not(month)
        if not why and (kind, party) not in judged.months[month].terms.reports_due(CATALOGUE):
            why = f"the terms ask for no {kind} report of the {party} in {month}"
        if why:
            yield Problem(f"reports.{place}", why)


def _claims(judged: Judged) -> Iterator[Problem]:
    for place, claim in enumerate(judged.said.claims):
        path, month = f"claims.{place}", Month.parse(claim.month)
        if judged.is_later(claim.filed_on):
            yield Problem(path, judged.too_late("was filed", claim.filed_on))
        elif why := judged.why_not(month):
            yield Problem(path, why)
        else:
            findings = [each for each in judged.months[month].findings if claim.is_about(each.level.key, claim.month)]
            yield from _claim(path, claim, findings)


def _claim(path: str, claim: Claim, findings: Sequence[Finding]) -> Iterator[Problem]:
    found = [(finding, each) for finding in findings for each in finding.relief if each.source == claim.key]
    if not found:
        yield Problem(path, f"no service level that it is about has a window that ends in {claim.month}")
    elif found[0][1].effect == "late":
        deadline = found[0][1].figures["deadline"]
        yield Problem(path, f"was filed on {claim.filed_on}, after {deadline}, the last day")
    elif applied := [(finding, each) for finding, each in found if each.is_applied]:
        if all("without_effect" in each.figures for _, each in applied):
            yield Problem(path, applied[0][1].figures["without_effect"])
        elif claim.kind == "adjust":
            yield from _adjusted(path, claim, [finding for finding, _ in applied])
        elif claim.kind == "days":
            yield from _days(path, claim, applied)


def _adjusted(path: str, claim: Claim, findings: Sequence[Finding]) -> Iterator[Problem]:
    rests_on = {measure for finding in findings for measure in measures_read(finding.level, finding.metric)}
    for measure in claim.adjust:
        if measure not in rests_on:
            yield Problem(f"{path}.adjust.{measure}", f"no service level that it is about in {claim.month} rests on it")


def _days(path: str, claim: Claim, applied: Sequence[tuple[Finding, Relief]]) -> Iterator[Problem]:
    for day in sorted(claim.days):
        within = [finding for finding, _ in applied if finding.window.first <= day <= finding.window.last]
        if not within:
            windows = ", ".join(dict.fromkeys(str(finding.window) for finding, _ in applied))
            yield Problem(f"{path}.days", f"{day} lies outside the window, {windows}")
        elif not any(line.day in (None, day) for finding in within for line in finding.lines):
            yield Problem(f"{path}.days", f"no row of {day} is judged")
    if all(not each.figures.get("days") for _, each in applied):
        yield Problem(path, f"its days are out already: {applied[0][1].figures.get('already_out')}")


def _forecasts(judged: Judged) -> Iterator[Problem]:
    for place, forecast in enumerate(judged.said.forecasts):
        path = f"forecasts.{place}"
        if judged.is_later(forecast.issued_on):
            yield Problem(path, judged.too_late("was issued", forecast.issued_on))
        elif why := _unheard(forecast, judged):
            yield Problem(path, why)


def _unheard(forecast: Forecast, judged: Judged) -> str:
    """Why no rule reads a forecast in any month; empty where one does."""
    named = sorted({Month.parse(when[:7]) for when in forecast.values})
    told = [judged.why_not(month) or _in(forecast, judged, judged.months[month]) for month in named]
    return "" if not all(told) else told[0]


def _in(forecast: Forecast, judged: Judged, evaluation: MonthEvaluation) -> str:
    month, terms = evaluation.month, evaluation.terms
    levels = [level for level in terms.service_levels if level.relief and level.relief.forecast == forecast.measure]
    reading = [level.relief for level in levels if level.relief]
    is_by_day = any(when.startswith(str(month)) and len(when) == len("2026-08-03") for when in forecast.values)
    locks = [rule.locks for rule in reading if is_by_day or rule.kind != "day"]
    is_of_corridor = terms.corridor is not None and terms.corridor.forecast == forecast.measure
    locks += [None] if is_of_corridor else []
    if reading and not locks:
        return f"relief by the day in the terms of {month} reads values by day (2026-08-03), not by month"
    if not locks:
        return f"no rule of relief or corridor in the terms of {month} reads {forecast.measure}"
    if not any(forecast.covers(row.site, row.queue) for row in terms.rows(month)):
        return f"the terms cover no {forecast.site or 'site'} with {forecast.queue or 'any queue'} in {month}"
    if not is_of_corridor and (keys := _all_narrower(forecast, levels, terms.rows(month))):
        return f"holds sites or queues that {keys} is not judged for: relief reads a forecast of its own places alone"
    known = [each for each in judged.said.forecasts if not judged.is_later(each.issued_on)]
    states = {lock: _state(forecast, known, month, lock) for lock in locks}
    if "counts" in states.values():
        return ""
    last = max(locked_on(month, lock) for lock in locks)
    return _late(forecast.issued_on, last, month) if "replaced" not in states.values() else _replaced(month)


def _all_narrower(forecast: Forecast, levels: Sequence[ServiceLevel], rows: Sequence[Coverage]) -> str:
    """The service levels that would read the forecast, where it holds more than the scope of each."""
    held = [row for row in rows if forecast.covers(row.site, row.queue)]
    if any(all(level.scope.covers(row.site, row.queue, row.market) for row in held) for level in levels):
        return ""
    return " or ".join(level.key for level in levels)


def _state(forecast: Forecast, known: Sequence[Forecast], month: Month, locks: int | None) -> str:
    issues = standing_of(known, forecast.measure, month, locks)
    return next((issue.state for issue in issues if issue.forecast is forecast), "")


def _late(issued_on: date, last: date, month: Month) -> str:
    return f"was issued on {issued_on}, after {last}, the last day on which a forecast counts for {month}"


def _replaced(month: Month) -> str:
    return f"a later issue counts for {month} in its place"


CHECKS = (_charges, _reports, _claims, _forecasts)
