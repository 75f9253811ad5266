"""Why a file is not read, in words for the person who chose it, and how much is too much."""

MOST_BYTES = 25 * 1024 * 1024
MOST_UNPACKED_BYTES = 300 * 1024 * 1024
MOST_PARTS = 2_000
MOST_ROWS = 100_000
MOST_COLUMNS = 500
MOST_CELLS = 2_000_000
MOST_ELEMENTS = 8_000_000

SAVE_AS = "Open it in your spreadsheet program and save it as “Excel workbook (.xlsx)” or as CSV."
MEND = "Open the workbook in your spreadsheet program, save it again and upload that."
DAMAGED = f"The workbook is damaged. {MEND}"
COPY = "Copy the table into a new workbook and upload that."
EMPTY = "The file is empty. Check that you chose the right one and that it was saved."
EMPTY_WORKBOOK = "The workbook is empty. Check that you chose the right one and that it was saved."
PASSWORD = "The workbook is protected with a password. Remove it (File, Info, Protect Workbook) and save again."  # noqa: S105


class Unreadable(Exception):
    """The whole file is refused; the message says why and what to do."""
