"""The rights that a forum has to know of: what failures opened, what became of it, and until when it can be used."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.decks.models import Deck
from app.decks.wording import count_words
from app.domain.exact import plain
from app.domain.judging.evaluation import MonthEvaluation
from app.domain.periods import Quarter
from app.domain.rules.rights import Right
from app.extensions import db
from app.formatting import day
from app.performance.models import OpenedRight
from app.performance.rights.counted import condition
from app.performance.rights.occurrences import KINDS, STATES

TOLD = (
    ("ahead", "is yet to open", "are yet to open"),
    ("exercised", "was exercised", "were exercised"),
    ("declined", "was declined", "were declined"),
    ("lapsed", "has lapsed", "have lapsed"),
)


@dataclass(frozen=True)
class KnownRight:
    """One occurrence as it was known at the deck's instant; `decided_on` is the day of the notice."""

    right: Right
    about: str
    why: str
    decision: str  # exercised | declined; empty where neither was recorded by then
    decided_on: date | None
    as_of: date

    @property
    def state(self) -> str:
        """As on its page."""
        return self.decision or self.right.state(self.as_of)

    @property
    def is_open(self) -> bool:
        return self.state == "open"

    @property
    def is_ahead(self) -> bool:
        return self.state == "ahead"

    @property
    def ended_on(self) -> date | None:
        """Its last day: that of the notice, or that on which it lapses; None while it stands without an end."""
        return self.decided_on or self.right.lapses_on

    @property
    def kind(self) -> str:
        return KINDS.get(self.right.kind, "")

    @property
    def until(self) -> str:
        """`lapses on 29 Dec 2026`, `exercised on 14 Oct 2026`."""
        if self.ended_on is None:
            return "until it is exercised or declined"
        return f"{'lapses' if self.is_open or self.is_ahead else self.state} on {day(self.ended_on)}"


def rights_known(deck: Deck, judged: Iterable[MonthEvaluation], quarter: Quarter) -> tuple[KnownRight, ...]:
    """Those that stood on a day of the quarter, or stand at the deck's instant; the open ones first."""
    found = [
        each
        for each in _standing(deck, judged)
        if each.right.opened_on <= quarter.last and (each.ended_on is None or each.ended_on >= quarter.first)
    ]
    return tuple(sorted(found, key=lambda each: (STATES.index(each.state), -each.right.opened_on.toordinal())))


def headline(rights: Sequence[KnownRight]) -> str:
    """`Termination for chronic failure stands open until 29 Dec 2026; one right was exercised`."""
    stand = [each for each in rights if each.is_open]
    told = [_open(stand)] if stand else []
    for state, one, many in TOLD:
        if number := sum(each.state == state for each in rights):
            counted = count_words(number, "right")
            told.append(f"{counted.lower() if told else counted} {one if number == 1 else many}")
    return "; ".join(told)


def alike(rights: Iterable[KnownRight]) -> list[tuple[KnownRight, list[str]]]:
    """Rights that tell the same of several service levels, together, with what they are about."""
    told: dict[tuple, tuple[KnownRight, list[str]]] = {}
    for each in rights:
        same = (each.right.key, each.state, each.right.opened_on, each.ended_on, each.why)
        told.setdefault(same, (each, []))[1].append(each.about)
    return list(told.values())


def _open(stand: Sequence[KnownRight]) -> str:
    if len(stand) > 1:
        return f"{count_words(len(stand), 'right')} stand open"
    [only] = stand
    return f"{only.right.name} stands open{f' until {day(only.ended_on)}' if only.ended_on else ''}"


def _standing(deck: Deck, judged: Iterable[MonthEvaluation]) -> Iterator[KnownRight]:
    contract, decided = deck.contract, _decided(deck)
    as_of = deck.as_known_at.astimezone(ZoneInfo(contract.zone)).date()
    for month in judged:
        rules = {rule.key: rule for rule in month.terms.rights}
        names = {level.key: level.name for level in month.terms.service_levels}
        for right in month.rights:
            row = decided.get((right.key, right.service_level, right.month))
            yield KnownRight(
                right=right,
                about=names.get(right.service_level, right.service_level) or "the whole contract",
                why=condition(rules[right.key], plain(right.reached), plain(right.needed), contract.currency),
                decision=row.decision if row else "",
                decided_on=row.decided_on if row else None,
                as_of=as_of,
            )


def _decided(deck: Deck) -> dict[tuple[str, str, str], OpenedRight]:
    """What was made of a right by the deck's instant."""
    rows = db.session.scalars(
        select(OpenedRight).where(
            OpenedRight.contract_id == deck.contract_id, OpenedRight.decided_at <= deck.as_known_at
        )
    )
    return {(row.right_key, row.service_level, row.month): row for row in rows}
