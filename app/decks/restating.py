"""Decks whose figures changed since: an edition stays as it is and is called restated, a draft is overtaken."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload, load_only

from app.contracts.models import Contract
from app.decks.models import Deck
from app.domain.periods import Month, Quarter
from app.extensions import db
from app.performance.models import Evaluation, Finding

Judged = Mapping[tuple[int, str], list[Evaluation]]  # by contract and month


@dataclass(frozen=True)
class Restatement:
    """One service level of one month as the edition shows it, and as it stands now; None where there is none.

    Without a finding it is what the month comes to as a whole, caps and earn-backs included. Credits are minor units.
    """

    month: str
    before: Finding | None
    after: Finding | None
    credit_before: int | None
    credit_after: int | None

    @property
    def finding(self) -> Finding | None:
        return self.after or self.before


def has_issued(contract: Contract) -> bool:
    """Whether anything can be restated."""
    issued = select(Deck.id).where(Deck.contract_id == contract.id, Deck.issued_at.is_not(None))
    return bool(db.session.scalar(select(issued.exists())))


def issued_over(contract: Contract, months: Collection[Month]) -> Sequence[Deck]:
    """Issued decks that show one of these months, oldest first."""
    quarters = {str(month.quarter) for month in months}
    return db.session.scalars(
        select(Deck)
        .where(Deck.contract_id == contract.id, Deck.quarter.in_(quarters), Deck.issued_at.is_not(None))
        .options(joinedload(Deck.partner))
        .order_by(Deck.quarter, Deck.number)
    ).all()


def judgements(decks: Collection[Deck]) -> Judged:
    """Every judgement of the months that the decks show, oldest first, without what it came to."""
    if not decks:
        return {}
    months = {month for deck in decks for month in _months(deck)}
    named = (Evaluation.partner_id, Evaluation.contract_id, Evaluation.month, Evaluation.fingerprint)
    rows = db.session.scalars(
        select(Evaluation)
        .where(Evaluation.contract_id.in_({deck.contract_id for deck in decks}), Evaluation.month.in_(months))
        .options(load_only(*named, Evaluation.as_known_at))
        .order_by(Evaluation.number)
    )
    judged: dict[tuple[int, str], list[Evaluation]] = defaultdict(list)
    for row in rows:
        judged[row.contract_id, row.month].append(row)
    return judged


def restatements(decks: Iterable[Deck], judged: Judged) -> dict[int, tuple[Restatement, ...]]:
    """What changed since each deck's slides were made, by its id; a deck that still says what is so is left out."""
    moved = {deck.id: list(_moved(deck, judged)) for deck in decks if deck.is_issued or deck.is_draft}
    ids = {each.id for pairs in moved.values() for pair in pairs for each in pair}
    findings, payables = _findings(ids), _payables(ids)
    changed = {deck_id: tuple(_changes(pairs, findings, payables)) for deck_id, pairs in moved.items()}
    return {deck_id: changes for deck_id, changes in changed.items() if changes}


def overtaken(decks: Iterable[Deck], judged: Judged) -> dict[int, list[str]]:
    """The months of each draft that rest on something else by now, whether a result changed or not."""
    drafts = [deck for deck in decks if deck.is_draft]
    moved = {deck.id: [month for month in _months(deck) if _is_overtaken(deck, month, judged)] for deck in drafts}
    return {deck_id: months for deck_id, months in moved.items() if months}


def _is_overtaken(deck: Deck, month: str, judged: Judged) -> bool:
    stored = judged.get((deck.contract_id, month))
    if not stored or stored[-1].as_known_at <= deck.as_known_at:
        return False
    return stored[-1].fingerprint != deck.sources.get("fingerprints", {}).get(month)


def _months(deck: Deck) -> list[str]:
    return [str(month) for month in Quarter.parse(deck.quarter).months]


def _moved(deck: Deck, judged: Judged) -> Iterator[tuple[Evaluation, Evaluation]]:
    """The judgements that the slides show and those that stand now, of the months where these are two."""
    for month in _months(deck):
        stored = judged.get((deck.contract_id, month), [])
        shown = _shown(deck, month, stored)
        if shown is not None and shown is not stored[-1]:
            yield shown, stored[-1]


def _shown(deck: Deck, month: str, stored: Sequence[Evaluation]) -> Evaluation | None:
    """The judgement that the slides show: by its fingerprint, which names everything it was made of."""
    fingerprint = deck.sources.get("fingerprints", {}).get(month)
    return next((each for each in reversed(stored) if each.fingerprint == fingerprint), None)


def _findings(evaluation_ids: Collection[int]) -> dict[int, dict[str, Finding]]:
    """By judgement and service level."""
    found: dict[int, dict[str, Finding]] = defaultdict(dict)
    if evaluation_ids:
        rows = select(Finding).where(Finding.evaluation_id.in_(evaluation_ids)).order_by(Finding.id)
        for finding in db.session.scalars(rows):
            found[finding.evaluation_id][finding.service_level] = finding
    return found


def _payables(evaluation_ids: Collection[int]) -> dict[int, int | None]:
    """What the month of each judgement comes to; None where it is not priced."""
    if not evaluation_ids:
        return {}
    chains = select(Evaluation.id, Evaluation.credit_chain).where(Evaluation.id.in_(evaluation_ids))
    return {evaluation_id: chain["payable"] for evaluation_id, chain in db.session.execute(chains)}


def _changes(
    pairs: Iterable[tuple[Evaluation, Evaluation]],
    findings: Mapping[int, dict[str, Finding]],
    payables: Mapping[int, int | None],
) -> Iterator[Restatement]:
    for shown, newest in pairs:
        before, after = (findings.get(each.id, {}) for each in (shown, newest))
        for level in {**after, **before}:
            old, new = before.get(level), after.get(level)
            if _outcome(old) != _outcome(new):
                yield Restatement(shown.month, old, new, old and old.credit_minor, new and new.credit_minor)
        if payables[shown.id] != payables[newest.id]:
            yield Restatement(shown.month, None, None, payables[shown.id], payables[newest.id])


def _outcome(finding: Finding | None) -> tuple | None:
    if finding is None:
        return None
    return finding.value, finding.attainment, finding.default, finding.disposition, finding.credit_minor
