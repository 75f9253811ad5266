"""What was known on the day of knowledge: of the events, of the figures, and of the reports that had not come."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from app.contracts.catalogue import CATALOGUE
from app.contracts.replay.columns import Fault
from app.domain.events import Events, Incident
from app.domain.facts import Line, ReportKey, ReportStatus, Standing
from app.domain.periods import Month, nth_working_day
from app.domain.rules.relief import Claim
from app.domain.terms import Terms, terms_in_force

APPROVED, OVERDUE = ReportStatus(Standing.APPROVED), ReportStatus(Standing.OVERDUE)
NOT_DUE = ReportStatus(Standing.NOT_DUE)


def events_known(events: Events, day: date | None) -> Events:
    """Without what was filed, issued or exercised later; what was decided later is open."""
    if day is None:
        return events
    return replace(
        events,
        as_of=day,
        leaves_open=True,
        claims=tuple(_claim(each, day) for each in events.claims if not _is_after(each.filed_on, day)),
        forecasts=tuple(each for each in events.forecasts if each.issued_on <= day),
        incidents=tuple(_incident(each, day) for each in events.incidents),
        approvals=tuple(each for each in events.approvals if each.decided_on <= day),
        exercises=tuple(each for each in events.exercises if each.on <= day),
    )


def lines_known(lines: Sequence[Line], day: date | None) -> tuple[list[Line], list[Fault]]:
    """Rows of later days are left out. So is a row of a whole month that was not over: nobody could know it."""
    if day is None:
        return list(lines), []
    known = [line for line in lines if line.month.first <= day and not _is_after(line.day, day)]
    whole = [line for line in known if _is_of_a_running_month(line, day)]
    return [line for line in known if line not in whole], list(_left_out(whole))


def _left_out(lines: Sequence[Line]) -> Iterator[Fault]:
    for line in lines:
        until = f"{line.month}, which runs until {line.month.last}"
        said = f"left out: it holds the whole of {until}; write in days_reported how many days it covers"
        yield Fault(line.row or 0, "", said)


def reports_known(
    history: Sequence[Terms], lines: Sequence[Line], months: Sequence[Month], day: date | None
) -> Mapping[ReportKey, ReportStatus]:
    """A report that the terms ask for and the file does not hold did not come; until its day it is not due."""
    reported = {ReportKey(line.month, line.kind, line.party) for line in lines}
    reports = dict.fromkeys(reported, APPROVED)
    for month in months:
        terms = terms_in_force(history, month)
        for kind, party in terms.reports_due(CATALOGUE) if terms else ():
            reports.setdefault(
                ReportKey(month, kind, party), NOT_DUE if terms and _is_open(terms, month, day) else OVERDUE
            )
    return reports


def _is_open(terms: Terms, month: Month, day: date | None) -> bool:
    """Whether the report about a month was not yet due at the end of the day."""
    calendar = terms.calendar
    return day is not None and day <= nth_working_day(month.next(), calendar.due.working_day, calendar.holidays)


def _is_of_a_running_month(line: Line, day: date) -> bool:
    covered = line.month.days if line.days_reported is None else line.days_reported
    return line.day is None and day < line.month.last and covered > day.day


def _claim(claim: Claim, day: date) -> Claim:
    return replace(claim, decision="open") if _is_after(claim.decided_on, day) else claim


def _incident(incident: Incident, day: date) -> Incident:
    return replace(incident, chosen="", chosen_on=None) if _is_after(incident.chosen_on, day) else incident


def _is_after(told: date | None, day: date) -> bool:
    return told is not None and told > day
