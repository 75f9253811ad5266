"""What a stored number means: the digits that programs show, and dates, times and percentages by its format."""

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache

NUMBER, PERCENT, DATE, TIME, ELAPSED = "n", "p", "d", "h", "["
BUILT_IN = {
    **dict.fromkeys((9, 10), PERCENT),
    **dict.fromkeys((14, 15, 16, 17, 22, *range(27, 32), 34, 35, 36, *range(50, 59)), DATE),
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 45, 47), TIME),
    46: ELAPSED,
}
# What a format shows as it stands: quoted, escaped, filled or padded with, and colours, conditions and currencies.
LITERAL = re.compile(r'"[^"]*"?|\\.|_.|\*.|\[(?!(?:h+|m+|s+)\])[^\]]*\]', re.IGNORECASE | re.DOTALL)
ELAPSED_PART = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
WINDOWS, MACINTOSH = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 spreadsheets know no time zone
LAST_SERIAL = 2_958_466
OUT_OF_RANGE = "e########"


@lru_cache(maxsize=10_000)
def kind_of_format(code: str) -> str:
    """Whether a number with this format is shown as a number, a percentage, a date or a time."""
    shown = LITERAL.sub("", code)
    if "%" in shown:
        return PERCENT
    first = shown.partition(";")[0].lower().replace("general", "").replace("am/pm", "h").replace("a/p", "h")
    if ELAPSED_PART.search(first):
        return ELAPSED
    if re.search("[ydgbe]", re.sub("e[+-]", "", first)) or re.search("m{3,}", first):
        return DATE
    if re.search("[hs]", first):
        return TIME
    return DATE if "m" in first else NUMBER


def kind_of_style(number: int, own: dict[int, str]) -> str:
    """By the number of a format, which is built in or one of the workbook's own."""
    return kind_of_format(own[number]) if number in own else BUILT_IN.get(number, NUMBER)


def code(text: str, kind: str = NUMBER, *, since_1904: bool = False) -> str:
    """The cell of a stored number. Raises ValueError when it is none."""
    if kind is NUMBER and text.isdecimal() and len(text) < 16 and (text[0] != "0" or len(text) == 1):
        return "n" + text
    value = float(text)
    if "_" in text or value - value != 0:
        raise ValueError(f"{text!r} is no finite number")
    if kind in (NUMBER, PERCENT):
        return f"{kind}{text if text.isdecimal() and text[0] != '0' else f'{value:.15g}'}"
    return _moment(value, kind, since_1904)


@lru_cache(maxsize=10_000)
def _moment(serial: float, kind: str, since_1904: bool) -> str:
    """A date, a time of day or a duration, to the second or, where it has any, the millisecond."""
    milliseconds = round(serial * 86_400_000)
    if kind is ELAPSED or (kind is TIME and 0 <= serial < 1):
        return elapsed(milliseconds)
    if not 0 <= serial < LAST_SERIAL:
        return OUT_OF_RANGE
    if not since_1904 and serial < 61:
        # The calendar of 1900 has a 29 February that never was; before it the days lie one apart.
        if int(serial) == 60:
            return OUT_OF_RANGE
        serial += 1
        milliseconds += 86_400_000
    return "d" + _stated((MACINTOSH if since_1904 else WINDOWS) + timedelta(milliseconds=milliseconds))


def elapsed(milliseconds: int) -> str:
    """The cell of a duration, in hours that may be more than a day."""
    seconds, fraction = divmod(abs(milliseconds), 1000)
    hours, minutes = divmod(seconds // 60, 60)
    sign, rest = "-" if milliseconds < 0 else "", f".{fraction:03}" if fraction else ""
    return f"h{sign}{hours}:{minutes:02}:{seconds % 60:02}{rest}"


def moment_in_words(written: str) -> str:
    """The cell of a date or a time of day in ISO form, by the clock that it names. Raises ValueError."""
    if written[2:3] == ":":
        clock = time.fromisoformat(written)
        whole = (clock.hour * 60 + clock.minute) * 60 + clock.second
        return elapsed(whole * 1000 + clock.microsecond // 1000)
    return "d" + _stated(datetime.fromisoformat(written).replace(tzinfo=None))


def _stated(moment: datetime) -> str:
    """A date alone when it is midnight, in ISO form."""
    if (moment.hour, moment.minute, moment.second, moment.microsecond) == (0, 0, 0, 0):
        return date.isoformat(moment)
    return moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds")


def text(words: str) -> str:
    """The cell of a text; one of spaces alone is blank."""
    return "t" + words if words and not words.isspace() else ""
