"""Findings, credits and ledger entries as CSV: the page's own figures for somebody's own spreadsheet."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from app.contracts.catalogue import CATALOGUE
from app.contracts.models import Contract
from app.copying import harmless
from app.formatting import exponent, major_units
from app.performance.credits.money import MonthCredit
from app.performance.judging.settling import may_yet_cost
from app.performance.models import Evaluation, LedgerEntry
from app.performance.outcomes import Outcome, outcomes_of

FINDING_COLUMNS = (
    *("contract", "month", "window_start", "window_end", "service_level", "name", "clause", "metric", "unit"),
    *("source", "days_reported", "days_expected"),
    *("raw", "contractual", "expected", "minimum", "attainment", "default", "disposition", "weight", "judged_at"),
)
MONEY_COLUMNS = ("currency", "credit", "credit_status")
CREDIT_COLUMNS = (
    *("partner", "contract", "month", "currency", "status", "charges", "uncapped", "cap_applied", "offset"),
    *("waived", "earned_back", "payable", "posted", "results", "unsettled", "waits_for"),
)
LEDGER_COLUMNS = (
    *("contract", "invoice_month", "window", "service_level", "kind", "clause", "currency", "amount"),
    *("posted_at", "judgement"),
)


def findings_csv(evaluations: Iterable[Evaluation], with_money: bool) -> bytes:
    """One row per finding in force; amounts only for who may see them."""
    rows = []
    for evaluation in evaluations:
        contract, month = evaluation.contract, MonthCredit(evaluation, posted=0)
        for outcome in outcomes_of(evaluation).values():
            finding, level = outcome.finding, outcome.level
            row = [contract.reference, finding.month, finding.window_start, finding.window_end, level.key, level.name]
            row += [level.clause, finding.metric, CATALOGUE.metrics[finding.metric].unit]
            row += [level.source, finding.detail["days"]["reported"], finding.detail["days"]["expected"]]
            row += [_number(finding.detail["raw"]), _number(finding.value), outcome.target, outcome.minimum]
            row += [finding.attainment, finding.default, finding.disposition, level.weight]
            row += [evaluation.as_known_at.isoformat()]
            rows.append(row + ([contract.currency, *_credit(month, outcome)] if with_money else []))
    return _written(FINDING_COLUMNS + (MONEY_COLUMNS if with_money else ()), rows)


def _credit(month: MonthCredit, outcome: Outcome) -> tuple[Decimal | None, str]:
    """The amount beside the word for it, as for a month; only what is not known is an empty cell."""
    line = month.line(outcome.finding.service_level)
    if line and line["payable"] is None:
        return None, "not_priced"
    if line:
        return _major(line["payable"], month.currency), "due_so_far" if month.is_open else "due"
    if may_yet_cost(outcome):
        return None, "not_settled"
    return _major(0, month.currency), "no_credits" if month.is_off else "none_due"


def credits_csv(months: Iterable[MonthCredit], unjudged: Iterable[tuple[Contract, str]] = ()) -> bytes:
    """One row per contract and invoice month that carries credits, newest first; last in a month what nobody judged."""
    rows = []
    for credit in months:
        if credit.is_off:
            continue
        contract, unsettled = credit.evaluation.contract, credit.unsettled
        row = [contract.partner.name, contract.reference, credit.evaluation.month, credit.currency, credit.status]
        rows.append([*row, *_chain(credit), unsettled.results, unsettled.waiting, credit.waits_for])
    for contract, month in unjudged:
        row = [contract.partner.name, contract.reference, month, contract.currency, "not_judged"]
        rows.append([*row, *[None] * 10, "No report of the month is decided on or overdue."])
    rows.sort(key=lambda row: row[CREDIT_COLUMNS.index("month")], reverse=True)
    return _written(CREDIT_COLUMNS, rows)


def _chain(credit: MonthCredit) -> Iterator[Decimal | None]:
    """Every figure of the chain. What is not known is an empty cell: whoever adds up a column must not read zero."""
    yield _major(credit.exact("charges"), credit.currency)
    for name in ("uncapped", "cap_applied", "offset", "waived", "earned_back", "payable"):
        yield None if credit.is_unknown else _major(credit.exact(name), credit.currency)
    yield None if credit.is_unknown and not credit.posted else _major(credit.posted, credit.currency)


def ledger_csv(entries: Iterable[LedgerEntry]) -> bytes:
    """Every entry in the order in which it was posted."""
    rows = []
    for entry in entries:
        contract = entry.contract
        row = [contract.reference, entry.invoice_month, entry.window, entry.service_level, entry.kind, entry.clause]
        row += [contract.currency, _major(entry.amount_minor, contract.currency), entry.posted_at.isoformat()]
        rows.append([*row, entry.evaluation.number])
    return _written(LEDGER_COLUMNS, rows)


def _written(columns: Sequence[str], rows: Iterable[Sequence]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _major(minor: int | Decimal | None, currency: str) -> Decimal | None:
    """Whole minor units without the zeros of a division; a part of one with all of its digits."""
    if minor is None:
        return None
    amount = major_units(minor, currency)
    whole = round(amount, exponent(currency))
    return whole if whole == amount else amount
