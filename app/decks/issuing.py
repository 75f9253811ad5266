"""What stands between a draft and its issue: figures that moved on, and what somebody has to say yes to."""

from datetime import date

from app import clock
from app.contracts.models import Contract
from app.decks.models import Deck
from app.domain.periods import Quarter
from app.formatting import day, month
from app.formatting import quarter as quarter_words
from app.partners.moments import seal
from app.performance.judging.known import known_at
from app.web import Conflict, Refusal


class Overtaken(Conflict):
    """The record has moved on since the slides were made."""

    title = "The record has moved on"


class NotSaidYes(Refusal):
    """Nobody has confirmed that it is issued all the same."""


def refuse_when_overtaken(deck: Deck) -> None:
    """By what is known now, also where the worker has not judged it yet. Inside write(). Raises Overtaken."""
    shown = deck.sources.get("fingerprints", {})
    judged = known_at(deck.contract, seal(deck.partner_id, clock.now())).judge()
    of_quarter = {str(each.month): each.fingerprint for each in judged if str(each.month.quarter) == deck.quarter}
    moved = [name for name in sorted({*shown, *of_quarter}) if shown.get(name) != of_quarter.get(name)]
    if moved:
        raise Overtaken(
            f"The record of {', '.join(month(name, 'long') for name in moved)} has changed since these slides were "
            "made, so nothing was issued. Make the deck anew, look at it, and issue that."
        )


def reservations(deck: Deck) -> dict[str, str]:
    """What whoever issues it has to know and say yes to, by what the record calls it."""
    told = {}
    last, known_on = (
        last_day(deck.contract, Quarter.parse(deck.quarter)),
        clock.today(deck.contract.zone, deck.as_known_at),
    )
    if known_on <= last:
        told["running"] = (
            f"{quarter_words(deck.quarter)} runs until {day(last)}: these are its figures up to {day(known_on)}."
        )
    if deck.held_on is None:
        told["undated"] = "No day of the review stands on the cover."
    return told


def last_day(contract: Contract, quarter: Quarter) -> date:
    """Of the quarter, or of the contract where that ended in it."""
    return min(quarter.last, contract.ends_on or quarter.last)
