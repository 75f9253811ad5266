"""Money as entries that are only ever added: what stands, what is due, and what takes one to the other."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from app.domain.credits import CreditLine, MonthCredits, largest_remainder, round_half_up

CREDIT, CAP, OFFSET, WAIVER = "credit", "cap", "offset", "waiver"
EARN_BACK, REVERSAL = "earn_back", "reversal"
POSTED = (CREDIT, CAP, OFFSET, WAIVER, EARN_BACK)

NOTHING = Decimal(0)


class Identity(NamedTuple):
    """What an amount belongs to within a contract; never the id of a finding, which changes with each judgement."""

    service_level: str
    scope: str
    window: str


class Posting(NamedTuple):
    """One entry to add, in minor units; negative takes away from what the partner owes."""

    identity: Identity
    kind: str
    amount: int


def standing(postings: Iterable[Posting]) -> dict[Identity, dict[str, int]]:
    """The amounts that were not reversed, by kind; postings come in the order in which they were made."""
    stands: dict[Identity, dict[str, int]] = {}
    for posting in postings:
        if posting.kind == REVERSAL:
            stands.pop(posting.identity, None)
        else:
            stands.setdefault(posting.identity, {})[posting.kind] = posting.amount
    return stands


def due(chain: MonthCredits) -> dict[Identity, dict[str, int]]:
    """What the month's chain asks for: each line's credit, what caps, the bank and waivers take off it, and what is
    earned back.

    The entries of a line sum to its payable; with what earlier credits gave back, under the month of the credit, all
    entries sum to the month's. Nothing is due while it is not priced.
    """
    wanted = _of_lines(chain)
    for identity, amounts in _returned(chain).items():
        wanted[identity] = {**wanted.get(identity, {}), **amounts}  # a credit that its own month's average gives back
    return wanted


def _of_lines(chain: MonthCredits) -> dict[Identity, dict[str, int]]:
    priced = [line for line in chain.lines if line.payable is not None and line.uncapped is not None]
    if not priced:
        return {}
    drawn = {each.service_level: each.amount for each in chain.earn_backs if each.state == "offset"}
    shares = {line.service_level: line.uncapped for line in priced}
    gross = largest_remainder(round_half_up(sum(shares.values())), shares)
    wanted: dict[Identity, dict[str, int]] = {}
    for line in priced:
        credit = gross[line.service_level]
        amounts = {CREDIT: credit, **_taken(chain, line, credit, drawn.get(line.service_level, NOTHING))}
        if kept := {kind: amount for kind, amount in amounts.items() if amount}:
            wanted[Identity(line.service_level, "", line.window)] = kept
    return wanted


def _taken(chain: MonthCredits, line: CreditLine, credit: int, drawn: Decimal) -> dict[str, int]:
    """What goes between a line's credit and its payable; what rounding leaves goes to the first that took anything."""
    taken = {CAP: 0, OFFSET: -round_half_up(drawn), WAIVER: -round_half_up(line.waived)}
    first = CAP if chain.cap_applied else WAIVER if chain.waived and not chain.offset else OFFSET
    taken[first] += line.payable - credit - sum(taken.values())
    return taken


def _returned(chain: MonthCredits) -> dict[Identity, dict[str, int]]:
    given = {tuple(credit.rsplit("/", 1)): amount for credit, amount in chain.returns.items() if amount}
    return {Identity(level, "", month): {EARN_BACK: -amount} for (level, month), amount in given.items()}


def clauses(entries: Iterable[tuple[Posting, str]]) -> dict[Identity, str]:
    """By which clause each line that stands was charged: that of its credit, else of what else is posted for it."""
    found: dict[Identity, str] = {}
    for posting, clause in entries:
        if posting.kind == REVERSAL:
            found.pop(posting.identity, None)
        elif posting.kind == CREDIT or posting.identity not in found:
            found[posting.identity] = clause
    return found


def settle(
    stands: Mapping[Identity, Mapping[str, int]], wanted: Mapping[Identity, Mapping[str, int]]
) -> Iterator[Posting]:
    """Reverse whatever no longer stands as it was and post it anew; what is unchanged is left alone."""
    for identity in sorted(stands.keys() | wanted.keys()):
        before, after = stands.get(identity, {}), wanted.get(identity, {})
        if before == after:
            continue
        if before:
            yield Posting(identity, REVERSAL, -sum(before.values()))
        for kind in POSTED:
            if kind in after:
                yield Posting(identity, kind, after[kind])


def clause_of(posting: Posting, chain: MonthCredits, charged: Mapping[Identity, str]) -> str:
    """Where the terms say so: of the cap, of the earn-back, or of the service level itself. A reversal has the clause
    of what it reverses, whatever the terms say now; `charged` is what stood before.
    """
    level = posting.identity.service_level
    if posting.kind == REVERSAL:
        return charged.get(posting.identity, "")
    if posting.kind == WAIVER:
        return next((each.clause for each in chain.waivers if each.service_level in ("", level)), "")
    if posting.kind == CAP:
        took = (cap for cap in chain.caps if cap.taken_off and cap.clause and cap.service_level in ("", level))
        return next((cap.clause for cap in took), chain.clause)
    if posting.kind in (EARN_BACK, OFFSET):
        state, month = ("offset", str(chain.month)) if posting.kind == OFFSET else ("earned", posting.identity.window)
        sought = (level, state, month)
        backs = (each for each in chain.earn_backs if (each.service_level, each.state, each.credit_month) == sought)
        return next((each.clause for each in backs), "")
    return next((line.clause for line in chain.lines if line.service_level == level), "")
