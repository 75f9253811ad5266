"""Rows as JSON: a list of objects, alone or under “rows”, whose keys are the headings."""

import json
import re
from decimal import Decimal

from grid import Grid
from refusals import Unreadable
from values import text as text_cell

WANTED = "Send a list of rows, alone or under “rows”: each an object whose keys are the headings of the report."
PLAIN = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?")
MOST_PLACES = 40


class Pairs(list):
    """The keys and values of an object, a key that stands in it twice included."""


class Number(str):
    """The digits as they were sent: a float would round them."""


def read(content: bytes) -> tuple[list[Grid], list[str]]:
    """Row 0 are the headings, row 1 is the first of the list. Raises Unreadable."""
    grid, columns = Grid(), {}
    for number, row in enumerate(_rows(content), 1):
        if not isinstance(row, Pairs):
            raise Unreadable(f"Row {number} is no object. {WANTED}")
        seen = set()
        for heading, value in row:
            if heading in seen:
                raise Unreadable(f"Row {number} has the key “{heading[:40]}” twice. Keep one.")
            if not heading.strip():
                raise Unreadable(f"Row {number} has a key that is empty. {WANTED}")
            seen.add(heading)
            if heading not in columns:
                columns[heading] = len(columns) + 1
                grid.put(0, columns[heading], text_cell(heading))
            grid.put(number, columns[heading], _cell(value, number, heading))
    if not columns:
        raise Unreadable(f"There are no rows. {WANTED}")
    return [grid], []


def _rows(content: bytes) -> list:
    readers = {"object_pairs_hook": Pairs, "parse_int": Number, "parse_float": Number, "parse_constant": Number}
    try:
        document = json.loads(content.decode("utf-8-sig"), **readers)
    except UnicodeDecodeError as error:
        raise Unreadable("This is not JSON in UTF-8.") from error
    except json.JSONDecodeError as error:
        raise Unreadable(f"This is not JSON: line {error.lineno}, column {error.colno}: {error.msg}.") from error
    except RecursionError as error:
        raise Unreadable(f"This JSON is nested too deeply. {WANTED}") from error
    if isinstance(document, Pairs):
        if [key for key, _ in document] != ["rows"]:
            raise Unreadable(f"This holds more than “rows”, or less. {WANTED}")
        document = document[0][1]
    if not isinstance(document, list) or isinstance(document, Pairs):
        raise Unreadable(f"This is no list of rows. {WANTED}")
    return document


def _cell(value: object, row: int, heading: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "bTRUE" if value else "bFALSE"
    if isinstance(value, Number):
        return _number(value)
    if isinstance(value, str):
        return text_cell(value)
    raise Unreadable(f"Row {row}, {heading[:40]}, holds a list or an object. Send a number or a text.")


def _number(written: str) -> str:
    """All of its digits; what is longer than any figure stays a text, which is no figure."""
    if not PLAIN.fullmatch(written):
        try:
            value = Decimal(written)
        except ArithmeticError:
            return "t" + written
        if not value.is_finite() or abs(value.adjusted()) > MOST_PLACES or len(value.as_tuple().digits) > MOST_PLACES:
            return "t" + written
        written = f"{value:f}"
    return "n" + (written if written.strip("-0.") else "0")
