"""What Accord's own record says of how a contract's partner reports, as facts that are judged like any others.

A report counts in the month that it is for, whenever it fell due. The parts of the record become final one after the
other: the timeliness of a month when each of its reports came or fell due, the delivery when each came or locked, and
the decision when each that came was decided on.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from itertools import groupby

from app.contracts.catalogue import CATALOGUE
from app.contracts.models import Contract
from app.domain.catalogue import RECORDS
from app.domain.facts import Facts, Line, Party, ReportKey, ReportStatus, Standing
from app.domain.periods import Month
from app.domain.terms import Terms
from app.partners.ends import last_days
from app.reports.asking import is_asked_for
from app.reports.due.deliveries import Delivery, deliveries
from app.reports.models import Report

COUNTS: Mapping[str, Callable[[Delivery], int]] = {
    "reports_due": lambda each: 1,
    "reports_on_time": lambda each: each.timely,
    "reports_delivered": lambda each: each.first is not None,
    "reports_complete": lambda each: each.complete is True,
    "report_days_late": lambda each: each.days_late,
    "reports_right_first": lambda each: each.right is True,
}
IS_FINAL: Mapping[str, Callable[[Delivery], bool]] = {
    "timeliness": lambda each: each.counts,
    "delivery": lambda each: each.has_come,
    "decision": lambda each: each.is_settled,
}

WRONG_AT_FIRST = {"reports_right_first": Decimal(0)}


def record_known(contract: Contract, instant: datetime, history: Sequence[Terms]) -> Facts:
    """Two statements. Of a month that was all imported it is said that there is nothing to tell, which is no zero.

    A report that the terms of its month ask for no more, by the `history` known then, cannot be sent: nobody owes it.
    """
    ends = last_days(contract.partner_id, contract.id, instant)
    found = deliveries(Report.contract_id == contract.id, instant, instant)
    owed = [each for each in found if is_asked_for(each.report, history) and not any(map(each.report.outlives, ends))]
    lines: list[Line] = []
    reports: dict[ReportKey, ReportStatus] = {}
    for name, of_month in groupby(owed, key=lambda each: each.report.month):
        month, known = Month.parse(name), list(of_month)
        recorded = [each for each in known if each.is_recorded]
        counted = [each for each in recorded if each.counts]
        if counted or not recorded:
            reports |= {ReportKey(month, part, Party.RECORD): _status(part, recorded) for part in RECORDS}
        lines += [_line(month, part, each) for part in RECORDS for each in counted]
    return Facts(tuple(lines), reports)


def as_if_corrected(known: Facts, report: Report) -> Facts:
    """What the record would say if a correction of the report were approved: it was not right the first time."""
    month = Month.parse(report.month)
    lines = (
        replace(line, values=WRONG_AT_FIRST) if _is_decision_on(line, month, report) else line for line in known.lines
    )
    return replace(known, lines=tuple(lines))


def _is_decision_on(line: Line, month: Month, report: Report) -> bool:
    return (line.month, line.kind, line.party, line.queue) == (month, "decision", Party.RECORD, report.kind)


def _status(part: str, recorded: Iterable[Delivery]) -> ReportStatus:
    if not recorded:
        return ReportStatus(Standing.NIL)
    return ReportStatus(Standing.APPROVED if all(map(IS_FINAL[part], recorded)) else Standing.AWAITING)


def _line(month: Month, part: str, each: Delivery) -> Line:
    """One report, named by its kind in the place of a queue."""
    return Line(
        month=month,
        kind=part,
        party=Party.RECORD,
        site="",
        queue=each.report.kind,
        values={key: Decimal(count(each)) for key, count in COUNTS.items() if CATALOGUE.measures[key].record == part},
        submission=each.first.key if each.first else "",
    )
