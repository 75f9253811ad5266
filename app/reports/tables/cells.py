"""Cells as their author finds them: D4, D7, D9–D30 of the sheet Service, under its own heading."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.reading import column_letter
from app.reports.tables.finding import BRACKETS
from app.reports.tables.problems import in_general

MOST_RANGES = 12  # in one column; all cells stand marked in the table


def named(table: Mapping[str, Any], cells: Iterable[Sequence[int | None]]) -> str:
    """Where cells are, (row, column) each; `table` is the author's sheet as a draft keeps it."""
    columns: dict[int | None, list[int]] = {}
    for row, column in cells:
        if row is not None:
            columns.setdefault(column, []).append(row)
    places = [_in_column(table, column, sorted(set(rows))) for column, rows in columns.items()]
    sheet = table.get("sheet")
    return f"{f'Sheet {sheet}, ' if sheet else ''}{'; '.join(places)}" if places else ""


def merged(table: Mapping[str, Any], problems: Iterable[dict]) -> list[dict]:
    """Problems that say the same of cells of one column, once: with the words of the first, and where all of them are.

    What is quoted may differ from cell to cell.
    """
    groups: dict[tuple, list[dict]] = {}
    for problem in problems:
        in_a_cell = problem["row"] is not None and problem["column"] is not None
        sort = (problem["column"], in_general(problem["words"])) if in_a_cell else (problem["place"], problem["words"])
        groups.setdefault(sort, []).append(problem)
    return [_together(table, group) for group in groups.values()]


def count(problems: Iterable[dict]) -> int:
    """How many things there are to put right."""
    return len(merged({}, problems))


def _together(table: Mapping[str, Any], group: list[dict]) -> dict:
    first = group[0]
    if len(group) == 1:
        return first
    alike = all(problem["words"] == first["words"] for problem in group)
    words = first["words"] if alike else f"{first['words']} {_others(len(group) - 1)} likewise."
    return {**first, "place": named(table, [(each["row"], each["column"]) for each in group]), "words": words}


def _others(count: int) -> str:
    return "The other cell" if count == 1 else f"The other {count:,} cells"


def _in_column(table: Mapping[str, Any], column: int | None, rows: list[int]) -> str:
    headings = table.get("headings", ())
    text = headings[column] if column is not None and column < len(headings) else ""
    heading = BRACKETS.sub("", text).strip()
    if column is None or not table.get("sheet"):
        what = heading or ("" if column is None else column_letter(column))
        return f"{'Row' if len(rows) == 1 else 'Rows'} {_ranges(rows)}{f', {what}' if what else ''}"
    return f"{_ranges(rows, column_letter(column))}{f' ({heading})' if heading else ''}"


def _ranges(rows: Sequence[int], letter: str = "") -> str:
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][1] + 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    told = []
    for first, last in runs[:MOST_RANGES]:
        apart = ", " if last == first + 1 else "–"
        told.append(f"{letter}{first}" if first == last else f"{letter}{first}{apart}{letter}{last}")
    return ", ".join(told) + (f" and {len(runs) - MOST_RANGES} more" if len(runs) > MOST_RANGES else "")
