"""Money as entries that are only ever added: what stands, what is due, and what takes one to the other."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from app.domain.credits import MonthCredits, largest_remainder, round_half_up

CREDIT, CAP, REVERSAL = "credit", "cap", "reversal"


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
    """What the month's chain asks for: each line's credit before the cap, and what the cap takes off it.

    The entries of a line sum to its payable, and so all entries to the month's. Nothing is due while it is not priced.
    """
    priced = [line for line in chain.lines if line.payable is not None and line.uncapped is not None]
    if not priced:
        return {}
    shares = {line.service_level: line.uncapped for line in priced}
    gross = largest_remainder(round_half_up(sum(shares.values())), shares)
    wanted: dict[Identity, dict[str, int]] = {}
    for line in priced:
        amounts = {CREDIT: gross[line.service_level], CAP: line.payable - gross[line.service_level]}
        if kept := {kind: amount for kind, amount in amounts.items() if amount}:
            wanted[Identity(line.service_level, "", line.window)] = kept
    return wanted


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
        for kind in (CREDIT, CAP):
            if kind in after:
                yield Posting(identity, kind, after[kind])
