"""A history in words of somebody else: one mapping says what the columns are for all contracts of the file."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from app.reading import Sheet
from app.reports.histories.books import Book, codes_in_sight, template_of_all
from app.reports.histories.mapped import MappedColumns
from app.reports.mapping.column_map import (
    CONTRACT,
    PERIOD,
    PLACES,
    ColumnMap,
)
from app.reports.mapping.differing import Carried, carry_over
from app.reports.mapping.layout import MOST_SHEETS, MOST_TABLES, Layout, layouts
from app.reports.mapping.merges import with_merged_words
from app.reports.mapping.proposing import Known, Proposal, propose
from app.reports.mapping.rearranging import dated, joined, laid_down, spread
from app.reports.mapping.understanding import Unmapped, sketch_of_all, table_by
from app.reports.tables.headings import SURE, likeness
from app.reports.template import Template

LEAST_RECOGNISED = 2


@dataclass(frozen=True)
class Words:
    """What is known before a file is seen: `memory` is how columns were headed in any report."""

    books: Mapping[int, Book]
    memory: Mapping[tuple[str, ...], str]
    remembered: Sequence[ColumnMap]

    @property
    def known(self) -> Known:
        styles = {book.contract.partner.number_style for book in self.books.values()}
        return Known(codes_in_sight(list(self.books.values())), self.memory, styles.pop() if len(styles) == 1 else "")

    @property
    def template(self) -> Template:
        return template_of_all(self.books.values())


def tables_in(sheets: Sequence[Sheet], template: Template, known: Known) -> list[Layout]:
    """As they may be read: several sheets as one, months and figures as they are asked for; then as they stand."""
    found = [with_merged_words(each) for each in layouts(sheets, known.words, MOST_SHEETS)]
    laid = [_rearranged(layout, partial(_figure_named, template)) for layout in found]
    changed = [each for each in laid if each.where]
    candidates = [*joined(laid), *changed, *found][:MOST_TABLES]
    return [each for each in candidates if each.headings and each.rows]


def _rearranged(layout: Layout, figure_named: Callable[[str], str]) -> Layout:
    one = dated(layout) or layout
    down = laid_down(one) or one
    return spread(down, figure_named) or down


def _figure_named(template: Template, text: str) -> str:
    return next((each.key for each in template.columns if likeness((text,), each.key, each.name) >= SURE), "")


def propose_words(found: Sequence[Layout], template: Template, known: Known) -> list[Proposal]:
    """Tables that may be a history, the likeliest first; a table that names its months is likelier."""
    proposals = [each for each in propose(found, template, known) if each.recognised >= LEAST_RECOGNISED]
    return sorted(
        proposals,
        key=lambda each: (-(each.recognised + (each.chosen.of_role(PERIOD) is not None)), -len(each.layout.rows)),
    )


def understand_words(
    sheets: Sequence[Sheet], words: Words, chosen: ColumnMap | None, *, anew: bool = False
) -> MappedColumns | None:
    """The history as `chosen`, or what was remembered, reads it; None when nothing here could be one. Raises
    Unmapped."""
    template, known = words.template, words.known
    found = tables_in(sheets, template, known)
    carried = _carried(found, template, [chosen] if chosen else words.remembered, known)
    if carried is None:
        if not (proposals := propose_words(found, template, known)):
            return None
        proposals = [replace(each, chosen=_with_known(_with_contract(each, words.books), known)) for each in proposals]
        raise Unmapped(sketch_of_all(found, proposals, template))
    carried = carried._replace(chosen=_with_known(carried.chosen, known))
    table = table_by(carried, found, template, known.style, anew=anew)
    return MappedColumns(carried.chosen, carried.layout, table, known)


def _carried(
    found: Sequence[Layout], template: Template, remembered: Sequence[ColumnMap], known: Known
) -> Carried | None:
    carried = [each for kept in remembered if (each := carry_over(kept, found, template, known))]
    carried.sort(key=lambda each: len(each.differences))
    if not carried:
        return None
    alike = [each for each in carried if not each.differences]
    if len({each.chosen.fixed.get(CONTRACT) for each in alike}) > 1:
        names = " and ".join(sorted(str(each.chosen.fixed.get(CONTRACT)) for each in alike)[:3])
        alike[0].differences.append(f"The same headings were mapped for {names}. Say whose figures these are.")
    return carried[0]


def _with_contract(best: Proposal, books: Mapping[int, Book]) -> ColumnMap:
    """The only contract to which the sites and queues of a table belong is proposed for all its rows, with its only
    site or queue where the table names none."""
    chosen = best.chosen
    written = {
        role: {row.cell(column.heading.place).text.strip().casefold() for row in best.layout.rows}
        for role in PLACES
        if (column := chosen.of_role(role))
    }
    fits = [
        book
        for book in books.values()
        if written and all(set(book.names(role)) & texts for role, texts in written.items())
    ]
    if chosen.of_role(CONTRACT) or len(fits) != 1:
        return chosen
    codes = {role: set(fits[0].names(role).values()) for role in PLACES if not chosen.of_role(role)}
    alone = {role: found.pop() for role, found in codes.items() if len(found) == 1}
    return replace(chosen, fixed={**alone, **chosen.fixed, CONTRACT: fits[0].code})


def _with_known(chosen: ColumnMap, known: Known) -> ColumnMap:
    """What Accord itself calls a contract, site or queue needs nobody to say so."""
    names = {role: {**codes, **chosen.names.get(role, {})} for role, codes in known.codes.items()}
    return replace(chosen, names=names)


def own_share(chosen: ColumnMap, book: Book, known: Known, is_only: bool) -> ColumnMap:
    """What a partner may keep of a mapping: nothing that another partner's rows say."""
    names: dict[str, dict[str, str]] = {}
    for role, said in chosen.names.items():
        codes: Collection[str] = {book.code} if role == CONTRACT else set(book.names(role).values())
        theirs = known.codes.get(role, {})
        names[role] = {
            written: code
            for written, code in said.items()
            if theirs.get(written) != code and (code in codes or (is_only and role != CONTRACT) or written == "*")
        }
    return replace(chosen, names={role: said for role, said in names.items() if said})
