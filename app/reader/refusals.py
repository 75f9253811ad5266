"""Why a file is not read, in words for the person who chose it, and how much is too much."""

MOST_BYTES = 25 * 1024 * 1024
MOST_UNPACKED_BYTES = 300 * 1024 * 1024
MOST_PARTS = 2_000
MOST_ROWS = 100_000
MOST_COLUMNS = 500
MOST_CELLS = 2_000_000


class Unreadable(Exception):
    """The whole file is refused; the message says why and what to do."""


def refuse_if_too_large(rows: int, columns: int, cells: int, where: str) -> None:
    if rows > MOST_ROWS:
        raise Unreadable(f"{where} has more than {MOST_ROWS:,} rows. Split the file.")
    if columns > MOST_COLUMNS:
        raise Unreadable(f"{where} has more than {MOST_COLUMNS} columns. Remove those that hold no figures.")
    if max(cells, rows * columns) > MOST_CELLS:
        raise Unreadable(f"{where} has more than {MOST_CELLS:,} cells. Split the file.")
