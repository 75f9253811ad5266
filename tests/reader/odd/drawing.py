"""What a random table holds, before any program writes it: cells in odd places, of every kind."""

from dataclasses import dataclass, field
from random import Random

FORMATS = {
    "number": ("General", "0", "0.00", "#,##0", '0" %"', "[Red]0.0;-0.0", '"d"0', "0.00E+00", "@"),
    "percent": ("0%", "0.00%", '0.0 %;[Red]-0.0 %;"-"'),
    "date": ("yyyy-mm-dd", "d/m/yy", "mmm-yy", "[$-409]d mmmm yyyy;@", "m/d/yyyy h:mm"),
    "time": ("h:mm:ss", "mm:ss", "h:mm AM/PM"),
    "elapsed": ("[h]:mm:ss", "[mm]:ss"),
}
WORDS = (
    "Site",
    "Queue",
    "BOG",
    "EN-VOICE",
    " padded ",
    "two\nlines",
    "Größe & <mehr>",
    "007",
    "=1+1",
    "79 %",
    "1.234,5",
    "😀",
    "“quoted”",
    'a "b" c',
    "a;b,c\td|e",
    "Total",
    "it's",
    "東京",
)
ERRORS = ("#DIV/0!", "#N/A", "#REF!", "#VALUE!", "#NAME?")


@dataclass(frozen=True)
class Value:
    """`kind` is text, a kind of number (see FORMATS), truth, error, unsaved (a formula), blank; `text` as stored."""

    kind: str
    text: str = ""
    format: str = "General"
    is_formula: bool = False


@dataclass
class Table:
    """Values by (row, column), counted from 1."""

    name: str
    cells: dict[tuple[int, int], Value] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    is_hidden: bool = False

    @property
    def last(self) -> tuple[int, int]:
        return max((row for row, _ in self.cells), default=1), max((column for _, column in self.cells), default=1)


def tables(chance: Random) -> list[Table]:
    """One to three, the first of them visible."""
    names = chance.sample(("Service", "März 2026", "Notes & more", "Sheet1", "x" * 31), chance.choice((1, 1, 2, 3)))
    drawn = [table(chance, name) for name in names]
    for each in drawn[1:]:
        each.is_hidden = chance.random() < 0.3
    return drawn


def table(chance: Random, name: str) -> Table:
    made = Table(name)
    top, left = chance.choice((1, 1, 1, 2, 6, 40, 3000)), chance.choice((1, 1, 1, 2, 5, 27))
    height, width = chance.randint(1, 12), chance.randint(1, 9)
    row = top
    for _ in range(height):
        for column in range(left, left + width):
            if (drawn := value(chance)).kind != "nothing":
                made.cells[row, column] = drawn
        row += chance.choice((1, 1, 1, 1, 1, 2, 9))
    rows = sorted({row for row, _ in made.cells})
    made.hidden_rows = {row for row in rows if chance.random() < 0.05}
    made.hidden_columns = {column for column in range(left, left + width) if chance.random() < 0.05}
    if rows and width > 1 and chance.random() < 0.3:
        place = rows[chance.randrange(len(rows))]
        made.merged.append((place, left, place + chance.randint(0, 1), left + 1))
    return made


def value(chance: Random) -> Value:
    kind = chance.choices(tuple(MAKERS), weights=(14, 30, 4, 4, 3, 2, 2, 2, 1, 6, 6))[0]
    return MAKERS[kind](chance)


def _number(chance: Random) -> Value:
    text = chance.choice(
        (
            str(chance.randint(0, 9000)),
            str(-chance.randint(1, 99)),
            repr(chance.uniform(0, 100)),
            "0.1",
            "33180.000000000004",
            "1E-3",
            "123456789012345678",
            "0",
            "1.50",
        )
    )
    return Value("number", text, chance.choice(FORMATS["number"]), chance.random() < 0.15)


def _timed(kind: str):
    def make(chance: Random) -> Value:
        days = {"date": chance.choice((chance.randint(1, 59), chance.randint(61, 60000))), "time": 0}
        whole = days.get(kind, chance.randint(0, 3))
        seconds = chance.choice((0, 43200, chance.randint(0, 86399)))
        text = repr(whole + seconds / 86400) if seconds else str(whole)
        return Value(kind, text, chance.choice(FORMATS[kind]))

    return make


MAKERS = {
    "text": lambda chance: Value("text", chance.choice(WORDS), is_formula=chance.random() < 0.05),
    "number": _number,
    "percent": lambda chance: Value("percent", repr(round(chance.random(), 4)), chance.choice(FORMATS["percent"])),
    "date": _timed("date"),
    "time": _timed("time"),
    "elapsed": _timed("elapsed"),
    "truth": lambda chance: Value("truth", chance.choice("01"), is_formula=chance.random() < 0.2),
    "error": lambda chance: Value("error", chance.choice(ERRORS), is_formula=chance.random() < 0.5),
    "unsaved": lambda _chance: Value("unsaved", is_formula=True),
    "blank": lambda _chance: Value("blank"),
    "nothing": lambda _chance: Value("nothing"),
}
