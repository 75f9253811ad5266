"""What a history file comes to: understood in our words or by a mapping, examined, and held against what was sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import select

from app.accounts.models import User
from app.contracts.models import Contract
from app.extensions import db
from app.partners.models import Partner, Queue, Site
from app.reading import Sheet
from app.reports.histories import importing
from app.reports.histories.books import Book, books_in_sight, template_of_all
from app.reports.histories.columns import OurColumns, has_our_columns
from app.reports.histories.examining import History, examine
from app.reports.histories.mapped import MappedColumns
from app.reports.histories.memory import remember_words, words_of
from app.reports.histories.words import understand_words
from app.reports.mapping.column_map import ColumnMap
from app.reports.tables.checking import Problem
from app.reports.tables.number_styles import another_style, said_once


@dataclass
class Verdict:
    """`source` is what a mapping made of the file; none where it speaks our words."""

    history: History = field(default_factory=History)
    problems: list[Problem] = field(default_factory=list)
    source: MappedColumns | None = None
    books: Mapping[int, Book] = field(default_factory=dict)

    def remember(self, actor: User) -> dict[int, int]:
        """The version of the mapping by contract. Inside write(), and before anything else of the import."""
        importing.hold_reports(self.history)
        if self.source is None:
            return {}
        return remember_words(self.source, list(self.history.extracts), self.books, actor)


def verdict_of(
    sheets: Sequence[Sheet], chosen: ColumnMap | None, said: Sequence[str] = (), *, anew: bool = False
) -> Verdict:
    """`said` is what reading told of the file. Raises Unmapped when somebody has to say first what the columns are, and
    WrongFile when nothing is a history."""
    books, source, history = books_in_sight(), None, None
    ours = OurColumns(sheets) if has_our_columns(sheets) else None
    if ours:
        history = examine(sheets, ours, said)
    if ours is None or ours.lacks_figures:
        source = understand_words(sheets, words_of(books), chosen, anew=anew)
    if history is None or source:
        history = examine(sheets, source, said)
    if history.problems and source is None:
        history = _in_another_style(sheets, history, books) or history
    shifted = source.problems if source else ()
    return Verdict(history, [*shifted, *history.problems, *importing.conflicts(history)], source, books)


def _in_another_style(sheets: Sequence[Sheet], history: History, books: Mapping[int, Book]) -> History | None:
    """Of a file in our words whose numbers are all written in one other style that is told once, with what else is
    wrong."""
    expected = {books[contract_id].contract.partner.number_style for contract_id in history.extracts}
    ours = OurColumns(sheets)
    if len(expected) != 1:
        return None
    (style,) = expected
    ours.style = another_style(ours.figures(template_of_all(books.values())), style)
    if not ours.style:
        return None
    otherwise = examine(sheets, ours)
    told = said_once(ours.style, style, len(otherwise.problems))
    advice = f"Save it with numbers as {style}, or say on the partner's page that its people write {ours.style}."
    otherwise.problems.insert(0, replace(told, words=f"{told.words} {advice}"))
    return otherwise


def known_words() -> frozenset[str]:
    """What the partners of whoever brought the file call their places and contracts."""
    named = [row for model in (Partner, Site, Queue) for row in db.session.execute(select(model.code, model.name))]
    named += db.session.execute(select(Contract.reference, Contract.name)).all()
    return frozenset(word.casefold() for pair in named for word in pair)
