"""What other terms would have changed, as JSON and for reading in a terminal."""

from collections.abc import Iterator, Sequence
from typing import Any

from app.contracts.replay.document import money_of
from app.contracts.replay.run import Replay
from app.domain.backtest import Change, MonthChange, total
from app.domain.exact import plain
from app.domain.findings import Finding

FORMAT = "accord-backtest/1"


def changes_document(changes: Sequence[MonthChange], replay: Replay) -> dict[str, Any]:
    money = money_of(replay.places)

    def change(each: Change) -> dict[str, Any]:
        return {
            "service_level": each.service_level,
            "before": _finding(each.before),
            "after": _finding(each.after),
            "status_changes": each.status_changes,
            "credit_before": money(each.credit_before),
            "credit_after": money(each.credit_after),
            "difference": money(each.difference),
        }

    months = [
        {
            "month": str(month.month),
            "changed": month.is_changed,
            "payable_before": money(month.payable_before),
            "payable_after": money(month.payable_after),
            "difference": money(month.difference),
            "service_levels": [change(each) for each in month.changes],
        }
        for month in changes
    ]
    return {"format": FORMAT, "currency": replay.currency, "months": months, "difference": money(total(changes))}


def changes_table(changes: Sequence[MonthChange], replay: Replay) -> str:
    return "\n".join(_lines(changes, replay))


def _lines(changes: Sequence[MonthChange], replay: Replay) -> Iterator[str]:
    money = money_of(replay.places)
    for month in changes:
        if not month.is_changed:
            yield f"{month.month}  the same"
            continue
        yield f"{month.month}  payable {money(month.payable_before)} → {money(month.payable_after)}"
        for each in month.changes:
            if each.status_changes or each.money_changes:
                status = f"{_status(each.before)} → {_status(each.after)}"
                yield f"  {each.service_level}: {status}; {money(each.credit_before)} → {money(each.credit_after)}"
    yield f"in all {money(total(changes))} {replay.currency} more from the partner"


def _finding(finding: Finding | None) -> dict[str, Any] | None:
    if finding is None:
        return None
    return {
        "attainment": finding.attainment.value,
        "default": finding.default.value,
        "disposition": finding.disposition.value,
        "value": None if finding.contractual is None else plain(finding.contractual),
        "expected": str(finding.expected),
        "minimum": None if finding.minimum is None else str(finding.minimum),
    }


def _status(finding: Finding | None) -> str:
    return "not judged" if finding is None else finding.attainment.value.replace("_", " ")
