"""Judges the figures of a file by one or several term sheets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.contracts.catalogue import CATALOGUE
from app.contracts.replay.measures import Measures, read_measures
from app.contracts.sheets import Place, Sheet
from app.domain.evaluation import MonthEvaluation, evaluate
from app.domain.events import Events
from app.domain.events_checks import check_events
from app.domain.events_reader import Happenings, read_events
from app.domain.facts import Facts, ReportKey, ReportStatus, Standing
from app.domain.periods import Month
from app.domain.terms import Terms, terms_in_force
from app.formatting import exponent

APPROVED, OVERDUE = ReportStatus(Standing.APPROVED), ReportStatus(Standing.OVERDUE)
NO_CURRENCY = "XXX"  # ISO 4217 for none


class ReplayRefused(ValueError):
    """What is wrong in the files, each with its place."""

    def __init__(self, places: Sequence[object]) -> None:
        self.places = tuple(places)
        super().__init__("; ".join(map(str, places)))


@dataclass(frozen=True)
class Replay:
    """A history and what the terms make of it."""

    head: Mapping[str, str]
    history: tuple[Terms, ...]
    evaluations: tuple[MonthEvaluation, ...]
    events: Events
    currency: str
    doubts: tuple[str, ...] = ()  # about the figures

    @property
    def places(self) -> int:
        """Decimal places of the currency's minor unit."""
        return exponent(self.currency)

    @property
    def warnings(self) -> tuple[str, ...]:
        return (*(str(warning) for terms in self.history for warning in terms.warnings), *self.doubts)


def replay(
    sheets: Sequence[Sheet],
    measures: str,
    events: Sheet | None = None,
    as_of: date | None = None,
    others: Sequence[Sheet] = (),
) -> Replay:
    """Raises ReplayRefused, TermsInvalid. Months after `as_of` are left out; events may speak of `others` too."""
    history = tuple(Terms.from_document(sheet.document, CATALOGUE) for sheet in sheets)
    known_terms = (*history, *(Terms.from_document(sheet.document, CATALOGUE) for sheet in others))
    head = next((sheet.head for sheet in sheets if sheet.head), {}) or {}
    currency = str(head.get("currency", NO_CURRENCY))
    unit = 10 ** exponent(currency)
    happened = _happenings(events, unit, known_terms)
    read = read_measures(measures, history, unit)
    if read.faults:
        raise ReplayRefused(read.faults)
    known = happened.events if as_of is None else replace(happened.events, as_of=as_of)
    lines = {**read.charge_lines, **known.charge_lines}
    known = replace(known, charge_lines=lines)
    months = [month for month in read.months if known.as_of is None or month.first <= known.as_of]
    facts = Facts(tuple(line for line in read.lines if line.month in months), _reports(history, read, months, happened))
    charges = {**read.charges, **happened.charges}
    evaluations = evaluate(history, facts, charges, CATALOGUE, months, known, unit)
    return Replay(head, history, evaluations, known, currency, tuple(dict.fromkeys(map(str, read.doubts))))


def _happenings(sheet: Sheet | None, unit: int, history: Sequence[Terms]) -> Happenings:
    if sheet is None:
        return Happenings()
    happened, problems = read_events(sheet.document, unit)
    problems += check_events(happened.events, history, CATALOGUE)
    if problems:
        places: list[Place] = sheet.locate(problems)
        raise ReplayRefused(places)
    return happened


def _reports(
    history: Sequence[Terms], read: Measures, months: Sequence[Month], happened: Happenings
) -> dict[ReportKey, ReportStatus]:
    """A report that the terms ask for and the file does not hold did not come, unless the events say otherwise."""
    reported, reports = read.reported, {}
    for month in months:
        terms = terms_in_force(history, month)
        for kind, party in terms.reports_due(CATALOGUE) if terms else ():
            key = ReportKey(month, kind, party)
            reports[key] = APPROVED if key in reported else OVERDUE
    return {**reports, **dict.fromkeys(reported - reports.keys(), APPROVED), **happened.reports}
