"""The start of an amendment: what it amends, from when it may hold, and the draft with other targets in it."""

from datetime import date
from typing import Any

from app import clock
from app.accounts.models import User
from app.contracts import terms
from app.contracts.models import Contract, TermsVersion
from app.domain.periods import Month


def latest(contract: Contract) -> TermsVersion | None:
    """The terms in force that an amendment amends: those with the latest effective date."""
    in_force = [version for version in contract.terms if version.state == "in_force"]
    return max(in_force, key=lambda version: version.effective_from, default=None)


def next_start(contract: Contract) -> date:
    """The first of the next month that is after the terms in force."""
    amended = latest(contract)
    if amended is None:
        return contract.starts_on
    return max(Month.of(clock.today(contract.zone)).next(), Month.of(amended.effective_from).next()).first


def begin(contract: Contract, document: dict[str, Any], actor: User, note: str, start: date | None = None):
    """A draft that says what the document says, from the next possible start or a later one; inside write()."""
    effective_from = max(filter(None, (start, next_start(contract)))).isoformat()
    return terms.new_draft(contract, {**document, "effective_from": effective_from}, actor, note)
