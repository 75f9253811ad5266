"""Writes a random table as a text table, in the ways found in the wild, and reads it back letter by letter."""

from random import Random

from tests.reader.odd.drawing import WORDS

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252")
NUMBERS = ("1250", "0.79", "1,5", "1.234,50", "-3", "79 %", "1e3", "007", "2026-10-01", "1 234")
PLAIN_WORDS = ("Site", "Queue", "BOG", "EN-VOICE", "Größe", "Total", "it's", "", " ", "naïve – “yes”")


def drawn(chance: Random) -> tuple[bytes, str, str]:
    """The file's bytes, its text after the line that says the delimiter, and the delimiter."""
    delimiter, end = chance.choice(",;\t|"), chance.choice(("\n", "\r\n", "\r"))
    encoding = chance.choice(ENCODINGS)
    words = PLAIN_WORDS if encoding == "cp1252" else (*PLAIN_WORDS, *WORDS)
    width = chance.randint(2, 9)
    pool = [*words, *NUMBERS, f"a{delimiter}b", 'say "yes"', "two\nlines", "two\r\nlines"]
    quotes_all = chance.random() < 0.3
    is_ragged = chance.random() < 0.3
    lines = []
    for _ in range(chance.randint(2, 15)):
        cells = [chance.choice(pool) for _ in range(width)]
        if chance.random() < 0.1:
            cells = [""] * width
        if is_ragged and chance.random() < 0.3:
            del cells[chance.randint(1, width) :]
        lines.append(delimiter.join(_quoted(cell, delimiter, quotes_all) for cell in cells))
    text = end.join(["x" + delimiter * (width - 1), *lines]) + (end if chance.random() < 0.8 else "")
    if chance.random() < 0.05:
        text += f'1{delimiter}"never closed{end}'
    said = f"sep={delimiter}{end}" if chance.random() < 0.8 else ""
    return (said + text).encode(encoding), text, delimiter


def _quoted(cell: str, delimiter: str, always: bool) -> str:
    if always or any(letter in cell for letter in f'"\r\n{delimiter}'):
        return '"' + cell.replace('"', '""') + '"'
    return cell


def plain(text: str, delimiter: str) -> dict[tuple[int, int], tuple[str, str]] | None:
    """The cells by place; None when a quotation mark is never closed. One letter after the other."""
    cells, row, column, held, state, place = {}, 1, 1, "", "start", 0
    while place < len(text):
        letter = text[place]
        place += 1
        if state == "quoted":
            if letter != '"':
                held += letter
            elif text[place : place + 1] == '"':
                held, place = held + '"', place + 1
            else:
                state = "inside"
        elif letter == '"' and state == "start":
            state = "quoted"
        elif letter == delimiter or letter in "\r\n":
            _keep(cells, row, column, held)
            held, state = "", "start"
            column += 1
            if letter != delimiter:
                place += letter == "\r" and text[place : place + 1] == "\n"
                row, column = row + 1, 1
        else:
            held, state = held + letter, "inside"
    _keep(cells, row, column, held)
    return None if state == "quoted" else cells


def _keep(cells: dict, row: int, column: int, held: str) -> None:
    if held.strip():
        cells[row, column] = ("text", held)
