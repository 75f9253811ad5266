"""Decisions without effect: waivers, choices in incidents, earn-backs decided, rights exercised."""

from collections.abc import Iterator
from decimal import Decimal

from app.contracts.replay.judged import Judged
from app.domain.catalogue import Problem
from app.domain.credits import CreditLine, MonthCredits, Pricing, Waived
from app.domain.events import Approval, Incident, Waiver
from app.domain.judging.evaluation import MonthEvaluation
from app.domain.money.incidents import choice_ends
from app.domain.rules.earn_back import EarnBack

NOTHING = Decimal(0)


def _waivers(judged: Judged) -> Iterator[Problem]:
    applied = {month: list(each.credits.waivers) for month, each in judged.months.items()}
    for place, waiver in enumerate(judged.said.waivers):
        path = f"waivers.{place}"
        if why := judged.why_not(waiver.month):
            yield Problem(path, why)
            continue
        found = next((each for each in applied[waiver.month] if _is_of(waiver, each)), None)
        if found is None:
            yield Problem(path, _nothing_to_waive(waiver, judged.months[waiver.month].credits))
            continue
        applied[waiver.month].remove(found)
        if waiver.amount is not None and found.amount < waiver.amount * judged.unit:
            taken = (found.amount / judged.unit).normalize()
            yield Problem(f"{path}.amount", f"only {taken:f} of {waiver.amount:f} is used: no more was owed")


def _is_of(waiver: Waiver, applied: Waived) -> bool:
    return (waiver.key, waiver.service_level, waiver.clause) == (applied.key, applied.service_level, applied.clause)


def _nothing_to_waive(waiver: Waiver, priced: MonthCredits) -> str:
    if priced.pricing is Pricing.OFF:
        return f"the terms of {waiver.month} have no credits"
    if priced.pricing is Pricing.NOT_PRICED:
        return f"the credits of {waiver.month} are not priced"
    about = [line for line in priced.lines if waiver.service_level in ("", line.service_level)]
    if about:
        return f"nothing is left of the credits of {waiver.month} to waive"
    whose = f"{waiver.service_level} has" if waiver.service_level else "there is"
    others = [line.service_level for line in priced.lines]
    has = f"; {' and '.join(others)} {'has one' if len(others) == 1 else 'have one'}" if others else ""
    return f"{whose} no credit in {waiver.month}{has}"


def _incidents(judged: Judged) -> Iterator[Problem]:
    for place, incident in enumerate(judged.said.incidents):
        path, why = f"incidents.{place}", judged.why_not(incident.month)
        if why:
            yield Problem(path, why)
            continue
        month = judged.months[incident.month]
        lines = [line for line in month.credits.lines if line.service_level in incident.service_levels]
        if len(lines) < 2:
            yield Problem(path, f"{_have(lines)} a credit in {incident.month}: there is nothing to choose between")
        elif month.credits.pricing is Pricing.NOT_PRICED:
            yield Problem(path, f"the credits of {incident.month} are not priced")
        else:
            yield from _choice(f"{path}.chosen", incident, lines, month, judged)


def _have(lines: list[CreditLine]) -> str:
    return f"only {lines[0].service_level} has" if lines else "none of its service levels has"


def _choice(
    path: str, incident: Incident, lines: list[CreditLine], month: MonthEvaluation, judged: Judged
) -> Iterator[Problem]:
    last, day = choice_ends(incident.month, month.terms), incident.chosen_on
    if not incident.chosen:
        return
    if judged.is_later(day):
        yield Problem(path, f"{judged.too_late('was chosen', day)}: the highest is paid")
    elif day is not None and last is not None and day > last:
        yield Problem(path, f"was chosen on {day}, after {last}, the last day to choose: the highest is paid")
    elif (chosen := month.credits.line(incident.chosen)) is None or chosen not in lines:
        yield Problem(path, f"{incident.chosen} has no credit in {incident.month}: the highest is paid")
    elif chosen.incident:
        yield Problem(path, f"{chosen.incident} share a miss and are one: a dearer choice is paid")


def _approvals(judged: Judged) -> Iterator[Problem]:
    decided: dict[tuple[str, object], int] = {}
    for place, approval in sorted(enumerate(judged.said.approvals), key=lambda each: each[1].decided_on):
        path, about = f"approvals.{place}", (approval.service_level, approval.credit_month)
        if judged.is_later(approval.decided_on):
            yield Problem(path, judged.too_late("was decided", approval.decided_on))
        elif (first := decided.setdefault(about, place)) != place:
            yield Problem(path, f"approvals.{first} decided the same earn-back, and the first decision counts")
        elif why := judged.why_not(approval.credit_month) or _undecided(approval, judged):
            yield Problem(path, why)


def _undecided(approval: Approval, judged: Judged) -> str:
    month, whose = judged.months[approval.credit_month], f"{approval.service_level} of {approval.credit_month}"
    found = [each for each in judged.evaluations for each in each.credits.earn_backs if _is_about(approval, each)]
    agreed = month.terms.credits
    level = next((each for each in month.terms.service_levels if each.key == approval.service_level), None)
    rule = (level.earn_back if level else None) or (agreed.earn_back if agreed else None)
    if rule is None or not rule.needs_approval:
        return f"the earn-back of {whose} asks for no approval" if rule else f"{whose} has no earn-back"
    if not found:
        return f"{whose} has no credit that can be earned back"
    return {
        "lost": f"the earn-back of {whose} was lost{_why(found[-1])}",
        "pending": f"the earn-back of {whose} is not reached: {found[-1].run}",
        "awaiting_approval": f"was decided on {approval.decided_on}, after the last month that is judged",
        "never": f"the credit of {whose} is never earned back",
    }.get(found[-1].state, "")


def _why(lost: EarnBack) -> str:
    """`2026-02: below expected` as: 2026-02 was below expected."""
    month, _, came_out = lost.reason.partition(": ")
    return f": {month} was {came_out}" if came_out else f": {lost.reason}"


def _is_about(approval: Approval, each: EarnBack) -> bool:
    return (each.service_level, each.credit_month) == (approval.service_level, str(approval.credit_month))


def _exercises(judged: Judged) -> Iterator[Problem]:
    opened = [right for month in judged.evaluations for right in month.rights]
    for place, used in enumerate(judged.said.exercises):
        about = [
            right for right in opened if right.key == used.right and used.service_level in ("", right.service_level)
        ]
        stood = [right for right in about if right.opened_on <= used.on <= (right.lapses_on or used.on)]
        if judged.is_later(used.on):
            yield Problem(f"exercises.{place}", judged.too_late("was exercised", used.on))
        elif not stood:
            times = ", ".join(f"{each.opened_on} to {each.lapses_on or 'no end'}" for each in about)
            told = f"it stood from {times}" if times else "it never opened"
            yield Problem(f"exercises.{place}", f"{used.right} did not stand open on {used.on}: {told}")


CHECKS = (_waivers, _incidents, _approvals, _exercises)
