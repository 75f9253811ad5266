"""A small server that forks once per file, so that each is read by a fresh process with narrow limits.

Standard input is a socket; each message is the limits, with a connection attached. The fork reads the file from the
connection, answers with lines of JSON (how far it is, then the sheets or a refusal) and ends; it ends too when nobody
waits for it any more. It has no other file, no database and no secret; the kernel ends it when it
takes too long or too much.
"""

import gc
import json
import os
import resource
import signal
import socket
import struct
from collections.abc import Callable

import binary_workbook
import delimited
import excel97
import json_rows
import opendocument
import workbook
from kinds import Kind, kind_of
from refusals import EMPTY_WORKBOOK, Unreadable

MEGABYTE = 1024 * 1024


def serve(requests: socket.socket) -> None:
    """Fork for every request until the web process goes away."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        message, connections, _, _ = socket.recv_fds(requests, 64, 1)
        if not message:
            return
        if os.fork() == 0:
            requests.close()
            with socket.socket(fileno=connections[0]) as connection:
                _answer(connection, *struct.unpack("!II", message))
            os._exit(0)
        os.close(connections[0])


def _answer(connection: socket.socket, seconds: int, megabytes: int) -> None:
    gc.disable()  # it lives for one file, and going through millions of cells again and again takes a third of the time
    signal.alarm(2 * seconds + 1)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * MEGABYTE, megabytes * MEGABYTE))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with connection.makefile("rb") as incoming:
        (name_length,) = struct.unpack("!I", incoming.read(4))
        filename = incoming.read(name_length).decode()
        content = incoming.read()

    def tell(answer: dict) -> None:
        connection.sendall(json.dumps(answer, separators=(",", ":")).encode() + b"\n")

    try:
        tell(read(filename, content, lambda percent: tell({"percent": percent})))
    except Unreadable as refusal:
        tell({"refusal": str(refusal)})
    except BrokenPipeError:
        return


def read(filename: str, content: bytes, report: Callable[[int], None]) -> dict:
    """The sheets that hold something, and notes on what was left out or is not as it looks; raises Unreadable."""
    kind, parts = kind_of(filename, content)
    if kind is Kind.TEXT:
        grids, notes = delimited.read(filename, content)
    elif kind is Kind.JSON:
        grids, notes = json_rows.read(content)
    elif kind is Kind.WORKBOOK:
        grids, notes = workbook.read(parts, report)
    elif kind is Kind.BINARY:
        grids, notes = binary_workbook.read(parts, report)
    elif kind is Kind.OPENDOCUMENT:
        grids, notes = opendocument.read(parts, report)
    else:
        grids, notes = excel97.read(content, report)
    grids = [grid for grid in grids if grid.rows]
    if not grids:
        raise Unreadable(" ".join([EMPTY_WORKBOOK, *(note for note in notes if "hidden sheet" in note)]))
    return {"sheets": [grid.to_document() for grid in grids], "notes": notes}


if __name__ == "__main__":
    with socket.socket(fileno=os.dup(0)) as requests:
        serve(requests)
