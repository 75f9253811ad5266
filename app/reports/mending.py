"""Putting single cells right on the page: kept beside the file, which stays as it was uploaded."""

from collections.abc import Mapping

from app.accounts.models import User
from app.reports.cells import named
from app.reports.intake import receive_again
from app.reports.marked_copies import can_be_marked, copy_of_draft, is_marked_quickly
from app.reports.models import Draft, Report
from app.reports.personal import masked
from app.reports.uploads import Upload
from app.web import Conflict, Refusal

MOST_CELLS = 60


class NothingTyped(Refusal):
    """Every cell came back as it was."""


def wrong_cells(draft: Draft) -> set[tuple[int, int]]:
    """(row, column) of the author's sheet, as the draft's table shows it."""
    shown = {number for number, _cells in draft.table.get("rows", ())}
    return {
        (problem["row"], problem["column"])
        for problem in draft.problems
        if problem["row"] in shown and problem["column"] is not None
    }


def on_the_page(draft: Draft) -> dict:
    """Which cells can be typed into, whether that is all there is to do, and how the file can be had with marks."""
    wrong, is_marked = wrong_cells(draft), bool(draft.problems) and can_be_marked(draft)
    is_quick = is_marked_quickly(draft)
    return {
        "mendable": wrong if is_marked and len(wrong) <= MOST_CELLS else set(),
        "only_cells": all(problem["column"] is not None for problem in draft.problems),
        "is_marked": is_marked,
        "is_marked_quickly": is_quick,
        "marked_copy": copy_of_draft(draft) if is_marked and not is_quick else None,
        "draft_seen": seen_of(draft),
    }


def seen_of(draft: Draft) -> str:
    """Which upload a page was about: figures that are wrong have no part in a draft's content."""
    return f"{draft.key}.{draft.version_id}"


def mend(report: Report, typed: Mapping[tuple[int, int], str], *, seen: str, actor: User) -> Upload:
    """The same file, checked anew with what was typed in its wrong cells. Raises Conflict and NothingTyped."""
    draft = report.draft
    if draft is None or draft.blob is None or seen_of(draft) != seen:
        raise Conflict("Another file was uploaded after you opened this page. Open it again and look.")
    rows, wrong = dict(draft.table.get("rows", ())), wrong_cells(draft)
    hands = {"by": actor.id, "in_figures_of": draft.prepared_by_id}
    changed = [
        _mended(draft, row, column, rows[row][column], masked(text.strip())) | hands
        for (row, column), text in typed.items()
        if (row, column) in wrong and text.strip() != rows[row][column].strip()
    ]
    if not changed:
        raise NothingTyped("Nothing was changed. Type into the marked cells what should stand there.")
    return receive_again(report, draft, [*draft.mended, *changed], actor)


def _mended(draft: Draft, row: int, column: int, was: str, now: str) -> dict:
    place = named(draft.table, [(row, column)])
    return {"sheet": draft.table.get("sheet", ""), "row": row, "column": column, "place": place, "was": was, "now": now}
