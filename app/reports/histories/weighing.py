"""The warnings about a history: the rules of an upload, against what was sent and the file's own other months."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from app.reports.background import Key, among, known_between
from app.reports.checks.context import Figures, folded
from app.reports.checks.past import months_before
from app.reports.checks.thresholds import DEFAULTS
from app.reports.histories.books import Book
from app.reports.tables.checking import Checked
from app.reports.tables.figures import kept
from app.reports.template import Template
from app.reports.uploads.weighing import warnings_of

OWN_PAST = {"copy", "outlier", "jump"}


class Weighed(NamedTuple):
    """One period's rows, and the list that its warnings go to."""

    book: Book
    template: Template
    checked: Checked
    rows: list[dict]
    warnings: list[dict]


def weigh(periods: Sequence[Weighed]) -> None:
    """A month of which only some days were reported is compared with no other, and no other with it."""
    by_party: dict[tuple[int, str], list[Weighed]] = defaultdict(list)
    for each in periods:
        by_party[each.book.contract.id, each.template.party].append(each)
    for (contract_id, party), own in by_party.items():
        months = sorted({each.template.month for each in own})
        first = months_before(months[0], DEFAULTS.months_back)[0]
        known = known_between(contract_id, party, first, months[-1])
        known |= {(str(each.template.month), each.template.kind): _whole(each) for each in own}
        for each in own:
            each.warnings.extend(_warnings(each, known))


def _whole(each: Weighed) -> Figures:
    return folded(
        (row["site"], row["queue"], kept(row["measures"]))
        for row in each.rows
        if not row["nil"] and not _is_part(each, row)
    )


def _is_part(each: Weighed, row: dict) -> bool:
    return row["days"] is not None and row["days"] < each.template.month.days


def _warnings(each: Weighed, known: dict[Key, Figures]) -> list[dict]:
    terms = each.book.terms(each.template.month)
    if terms is None:
        return []
    around = among(known, each.template.month, each.template.kind, terms, each.book.contract)
    found = warnings_of(each.checked, each.template, around)
    is_whole = not any(_is_part(each, row) for row in each.rows)
    return found if is_whole else [warning for warning in found if warning["rule"] not in OWN_PAST]
