"""What other terms would have changed, as JSON and for reading in a terminal."""

from collections.abc import Iterator, Sequence
from typing import Any

from app.contracts.replay.chain import Money, rounded_money
from app.contracts.replay.document import money_of
from app.contracts.replay.run import Replay
from app.contracts.sheets import Place
from app.domain.exact import plain
from app.domain.findings import Finding
from app.domain.judging.backtest import Change, MonthChange, total
from app.domain.prose.explain import outcome_words
from app.domain.wording import so_far

FORMAT = "accord-backtest/1"


def changes_document(changes: Sequence[MonthChange], replay: Replay, not_used: Sequence[Place] = ()) -> dict[str, Any]:
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
            "before_is_open": month.before_is_open,
            "after_is_open": month.after_is_open,
            "difference": money(month.difference),
            "service_levels": [change(each) for each in month.changes],
        }
        for month in changes
    ]
    return {
        "format": FORMAT,
        "currency": replay.currency,
        "in_force_from": str(replay.history[0].effective_from),
        "not_used": [{"line": place.line, "path": place.path, "why": place.message} for place in not_used],
        "months": months,
        "difference": money(total(changes)),
    }


def unused_by_both(before: Replay, after: Replay) -> tuple[Place, ...]:
    """Events that neither sheet uses."""
    paths = {place.path for place in before.not_used}
    return tuple(place for place in after.not_used if place.path in paths)


def changes_table(changes: Sequence[MonthChange], replay: Replay, not_used: Sequence[Place] = ()) -> str:
    return "\n".join((*(f"not used: {place}" for place in not_used), *_lines(changes, replay)))


def _lines(changes: Sequence[MonthChange], replay: Replay) -> Iterator[str]:
    money = rounded_money(replay.places)
    for month in changes:
        if not month.is_changed:
            yield f"{month.month}  the same"
            continue
        before = _payable(month.payable_before, month.before_is_open, money)
        yield f"{month.month}  payable {before} → {_payable(month.payable_after, month.after_is_open, money)}"
        for each in month.changes:
            if each.status_changes or each.money_changes:
                status = f"{_status(each.before)} → {_status(each.after)}"
                yield f"  {each.service_level}: {status}; {money(each.credit_before)} → {money(each.credit_after)}"
    yield f"in all {_in_words(total(changes), money, replay.currency)}"


def _payable(amount: int | None, is_open: bool, money: Money) -> str:
    return money(amount) if amount is None else so_far(money(amount), amount, is_open)


def _in_words(difference: int, money: Money, currency: str) -> str:
    if not difference:
        return "the same from the partner"
    return f"{money(abs(difference))} {currency} {'more' if difference > 0 else 'less'} from the partner"


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
    return "not judged" if finding is None else outcome_words(finding)
