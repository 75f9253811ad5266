"""Issued decks whose figures changed since: the edition stays as it is, and is called restated."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.contracts.models import Contract
from app.decks.models import Deck
from app.domain.periods import Month, Quarter
from app.extensions import db
from app.performance.models import Evaluation, Finding


@dataclass(frozen=True)
class Restatement:
    """One service level of one month as the edition shows it, and as it stands now; None where there is none."""

    month: str
    before: Finding | None
    after: Finding | None

    @property
    def finding(self) -> Finding:
        [found, *_] = [each for each in (self.after, self.before) if each is not None]
        return found


def issued_over(contract: Contract, months: Collection[Month]) -> Sequence[Deck]:
    """Issued decks that show one of these months, oldest first."""
    quarters = {str(month.quarter) for month in months}
    return db.session.scalars(
        select(Deck)
        .where(Deck.contract_id == contract.id, Deck.quarter.in_(quarters), Deck.issued_at.is_not(None))
        .options(joinedload(Deck.partner))
        .order_by(Deck.quarter, Deck.number)
    ).all()


def restatements(decks: Iterable[Deck]) -> dict[int, tuple[Restatement, ...]]:
    """What changed since each issued deck, by its id; a deck that still says what is so is left out."""
    issued = [deck for deck in decks if deck.is_issued]
    judged = _judgements(issued)
    changed = {deck.id: tuple(_since(deck, judged)) for deck in issued}
    return {deck_id: changes for deck_id, changes in changed.items() if changes}


def _judgements(decks: Collection[Deck]) -> dict[tuple[int, str], list[Evaluation]]:
    """Every judgement of the months that the decks show, oldest first."""
    months = {str(month) for deck in decks for month in Quarter.parse(deck.quarter).months}
    rows = db.session.scalars(
        select(Evaluation)
        .where(Evaluation.contract_id.in_({deck.contract_id for deck in decks}), Evaluation.month.in_(months))
        .options(selectinload(Evaluation.findings))
        .order_by(Evaluation.number)
    )
    judged: dict[tuple[int, str], list[Evaluation]] = defaultdict(list)
    for row in rows:
        judged[row.contract_id, row.month].append(row)
    return judged


def _since(deck: Deck, judged: dict[tuple[int, str], list[Evaluation]]) -> Iterator[Restatement]:
    for month in map(str, Quarter.parse(deck.quarter).months):
        stored = judged.get((deck.contract_id, month), [])
        shown = _shown(deck, month, stored)
        if shown is None or shown is stored[-1]:
            continue
        before = {finding.service_level: finding for finding in shown.findings}
        after = {finding.service_level: finding for finding in stored[-1].findings}
        for level in {**after, **before}:
            if _outcome(before.get(level)) != _outcome(after.get(level)):
                yield Restatement(month, before.get(level), after.get(level))


def _shown(deck: Deck, month: str, stored: Sequence[Evaluation]) -> Evaluation | None:
    """The judgement that the slides show: by its fingerprint, which names everything it was made of."""
    fingerprint = deck.sources.get("fingerprints", {}).get(month)
    return next((each for each in reversed(stored) if each.fingerprint == fingerprint), None)


def _outcome(finding: Finding | None) -> tuple | None:
    if finding is None:
        return None
    return finding.value, finding.attainment, finding.default, finding.disposition, finding.credit_minor
