"""The charges of a history: from the figures' file, from the events, or from both where they say the same."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from app.contracts.replay.columns import Fault
from app.contracts.replay.measures import Measures
from app.domain.catalogue import Problem
from app.domain.clauses import INVOICE
from app.domain.exact import plain
from app.domain.judging.evaluation import MonthEvaluation
from app.domain.money.charges import invoice_month
from app.domain.periods import Month
from app.domain.reading.events_reader import Happenings
from app.domain.reading.level_checks import meant
from app.domain.terms import Terms

SHOWN = 3  # months, of those that are listed


class Invoices(NamedTuple):
    """Minor units by month, and by month and name of an invoice's line."""

    totals: Mapping[Month, int]
    lines: Mapping[Month, Mapping[str, int]]


def invoices_of(read: Measures, happened: Happenings) -> Invoices:
    told = happened.events.charge_lines
    months = sorted(read.charge_lines.keys() | told.keys())
    lines = {month: {**read.charge_lines.get(month, {}), **told.get(month, {})} for month in months}
    return Invoices({**read.charges, **happened.charges}, lines)


def contradictions(read: Measures, happened: Happenings, rows: list[Mapping[str, str]], unit: int) -> Iterator[Problem]:
    """Amounts that the two files give differently, by their path in the events; `rows` are the charges there."""
    for place, row in enumerate(rows):
        month = Month.parse(row["month"])
        told = {"": happened.charges.get(month), **happened.events.charge_lines.get(month, {})}
        read_there = {"": read.charges.get(month), **read.charge_lines.get(month, {})}
        for name, amount in told.items():
            other = read_there.get(name)
            if other is None or amount in (None, other):
                continue
            path = f"charges.{place}.lines.{name}" if name else f"charges.{place}.total"
            yield Problem(path, _both(month, amount, other, read.charge_rows[month, name], unit))


def _both(month: Month, amount: int, other: int, row: int, unit: int) -> str:
    here, there = (plain(Decimal(each) / unit) for each in (amount, other))
    return f"says {here} of {month}, and row {row} of the figures says {there}: keep one of them"


def missing_lines(
    terms: Terms, evaluations: Iterable[MonthEvaluation], lines: Mapping[Month, Mapping[str, int]]
) -> Iterator[Problem]:
    """Lines that the credit base takes off and an invoice does not name: none, or a slip of the pen."""
    base = terms.credits.base if terms.credits else INVOICE
    judged = [invoice_month(base, each.month) for each in evaluations if each.terms is terms]
    known = {month: lines[month] for month in judged if month in lines}
    for place, name in enumerate(base.less):
        if without := [month for month in known if name not in known[month]]:
            others = dict.fromkeys(line for month in without for line in known[month] if line not in base.less)
            listed = ", ".join(map(str, without[:SHOWN])) + (
                f" and {more} more" if (more := len(without) - SHOWN) > 0 else ""
            )
            yield Problem(
                f"credits.base.less.{place}",
                f'"{name}" is no line of the invoice of {listed}: nothing is taken off for it{meant(name, others)}',
            )


def idle_columns(read: Measures, history: Sequence[Terms]) -> Iterator[Fault]:
    """Columns of charges that no terms make anything of."""
    bases = [terms.credits.base for terms in history if terms.credits]
    taken_off = {name: None for base in bases if base.kind == "invoice_net" for name in base.less}
    if read.charges and all(base.kind == "fixed_fee" for base in bases):
        why = "the credit base is a fixed fee" if bases else "the terms have no credits"
        yield Fault(1, "charges", f"has no effect: {why}")
    for name in sorted({name for lines in read.charge_lines.values() for name in lines}):
        if bases and name not in taken_off:
            yield Fault(
                1, f"charges:{name}", f"has no effect: the credit base takes no such line off{meant(name, taken_off)}"
            )
