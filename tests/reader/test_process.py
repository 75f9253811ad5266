"""The child that reads: its limits, its end, and whoever waits for it."""

import os
import subprocess
import sys
import threading

import pytest

from app import reading
from app.reading import StillReading, Unreadable, column_letter, read
from tests.reader.files import workbook

TOO_MUCH = "more memory or time"


def test_a_child_that_takes_too_much_is_ended():
    with pytest.raises(Unreadable, match=TOO_MUCH):
        read("a.csv", b"a,b\n" + b"1,2\n" * 2_000_000, megabytes=30)


def test_a_child_that_takes_too_long_is_ended():
    rows = b"".join(b"%d,%d,%d\n" % (number, number, number) for number in range(90_000)) * 6
    with pytest.raises(Unreadable, match=TOO_MUCH):
        read("a.csv", rows.replace(b"\n", b'x"\n'), seconds=0)


def test_a_server_that_was_killed_is_started_again():
    read("a.csv", b"a,b\n")
    reading._server[2].kill()
    reading._server[2].wait()
    assert read("a.csv", b"a,b\n")


def test_files_are_read_side_by_side():
    answers = []

    def ask(number: int) -> None:
        (sheet,) = read("a.csv", b"%d,b\n" % number).sheets
        answers.append((number, sheet.rows[0].cell(0).text))

    workers = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(answers) == [(number, str(number)) for number in range(20)]


def test_a_process_that_forks_gets_a_server_of_its_own():
    """As gunicorn does: the master has read something, then its workers read."""
    script = (
        "import os\nfrom app.reading import read\nread('a.csv', b'a,b\\n')\n"
        "child = os.fork()\nassert read('a.csv', b'a,b\\n')\n"
        "if child: assert os.waitpid(child, 0)[1] == 0\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60, env={**os.environ, "PYTHONPATH": "."})


def test_columns_are_named_as_spreadsheets_do():
    assert [column_letter(column) for column in (0, 25, 26, 51, 701, 702)] == ["A", "Z", "AA", "AZ", "ZZ", "AAA"]


def test_an_answer_that_breaks_off_is_a_file_that_cannot_be_read(monkeypatch):
    """The kernel may end the child while it speaks."""
    monkeypatch.setattr("app.reading._ask", lambda *_: b'{"sheets":[{"name"')
    with pytest.raises(Unreadable, match="cannot be read"):
        read("report.csv", b"a,b\n1,2\n")


def test_a_long_sheet_says_how_far_it_is():
    told = []
    (sheet,) = read("a.xlsx", workbook(*([n] * 12 for n in range(4_000))), report=told.append).sheets
    assert told == sorted(told)
    assert len(told) > 3
    assert told[-1] == 100
    assert len(sheet.rows) == 4_000


def test_whoever_cannot_wait_is_told_that_it_is_still_read():
    content = workbook(*([n] * 12 for n in range(5_000)))
    with pytest.raises(StillReading):
        read("a.xlsx", content, patience=0.01)
    (sheet,) = read("a.xlsx", content).sheets
    assert len(sheet.rows) == 5_000
