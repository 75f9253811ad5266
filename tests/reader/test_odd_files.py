"""Odd workbooks and text tables, made at random: read like a plain second reading does, or refused with the place."""

import io
import re
import zipfile
from collections import Counter
from random import Random

import pytest

from app.reading import Unreadable, read
from tests.reader.odd.comparing import case, outcome
from tests.reader.odd.excel import DEFECTS, ODDITIES

FILES, SHARES = 200, 4
VALUE = re.compile(r'(?<=")[^"]*(?=")|(?<=>)[^<>]+(?=<)')
NONSENSE = ("", "-1", "x", "99999999999", "1.5", "nan", "A1:ZZZZ9", "true", "\xb2", "rId1")
WRITERS = {"by XlsxWriter", "by openpyxl", "OpenDocument", "Excel 97", "binary", "text"}


@pytest.mark.parametrize("share", range(SHARES))
def test_no_cell_of_an_odd_file_is_read_in_another_way_than_a_plain_reading(share, record_count):
    cells = refused = 0
    for seed in range(share, FILES, SHARES):
        found = outcome(case(seed))
        if found.differences:
            pytest.fail(f"SEED={seed}\n" + "\n".join(found.differences[:5]), pytrace=False)
        cells += found.cells
        refused += found.verdict == "refused"
    assert cells > 0
    record_count("odd files", FILES // SHARES)
    record_count("cells of odd files", cells)
    record_count("defective files refused", refused)


def test_every_oddity_occurs():
    drawn = [case(seed) for seed in range(FILES)]
    seen = set().union(*(each.oddities for each in drawn))
    assert (ODDITIES.keys() | WRITERS) - seen == set()
    assert any(each.oddities & DEFECTS for each in drawn)


def test_a_difference_would_be_seen():
    drawn = next(found for found in map(case, range(FILES)) if found.expected and any(found.expected.values()))
    name, cells = next((name, cells) for name, cells in drawn.expected.items() if cells)
    place = next(iter(cells))
    cells[place] = ("text", "another")
    assert outcome(drawn).differences == [f"{name} {place}: {_read(drawn, name, place)} instead of ('text', 'another')"]


def _read(drawn, name: str, place: tuple[int, int]):
    del drawn.expected[name][place]
    (told,) = outcome(drawn).differences
    return eval(told.partition(": ")[2].removesuffix(" instead of None"))


def test_a_file_that_was_damaged_on_its_way_is_read_or_refused_and_nothing_else(record_count):
    verdicts = Counter(_verdict(seed) for seed in range(FILES))
    assert verdicts.keys() == {"read", "refused"}
    record_count("damaged files", sum(verdicts.values()))


def test_a_workbook_that_says_nonsense_is_read_or_refused_and_nothing_else():
    assert {_verdict(seed, _nonsense) for seed in range(FILES)} == {"read", "refused"}


def _damaged(content: bytes, chance: Random) -> bytes:
    """Cut off, or with some bytes changed."""
    damaged = bytearray(content)
    if chance.random() < 0.3:
        del damaged[chance.randrange(len(damaged)) :]
    for _ in range(chance.randint(1, 5) if damaged else 0):
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    return bytes(damaged)


def _nonsense(content: bytes, chance: Random) -> bytes:
    """With three values of one part replaced, when it has parts."""
    if not content.startswith(b"PK"):
        return _damaged(content, chance)
    body = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(body, "w") as new:
        chosen = chance.choice(old.namelist())
        for name in old.namelist():
            part = old.read(name).decode("latin-1")
            places = list(VALUE.finditer(part)) if name == chosen else []
            for found in sorted(chance.sample(places, min(3, len(places))), key=lambda each: -each.start()):
                part = part[: found.start()] + chance.choice(NONSENSE) + part[found.end() :]
            new.writestr(name, part.encode("latin-1"))
    return body.getvalue()


def _verdict(seed: int, spoil=_damaged) -> str:
    drawn = case(seed)
    try:
        read(drawn.filename, spoil(drawn.content, Random(seed)))
    except Unreadable as refusal:
        return "ended the child" if "takes more memory or time" in refusal.message else "refused"
    return "read"
