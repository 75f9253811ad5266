"""Putting cells right on the page, and leaving rows out: kept beside the file, which stays as it was uploaded."""

from collections.abc import Iterator, Mapping

from app.accounts.models import User
from app.masking import masked
from app.reports.models import Draft, Report, Submission
from app.reports.tables.cells import named
from app.reports.tables.marked_copies import can_be_marked, copy_of_draft, is_marked_quickly
from app.reports.tables.mended import at_last, in_other_hands, rows_left_out
from app.reports.tables.problems import cells_of
from app.reports.tables.table_pages import page_numbers, page_to_open, pages_of, rows_with
from app.reports.template import REASON
from app.reports.uploads.intake import receive_again
from app.reports.uploads.models import Upload
from app.reports.uploads.returned import holds_the_returned_file, returned_version
from app.web import Conflict, Refusal

LONGEST_ROW = 200  # of what stood in a row that is left out, in letters: enough to know it by


class NothingTyped(Refusal):
    """Every cell and row came back as it was."""


def wrong_cells(draft: Draft) -> set[tuple[int, int]]:
    """(row, column) of the author's sheet, as the draft's table shows it."""
    shown = _rows(draft)
    return {cell for problem in draft.problems for cell in cells_of(problem) if cell[0] in shown}


def typed_cells(draft: Draft) -> set[tuple[int, int]]:
    """Those that count as somebody typed them; they can be typed into again."""
    here = draft.table.get("sheet", "")
    cells = {(each["row"], each["column"]) for each in at_last(draft.mended) if each["sheet"] == here}
    return {(row, column) for row, column in cells if column is not None and row in _rows(draft)}


def returned_cells(draft: Draft) -> set[tuple[int, int]]:
    """The figures, and why there are none, of a file that was sent and returned: any of them may be what was meant."""
    if not holds_the_returned_file(draft):
        return set()
    headings = draft.table.get("headings", ())
    columns = {*draft.table.get("numbers", ()), *(place for place, text in enumerate(headings) if text == REASON)}
    return {(row, column) for row in _rows(draft) for column in columns}


def spare_rows(draft: Draft) -> set[int]:
    """Those that can be left out."""
    return {row for problem in draft.problems for row in problem.get("spare", ()) if row in _rows(draft)}


def on_the_page(draft: Draft, wanted: int = 0, words: str = "") -> dict:
    """One page of the table, or of its rows with some words: which cells can be typed into, which rows left out,
    whether that is all there is to do, and how the file can be had with marks."""
    is_marked, is_quick = bool(draft.problems) and can_be_marked(draft), is_marked_quickly(draft)
    wrong, typed, spare = wrong_cells(draft), typed_cells(draft), spare_rows(draft)
    returned = returned_cells(draft)
    table = pages_of(rows_with(draft, words), wrong | typed | returned, spare)
    places = page_numbers(table)
    number = page_to_open(wanted, places, {row for row, _ in wrong} | spare, len(table))
    return {
        "table": table[number - 1],
        "table_page": number,
        "table_pages": len(table),
        "page_of": places,
        "is_mendable": bool(returned) or (is_marked and bool(wrong or typed or spare)),
        "mendable": (wrong | typed if is_marked else set()) | returned,
        "is_returned": bool(returned),
        "is_joined": not returned and holds_the_returned_file(draft),
        "last_shown": _last_shown(draft) if returned else None,
        "words": words,
        "spare": spare if is_marked else set(),
        "typed": typed - returned,
        "only_cells": all(problem["column"] is not None for problem in draft.problems),
        "is_marked": is_marked,
        "is_marked_quickly": is_quick,
        "marked_copy": copy_of_draft(draft) if is_marked and not is_quick else None,
        "draft_seen": seen_of(draft),
    }


def _last_shown(draft: Draft) -> int | None:
    """The last row of a table that is too large to be kept as a whole."""
    last = max(_rows(draft))
    return last if any(row["row"] > last for row in draft.rows) else None


def seen_of(draft: Draft) -> str:
    """Which upload a page was about: figures that are wrong have no part in a draft's content."""
    return f"{draft.key}.{draft.version_id}"


def mend(
    report: Report,
    typed: Mapping[tuple[int, int], str],
    left_out: Mapping[int, bool],
    *,
    seen: str,
    actor: User,
) -> Upload:
    """The same file, checked anew with what was typed in its wrong cells and without the rows that are left out.

    `left_out` says of each row that was asked about whether it is. Raises Conflict and NothingTyped.
    """
    draft = report.draft
    if draft is None or draft.blob is None or seen_of(draft) != seen:
        raise Conflict("Another file was uploaded after you opened this page. Open it again and look.")
    hands = {"by": actor.id, "in_figures_of": draft.prepared_by_id}
    changed = [change | hands for change in (*_cells(draft, typed), *_without(draft, left_out))]
    if not changed:
        raise NothingTyped("Nothing was changed. Type into the marked cells what should stand there.")
    return receive_again(report, draft, [*draft.mended, *changed], actor)


def take_up(submission: Submission, actor: User) -> Upload:
    """The file of a version that was returned, as a draft once more. Raises Conflict where it waits for none."""
    report = submission.report
    if returned_version(report) is not submission or submission.blob is None:
        words = "This version does not wait to be put right. Open the report to see where it stands."
        raise Conflict(words, title="There is nothing to put right")
    if report.draft is not None:
        raise Conflict("Somebody has prepared other figures since. Open the report to see them.")
    hands = in_other_hands(submission.prepared_by_id, actor, version=submission.number)
    return receive_again(report, submission, [*submission.mended, hands], actor)


def _cells(draft: Draft, typed: Mapping[tuple[int, int], str]) -> Iterator[dict]:
    rows, open_cells = _rows(draft), wrong_cells(draft) | typed_cells(draft) | returned_cells(draft)
    for (row, column), text in typed.items():
        if (row, column) in open_cells and text.strip() != _in_a_field(rows[row][column]):
            yield _change(draft, row, column, rows[row][column], masked(text.strip()))


def _in_a_field(text: str) -> str:
    """As a browser gives it back untouched: a field of one line leaves out line breaks."""
    return text.replace("\r", "").replace("\n", "").strip()


def _without(draft: Draft, left_out: Mapping[int, bool]) -> Iterator[dict]:
    """A row that comes back is what it was; one that goes is told by what stood in it."""
    rows, spare = _rows(draft), spare_rows(draft)
    sheet = draft.table.get("sheet", "")
    gone = {row: text for (name, row), text in rows_left_out(draft.mended).items() if name == sheet}
    for row, is_out in left_out.items():
        if is_out and row in spare:
            yield _change(draft, row, None, ", ".join(filter(None, rows[row]))[:LONGEST_ROW], "")
        elif not is_out and row in gone:
            yield _change(draft, row, None, "", gone[row])


def _change(draft: Draft, row: int, column: int | None, was: str, now: str) -> dict:
    place = named(draft.table, [(row, column)])
    return {"sheet": draft.table.get("sheet", ""), "row": row, "column": column, "place": place, "was": was, "now": now}


def _rows(draft: Draft) -> dict[int, list[str]]:
    return dict(draft.table.get("rows", ()))
