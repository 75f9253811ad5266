"""Holds the engine's evaluation of a case against the plain reading of it, figure by figure."""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.contracts.catalogue import CATALOGUE
from app.domain.facts import Facts, Line, ReportKey, ReportStatus, Standing
from app.domain.judging.evaluation import MonthEvaluation, evaluate
from app.domain.periods import Month
from app.domain.reading.events_reader import Happenings, read_events
from app.domain.terms import Terms
from tests.domain.plain.draws import month_text
from tests.domain.plain.effects import effects
from tests.domain.plain.watching import Watching

Case = dict[str, Any]
LEFT_OUT = ("schema", "calendar", "reports")
CLOSE = Fraction(1, 10**9)  # minor units: the engine keeps 28 digits of a third


def engine(case: Case) -> tuple[MonthEvaluation, ...]:
    terms = [Terms.from_document(document, CATALOGUE) for document in case["terms"]]
    happened, problems = read_events(case["events"])
    if problems:
        raise ValueError("; ".join(map(str, problems)))
    months = [_month(ordinal) for ordinal in case["months"]]
    return evaluate(terms, _facts(case, happened), happened.charges, CATALOGUE, months, happened.events)


def _month(ordinal: int) -> Month:
    return Month(ordinal // 12, ordinal % 12 + 1)


def _facts(case: Case, happened: Happenings) -> Facts:
    lines = tuple(
        Line(
            month=_month(line["month"]),
            kind=line["kind"],
            party=line["party"],
            site=line["site"],
            queue=line["queue"],
            values={key: Decimal(text) for key, text in line["values"].items()},
            submission=f"{line['month']}-{line['kind']}-{line['party']}",
            stated={key: Decimal(text) for key, text in line["stated"].items()},
            day=date.fromisoformat(line["day"]) if line["day"] else None,
            nil=line["nil"],
        )
        for line in case["lines"]
    )
    approved = {ReportKey(line.month, line.kind, line.party): ReportStatus(Standing.APPROVED) for line in lines}
    of_record = {
        ReportKey(_month(each["month"]), each["part"], "record"): ReportStatus(Standing(each["standing"]))
        for each in case["record"]
    }
    return Facts(lines, approved | happened.reports | of_record)


def compared(case: Case) -> tuple[list[str], set[str]]:
    """Every figure that the two readings do not share, and the families of rules that had an effect."""
    plain = Watching(case)
    plain.watch()
    evaluated = engine(case)
    if [each.month.ordinal for each in evaluated] != list(plain.paid):
        return [f"months: {[str(each.month) for each in evaluated]}"], set()
    found = [
        f"{month.month} {what}: engine {_shown(ours)}, plain {_shown(theirs)}"
        for month in evaluated
        for what, ours, theirs in _figures(plain, month)
        if not _same(ours, theirs)
    ]
    return found, effects(case, evaluated)


def told(case: Case) -> str:
    """A case and what differs in it, for reading; standings and charges as usual are left out."""
    rules = [{name: part for name, part in each.items() if name not in LEFT_OUT} for each in case["terms"]]
    events = {name: part for name, part in case["events"].items() if name != "reports"}
    standings = [*case["events"]["reports"], *case["record"]]
    unusual = [each for each in standings if each["standing"] != "approved"]
    lines = [
        " ".join(
            map(str, (month_text(line["month"]), *(line[name] for name in ("kind", "party", "site", "queue", "day"))))
        )
        + f" {line['values'] or 'nil'} {line['stated'] or ''}"
        for line in case["lines"]
    ]
    parts = [*compared(case)[0][:12], *map(json.dumps, rules), json.dumps(events), json.dumps(unusual), *lines[:40]]
    return "\n".join(parts)


def _same(ours: Any, theirs: Any) -> bool:
    if ours is theirs:
        return True
    if isinstance(ours, Decimal) or isinstance(theirs, Fraction):
        return ours is not None and theirs is not None and abs(Fraction(ours) - Fraction(theirs)) < CLOSE
    if isinstance(ours, list | tuple) and isinstance(theirs, list | tuple):
        return len(ours) == len(theirs) and all(map(_same, ours, theirs))
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(_same(ours[key], theirs[key]) for key in ours)
    return bool(ours == theirs)


def _shown(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_shown(each) for each in value]
    if isinstance(value, dict):
        return {key: _shown(each) for key, each in value.items()}
    return f"{float(value):.10g}" if isinstance(value, Decimal | Fraction) else value


def _figures(plain: Watching, month: MonthEvaluation) -> Iterator[tuple[str, Any, Any]]:
    """What is compared, as the engine has it, and as it is read plainly."""
    ordinal = month.month.ordinal
    document = plain.in_force(ordinal) or {}
    for level in document["service_levels"]:
        yield from _findings(plain, month, level["key"])
    yield from _money(plain, month)
    rights = sorted((right.key, right.service_level, right.reached) for right in month.rights)
    yield "rights", rights, sorted(plain.rights(ordinal))
    yield "proposals", [(each.service_level, each.proposed) for each in month.proposals], plain.proposals(ordinal)
    card = month.scorecard
    yield "scorecard", (card.value, card.standing), plain.score(ordinal)
    corridor = month.corridor and (month.corridor.billable, month.corridor.surplus)
    yield "corridor", corridor, plain.corridor(ordinal)


def _findings(plain: Watching, month: MonthEvaluation, key: str) -> Iterator[tuple[str, Any, Any]]:
    ours, theirs = month.finding(key), plain.found(key, month.month.ordinal)
    if ours is None or theirs is None:
        yield f"finding {key}", ours is not None, theirs is not None
        return
    ordinal = month.month.ordinal
    yield f"window {key}", (ours.window.first, ours.window.last), theirs.window
    if not ours.relief:
        yield f"days {key}", ours.days_expected, theirs.days
    yield f"value {key}", ours.value, theirs.result.value
    yield f"attainment {key}", ours.attainment.value, theirs.attainment
    yield f"disposition {key}", ours.disposition.value, theirs.disposition
    yield f"default {key}", ours.default.value, plain.default(key, ordinal)
    yield f"escalated {key}", ours.escalated, plain.escalated(key, ordinal)
    yield f"severity {key}", ours.severity and ours.severity.label, plain.severity(key, ordinal)


def _money(plain: Watching, month: MonthEvaluation) -> Iterator[tuple[str, Any, Any]]:
    priced, paid = month.credits, plain.paid[month.month.ordinal]
    yield "pricing", priced.pricing.value, paid.state
    yield "points", priced.points, paid.points
    if paid.state == "priced":
        lines = {line.service_level: line.uncapped for line in priced.lines if line.uncapped}
        yield "lines", lines, {key: amount for key, amount in paid.lines.items() if amount}
        shares = {line.service_level: line.payable for line in priced.lines if line.payable}
        yield "shares", shares, {key: share for key, share in paid.shares.items() if share}
        yield "uncapped", priced.uncapped, paid.uncapped
        yield "capped", priced.cap_applied, paid.capped
        yield "waived", priced.waived, paid.waived
        yield "offset", priced.offset, paid.offset
        yield "earned", priced.earned_back, paid.earned
        yield "bank", {category: number for category, number in priced.bank.items() if number}, paid.bank
    yield "payable", priced.payable, paid.payable
    yield "bonus", priced.bonus, paid.bonus
    backs = [(each.service_level, each.credit_month, each.kind, each.state, each.amount) for each in priced.earn_backs]
    yield "earn-back", sorted(backs), sorted(paid.earn_backs)
