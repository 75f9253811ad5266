"""Reads tables that other people made: in a child process with little memory and time, completely or not at all.

The child forks from a small server that has its readers loaded, one per web process. Whatever goes wrong in it, a
refusal in plain words comes back.
"""

import atexit
import gc
import json
import os
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from app.web import Refusal

READER = Path(__file__).with_name("reader")
ACCEPTED = ".xlsx,.xlsm,.xlsb,.xls,.ods,.csv,.tsv,.txt"
SECONDS = 20
MEGABYTES = 512
PERCENT = b'{"percent"'
KINDS = {
    "t": "text",
    "n": "number",
    "p": "percent",
    "d": "date",
    "h": "time",
    "b": "truth",
    "e": "error",
    "f": "formula",
}


class Unreadable(Refusal):
    """This file cannot be read; the message says why and what to do."""


class StillReading(Exception):
    """No answer yet: whoever can wait longer reads it again."""


class Cell(NamedTuple):
    """`kind` is text, number, percent, date, time, truth, error, formula (one without a stored result) or blank.

    `text` is a number with a point, a date in ISO form, a time as h:mm:ss, or what was written.
    """

    kind: str
    text: str

    @property
    def is_blank(self) -> bool:
        return self.kind == "blank" or (self.kind == "text" and not self.text.strip())


BLANK = Cell("blank", "")


@dataclass(frozen=True, slots=True)
class Row:
    """A row that holds something; `number` counts from 1 as the spreadsheet program shows it."""

    number: int
    cells: tuple[Cell, ...]

    def cell(self, column: int) -> Cell:
        """The cell in a column counted from 0; blank beyond the last."""
        return self.cells[column] if column < len(self.cells) else BLANK


@dataclass(frozen=True, slots=True)
class Sheet:
    """`name` is empty for a text table; `notes` say what is not as it looks, a sentence each.

    `merged` are the merged cells that hold something: first row, first column, last row, last column, from 1.
    """

    name: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    merged: tuple[tuple[int, int, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """The visible sheets that hold something; `notes` say what was left out of the whole file, a sentence each."""

    sheets: tuple[Sheet, ...]
    notes: tuple[str, ...] = ()


def read(
    filename: str,
    content: bytes,
    *,
    seconds: int = SECONDS,
    megabytes: int = MEGABYTES,
    patience: float | None = None,
    report: Callable[[int], None] | None = None,
) -> Reading:
    """All of a workbook (.xlsx, .xlsm, .xlsb, .xls, .ods) or a text table. Raises Unreadable.

    With `patience` it raises StillReading when there is no answer after so many seconds; `report` is told how many
    percent of a sheet are read.
    """
    with without_collection():
        try:
            found = json.loads(_ask(filename, content, (seconds, megabytes), patience, report))
        except ValueError as error:
            if patience is not None:
                raise StillReading from error
            raise Unreadable(
                "This file cannot be read: it is damaged, or takes more memory or time than a report may. "
                "Copy the table into a new workbook and upload that."
            ) from error
        if "refusal" in found:
            raise Unreadable(found["refusal"])
        cells = _Cells({"": BLANK})
        return Reading(tuple(_sheet(sheet, cells) for sheet in found["sheets"]), tuple(found["notes"]))


def column_letter(column: int) -> str:
    """A column counted from 0, as a spreadsheet program names it: A, Z, AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


class _Cells(dict[str, Cell]):
    """A cell by the letter of its kind and its text; most figures of a table occur in it more than once."""

    def __missing__(self, code: str) -> Cell:
        cell = self[code] = Cell(KINDS[code[0]], code[1:])
        return cell


def _sheet(found: dict, cells: _Cells) -> Sheet:
    rows = tuple(Row(number, tuple(map(cells.__getitem__, codes))) for number, codes in found["rows"])
    return Sheet(found["name"], rows, tuple(found["notes"]), tuple(map(tuple, found["merged"])))


@contextmanager
def without_collection() -> Iterator[None]:
    """Cells refer to nothing in a circle; looking for circles among half a million of them takes seconds."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _ask(
    filename: str,
    content: bytes,
    limits: tuple[int, int],
    patience: float | None,
    report: Callable[[int], None] | None,
) -> bytes:
    """What the child says in the end; nothing when it was ended by a limit or a defect, or is not done in time."""
    until = time.monotonic() + (2 * limits[0] + 3 if patience is None else patience)
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            _hand_over(theirs, struct.pack("!II", *limits))
        ours.settimeout(max(until - time.monotonic(), 0.000_001))
        name = filename.encode()
        try:
            ours.sendall(struct.pack("!I", len(name)) + name + content)
            ours.shutdown(socket.SHUT_WR)
            with ours.makefile("rb") as incoming:
                for line in incoming:
                    if not line.startswith(PERCENT):
                        return line
                    if report is not None:
                        report(json.loads(line)["percent"])
                    ours.settimeout(max(until - time.monotonic(), 0.001))
        except OSError:
            pass
    return b""


_lock = threading.Lock()
_server: tuple[int, socket.socket, subprocess.Popen] | None = None


def _hand_over(connection: socket.socket, limits: bytes) -> None:
    """Give the connection to the server of this process; it is started when needed, also after a fork."""
    global _server
    with _lock:
        if _server is None or _server[0] != os.getpid() or _server[2].poll() is not None:
            _server = (os.getpid(), *_start())
            atexit.register(_stop, *_server)
        socket.send_fds(_server[1], [limits], [connection.fileno()])


def _start() -> tuple[socket.socket, subprocess.Popen]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-E", "-s", str(READER)],
            stdin=theirs,
            stdout=subprocess.DEVNULL,
            env={"PATH": os.defpath, "LANG": "C.UTF-8"},
            start_new_session=True,
        )
    return ours, process


def _stop(owner: int, requests: socket.socket, process: subprocess.Popen) -> None:
    """The server ends by itself when its socket closes, also when this process is killed."""
    requests.close()
    if owner == os.getpid():
        process.wait()
