"""Judges the figures of a file by one or several term sheets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.contracts.catalogue import CATALOGUE
from app.contracts.replay.idle import idle_events
from app.contracts.replay.invoices import Invoices, contradictions, idle_columns, invoices_of, missing_lines
from app.contracts.replay.judged import Judged
from app.contracts.replay.knowledge import events_known, lines_known, reports_known
from app.contracts.replay.measures import Measures, read_measures
from app.contracts.sheets import Place, Sheet
from app.domain.events import Events
from app.domain.facts import Facts, Standing
from app.domain.judging.evaluation import MonthEvaluation, evaluate
from app.domain.periods import Month
from app.domain.reading.events_checks import check_events
from app.domain.reading.events_reader import Happenings, read_events
from app.domain.terms import Terms
from app.formatting import exponent

NO_CURRENCY = "XXX"  # ISO 4217 for none


class ReplayRefused(ValueError):
    """What is wrong in the files, each with its place."""

    def __init__(self, places: Sequence[object]) -> None:
        self.places = tuple(dict.fromkeys(places))
        super().__init__("; ".join(map(str, places)))


@dataclass(frozen=True)
class Replay:
    """A history and what the terms make of it."""

    head: Mapping[str, str]
    history: tuple[Terms, ...]
    evaluations: tuple[MonthEvaluation, ...]
    events: Events
    invoices: Invoices
    currency: str
    doubts: tuple[str, ...] = ()  # about the figures
    not_used: tuple[Place, ...] = ()  # events without effect

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
    if events:
        _refuse(events.locate(list(contradictions(read, happened, events.document.get("charges") or [], unit))))
    invoices, day = invoices_of(read, happened), as_of or happened.events.as_of
    ended_on = _last_day(sheets, happened.events)
    known = replace(events_known(happened.events, day), charge_lines=invoices.lines, terminated_on=ended_on)
    facts, months, doubts = _known(history, read, happened, day, ended_on)
    evaluations = evaluate(history, facts, invoices.totals, CATALOGUE, months, known, unit)
    unnamed = [
        place
        for sheet, terms in zip(sheets, history, strict=True)
        for place in sheet.locate(list(missing_lines(terms, evaluations, invoices.lines)))
    ]
    told = tuple(dict.fromkeys(map(str, (*read.doubts, *doubts, *idle_columns(read, history), *unnamed))))
    is_cut_short = any(ended_on and month.first > ended_on for month in read.months)
    judged = Judged(happened.events, events.document if events else {}, evaluations, day, unit, is_cut_short)
    idle = idle_events(events, judged) if events else ()
    return Replay(head, history, evaluations, known, invoices, currency, told, idle)


def _last_day(sheets: Sequence[Sheet], events: Events) -> date | None:
    """Of the contract: as its newest head has it, or an earlier end."""
    heads = [sheet.head for sheet in sheets if sheet.head]
    agreed = date.fromisoformat(heads[-1]["ends_on"]) if heads and heads[-1].get("ends_on") else None
    return min((day for day in (agreed, events.terminated_on) if day), default=None)


def _happenings(sheet: Sheet | None, unit: int, history: Sequence[Terms]) -> Happenings:
    if sheet is None:
        return Happenings()
    happened, problems = read_events(sheet.document, unit)
    _refuse(sheet.locate([*problems, *check_events(happened.events, history, CATALOGUE)]))
    return happened


def _refuse(places: Sequence[Place]) -> None:
    if places:
        raise ReplayRefused(places)


def _known(
    history: Sequence[Terms], read: Measures, happened: Happenings, day: date | None, ended_on: date | None
) -> tuple[Facts, list[Month], list[object]]:
    """What is judged of the file, and what of it is not: a month of which nothing had come, and nothing was overdue; a
    month after the contract's last day.
    """
    lines, left_out = lines_known(read.lines, day)
    months = [month for month in read.months if day is None or month.first <= day]
    over = [month for month in months if ended_on is not None and month.first > ended_on]
    lines = [line for line in lines if line.month not in over]
    months = [month for month in months if month not in over]
    reports = {**reports_known(history, lines, months, day), **happened.reports}
    owed = {key.month for key, status in reports.items() if status.standing is not Standing.NOT_DUE}
    doubts: list[object] = [*left_out, *(f"{month} is not judged: the contract ended on {ended_on}" for month in over)]
    if day is not None:
        doubts += [
            f"{month} is not judged: nothing of it was known or due on {day}" for month in months if month not in owed
        ]
        months = [month for month in months if month in owed]
    return Facts(tuple(lines), reports), months, doubts
