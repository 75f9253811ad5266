"""Which charges are missing where credits could not be priced, and what they are needed for."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

from app.contracts.replay.invoices import Invoices
from app.domain.clauses import INVOICE, CreditTerms
from app.domain.credits import Pricing
from app.domain.judging.evaluation import MonthEvaluation
from app.domain.money.charges import invoice_month, months_charged
from app.domain.periods import Month, Span
from app.domain.terms import Terms, terms_in_force, year_starts

WHERE = "write them in the column charges of the figures, or under charges of the events"
WHERE_LINES = "write them in columns such as charges:travel of the figures, or under charges of the events"


class Lacking(NamedTuple):
    """An invoice of which the total, or the lines, are not known."""

    month: Month
    what: str  # total | lines
    needed_for: str

    def __str__(self) -> str:
        what = "charges" if self.what == "total" else "invoice's lines"
        return f"the {what} of {self.month} are not known, and {self.needed_for} is a share of them"

    @property
    def remedy(self) -> str:
        return WHERE if self.what == "total" else WHERE_LINES


def lacking(evaluation: MonthEvaluation, history: Sequence[Terms], invoices: Invoices) -> tuple[Lacking, ...]:
    """In the order in which they are needed: the month's own, those of a longer window, those of a longer cap."""
    agreed = evaluation.terms.credits
    if agreed is None or evaluation.credits.pricing is not Pricing.NOT_PRICED:
        return ()
    found: dict[tuple[Month, str], Lacking] = {}
    for month, needed_for in _needed(evaluation, agreed, history):
        if terms := terms_in_force(history, month):
            for each in _unknown(terms, month, needed_for, invoices):
                found.setdefault((each.month, each.what), each)
    return tuple(found.values()) or tuple(_of_earlier(evaluation, history, invoices))


def _of_earlier(evaluation: MonthEvaluation, history: Sequence[Terms], invoices: Invoices) -> Iterator[Lacking]:
    """Where all charges of its own are known: those that an earlier month's part of a cap, or of a bank, rests on."""
    first = min(Month.of(terms.effective_from) for terms in history)
    for month in first.through(evaluation.month.previous()):
        if terms := terms_in_force(history, month):
            yield from _unknown(terms, month, f"what {month} used of a cap, or put by,", invoices)


def _needed(evaluation: MonthEvaluation, agreed: CreditTerms, history: Sequence[Terms]) -> Iterator[tuple[Month, str]]:
    yield evaluation.month, "a credit or cap of the month"
    if agreed.base.over_window:
        for line in evaluation.credits.lines:
            if finding := evaluation.finding(line.service_level):
                for month in months_charged(finding, evaluation.month, partial(terms_in_force, history)):
                    yield month, f"the credit of {line.service_level}"
    for cap in agreed.caps:
        if cap.is_long and cap.percent is not None:
            time = Span.of_months(cap.first(evaluation.month, year_starts(history)), evaluation.month)
            yield from ((month, f"the cap over the {cap.over.replace('_', ' ')}") for month in time.months)


def _unknown(terms: Terms, month: Month, needed_for: str, invoices: Invoices) -> Iterator[Lacking]:
    base = terms.credits.base if terms.credits else INVOICE
    invoiced = invoice_month(base, month)
    if base.kind == "fixed_fee":
        return
    if invoiced not in invoices.totals:
        yield Lacking(invoiced, "total", needed_for)
    if base.kind == "invoice_net" and invoiced not in invoices.lines:
        yield Lacking(invoiced, "lines", needed_for)
