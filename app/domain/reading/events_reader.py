"""Reads a document of events; every part that cannot be read is a problem with its path."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from app.domain.catalogue import KINDS, Problem
from app.domain.events import Approval, Events, Exercise, Forecast, Incident, Waiver
from app.domain.facts import ReportKey, ReportStatus, Standing
from app.domain.periods import Month
from app.domain.rules.relief import Claim
from app.domain.tables import DAY, Table

WHOLE_KEYS = (
    *("as_of", "terminated_on", "charges", "reports", "claims", "forecasts", "incidents", "waivers", "approvals"),
    "exercises",
)
STANDINGS = {
    "approved": ReportStatus(Standing.APPROVED),
    "awaiting": ReportStatus(Standing.AWAITING),
    "overdue": ReportStatus(Standing.OVERDUE),
    "not_due": ReportStatus(Standing.NOT_DUE),
    "nil": ReportStatus(Standing.NIL),
    "imported": ReportStatus(Standing.APPROVED, credited=False),
}


@dataclass
class Happenings:
    """What an events document says. Charges are minor units, by month; reports say where one stands."""

    events: Events = Events()  # noqa: RUF009 - frozen
    charges: dict[Month, int] = field(default_factory=dict)
    reports: dict[ReportKey, ReportStatus] = field(default_factory=dict)


def read_events(document: Mapping[str, Any], unit: int = 100) -> tuple[Happenings, list[Problem]]:
    """`unit` is how many minor units make one of the currency."""
    problems: list[Problem] = []
    whole = Table("", document, problems, "the events")
    whole.known(*WHOLE_KEYS)
    charges, lines = _charges(whole, unit)
    events = Events(
        as_of=whole.day("as_of"),
        terminated_on=whole.day("terminated_on"),
        claims=tuple(_claim(table) for table in _named(whole, "claims")),
        forecasts=tuple(_forecast(table) for table in _listed(whole, "forecasts")),
        incidents=tuple(_incident(table) for table in _named(whole, "incidents")),
        waivers=tuple(_waiver(table) for table in _listed(whole, "waivers")),
        approvals=tuple(_approval(table) for table in _listed(whole, "approvals")),
        exercises=tuple(_exercise(table) for table in _listed(whole, "exercises")),
        charge_lines=lines,
    )
    return Happenings(events, charges, _reports(whole)), problems


def _listed(whole: Table, name: str) -> list[Table]:
    found = () if whole.content.get(name) in (None, []) else whole.tables(name)
    return [replace(table, whose="this event") for table in found]


def _named(whole: Table, name: str) -> list[Table]:
    """Rows with a key of their own: one that was pasted twice would count twice."""
    found, keys = _listed(whole, name), set()
    for table in found:
        key = str(table.content.get("key", ""))
        if key and key in keys:
            table.refuse("key", f'"{key}" stands here twice: keep one of them, or give each a key of its own')
        keys.add(key)
    return found


def _charges(whole: Table, unit: int) -> tuple[dict[Month, int], dict[Month, dict[str, int]]]:
    """`charges: [{month: 2026-01, total: "315000", lines: {travel: "1200"}}]`."""
    charges: dict[Month, int] = {}
    lines: dict[Month, dict[str, int]] = {}
    for table in _listed(whole, "charges"):
        table.known("month", "total", "lines")
        month = month_of(table, "month")
        if month in charges:
            table.refuse("month", f"{month} stands here twice: keep one of them")
        charges[month] = minor(table, "total", table.required_number("total"), unit)
        if part := table.table("lines"):
            lines[month] = {name: minor(part, name, part.required_number(name), unit) for name in part.content}
    return charges, lines


def _reports(whole: Table) -> dict[ReportKey, ReportStatus]:
    """`reports: [{month: 2026-02, kind: service, standing: overdue}]`."""
    reports = {}
    for table in _listed(whole, "reports"):
        table.known("month", "kind", "party", "standing")
        standing = table.text("standing", choices=tuple(STANDINGS))
        party = table.text("party", "partner", ("partner", "client"))
        key = ReportKey(month_of(table, "month"), table.text("kind", choices=KINDS), party)
        if key in reports:
            table.refuse("month", f"the {key.kind} report of {key.month} stands here twice: keep one of them")
        reports[key] = STANDINGS.get(standing, STANDINGS["approved"])
    return reports


def _claim(table: Table) -> Claim:
    table.known(
        *("key", "month", "kind", "decision", "service_levels", "days", "adjust", "filed_on", "decided_on"),
        *("evidence", "reason", "clause"),
    )
    kind = table.text("kind", choices=("days", "adjust", "period"))
    days = [table.as_day(f"days.{place}", text) for place, text in enumerate(table.texts("days"))]
    adjust: dict[str, Decimal] = {}
    if part := table.table("adjust", required=kind == "adjust"):
        adjust = {measure: part.required_number(measure, least=None) for measure in part.content}
    if kind == "days" and not days:
        table.refuse("days", "is missing: which days are claimed?")
    return Claim(
        key=table.text("key"),
        month=str(month_of(table, "month")),
        kind=kind,
        decision=table.text("decision", "open", ("open", "granted", "refused")),
        service_levels=table.texts("service_levels"),
        days=frozenset(day for day in days if day),
        adjust=adjust,
        filed_on=table.day("filed_on"),
        decided_on=table.day("decided_on"),
        evidence=table.text("evidence", ""),
        reason=table.text("reason", ""),
        clause=table.text("clause", ""),
    )


def _forecast(table: Table) -> Forecast:
    table.known("issued_on", "measure", "values", "site", "queue")
    values: dict[str, Decimal] = {}
    if part := table.table("values", required=True):
        for when in part.content:
            values[when] = part.required_number(when)
            if not _is_time(when):
                part.refuse(when, "is neither a day (2026-08-03) nor a month (2026-08)")
            elif when[:7] != when and when[:7] in part.content:
                part.refuse(when, f"lies in {when[:7]}, which has a number of its own: the two would be added")
    measure = table.text("measure")
    return Forecast(required_day(table, "issued_on"), measure, values, table.text("site", ""), table.text("queue", ""))


def _incident(table: Table) -> Incident:
    table.known("key", "month", "service_levels", "chosen", "chosen_on")
    levels, chosen = table.texts("service_levels"), table.text("chosen", "")
    if len(levels) < 2:
        table.refuse("service_levels", "must name at least two: of one credit there is nothing to choose")
    if chosen and chosen not in levels:
        table.refuse("chosen", f'"{chosen}" is not among the service levels of this incident')
    return Incident(table.text("key"), month_of(table, "month"), levels, chosen, table.day("chosen_on"))


def _waiver(table: Table) -> Waiver:
    table.known("month", "service_level", "amount", "reason", "approved_by", "clause", "key")
    return Waiver(
        *(month_of(table, "month"), table.text("service_level", ""), table.number("amount")),
        *(table.text("reason", ""), table.text("approved_by", ""), table.text("clause", ""), table.text("key", "")),
    )


def _approval(table: Table) -> Approval:
    table.known("service_level", "credit_month", "granted", "decided_on", "approved_by")
    month = month_of(table, "credit_month")
    if table.content.get("granted") is None:
        table.refuse("granted", "is missing: yes or no")
    decided = required_day(table, "decided_on")
    return Approval(table.text("service_level"), month, table.flag("granted"), decided, table.text("approved_by", ""))


def _exercise(table: Table) -> Exercise:
    table.known("right", "on", "service_level")
    return Exercise(table.text("right"), required_day(table, "on"), table.text("service_level", ""))


def month_of(table: Table, name: str) -> Month:
    text = table.text(name)
    try:
        return Month.parse(text)
    except ValueError as error:
        if text:
            table.refuse(name, str(error))
        return Month(1, 1)


def required_day(table: Table, name: str) -> date:
    if table.content.get(name) is None:
        table.refuse(name, "is missing: write a date, such as 2026-11-01")
    return table.day(name) or date.min


def minor(table: Table, name: str, amount: Decimal, unit: int) -> int:
    """Whole minor units of an amount in the currency's units."""
    scaled = amount * unit
    if scaled != scaled.to_integral_value():
        table.refuse(name, f"{amount} has more decimals than the currency")
    return int(scaled)


def _is_time(text: str) -> bool:
    try:
        return bool(Month.parse(text) if len(text) == 7 else DAY.fullmatch(text) and date.fromisoformat(text))
    except ValueError:
        return False
